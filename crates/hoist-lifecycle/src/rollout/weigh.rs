//! All guards against control together: one number that rolls back, and a lower one that holds.
//!
//! The evidence of several guards is their weighted mean, which keeps its guarantee however they depend on one another.
//! One threshold serves them all, so ten guards do not alarm ten times as often as one. What reaches it is put down to the
//! guard that contributes most, and that guard's policy acts.

use hoist_eval::Span;

use crate::limits::{CLEAR_SHARE, SUSPECT_MIN};
use crate::sequential::combine;

use super::decision::Verdict;
use super::rationale::{CombinedFacts, ShareFacts};
use super::spec::RolloutSpec;
use super::state::{GuardState, StageEntry};
use super::watch::Watch;

/// Weighs the evidence of all guards against control, settles who is in breach or under suspicion, and returns what it
/// came to. `watched` are the guards of the stage with their positions in `entry`. Nothing where no control exists: there
/// is no new evidence, and what was carried there is in nobody's way.
///
/// Events that are held against the allocation are too few in an arm of which units are missing, whatever the treatment does.
/// While `shares` make that as likely as suspicion asks for, evidence that the missing ones could make up decides nothing: harm
/// that looks like it holds the rollout and makes no breach, health that looks like it lets no stage be left. Other evidence is
/// understated by them, and acts: a treatment that crashes loses units and looks better than it is.
pub(super) fn weigh(
    spec: &RolloutSpec,
    entry: &mut StageEntry,
    watched: &[(&Watch, usize)],
    shares: Option<&ShareFacts>,
    elapsed: Span,
) -> Option<CombinedFacts> {
    if spec.control_at(entry.stage).is_none() {
        entry.suspect = None;
        return None;
    }
    let log_needed = -spec.plan().alpha().ln();
    let log_hold = spec.plan().hold().ln();
    let doubted = shares.filter(|shares| shares.log_evidence >= log_hold);
    let log_evidence = combined(spec, entry, None)?;
    let is_breach = combined(spec, entry, doubted).is_some_and(|log| log >= log_needed);
    let withheld = log_evidence >= log_needed && !is_breach;
    if let Some(shares) = doubted {
        unconvince(entry, watched, shares);
    }
    let decisive = decisive(entry, watched, doubted.filter(|_| is_breach));
    suspect(entry, log_evidence, log_hold, elapsed);
    let suspect = entry.suspect.is_some();
    let mut guard = None;
    if let Some(state) = decisive.and_then(|index| entry.guards.get_mut(index)) {
        if is_breach {
            state.verdict = Verdict::Breach;
        } else if suspect && matches!(state.verdict, Verdict::Pass | Verdict::Collecting) {
            state.verdict = Verdict::Inconclusive;
        }
        guard = Some(state.guard.clone());
    }
    Some(CombinedFacts { log_evidence, log_needed, log_hold, suspect, withheld, guard })
}

/// Takes back that a stage may be left, where that rests on units that may be missing, as `shares` say: events that are harm are missing with
/// treated units, events that are good with units of the control.
fn unconvince(entry: &mut StageEntry, watched: &[(&Watch, usize)], shares: &ShareFacts) {
    for (_, index) in watched.iter().filter(|(watch, _)| watch.may_owe_health_to(shares)) {
        if let Some(state) = entry.guards.get_mut(*index).filter(|state| state.verdict == Verdict::Pass) {
            state.verdict = Verdict::Collecting;
        }
    }
}

/// Returns the natural logarithm of what a guard says of harm; where units that may be missing could make it up, as `doubted`
/// says, of what it says for the treatment alone.
fn log_harm(watch: &Watch, state: &GuardState, doubted: Option<&ShareFacts>) -> f64 {
    let log = state.log_harm(watch);
    if doubted.is_some_and(|shares| watch.may_owe_harm_to(shares)) { log.min(0.0) } else { log }
}

/// Returns the natural logarithm of the combined evidence. A guard in breach has had its say: it keeps its weight and adds
/// nothing, so that it cannot hide what another guard sees.
fn combined(spec: &RolloutSpec, entry: &StageEntry, doubted: Option<&ShareFacts>) -> Option<f64> {
    let log = |watch: &Watch| match state(entry, watch) {
        Some(state) if state.verdict == Verdict::Breach => f64::NEG_INFINITY,
        Some(state) => log_harm(watch, state, doubted),
        None => 0.0,
    };
    let evidence: Vec<(f64, f64)> =
        spec.watches().iter().filter_map(|watch| Some((log(watch), watch.weight()?))).collect();
    let heard = evidence.iter().any(|(log, _)| log.is_finite());
    combine(&evidence).filter(|_| heard).map(|combined| combined.log_evidence)
}

/// Returns which of the guards of the stage contributes most, by its position in `entry`.
fn decisive(entry: &StageEntry, watched: &[(&Watch, usize)], doubted: Option<&ShareFacts>) -> Option<usize> {
    let contributions = watched.iter().filter_map(|(watch, index)| {
        let state = entry.guards.get(*index).filter(|state| state.verdict != Verdict::Breach)?;
        Some((log_harm(watch, state, doubted) + watch.weight()?.ln(), *index))
    });
    contributions.max_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, index)| index)
}

/// Raises a suspicion, or clears one that has stood for its time and has little left to stand on.
fn suspect(entry: &mut StageEntry, log_evidence: f64, log_hold: f64, elapsed: Span) {
    let stood = entry.suspect.map(|stood| stood.saturating_add(elapsed));
    let raised = log_evidence >= log_hold;
    let cleared = stood.is_some_and(|stood| stood >= SUSPECT_MIN) && log_evidence < log_hold + CLEAR_SHARE.ln();
    entry.suspect = match stood {
        _ if cleared => None,
        None => raised.then_some(Span::ZERO),
        stood => stood,
    };
}

fn state<'e>(entry: &'e StageEntry, watch: &Watch) -> Option<&'e GuardState> {
    entry.guards.iter().find(|state| state.guard == watch.guard.key)
}
