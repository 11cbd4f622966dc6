//! What a step decides, and why. Decisions are stored as they are; what people read is rendered from them.

use std::sync::Arc;

use hoist_eval::draft::AllocationDraft;
use hoist_eval::{Timestamp, VariantKey};
use serde::{Deserialize, Serialize};

use crate::plan::GuardKey;

use super::rationale::Rationale;
use super::state::{PauseReason, RollbackCause, RolloutState, StageIndex};

/// The outcome of one step. Applying it is one transaction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// The state after the step.
    pub next: RolloutState,
    /// What must happen in the same transaction, in order.
    pub effects: Vec<Effect>,
    /// Why, for people and for the audit log.
    pub rationale: Rationale,
    /// When to look again at the latest; absent in a terminal phase. See [`super::is_due_at`].
    pub wake_at: Option<Timestamp>,
    /// Whether the decision is news: the phase, the stay, the rule or a guard's verdict changed, or a silence got its cause. News is kept for
    /// ever; other decisions only say that nothing changed, and may be dropped after a while.
    pub notable: bool,
}

/// A change that a decision makes outside the rollout's own state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "snake_case")]
pub enum Effect {
    /// Write the part of the flag that the rollout owns, provided that it still is `from`. If it is not, the whole
    /// decision is a conflict and nothing of it may happen: someone changed the flag, and the next tick will see it.
    /// Every entry into a stage checks this, even where `to` equals `from` and nothing needs to be written.
    SetAllocation {
        /// What the rollout last set.
        from: Option<Arc<AllocationDraft>>,
        /// The new allocation; absent removes it.
        to: Option<Arc<AllocationDraft>>,
    },
    /// Write the part of the flag that the rollout owns, whatever it is now: a rollback to the baseline, or a resume
    /// by which a person puts the stage's allocation back.
    ForceAllocation {
        /// The new allocation; absent removes it.
        to: Option<Arc<AllocationDraft>>,
    },
    /// Remove the allocation, provided that it still is `from`, and make `serve` the flag's default: everyone has it,
    /// and the flag no longer needs the rollout to say so.
    Conclude {
        /// What the rollout last set.
        from: Option<Arc<AllocationDraft>>,
        /// The new default.
        serve: VariantKey,
    },
    /// Tell people.
    Notify {
        /// What is told.
        notice: Notice,
    },
}

/// What people are told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "notice", rename_all = "snake_case")]
pub enum Notice {
    /// A stage was entered.
    StageEntered {
        /// Which.
        stage: StageIndex,
    },
    /// The rollout waits for a person.
    Paused {
        /// Why.
        reason: PauseReason,
    },
    /// The rollout waits for approval to leave its stage.
    AwaitingApproval {
        /// Which stage.
        stage: StageIndex,
    },
    /// A guard whose policy is to notify was crossed.
    Breach {
        /// The guard.
        guard: GuardKey,
    },
    /// The flag is back at its baseline.
    RolledBack {
        /// Why.
        cause: RollbackCause,
    },
    /// The rollout is through.
    Completed,
    /// A person ended the rollout.
    Cancelled,
}

/// The rules of a step, in the order in which they are tried. The first that applies decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The rollout is over; nothing happens any more.
    Terminal,
    /// A person asked.
    Command,
    /// The evidence was gathered in another stay.
    OtherEntry,
    /// A guard was crossed.
    Breach,
    /// Paused, and staying so.
    Paused,
    /// The flag is switched off.
    FlagOff,
    /// The rollout's part of the flag was changed by someone else.
    Drift,
    /// A person has promoted this stay.
    Promoted,
    /// A guard has nothing to judge. Holds; after the guard's grace its policy decides.
    NoData,
    /// The stage took longer than its maximum time.
    MaximumTime,
    /// Units do not arrive in the shares that the allocation sends, so that no comparison can be trusted. Holds, or does
    /// what the plan says about a lack of treated units.
    Unhealthy,
    /// The combined evidence of the guards against control is high, and not high enough to be sure.
    Suspect,
    /// A guard has data, and cannot say yet.
    Inconclusive,
    /// A guard whose policy is to notify is in breach.
    Notified,
    /// The stage has not been observed healthy for long enough.
    Bake,
    /// Too few units were served the variant.
    MinimumTreated,
    /// A guard against control has not been shown yet that the treatment is not much worse.
    Collecting,
    /// The stage waits for a person's approval.
    Approval,
    /// Another rollout that this one waits for is not over.
    Serialised,
    /// The next stage is for everyone, and the rollout that this one keeps apart from is not over.
    Excluded,
    /// The next stage's window is closed, or the start has not come.
    Window,
    /// The first stage is entered.
    Start,
    /// The next stage is entered.
    Advance,
    /// The last stage is through.
    Complete,
}

/// What a guard says. `Pass`, `Collecting` and `NotJudged` let a stage bake; all but `Collecting` of them let it be left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// There is fresh data, and it is within the limit.
    Pass,
    /// The limit is crossed, beyond doubt (sequential) or once (immediate). Stands until a person goes on.
    Breach,
    /// There is fresh data, but it is beyond the limit without being enough to be sure, or evidence is mounting.
    Inconclusive,
    /// There is no fresh data that can be judged.
    #[default]
    NoData,
    /// There is fresh data and nothing against the treatment, but not yet enough to say that it is not much worse than
    /// the control.
    Collecting,
    /// There is no control to compare with at this stage, or nothing to judge: shown, and in nobody's way.
    NotJudged,
}

impl Verdict {
    /// Returns whether time next to such a reading counts as healthy.
    pub fn bakes(self) -> bool {
        matches!(self, Self::Pass | Self::Collecting | Self::NotJudged)
    }

    /// Returns whether a stage may be left.
    pub fn lets_leave(self) -> bool {
        matches!(self, Self::Pass | Self::NotJudged)
    }
}

/// Why a command cannot be carried out, and after the semicolon what to do instead. A tick cannot fail.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TransitionError {
    /// The rollout is over.
    #[error("the rollout is over ({phase}); start a new one")]
    Terminal {
        /// The phase it ended in.
        phase: String,
    },
    /// The rollout is not paused.
    #[error("the rollout is not paused; it goes on by itself: watch it, or promote it to leave its stage now")]
    NotPaused,
    /// The rollout is already paused.
    #[error("the rollout is already paused; resume it to go on, or roll it back")]
    AlreadyPaused,
    /// The rollout is paused, and what was asked needs it to be going.
    #[error("the rollout is paused; resume it first")]
    Paused,
    /// The rollout has not begun.
    #[error("the rollout has not started yet; wait for its first stage, or cancel it")]
    NotStarted,
    /// The rollout keeps to another part of the units already.
    #[error("the rollout is kept apart from another one already; units are divided between two at a time")]
    Parted,
    /// The rollout has moved on since the person looked.
    #[error("the rollout has moved on since you looked; look again and repeat the command if it still holds")]
    MovedOn,
}
