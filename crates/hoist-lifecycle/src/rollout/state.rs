//! The state of a rollout: everything that a step may read of the past. Stored as one record.

use std::sync::Arc;

use hoist_eval::draft::AllocationDraft;
use hoist_eval::{Span, Timestamp};
use serde::{Deserialize, Serialize};

use crate::plan::GuardKey;
use crate::sequential::{Breaches, Rate};

use super::cause::NoDataCause;
use super::compare::Compared;
use super::decision::{Rule, Verdict};
use super::evidence::{FirstExposures, Observer};
use super::intervals::Intervals;
use super::part::Parted;
use super::values::ComparedValues;

/// Names one stay at one stage. The next stage is entered from this stay exactly once.
/// Numbered from 1 within the rollout; a return after a step back or a resume has a new number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EntryId(pub u64);

impl EntryId {
    /// What evidence names while no stage has been entered yet.
    pub const NONE: Self = Self(0);
}

/// Position of a stage in its plan, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StageIndex(pub usize);

/// Where a rollout is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "snake_case")]
pub enum Phase {
    /// Not begun. The first stage is entered at `start_at`, or when its window opens.
    Scheduled {
        /// The earliest start.
        start_at: Timestamp,
    },
    /// At a stage, collecting evidence.
    Progressing(StageEntry),
    /// At a stage, waiting for a person. Guards stay live: whoever has the variant still has it.
    Paused {
        /// The stage where it stopped.
        entry: StageEntry,
        /// When.
        at: Timestamp,
        /// Why.
        reason: PauseReason,
    },
    /// Through every stage. The flag serves the treatment to everyone the plan reached.
    Completed {
        /// When.
        at: Timestamp,
    },
    /// Back at the recorded baseline.
    RolledBack {
        /// When.
        at: Timestamp,
        /// Why.
        cause: RollbackCause,
    },
    /// Ended by a person, with the flag left as it was.
    Cancelled {
        /// When.
        at: Timestamp,
        /// Why, in the person's words.
        reason: String,
    },
}

impl Phase {
    /// Returns the phase's name, as it is stored and shown.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Scheduled { .. } => "scheduled",
            Self::Progressing(_) => "progressing",
            Self::Paused { .. } => "paused",
            Self::Completed { .. } => "completed",
            Self::RolledBack { .. } => "rolled_back",
            Self::Cancelled { .. } => "cancelled",
        }
    }

    /// Returns whether the rollout is over.
    pub fn is_terminal(&self) -> bool {
        matches!(self, Self::Completed { .. } | Self::RolledBack { .. } | Self::Cancelled { .. })
    }

    /// Returns the stay at a stage, while there is one.
    pub fn entry(&self) -> Option<&StageEntry> {
        match self {
            Self::Progressing(entry) | Self::Paused { entry, .. } => Some(entry),
            _ => None,
        }
    }
}

/// One stay at one stage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StageEntry {
    /// Which stay.
    pub id: EntryId,
    /// Which stage.
    pub stage: StageIndex,
    /// When it began, by the wall clock. Shown to people; decides nothing but when a guard is first asked.
    pub since: Timestamp,
    /// Observed healthy time so far.
    pub baked: Span,
    /// Observed time so far, healthy or not, paused time left out. Without what was waited, what the stage's maximum time is
    /// compared with.
    pub observed: Span,
    /// Observed time in which nothing was missing but a person, a window, or the end of another rollout. Not told apart by the
    /// first two methods.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub waited: Span,
    /// Distinct treated units seen so far: the largest count that any observation reported.
    pub treated: u64,
    /// The last observation of this stay. Time counts from it to the next one by the same process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<Observer>,
    /// Whether that observation was good. Time between two good ones is what bakes.
    #[serde(default)]
    pub healthy: bool,
    /// Set once a person has promoted this stay: their words. The next tick leaves the stage unless it must not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promoted: Option<String>,
    /// Set once a promotion was taken for the approval of this stay, which then waits for a window: the person's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved: Option<String>,
    /// Whether people were told that this stay waits for approval.
    #[serde(default)]
    pub approval_asked: bool,
    /// How far each guard is, those of other stages included.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guards: Vec<GuardState>,
    /// Observed time for which the rollout has been held for suspicion; absent while it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspect: Option<Span>,
    /// The units exposed so far; absent while nobody counts them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exposed: Option<FirstExposures>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
fn is_zero(span: &Span) -> bool {
    *span == Span::ZERO
}

/// Why a rollout waits for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PauseReason {
    /// A person asked.
    Command {
        /// Why, in the person's words.
        reason: String,
    },
    /// A guard was crossed, and its policy is to pause, or the rollout stepped back.
    Breach {
        /// The guard.
        guard: GuardKey,
    },
    /// A guard has been silent for longer than its grace.
    NoData {
        /// The guard.
        guard: GuardKey,
    },
    /// Someone changed the part of the flag that the rollout owns.
    Drift,
    /// The flag was switched off while it was being rolled out.
    FlagOff,
    /// The stage took longer than its maximum time.
    MaximumTime,
    /// Treated units are missing, and the plan's policy is to pause.
    SampleRatio,
    /// Treated units fell silent, and the plan's policy is to pause.
    Telemetry,
}

/// Why a rollout went back to its baseline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RollbackCause {
    /// A person asked.
    Command {
        /// Why, in the person's words.
        reason: String,
    },
    /// A guard was crossed.
    Breach {
        /// The guard.
        guard: GuardKey,
    },
    /// A guard was silent for longer than its grace, and its policy is to roll back.
    NoData {
        /// The guard.
        guard: GuardKey,
    },
    /// Treated units are missing, and the plan's policy is to roll back.
    SampleRatio,
    /// Treated units fell silent, and the plan's policy is to roll back.
    Telemetry,
    /// The stage took longer than its maximum time, and its policy is to roll back.
    MaximumTime,
}

/// How far one guard is. The evidence in `process` lives as long as the rollout; the rest begins anew with each stay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GuardState {
    /// The guard.
    pub guard: GuardKey,
    /// When the guard was last asked; the next reading is due one interval later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_read_at: Option<Timestamp>,
    /// When the source took the last sample that could be judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_sample_at: Option<Timestamp>,
    /// The last value that could be judged, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_value: Option<f64>,
    /// What the last reading said. Between readings it stands for as long as its sample is fresh.
    pub verdict: Verdict,
    /// Why there is nothing to judge; absent while there is something, and while nothing was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<NoDataCause>,
    /// Observed time without data.
    #[serde(default)]
    pub silent: Span,
    /// How many intervals were judged and refused.
    #[serde(default, skip_serializing_if = "Intervals::is_none")]
    pub intervals: Intervals,
    /// The evidence.
    #[serde(default)]
    pub process: GuardProcess,
}

/// The evidence against health that a guard has gathered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum GuardProcess {
    /// Nothing was gathered yet.
    #[default]
    None,
    /// Polls beyond the limit, against the share of them that a healthy service has.
    Breaches(Breaches),
    /// Events per opportunity, against a fixed limit.
    Rate {
        /// The counters at the last reading of this stay: events, opportunities. A difference needs two readings.
        last: Option<(f64, f64)>,
        /// Units with the event and units exposed so far in this stay, for a metric of units.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        units: Option<(f64, f64)>,
        /// The restart epoch in which this stay began.
        epoch: u64,
        /// The sums; untouched by an immediate guard.
        sums: Rate,
    },
    /// The treatment against the control, by counts.
    Control(Box<Compared>),
    /// The treatment against the control, by values.
    Values(Box<ComparedValues>),
}

/// A rollout: a plan that is being carried out, and how far it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RolloutState {
    /// Where it is.
    pub phase: Phase,
    /// The number that the next stage entry gets.
    pub next_entry: u64,
    /// The allocation that the rollout last set; what the flag has must equal it.
    pub allocation: Option<Arc<AllocationDraft>>,
    /// The allocation before the rollout began; a rollback restores exactly this.
    pub baseline: Option<Arc<AllocationDraft>>,
    /// Whether the rollout has stepped back once; a second breach then goes to the baseline.
    pub stepped_back: bool,
    /// The part of the units that the rollout keeps to, because another one has the rest; absent if it is for all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<Parted>,
    /// The stays that a person had left although something was missing, the latest last: what their evidence would not yet
    /// have allowed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<Override>,
    /// The rule that decided last, so that a decision can tell whether it is news.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_rule: Option<Rule>,
}

/// A stay that a person had left although something was missing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Override {
    /// Which stay.
    pub entry: EntryId,
    /// When it was left.
    pub at: Timestamp,
    /// Why, in the person's words.
    pub reason: String,
    /// The guards that did not pass.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guards: Vec<GuardKey>,
    /// Natural logarithm of the combined evidence of harm at that time; absent where nothing was compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_evidence: Option<f64>,
}

impl RolloutState {
    /// Returns the stay that evidence gathered now must name: [`EntryId::NONE`] while no stage has been entered.
    pub fn entry_id(&self) -> EntryId {
        self.phase.entry().map_or(EntryId::NONE, |entry| entry.id)
    }
}
