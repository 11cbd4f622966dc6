//! Rollouts that reach the same units and are judged by the same metrics.

use hoist_eval::limits::SPLIT_TOTAL;
use hoist_lifecycle::rollout::{KnownOverlap, OverlapChoice, Parted};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::time::Time;

/// What to do about an overlap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum RolloutOverlapChoice {
    /// Begin when the other rollouts are over.
    Serialise,
    /// Run at once, each with half of the units. Refused if that cannot be: for more than two, for guards on counters of
    /// Prometheus, and where a stage before the one for everyone serves half of the units or more.
    Exclude,
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

/// The part of the units that a rollout keeps to, because another one has the rest.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RolloutPart {
    /// The rollout that has the rest, or had it.
    pub rollout: String,
    /// Its flag.
    pub flag: String,
    /// How many of all units are in the part, in percent. Percentages of stages are of everyone all the same.
    pub percentage: f64,
    /// Since when.
    pub since: Time,
}

impl From<&Parted> for RolloutPart {
    fn from(parted: &Parted) -> Self {
        let buckets = parted.units.to.saturating_sub(parted.units.from);
        Self {
            rollout: parted.with.rollout.clone(),
            flag: parted.with.flag.clone(),
            percentage: f64::from(buckets) * 100.0 / f64::from(SPLIT_TOTAL),
            since: parted.since.into(),
        }
    }
}

impl From<RolloutOverlapChoice> for OverlapChoice {
    fn from(choice: RolloutOverlapChoice) -> Self {
        match choice {
            RolloutOverlapChoice::Serialise => Self::Serialise,
            RolloutOverlapChoice::Exclude => Self::Exclude,
            RolloutOverlapChoice::Accept { reason } => Self::Accept { reason },
        }
    }
}

impl From<&KnownOverlap> for RolloutOverlap {
    fn from(known: &KnownOverlap) -> Self {
        let choice = match &known.choice {
            OverlapChoice::Serialise => RolloutOverlapChoice::Serialise,
            OverlapChoice::Exclude => RolloutOverlapChoice::Exclude,
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
