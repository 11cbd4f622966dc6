//! From a move to a decision: the next state, its effects and its rationale. The only writer of a phase.

use std::sync::Arc;

use hoist_eval::{Span, Timestamp};

use crate::limits::{OVERRIDES_KEPT_MAX, TICK_MAX, TICK_MIN};
use crate::plan::OnBreach;

use super::allocation::serves_all;
use super::decision::{Decision, Effect, Notice, Rule};
use super::observe::{Seen, is_unhealthy};
use super::part::{Beside, Parted};
use super::rationale::{Action, Rationale, StageFacts};
use super::spec::RolloutSpec;
use super::state::{
    EntryId, GuardState, Override, PauseReason, Phase, RollbackCause, RolloutState, StageEntry, StageIndex,
};

/// What a rule asks for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Move {
    /// Stay.
    Hold,
    /// Stay, because of a guard.
    HoldFor(crate::plan::GuardKey),
    /// Stay until a moment, if one is known.
    HoldUntil(Option<Timestamp>),
    /// Enter the first stage.
    Start,
    /// Enter the next stage, or complete after the last.
    Leave,
    /// The same, by a person's wish.
    Promoted {
        /// Their words.
        reason: String,
        /// When the next stage's window opens, if it is closed.
        opens: Option<Timestamp>,
        /// Another rollout that would have been waited for.
        beside: Option<Beside>,
    },
    /// Take a person's promotion for an approval, and wait for the next stage's window.
    Approve(Option<Timestamp>),
    /// Wait for a person.
    Pause(PauseReason),
    /// Enter the previous stage, and wait for a person.
    StepBack(RollbackCause),
    /// Restore the baseline.
    RollBack(RollbackCause),
    /// Note that a person wants the stage left.
    Promote(String),
    /// Go on from a pause.
    Resume(String),
    /// Keep to a part of the units.
    Part(Parted),
    /// Stop, and leave the flag as it is.
    Cancel(String),
}

/// Carries a move out.
pub(super) fn enact(
    spec: &RolloutSpec,
    state: &RolloutState,
    seen: Option<Seen<'_>>,
    (rule, to): (Rule, Move),
    now: Timestamp,
) -> Decision {
    let mut effects = Vec::new();
    let changed = seen.as_ref().is_some_and(|seen| seen.changed);
    let mut rationale = rationale(spec, state, seen.as_ref(), rule, &to);
    let mut next = match seen {
        Some(seen) => {
            tell_breaches(state, &seen, &mut effects);
            rationale.guards = seen.guards;
            with_entry(state, seen.entry)
        }
        None => unobserved(state, rule),
    };
    if rule == Rule::Approval {
        ask_for_approval(&mut next, &mut effects);
    }
    if let Move::Promoted { reason, .. } = &to {
        note_override(&mut next, &rationale, reason, now);
    }
    rationale.action = shift(spec, &mut next, &mut effects, to, now);
    next.last_rule = Some(rule);
    let news = changed || !effects.is_empty() || state.last_rule != next.last_rule || rule == Rule::Command;
    let wake_at = wake_at(spec, &next, rationale.until, now);
    Decision { next, effects, rationale, wake_at, notable: news }
}

/// Returns the state with what was observed of its stay, whatever the move will be.
fn with_entry(state: &RolloutState, entry: StageEntry) -> RolloutState {
    let phase = match &state.phase {
        Phase::Paused { at, reason, .. } => Phase::Paused { entry, at: *at, reason: reason.clone() },
        _ => Phase::Progressing(entry),
    };
    let (allocation, baseline) = (state.allocation.clone(), state.baseline.clone());
    RolloutState { phase, allocation, baseline, part: state.part.clone(), overrides: state.overrides.clone(), ..*state }
}

/// Returns the state when nothing was observed of its stay. After evidence of another stay, whatever comes next is a
/// first observation.
fn unobserved(state: &RolloutState, rule: Rule) -> RolloutState {
    let mut next = state.clone();
    if let Phase::Progressing(entry) | Phase::Paused { entry, .. } = &mut next.phase {
        entry.healthy = entry.healthy && rule == Rule::Command;
    }
    next
}

fn tell_breaches(state: &RolloutState, seen: &Seen<'_>, effects: &mut Vec<Effect>) {
    let Some(before) = state.phase.entry() else { return };
    for watch in seen.newly_breached(before).filter(|watch| watch.guard.on_breach == OnBreach::Notify) {
        effects.push(Effect::Notify { notice: Notice::Breach { guard: watch.guard.key.clone() } });
    }
}

/// Keeps in mind what a person had left although something was missing. A promotion that only approves is no override.
fn note_override(next: &mut RolloutState, rationale: &Rationale, reason: &str, now: Timestamp) {
    let missing = rationale.guards.iter().filter(|guard| !guard.verdict.lets_leave());
    let guards: Vec<_> = missing.map(|guard| guard.guard.clone()).collect();
    let unhealthy = is_unhealthy(rationale.shares.as_ref(), rationale.telemetry.as_ref());
    let short =
        rationale.stage.as_ref().is_some_and(|stage| stage.baked < stage.bake || stage.treated < stage.minimum_treated);
    if guards.is_empty() && !unhealthy && !short {
        return;
    }
    if next.overrides.len() >= OVERRIDES_KEPT_MAX {
        next.overrides.remove(0);
    }
    let log_evidence = rationale.combined.as_ref().map(|combined| combined.log_evidence);
    next.overrides.push(Override { entry: next.entry_id(), at: now, reason: reason.to_owned(), guards, log_evidence });
}

fn ask_for_approval(next: &mut RolloutState, effects: &mut Vec<Effect>) {
    if let Phase::Progressing(entry) = &mut next.phase
        && !entry.approval_asked
    {
        entry.approval_asked = true;
        effects.push(Effect::Notify { notice: Notice::AwaitingApproval { stage: entry.stage } });
    }
}

/// Changes the phase, and says what was done.
fn shift(spec: &RolloutSpec, next: &mut RolloutState, effects: &mut Vec<Effect>, to: Move, now: Timestamp) -> Action {
    match to {
        Move::Hold | Move::HoldFor(_) | Move::HoldUntil(_) => Action::Hold,
        Move::Start => {
            enter(spec, next, effects, StageIndex(0), &[], now);
            Action::Start
        }
        Move::RollBack(cause) => {
            next.allocation = next.baseline.clone();
            effects.push(Effect::ForceAllocation { to: next.baseline.clone() });
            effects.push(Effect::Notify { notice: Notice::RolledBack { cause: cause.clone() } });
            next.phase = Phase::RolledBack { at: now, cause };
            Action::RollBack
        }
        Move::Cancel(reason) => {
            effects.push(Effect::Notify { notice: Notice::Cancelled });
            next.phase = Phase::Cancelled { at: now, reason };
            Action::Cancel
        }
        Move::Part(part) => {
            keep_to(spec, next, effects, part, now);
            Action::Part
        }
        Move::Leave
        | Move::Promoted { .. }
        | Move::Approve(_)
        | Move::Pause(_)
        | Move::StepBack(_)
        | Move::Promote(_)
        | Move::Resume(_) => match next.phase.entry().cloned() {
            Some(entry) => shift_from(spec, next, effects, entry, to, now),
            None => Action::Hold,
        },
    }
}

/// Changes the phase from a stay to whatever follows it.
fn shift_from(
    spec: &RolloutSpec,
    next: &mut RolloutState,
    effects: &mut Vec<Effect>,
    entry: StageEntry,
    to: Move,
    now: Timestamp,
) -> Action {
    match to {
        Move::Leave | Move::Promoted { .. } if spec.stage(entry.following()).is_none() => {
            complete(spec, next, effects, now);
            Action::Complete
        }
        Move::Leave | Move::Promoted { .. } => {
            enter(spec, next, effects, entry.following(), &entry.guards, now);
            Action::Advance
        }
        Move::Pause(reason) => {
            pause(next, effects, entry, reason, now);
            Action::Pause
        }
        Move::StepBack(cause) => {
            let previous = StageIndex(entry.stage.0.saturating_sub(1));
            enter(spec, next, effects, previous, &entry.guards, now);
            next.stepped_back = true;
            if let Some(entry) = next.phase.entry().cloned() {
                pause(next, effects, entry, cause.into(), now);
            }
            Action::StepBack
        }
        Move::Approve(_) => {
            let entry = StageEntry { approved: entry.promoted.clone(), promoted: None, ..entry };
            next.phase = Phase::Progressing(entry);
            Action::Hold
        }
        Move::Promote(reason) => {
            next.phase = Phase::Progressing(StageEntry { promoted: Some(reason), ..entry });
            Action::Promote
        }
        Move::Resume(_) => {
            if matches!(next.phase, Phase::Paused { reason: PauseReason::Drift, .. }) {
                effects.push(Effect::ForceAllocation { to: next.allocation.clone() });
            }
            let guards = entry.guards.iter().map(|guard| guard.carried(false)).collect();
            next.phase = Phase::Progressing(stay(next, entry.stage, guards, now));
            Action::Resume
        }
        _ => Action::Hold,
    }
}

/// Enters a stage: a new stay, and the stage's allocation.
fn enter(
    spec: &RolloutSpec,
    next: &mut RolloutState,
    effects: &mut Vec<Effect>,
    stage: StageIndex,
    guards: &[GuardState],
    now: Timestamp,
) {
    let to = spec.allocation(stage).map(Arc::clone);
    let from = std::mem::replace(&mut next.allocation, to.clone());
    effects.push(Effect::SetAllocation { from, to });
    let guards = guards.iter().map(|guard| guard.carried(true)).collect();
    next.phase = Phase::Progressing(stay(next, stage, guards, now));
    effects.push(Effect::Notify { notice: Notice::StageEntered { stage } });
}

/// Keeps the rollout to a part of the units from now on. Whoever has the treatment is in it. The rest of the arms changes, so
/// that the stay ends and another begins: what was read of it is not compared with what is read from here on. Evidence goes
/// on, and so does a breach, for it is nobody's leave to go past it.
fn keep_to(spec: &RolloutSpec, next: &mut RolloutState, effects: &mut Vec<Effect>, part: Parted, now: Timestamp) {
    // With another partner it is the same part, and began when it did.
    let since = next.part.as_ref().map_or(part.since, |was| was.since);
    next.part = Some(Parted { since, ..part });
    let Some(entry) = next.phase.entry().cloned() else { return };
    let to = spec.within(next).allocation(entry.stage).map(Arc::clone);
    if to == next.allocation {
        return;
    }
    let from = std::mem::replace(&mut next.allocation, to.clone());
    // After drift the flag is a person's to change, and the resume puts back what the rollout would serve.
    if !matches!(next.phase, Phase::Paused { reason: PauseReason::Drift, .. }) {
        effects.push(Effect::SetAllocation { from, to });
    }
    let StageEntry { promoted, approved, approval_asked, suspect, .. } = entry;
    let guards = entry.guards.iter().map(GuardState::parted).collect();
    let fresh = StageEntry { promoted, approved, approval_asked, suspect, ..stay(next, entry.stage, guards, now) };
    if let Phase::Progressing(entry) | Phase::Paused { entry, .. } = &mut next.phase {
        *entry = fresh;
    }
}

fn stay(next: &mut RolloutState, stage: StageIndex, guards: Vec<GuardState>, now: Timestamp) -> StageEntry {
    let id = EntryId(next.next_entry);
    next.next_entry = next.next_entry.saturating_add(1);
    StageEntry {
        id,
        stage,
        since: now,
        baked: Span::ZERO,
        observed: Span::ZERO,
        waited: Span::ZERO,
        treated: 0,
        last_seen: None,
        healthy: false,
        promoted: None,
        approved: None,
        approval_asked: false,
        guards,
        suspect: None,
        exposed: None,
    }
}

fn pause(next: &mut RolloutState, effects: &mut Vec<Effect>, entry: StageEntry, reason: PauseReason, now: Timestamp) {
    effects.push(Effect::Notify { notice: Notice::Paused { reason: reason.clone() } });
    let entry = StageEntry { healthy: false, promoted: None, approved: None, ..entry };
    next.phase = Phase::Paused { entry, at: now, reason };
}

/// Ends a rollout that is through. If everyone has the treatment, or all but those who were held back, the flag says so
/// itself from now on; otherwise the allocation is the result of the rollout and stays.
fn complete(spec: &RolloutSpec, next: &mut RolloutState, effects: &mut Vec<Effect>, now: Timestamp) {
    let serve = spec.plan().treatment();
    let holds_back = spec.plan().holds_back();
    if next.allocation.as_ref().is_some_and(|allocation| holds_back || serves_all(allocation, serve)) {
        effects.push(Effect::Conclude { from: next.allocation.take(), serve: serve.clone() });
    }
    effects.push(Effect::Notify { notice: Notice::Completed });
    next.phase = Phase::Completed { at: now };
}

/// Returns when to look again: one tick on, or when the awaited moment comes, within the bounds of a tick.
fn wake_at(spec: &RolloutSpec, next: &RolloutState, until: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    match &next.phase {
        Phase::Completed { .. } | Phase::RolledBack { .. } | Phase::Cancelled { .. } => None,
        Phase::Progressing(entry) if entry.promoted.is_some() => Some(now),
        Phase::Progressing(_) | Phase::Paused { .. } => Some(now.saturating_add(spec.plan().tick())),
        Phase::Scheduled { start_at } => {
            let awaited = until.unwrap_or(*start_at);
            // What keeps a rollout from starting after its time is a person's to change: nobody knows when.
            let wait = if awaited > now { awaited.since(now) } else { spec.plan().tick() };
            Some(now.saturating_add(wait.clamp(TICK_MIN, TICK_MAX)))
        }
    }
}

/// Returns why, without what was done and what the guards saw, which the caller knows.
fn rationale(spec: &RolloutSpec, state: &RolloutState, seen: Option<&Seen<'_>>, rule: Rule, to: &Move) -> Rationale {
    let entry = seen.map(|seen| &seen.entry).or_else(|| state.phase.entry());
    let stage = entry.and_then(|entry| facts(spec, entry));
    let (mut guard, mut reason, mut until) = (None, None, None);
    match to {
        Move::HoldFor(key) => guard = Some(key.clone()),
        Move::HoldUntil(moment) | Move::Approve(moment) => until = *moment,
        Move::Promoted { reason: words, opens, .. } => (reason, until) = (Some(words.clone()), *opens),
        Move::Pause(PauseReason::Breach { guard: key } | PauseReason::NoData { guard: key })
        | Move::StepBack(RollbackCause::Breach { guard: key } | RollbackCause::NoData { guard: key })
        | Move::RollBack(RollbackCause::Breach { guard: key } | RollbackCause::NoData { guard: key }) => {
            guard = Some(key.clone());
        }
        Move::Pause(PauseReason::Command { reason: words })
        | Move::StepBack(RollbackCause::Command { reason: words })
        | Move::RollBack(RollbackCause::Command { reason: words })
        | Move::Promote(words)
        | Move::Resume(words)
        | Move::Cancel(words) => reason = Some(words.clone()),
        Move::Hold
        | Move::Start
        | Move::Leave
        | Move::Pause(_)
        | Move::StepBack(_)
        | Move::RollBack(_)
        | Move::Part(_) => {}
    }
    let beside = match to {
        Move::Part(part) => Some(part.with.clone()),
        Move::Promoted { beside, .. } => beside.clone(),
        _ if rule == Rule::Excluded => state.part.as_ref().map(|part| part.with.clone()),
        _ => None,
    };
    let (combined, shares) = seen.map(|seen| (seen.combined.clone(), seen.shares.clone())).unwrap_or_default();
    let telemetry = seen.and_then(|seen| seen.telemetry.clone());
    Rationale {
        rule,
        action: Action::Hold,
        stage,
        guard,
        reason,
        until,
        guards: Vec::new(),
        combined,
        shares,
        telemetry,
        candidates: Vec::new(),
        beside,
    }
}

fn facts(spec: &RolloutSpec, entry: &StageEntry) -> Option<StageFacts> {
    let stage = spec.stage(entry.stage)?;
    Some(StageFacts {
        name: Arc::clone(stage.name()),
        number: entry.stage.0.saturating_add(1),
        of: spec.plan().stages().len(),
        baked: entry.baked,
        bake: stage.bake,
        treated: entry.treated,
        minimum_treated: stage.minimum_treated,
        gate: stage.gate,
    })
}

impl StageEntry {
    /// Returns the position of the stage after this one.
    pub(super) fn following(&self) -> StageIndex {
        StageIndex(self.stage.0.saturating_add(1))
    }
}

impl From<RollbackCause> for PauseReason {
    fn from(cause: RollbackCause) -> Self {
        match cause {
            RollbackCause::Command { reason } => Self::Command { reason },
            RollbackCause::Breach { guard } => Self::Breach { guard },
            RollbackCause::NoData { guard } => Self::NoData { guard },
            RollbackCause::SampleRatio => Self::SampleRatio,
            RollbackCause::Telemetry => Self::Telemetry,
            RollbackCause::MaximumTime => Self::MaximumTime,
        }
    }
}
