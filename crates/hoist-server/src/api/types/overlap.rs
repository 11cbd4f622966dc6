//! Rollouts that reach the same units and are judged by the same metrics.

use hoist_lifecycle::rollout::{KnownOverlap, OverlapChoice};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What to do about an overlap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum RolloutOverlapChoice {
    /// Begin when the other rollouts are over.
    Serialise,
    /// Run at once.
    Accept {
        /// Why; kept with the rollout.
        reason: String,
    },
}

/// A rollout that another one overlaps with, as known at its start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RolloutOverlap {
    /// The other rollout.
    pub rollout: String,
    /// Its flag.
    pub flag: String,
    /// Whether some units certainly belong to both.
    pub certain: bool,
    /// The metrics that guards of both watch.
    pub metrics: Vec<String>,
    /// What was chosen.
    pub choice: RolloutOverlapChoice,
}

impl From<RolloutOverlapChoice> for OverlapChoice {
    fn from(choice: RolloutOverlapChoice) -> Self {
        match choice {
            RolloutOverlapChoice::Serialise => Self::Serialise,
            RolloutOverlapChoice::Accept { reason } => Self::Accept { reason },
        }
    }
}

impl From<&KnownOverlap> for RolloutOverlap {
    fn from(known: &KnownOverlap) -> Self {
        let choice = match &known.choice {
            OverlapChoice::Serialise => RolloutOverlapChoice::Serialise,
            OverlapChoice::Accept { reason } => RolloutOverlapChoice::Accept { reason: reason.clone() },
        };
        let overlap = known.overlap.clone();
        Self {
            rollout: overlap.rollout,
            flag: overlap.flag,
            certain: overlap.certain,
            metrics: overlap.metrics,
            choice,
        }
    }
}
