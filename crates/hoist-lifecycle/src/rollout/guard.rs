//! From readings to a verdict.
//!
//! A verdict is one of four, and only `Pass` is good. Whatever is odd about a reading makes it `NoData`: it arrived
//! too late, it lies in the future, it is not a number, it is outside of what is plausible, a counter went back. None
//! of this ever passes, and none of it ever breaches.
//!
//! A sample counts once, and only if it was taken within the present stay: what a metric said at 1 % is no evidence
//! about 5 %. A source that is asked for the present value of a counter answers with the time of the question, not with
//! the time of the sample, so counters that have not moved are taken for the sample before. One number may rightly be
//! the same twice; there a sample is told by its time alone.
//!
//! A breach stands until a person goes on, so that later data cannot un-breach a guard.

use hoist_eval::{Span, Timestamp};

use crate::limits::{CLOCK_SKEW_MAX, HOLD_EVIDENCE, RESTART_EVERY};
use crate::metric::MetricSource;
use crate::sequential::{Breaches, Rate};

use super::decision::Verdict;
use super::evidence::{GuardReading, Reading};
use super::rationale::GuardRationale;
use super::spec::Watch;
use super::state::{GuardProcess, GuardState};

/// The stay in which a guard is judged.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stay {
    /// When it began.
    pub(super) since: Timestamp,
    /// How much of it was observed.
    pub(super) observed: Span,
    /// The controller's time.
    pub(super) now: Timestamp,
}

/// Returns whether the guard is to be read at `at`. The first reading of one value is due one interval after the stay
/// began, so that its look-back window lies within the stay; counters are read at once, to have something to subtract.
///
/// A record that lies in the future was made by a clock that has since gone back, and says nothing.
pub(super) fn is_due(watch: &Watch, state: Option<&GuardState>, since: Timestamp, at: Timestamp) -> bool {
    let interval = watch.guard.interval;
    let passed = |from: Timestamp| at >= from.saturating_add(interval) || is_future(from, at);
    match (state.and_then(|state| state.last_read_at), &watch.source) {
        (Some(last), _) => passed(last),
        (None, MetricSource::PromqlValue { .. }) => passed(since),
        (None, _) => true,
    }
}

fn is_future(moment: Timestamp, now: Timestamp) -> bool {
    moment > now.saturating_add(CLOCK_SKEW_MAX)
}

impl GuardState {
    /// Returns the state of a guard that knows nothing.
    pub(super) fn new(watch: &Watch) -> Self {
        Self {
            guard: watch.guard.key.clone(),
            last_read_at: None,
            last_sample_at: None,
            last_value: None,
            verdict: Verdict::NoData,
            silent: Span::ZERO,
            process: GuardProcess::None,
        }
    }

    /// Returns the state with which the guard enters another stay: its evidence goes on in a new epoch, everything
    /// else begins anew. Evidence that a person has gone past is spent.
    pub(super) fn carried(&self) -> Self {
        let process = match &self.process {
            _ if self.verdict == Verdict::Breach => GuardProcess::None,
            GuardProcess::Rate { sums, .. } => {
                GuardProcess::Rate { last: None, epoch: sums.epoch().saturating_add(1), sums: *sums }
            }
            other => other.clone(),
        };
        Self {
            guard: self.guard.clone(),
            last_read_at: None,
            last_sample_at: None,
            last_value: None,
            verdict: Verdict::NoData,
            silent: Span::ZERO,
            process,
        }
    }

    fn log_evidence(&self) -> f64 {
        match &self.process {
            GuardProcess::None => 0.0,
            GuardProcess::Breaches(breaches) => breaches.log_evidence(),
            GuardProcess::Rate { sums, .. } => sums.log_evidence(),
        }
    }
}

/// Takes the readings of one guard into its state, in their order, and settles what the guard says now.
pub(super) fn judge<'r>(
    watch: &Watch,
    state: &mut GuardState,
    readings: impl Iterator<Item = &'r GuardReading>,
    stay: Stay,
) {
    for reading in readings {
        let due = is_due(watch, Some(state), stay.since, reading.at) && !is_future(reading.at, stay.now);
        if !due || state.verdict == Verdict::Breach {
            continue;
        }
        state.last_read_at = Some(reading.at);
        if let Some(verdict) = take(watch, state, &reading.reading, stay) {
            state.verdict = verdict;
        }
    }
    let fresh = state.last_sample_at.is_some_and(|at| is_fresh(watch, at, stay.now));
    if state.verdict != Verdict::Breach && !fresh {
        state.verdict = Verdict::NoData;
    }
}

/// Returns what the guard saw, needs and says, for people.
pub(super) fn explain(watch: &Watch, state: &GuardState) -> GuardRationale {
    GuardRationale {
        guard: watch.guard.key.clone(),
        verdict: state.verdict,
        value: state.last_value,
        limit: watch.guard.limit,
        unit: std::sync::Arc::clone(&watch.unit),
        log_evidence: watch.log_needed.map(|_| state.log_evidence()),
        log_needed: watch.log_needed,
    }
}

fn is_fresh(watch: &Watch, sampled_at: Timestamp, now: Timestamp) -> bool {
    !is_future(sampled_at, now) && now.since(sampled_at) <= watch.guard.maximum_staleness
}

/// Returns what one reading says; `None` if it repeats an earlier one and therefore says nothing new.
fn take(watch: &Watch, state: &mut GuardState, reading: &Reading, stay: Stay) -> Option<Verdict> {
    let (sampled_at, finite) = match (reading, &watch.source) {
        (Reading::Value { value, sampled_at }, MetricSource::PromqlValue { .. }) => (*sampled_at, value.is_finite()),
        (Reading::Counters { events, total, sampled_at }, MetricSource::PromqlCounts { .. }) => {
            let counters = [*events, *total];
            (*sampled_at, counters.iter().all(|counter| counter.is_finite() && *counter >= 0.0))
        }
        _ => return Some(Verdict::NoData),
    };
    let within = sampled_at >= stay.since || is_future(stay.since, stay.now);
    if !finite || !within || !is_fresh(watch, sampled_at, stay.now) {
        return Some(Verdict::NoData);
    }
    let repeats = |last: Timestamp| sampled_at <= last && !is_future(last, stay.now);
    if state.last_sample_at.is_some_and(repeats) {
        return None;
    }
    match reading {
        Reading::Value { value, .. } => Some(take_value(watch, state, *value, sampled_at)),
        Reading::Counters { events, total, .. } => {
            let verdict = take_counters(watch, state, *events, *total, stay.observed)?;
            state.last_sample_at = Some(sampled_at);
            Some(verdict)
        }
        _ => Some(Verdict::NoData),
    }
}

fn take_value(watch: &Watch, state: &mut GuardState, value: f64, sampled_at: Timestamp) -> Verdict {
    if !is_plausible(watch, value) {
        return Verdict::NoData;
    }
    state.last_sample_at = Some(sampled_at);
    state.last_value = Some(value);
    let beyond = watch.guard.limit.is_broken_by(value);
    if watch.log_needed.is_some() {
        let mut breaches = match &state.process {
            GuardProcess::Breaches(breaches) => *breaches,
            _ => Breaches::default(),
        };
        breaches.observe(beyond);
        state.process = GuardProcess::Breaches(breaches);
    }
    weigh(watch, state, beyond)
}

/// Returns what two counters say; `None` if neither has moved, which is what a source says that was asked twice between
/// two samples. The verdict before then stands for as long as its own sample is fresh, and no longer.
fn take_counters(watch: &Watch, state: &mut GuardState, events: f64, total: f64, observed: Span) -> Option<Verdict> {
    let (last, epoch, mut sums) = match &state.process {
        GuardProcess::Rate { last, epoch, sums } => (*last, *epoch, *sums),
        _ => (None, 0, Rate::default()),
    };
    if last == Some((events, total)) {
        return None;
    }
    let difference = last.map(|(last_events, last_total)| (events - last_events, total - last_total));
    let Some((events_since, total_since)) = difference.filter(|(events, total)| *events >= 0.0 && *total > 0.0) else {
        // There is nothing to judge. After the first reading of a stay and after a reset this reading is what the next
        // one is compared with. While only the total stands still the one before remains it, so that no event is lost.
        let waits = difference.is_some_and(|(events, total)| events >= 0.0 && total == 0.0);
        let last = if waits { last } else { Some((events, total)) };
        state.process = GuardProcess::Rate { last, epoch, sums };
        return Some(Verdict::NoData);
    };
    let rate = events_since / total_since;
    if !rate.is_finite() || !is_plausible(watch, rate) {
        state.process = GuardProcess::Rate { last: Some((events, total)), epoch, sums };
        return Some(Verdict::NoData);
    }
    if watch.log_needed.is_some() {
        let restarts = observed.as_micros() / RESTART_EVERY.as_micros();
        sums.observe(events_since, total_since, watch.guard.limit, epoch.saturating_add(restarts));
    }
    state.last_value = Some(rate);
    state.process = GuardProcess::Rate { last: Some((events, total)), epoch, sums };
    Some(weigh(watch, state, watch.guard.limit.is_broken_by(rate)))
}

fn is_plausible(watch: &Watch, value: f64) -> bool {
    watch.guard.plausible.is_none_or(|(low, high)| (low..=high).contains(&value))
}

/// Settles a verdict from the evidence gathered and the last value.
fn weigh(watch: &Watch, state: &GuardState, beyond: bool) -> Verdict {
    match watch.log_needed {
        None if beyond => Verdict::Breach,
        None => Verdict::Pass,
        Some(needed) => {
            let evidence = state.log_evidence();
            if evidence >= needed {
                Verdict::Breach
            } else if beyond || evidence >= HOLD_EVIDENCE.ln() {
                Verdict::Inconclusive
            } else {
                Verdict::Pass
            }
        }
    }
}
