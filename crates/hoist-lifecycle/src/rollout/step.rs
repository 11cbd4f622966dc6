//! The step: from a state, an input and the time to a decision.

use hoist_eval::Timestamp;

use crate::plan::{self, Gate, OnBreach, OnDeficit, OnMaximumTime, OnNoData};

use super::decision::{Decision, Rule, TransitionError};
use super::enact::{Move, enact};
use super::evidence::{Command, Evidence, Input};
use super::observe::{Seen, observe};
use super::overlap::{KnownOverlap, OverlapChoice};
use super::part::Parted;
use super::spec::RolloutSpec;
use super::state::{PauseReason, Phase, RollbackCause, RolloutState, StageIndex};
use super::watch::Watch;

/// Returns what happens next. A tick cannot fail; a command fails if the phase does not allow it, and then nothing
/// has happened. The same arguments give the same answer, for ever: that is what makes a stored history checkable.
pub fn step(
    spec: &RolloutSpec,
    state: &RolloutState,
    input: &Input,
    now: Timestamp,
) -> Result<Decision, TransitionError> {
    let spec = &*spec.within(state);
    match input {
        Input::Command(command) => {
            obey(state, command, now).map(|to| enact(spec, state, None, (Rule::Command, to), now))
        }
        Input::Tick(evidence) => {
            let ours = evidence.entry == state.entry_id();
            let seen = if ours { observe(spec, state, evidence, now) } else { None };
            let decided = decide(spec, state, evidence, seen.as_ref(), now);
            let is_breach = matches!(decided.0, Rule::Breach | Rule::Notified | Rule::Suspect);
            let mut decision = enact(spec, state, seen, decided, now);
            if is_breach {
                decision.rationale.candidates.clone_from(&evidence.candidates);
            }
            Ok(decision)
        }
    }
}

/// The rules, in order; the first that applies decides. What is dangerous comes before what is pleasant: every way
/// down stands above every way to wait, and every way to wait above the one way up.
fn decide(
    spec: &RolloutSpec,
    state: &RolloutState,
    evidence: &Evidence,
    seen: Option<&Seen<'_>>,
    now: Timestamp,
) -> (Rule, Move) {
    let drifted = evidence.allocation != state.allocation;
    let (seen, paused) = match (&state.phase, seen) {
        (Phase::Completed { .. } | Phase::RolledBack { .. } | Phase::Cancelled { .. }, _) => {
            return (Rule::Terminal, Move::Hold);
        }
        (Phase::Scheduled { start_at }, _) => return begin(spec, state, evidence, *start_at, now),
        (_, None) => return (Rule::OtherEntry, Move::Hold),
        (Phase::Progressing(_), Some(seen)) => (seen, false),
        (Phase::Paused { .. }, Some(seen)) => (seen, true),
    };
    if let Some(watch) = seen.breach(OnBreach::RollBack) {
        return (Rule::Breach, Move::RollBack(breach(watch)));
    }
    if let Some(watch) = seen.breach(OnBreach::StepBack) {
        return (Rule::Breach, back(state, seen, drifted, breach(watch)));
    }
    if seen.lacks_units() && spec.plan().on_deficit() == OnDeficit::RollBack {
        return (Rule::Unhealthy, Move::RollBack(deficit(seen)));
    }
    if paused {
        return (Rule::Paused, Move::Hold);
    }
    if let Some(watch) = seen.breach(OnBreach::Pause) {
        return (Rule::Breach, Move::Pause(PauseReason::Breach { guard: watch.guard.key.clone() }));
    }
    if !evidence.enabled {
        return (Rule::FlagOff, Move::Pause(PauseReason::FlagOff));
    }
    if drifted {
        return (Rule::Drift, Move::Pause(PauseReason::Drift));
    }
    if let Some(words) = &seen.entry.promoted {
        return promoted(spec, state, evidence, (seen, words), now);
    }
    if let Some(watch) = seen.silent(OnNoData::RollBack) {
        return (Rule::NoData, Move::RollBack(silence(watch)));
    }
    if let Some(watch) = seen.silent(OnNoData::StepBack) {
        return (Rule::NoData, back(state, seen, drifted, silence(watch)));
    }
    if let Some(watch) = seen.silent(OnNoData::Pause) {
        return (Rule::NoData, Move::Pause(PauseReason::NoData { guard: watch.guard.key.clone() }));
    }
    if seen.lacks_units() && spec.plan().on_deficit() == OnDeficit::Pause {
        return (Rule::Unhealthy, Move::Pause(deficit(seen).into()));
    }
    if seen.is_overdue() {
        return (Rule::MaximumTime, overdue(seen));
    }
    if seen.is_unhealthy() {
        return (Rule::Unhealthy, Move::Hold);
    }
    if let Some(watch) = seen.without_data() {
        return (Rule::NoData, Move::HoldFor(watch.guard.key.clone()));
    }
    if let Some(watch) = seen.suspected() {
        return (Rule::Suspect, Move::HoldFor(watch.guard.key.clone()));
    }
    if let Some(watch) = seen.inconclusive() {
        return (Rule::Inconclusive, Move::HoldFor(watch.guard.key.clone()));
    }
    if let Some(watch) = seen.breach(OnBreach::Notify) {
        return (Rule::Notified, Move::HoldFor(watch.guard.key.clone()));
    }
    leave(spec, state, evidence, seen, now)
}

/// The rules of a stage in which nothing is wrong: it is left once nothing is missing.
fn leave(
    spec: &RolloutSpec,
    state: &RolloutState,
    evidence: &Evidence,
    seen: &Seen<'_>,
    now: Timestamp,
) -> (Rule, Move) {
    if !seen.is_baked() {
        return (Rule::Bake, Move::Hold);
    }
    if !seen.is_treated() {
        return (Rule::MinimumTreated, Move::Hold);
    }
    if let Some(watch) = seen.collecting() {
        return (Rule::Collecting, Move::HoldFor(watch.guard.key.clone()));
    }
    if seen.stage.gate == Gate::Approval && seen.entry.approved.is_none() {
        return (Rule::Approval, Move::Hold);
    }
    if spec.excluded_from(state, seen.entry.following(), &evidence.waits_for).is_some() {
        return (Rule::Excluded, Move::Hold);
    }
    let opens = next_opens(spec, seen, now);
    if opens != Some(now) {
        return (Rule::Window, Move::HoldUntil(opens));
    }
    if let Some(words) = &seen.entry.approved {
        return (Rule::Promoted, Move::Promoted { reason: words.clone(), opens: None, beside: None });
    }
    let last = spec.stage(seen.entry.following()).is_none();
    (if last { Rule::Complete } else { Rule::Advance }, Move::Leave)
}

/// The rule of a stay that a person has promoted. Where nothing but approval is missing the promotion is the approval,
/// and windows still hold: whoever approves on a Friday evening does not ask for a change at the weekend. Everywhere
/// else it overrides what is missing, a closed window included. So does a second one, of a stay that waits approved.
///
/// It overrides the wait for another rollout's end as well: given to everyone, the treatment reaches both arms of the other
/// alike.
fn promoted(
    spec: &RolloutSpec,
    state: &RolloutState,
    evidence: &Evidence,
    (seen, words): (&Seen<'_>, &str),
    now: Timestamp,
) -> (Rule, Move) {
    let opens = next_opens(spec, seen, now);
    let closed = opens != Some(now);
    let beside = spec.excluded_from(state, seen.entry.following(), &evidence.waits_for);
    let asked = seen.stage.gate == Gate::Approval && seen.entry.approved.is_none();
    if asked && seen.is_complete() {
        if beside.is_some() {
            return (Rule::Excluded, Move::Approve(None));
        }
        if closed {
            return (Rule::Window, Move::Approve(opens));
        }
    }
    let opens = opens.filter(|_| closed);
    (Rule::Promoted, Move::Promoted { reason: words.to_owned(), opens, beside: beside.cloned() })
}

/// Returns when the next stage may be entered: now, after the last.
fn next_opens(spec: &RolloutSpec, seen: &Seen<'_>, now: Timestamp) -> Option<Timestamp> {
    spec.stage(seen.entry.following()).map_or(Some(now), |next| plan::opens(&next.windows, now))
}

/// The rules before the first stage. Nothing is served yet, so everything that is wrong can only wait.
fn begin(
    spec: &RolloutSpec,
    state: &RolloutState,
    evidence: &Evidence,
    start_at: Timestamp,
    now: Timestamp,
) -> (Rule, Move) {
    if !evidence.enabled {
        return (Rule::FlagOff, Move::Hold);
    }
    if evidence.allocation != state.allocation {
        return (Rule::Drift, Move::Hold);
    }
    let apart = |known: &KnownOverlap| known.choice == OverlapChoice::Exclude;
    let known = |rollout: &String| spec.overlaps().iter().find(|known| known.overlap.rollout == *rollout);
    if evidence.waits_for.iter().any(|rollout| !known(rollout).is_some_and(apart)) {
        return (Rule::Serialised, Move::Hold);
    }
    if spec.excluded_from(state, StageIndex(0), &evidence.waits_for).is_some() {
        return (Rule::Excluded, Move::Hold);
    }
    let windows = spec.stage(StageIndex(0)).map_or(&[][..], |stage| &stage.windows);
    let opens = plan::opens(windows, now.max(start_at));
    if opens != Some(now) {
        return (Rule::Window, Move::HoldUntil(opens));
    }
    (Rule::Start, Move::Start)
}

/// What a person may ask in which phase. Going down is always allowed and needs nothing but the state.
fn obey(state: &RolloutState, command: &Command, now: Timestamp) -> Result<Move, TransitionError> {
    match (&state.phase, command) {
        (Phase::Completed { .. } | Phase::RolledBack { .. } | Phase::Cancelled { .. }, _) => {
            Err(TransitionError::Terminal { phase: state.phase.as_str().to_owned() })
        }
        (_, Command::RollBack { reason }) => Ok(Move::RollBack(RollbackCause::Command { reason: reason.clone() })),
        (_, Command::Cancel { reason }) => Ok(Move::Cancel(reason.clone())),
        (_, Command::Part { units, .. }) if state.part.as_ref().is_some_and(|part| part.units != *units) => {
            Err(TransitionError::Parted)
        }
        (_, Command::Part { units, with }) => {
            Ok(Move::Part(Parted { units: units.clone(), with: with.clone(), since: now }))
        }
        (Phase::Scheduled { .. }, _) => Err(TransitionError::NotStarted),
        (Phase::Progressing(_), Command::Pause { reason }) => {
            Ok(Move::Pause(PauseReason::Command { reason: reason.clone() }))
        }
        (Phase::Progressing(_), Command::Resume { .. }) => Err(TransitionError::NotPaused),
        (Phase::Progressing(stay), Command::Promote { reason, entry }) => {
            if entry.is_some_and(|entry| entry != stay.id) {
                return Err(TransitionError::MovedOn);
            }
            Ok(Move::Promote(reason.clone()))
        }
        (Phase::Paused { .. }, Command::Pause { .. }) => Err(TransitionError::AlreadyPaused),
        (Phase::Paused { .. }, Command::Resume { reason }) => Ok(Move::Resume(reason.clone())),
        (Phase::Paused { .. }, Command::Promote { .. }) => Err(TransitionError::Paused),
    }
}

/// One stage back, or to the baseline: after an earlier step back, from the first stage, and when the flag is no longer
/// as the rollout left it, because then the share of the previous stage might be more than what is served now.
fn back(state: &RolloutState, seen: &Seen<'_>, drifted: bool, cause: RollbackCause) -> Move {
    if state.stepped_back || drifted || seen.entry.stage == StageIndex(0) {
        Move::RollBack(cause)
    } else {
        Move::StepBack(cause)
    }
}

fn breach(watch: &Watch) -> RollbackCause {
    RollbackCause::Breach { guard: watch.guard.key.clone() }
}

/// What treated units lack: they do not arrive, or nothing is heard of them.
fn deficit(seen: &Seen<'_>) -> RollbackCause {
    if seen.is_short_of_units() { RollbackCause::SampleRatio } else { RollbackCause::Telemetry }
}

/// What the stage does once it has taken longer than it may. It is never left for that.
fn overdue(seen: &Seen<'_>) -> Move {
    match seen.stage.on_maximum_time {
        OnMaximumTime::Pause => Move::Pause(PauseReason::MaximumTime),
        OnMaximumTime::RollBack => Move::RollBack(RollbackCause::MaximumTime),
    }
}

fn silence(watch: &Watch) -> RollbackCause {
    RollbackCause::NoData { guard: watch.guard.key.clone() }
}
