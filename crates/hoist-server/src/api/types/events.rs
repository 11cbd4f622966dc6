//! Hints that something changed.

use serde::Serialize;
use utoipa::ToSchema;

/// What an environment has reached. Whatever grew has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct EnvironmentMarks {
    /// Its generation: what flags serve.
    pub generation: u64,
    /// The number of the newest record of the audit log: everything else that people change.
    pub audit: u64,
    /// The rollouts that are not over, newest first, at most 200.
    pub rollouts: Vec<RolloutMark>,
}

/// How far a rollout is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RolloutMark {
    /// The rollout.
    pub id: String,
    /// Counts its decisions.
    pub version: u64,
}
