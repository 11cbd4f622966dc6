//! What a tick makes of its evidence: verdicts, credited time, and the questions that the rules ask.
//!
//! Time is credited here and nowhere else. It is the time between two observations of the same stay by the same
//! process, by that process's monotonic clock, and at most two ticks of it: whatever lies further apart went
//! unobserved. The wall clock is never subtracted from anything that lets a stage be left. It decides three things
//! only: whether a sample is fresh, whether a guard is due, and whether a window is open.

use hoist_eval::{Span, Timestamp};

use crate::limits::CREDIT_TICKS_MAX;
use crate::plan::{OnBreach, OnNoData, Stage};

use super::cause::NoDataCause;
use super::decision::Verdict;
use super::evidence::{Evidence, Observer};
use super::guard::{self, Stay};
use super::rationale::{CombinedFacts, GuardRationale, ShareFacts, TelemetryFacts};
use super::shares::shares;
use super::spec::RolloutSpec;
use super::state::{GuardState, Phase, RolloutState, StageEntry};
use super::telemetry::telemetry;
use super::watch::Watch;
use super::weigh::weigh;

/// A stay as it is after an observation, with what was seen of it.
#[derive(Debug)]
pub(super) struct Seen<'a> {
    pub(super) stage: &'a Stage,
    pub(super) entry: StageEntry,
    /// The guards that watch the stage, each with its state in `entry`.
    watches: Vec<(&'a Watch, usize)>,
    pub(super) guards: Vec<GuardRationale>,
    /// Whether a guard says something else than before, or why it says nothing.
    pub(super) changed: bool,
    /// What all guards against control say together.
    pub(super) combined: Option<CombinedFacts>,
    /// Whether units arrive in the shares that are sent.
    pub(super) shares: Option<ShareFacts>,
    /// Whether both arms are heard of alike.
    pub(super) telemetry: Option<TelemetryFacts>,
}

/// Returns the stay after the observation, or `None` while there is none.
pub(super) fn observe<'a>(
    spec: &'a RolloutSpec,
    state: &RolloutState,
    evidence: &Evidence,
    now: Timestamp,
) -> Option<Seen<'a>> {
    let mut entry = state.phase.entry()?.clone();
    let stage = spec.stage(entry.stage)?;
    let elapsed = elapsed(entry.last_seen, evidence.observer, spec.plan().tick());
    entry.observed = entry.observed.saturating_add(elapsed);
    entry.treated = entry.treated.max(evidence.treated);
    let stay = Stay::of(spec, &entry, now);
    let mut watches = Vec::with_capacity(spec.watches().len());
    let mut before = Vec::with_capacity(spec.watches().len());
    for watch in spec.watches().iter().filter(|watch| watch.guard.watches(entry.stage.0)) {
        let index = position(&mut entry.guards, watch);
        let Some(state) = entry.guards.get_mut(index) else { continue };
        before.push((state.verdict, state.cause.is_some()));
        let readings = evidence.readings.iter().filter(|reading| reading.guard == watch.guard.key);
        guard::judge(watch, state, readings, stay);
        // What waits for outcomes is not silent: nobody can know them yet. Nor is what is heard of and distrusted.
        let heard = matches!(state.cause, Some(NoDataCause::Immature | NoDataCause::Refused));
        let silent = state.verdict == Verdict::NoData && !heard;
        state.silent = if silent { state.silent.saturating_add(elapsed) } else { Span::ZERO };
        watches.push((watch, index));
    }
    let shares = shares(spec, &mut entry, evidence.first_exposures.as_ref());
    let combined = weigh(spec, &mut entry, &watches, shares.as_ref(), elapsed);
    let stay = Stay { units: units(&entry), ..stay };
    let guards = explain(&entry, &watches, combined.as_ref(), stay);
    // A silence is told once, with its first cause: one that alternates is no news each time.
    let news = |(guard, (verdict, told)): (&GuardRationale, (Verdict, bool))| {
        guard.verdict != verdict || (guard.cause.is_some() && !told)
    };
    let changed = guards.iter().zip(before).any(news);
    let telemetry = telemetry(spec, &entry);
    let unhealthy = is_unhealthy(shares.as_ref(), telemetry.as_ref());
    let running = matches!(state.phase, Phase::Progressing(_));
    let sound = evidence.enabled && evidence.allocation == state.allocation && !unhealthy;
    let healthy = running && sound && guards.iter().all(|guard| guard.verdict.bakes());
    if healthy && entry.healthy {
        entry.baked = entry.baked.saturating_add(elapsed);
    }
    entry.healthy = healthy;
    entry.last_seen = Some(evidence.observer);
    let mut seen = Seen { stage, entry, watches, guards, changed, combined, shares, telemetry };
    if running && spec.method().tells_waiting() && seen.is_complete() {
        seen.entry.waited = seen.entry.waited.saturating_add(elapsed);
    }
    Some(seen)
}

/// Returns what each guard of the stage saw, with its part of the combined evidence.
pub(super) fn explain(
    entry: &StageEntry,
    watches: &[(&Watch, usize)],
    combined: Option<&CombinedFacts>,
    stay: Stay,
) -> Vec<GuardRationale> {
    let mut guards = Vec::with_capacity(watches.len());
    let states = watches.iter().filter_map(|(watch, index)| Some((watch, entry.guards.get(*index)?)));
    for (watch, state) in states {
        let mut guard = guard::explain(watch, state, stay);
        if let (Some(compared), Some(combined), Some(share)) = (&mut guard.compared, combined, watch.share) {
            compared.contribution = Some((share.ln() + compared.log_harm - combined.log_evidence).exp().min(1.0));
        }
        guards.push(guard);
    }
    guards
}

/// Returns how many units came to a stay, as far as they are counted.
pub(super) fn units(entry: &StageEntry) -> u64 {
    let Some(exposed) = &entry.exposed else { return 0 };
    // Those that came before are told with the metrics alone.
    let all = exposed.reporting.iter().map(|told| told.of_treatment.saturating_add(told.of_control)).max();
    exposed.treatment.saturating_add(exposed.control).max(all.unwrap_or_default())
}

/// Returns the time that may be credited between two observations.
fn elapsed(last: Option<Observer>, this: Observer, tick: Span) -> Span {
    match last {
        Some(last) if last.process == this.process => {
            this.monotonic.saturating_sub(last.monotonic).min(tick.saturating_mul(CREDIT_TICKS_MAX))
        }
        _ => Span::ZERO,
    }
}

/// Returns whether either check on the comparison itself has failed.
pub(super) fn is_unhealthy(shares: Option<&ShareFacts>, telemetry: Option<&TelemetryFacts>) -> bool {
    shares.is_some_and(ShareFacts::is_mismatch) || telemetry.is_some_and(TelemetryFacts::is_loss)
}

/// Returns where the guard's state is, after adding one if there was none.
fn position(guards: &mut Vec<GuardState>, watch: &Watch) -> usize {
    guards.iter().position(|state| state.guard == watch.guard.key).unwrap_or_else(|| {
        guards.push(GuardState::new(watch));
        guards.len() - 1
    })
}

impl<'a> Seen<'a> {
    fn with(&self, verdict: Verdict) -> impl Iterator<Item = (&'a Watch, &GuardState)> {
        let states = self.watches.iter().filter_map(|(watch, index)| Some((*watch, self.entry.guards.get(*index)?)));
        states.filter(move |(_, state)| state.verdict == verdict)
    }

    /// Returns a guard in breach with this policy.
    pub(super) fn breach(&self, policy: OnBreach) -> Option<&'a Watch> {
        self.with(Verdict::Breach).map(|(watch, _)| watch).find(|watch| watch.guard.on_breach == policy)
    }

    /// Returns a guard with this policy that was silent for longer than its grace.
    pub(super) fn silent(&self, policy: OnNoData) -> Option<&'a Watch> {
        let overdue = |(watch, state): &(&Watch, &GuardState)| state.silent >= watch.guard.no_data_grace;
        let mut silent = self.with(Verdict::NoData).filter(overdue).map(|(watch, _)| watch);
        silent.find(|watch| watch.guard.on_no_data == policy)
    }

    /// Returns a guard that has nothing to judge: one that lacks data before one that waits for outcomes.
    pub(super) fn without_data(&self) -> Option<&'a Watch> {
        let lacks = |(_, state): &(&Watch, &GuardState)| state.cause != Some(NoDataCause::Immature);
        let silent = self.with(Verdict::NoData).find(lacks).or_else(|| self.with(Verdict::NoData).next());
        silent.map(|(watch, _)| watch)
    }

    /// Returns a guard that cannot say yet.
    pub(super) fn inconclusive(&self) -> Option<&'a Watch> {
        self.with(Verdict::Inconclusive).map(|(watch, _)| watch).next()
    }

    /// Returns the guard that a suspicion rests on.
    pub(super) fn suspected(&self) -> Option<&'a Watch> {
        self.with(Verdict::Inconclusive).map(|(watch, _)| watch).find(|watch| watch.is_compared())
    }

    /// Returns a guard against control that has not been convinced yet.
    pub(super) fn collecting(&self) -> Option<&'a Watch> {
        self.with(Verdict::Collecting).map(|(watch, _)| watch).next()
    }

    /// Returns whether the comparison cannot be trusted, beyond doubt: units do not arrive in the shares that are sent, or one
    /// arm falls silent.
    pub(super) fn is_unhealthy(&self) -> bool {
        is_unhealthy(self.shares.as_ref(), self.telemetry.as_ref())
    }

    /// Returns whether treated units are missing, beyond doubt: they do not arrive, or they fall silent.
    pub(super) fn lacks_units(&self) -> bool {
        let silent = |telemetry: &TelemetryFacts| telemetry.is_loss() && telemetry.is_deficit();
        self.is_short_of_units() || self.telemetry.as_ref().is_some_and(silent)
    }

    /// Returns whether fewer treated units arrive than are sent, beyond doubt.
    pub(super) fn is_short_of_units(&self) -> bool {
        self.shares.as_ref().is_some_and(|shares| shares.is_mismatch() && shares.is_deficit)
    }

    /// Returns the guards in breach that were not in breach before.
    pub(super) fn newly_breached(&self, before: &StageEntry) -> impl Iterator<Item = &'a Watch> {
        let was = |watch: &Watch| {
            let earlier = before.guards.iter().find(|state| state.guard == watch.guard.key);
            earlier.is_some_and(|state| state.verdict == Verdict::Breach)
        };
        self.with(Verdict::Breach).map(|(watch, _)| watch).filter(move |watch| !was(watch))
    }

    /// Returns whether the stage has been observed healthy for long enough.
    pub(super) fn is_baked(&self) -> bool {
        self.entry.baked >= self.stage.bake
    }

    /// Returns whether enough units were served the variant.
    pub(super) fn is_treated(&self) -> bool {
        self.entry.treated >= self.stage.minimum_treated
    }

    /// Returns whether the stage has taken longer than it may, while something other than a person, a window or another
    /// rollout is still missing. What it waited for those while nothing else was missing is not counted.
    pub(super) fn is_overdue(&self) -> bool {
        self.entry.observed.saturating_sub(self.entry.waited) >= self.stage.maximum_time && !self.is_complete()
    }

    /// Returns whether nothing is missing but what a person, a window or another rollout may still hold up.
    pub(super) fn is_complete(&self) -> bool {
        let passes = self.guards.iter().all(|guard| guard.verdict.lets_leave());
        passes && self.is_baked() && self.is_treated() && !self.is_unhealthy()
    }
}
