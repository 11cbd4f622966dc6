//! A rollout as it is stored.

use hoist_eval::Timestamp;
use hoist_lifecycle::rollout::RolloutSpec;
use hoist_lifecycle::rollout::state::{Phase, RolloutState};
use hoist_lifecycle::safety::Safety;
use serde::{Deserialize, Serialize};

use crate::driver::row;
use crate::error::Result;
use crate::json::decode_format;
use crate::write::Version;

/// A rollout to be started. Its id, flag and environment are those of its spec.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRollout {
    /// What it carries out, as it is now: what the rollout runs on, whatever happens to the plan.
    pub spec: RolloutSpec,
    /// Where it begins.
    pub state: RolloutState,
    /// When it wants to be looked at.
    pub wake_at: Option<Timestamp>,
}

/// A rollout.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RolloutRecord {
    /// Its id.
    pub id: String,
    /// The project.
    pub project: String,
    /// The environment.
    pub environment: String,
    /// The flag.
    pub flag: String,
    /// The key of its plan, for people.
    pub plan: String,
    /// What it carries out, as it was at the start.
    pub spec: RolloutSpec,
    /// Where it is.
    pub state: RolloutState,
    /// Counts the steps that were applied.
    pub version: Version,
    /// How many of them are recorded as decisions.
    pub decisions: u64,
    /// When it wants to be looked at; absent when it is over.
    pub wake_at: Option<Timestamp>,
    /// Who started it.
    pub started_by: String,
    /// When it was started.
    pub started_at: Timestamp,
    /// When a step was applied last.
    pub changed_at: Timestamp,
    /// When it ended; absent while it is active.
    pub ended_at: Option<Timestamp>,
    /// Whether its rollback has reached everybody; absent if nothing was taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub safety: Option<Box<Safety>>,
}

impl RolloutRecord {
    /// Returns whether the rollout can still move.
    pub fn is_active(&self) -> bool {
        !self.state.phase.is_terminal()
    }
}

/// The names of phases, for searching and showing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhaseName {
    /// Not begun.
    Scheduled,
    /// At a stage.
    Progressing,
    /// Waiting for a person.
    Paused,
    /// Through every stage.
    Completed,
    /// Back at the baseline.
    RolledBack,
    /// Ended by a person.
    Cancelled,
}

impl PhaseName {
    /// Returns the name of a phase.
    pub fn of(phase: &Phase) -> Self {
        match phase {
            Phase::Scheduled { .. } => Self::Scheduled,
            Phase::Progressing(_) => Self::Progressing,
            Phase::Paused { .. } => Self::Paused,
            Phase::Completed { .. } => Self::Completed,
            Phase::RolledBack { .. } => Self::RolledBack,
            Phase::Cancelled { .. } => Self::Cancelled,
        }
    }

    /// Returns the phase with this name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Scheduled, Self::Progressing, Self::Paused, Self::Completed, Self::RolledBack, Self::Cancelled]
            .into_iter()
            .find(|name| name.as_str() == text)
    }

    /// Returns the name as it is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Progressing => "progressing",
            Self::Paused => "paused",
            Self::Completed => "completed",
            Self::RolledBack => "rolled_back",
            Self::Cancelled => "cancelled",
        }
    }

    /// Returns whether a rollout in this phase can still move.
    pub fn is_active(self) -> bool {
        matches!(self, Self::Scheduled | Self::Progressing | Self::Paused)
    }
}

row!(
    "rollouts",
    struct RolloutRow {
        id: String,
        project: String,
        environment: String,
        flag: String,
        plan: String,
        spec: String,
        state: String,
        format: i64,
        decisions: i64,
        version: i64,
        wake_at: Option<i64>,
        started_by: String,
        started_at: i64,
        changed_at: i64,
        ended_at: Option<i64>,
        safety: Option<String>,
    }
);

impl RolloutRow {
    pub(super) fn parse(self) -> Result<RolloutRecord> {
        let spec = decode_format("rollouts", "spec", self.id.as_str(), self.format, &self.spec)?;
        let state = decode_format("rollouts", "state", self.id.as_str(), self.format, &self.state)?;
        let read = |text: &String| decode_format("rollouts", "safety", self.id.as_str(), self.format, text);
        let safety = self.safety.as_ref().map(read).transpose()?;
        Ok(RolloutRecord {
            safety,
            id: self.id,
            project: self.project,
            environment: self.environment,
            flag: self.flag,
            plan: self.plan,
            spec,
            state,
            version: Version::from_row(self.version),
            decisions: u64::try_from(self.decisions).unwrap_or(0),
            wake_at: self.wake_at.map(Timestamp::from_micros),
            started_by: self.started_by,
            started_at: Timestamp::from_micros(self.started_at),
            changed_at: Timestamp::from_micros(self.changed_at),
            ended_at: self.ended_at.map(Timestamp::from_micros),
        })
    }
}
