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

use crate::limits::{CLOCK_SKEW_MAX, HOLD_EVIDENCE, QUANTILE_CONTROL_VALUES, RESTART_EVERY};
use crate::metric::MetricSource;
use crate::sequential::{Breaches, CountTest};

use super::cause::NoDataCause;
use super::compare::{ControlTest, Counting, Late, Patience, Place, Taken};
use super::counters::take_counters;
use super::decision::Verdict;
use super::evidence::{ArmSums, Dispersion, EarlierArms, GuardReading, Reading};
use super::intervals::Intervals;
use super::rationale::{Awaited, ClusterFacts, ComparedFacts, GuardRationale, RelaxedFacts};
use super::state::{EntryId, GuardProcess, GuardState};
use super::watch::{Comparison, Watch};

/// The stay in which a guard is judged.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stay {
    /// Which stay it is.
    pub(super) entry: EntryId,
    /// When it began.
    pub(super) since: Timestamp,
    /// How much of it was observed.
    pub(super) observed: Span,
    /// The controller's time.
    pub(super) now: Timestamp,
    /// The position of the stage.
    pub(super) stage: usize,
    /// Whether there is a control to compare with.
    pub(super) has_control: bool,
    /// ln(1/beta): the evidence of safety that a stage is left on.
    pub(super) log_safe_needed: f64,
    /// The false-alarm probability of all limits against control together.
    pub(super) alpha: f64,
    /// How many units came to it, as far as they are counted.
    pub(super) units: u64,
}

impl Stay {
    /// Returns how often evidence has begun anew within the stay.
    pub(super) fn restarts(&self) -> u64 {
        self.observed.as_micros() / RESTART_EVERY.as_micros()
    }
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
            cause: None,
            silent: Span::ZERO,
            intervals: Intervals::default(),
            process: GuardProcess::None,
        }
    }

    /// Returns the state with which the guard enters another stay: its evidence goes on in a new epoch, everything
    /// else begins anew. Evidence that a person has gone past is spent. `moves` says whether it is one of another stage.
    pub(super) fn carried(&self, moves: bool) -> Self {
        let process = match &self.process {
            _ if self.verdict == Verdict::Breach => GuardProcess::None,
            GuardProcess::Rate { sums, .. } => {
                GuardProcess::Rate { last: None, units: None, epoch: sums.epoch().saturating_add(1), sums: *sums }
            }
            GuardProcess::Control(compared) => GuardProcess::Control(Box::new(compared.carried(moves))),
            GuardProcess::Values(values) => GuardProcess::Values(Box::new(values.carried())),
            other => other.clone(),
        };
        Self {
            guard: self.guard.clone(),
            last_read_at: None,
            last_sample_at: None,
            last_value: None,
            verdict: Verdict::NoData,
            cause: None,
            silent: Span::ZERO,
            intervals: Intervals::default(),
            process,
        }
    }

    /// Returns the state with which the guard goes on among other arms, at the same stage. Nobody has gone past anything: a
    /// breach stands, with its evidence. That the treatment is not much worse is to be shown anew.
    pub(super) fn parted(&self) -> Self {
        let verdict = if self.verdict == Verdict::Breach { self.verdict } else { Verdict::NoData };
        let process = match &self.process {
            GuardProcess::Control(compared) => GuardProcess::Control(Box::new(compared.parted())),
            GuardProcess::Values(values) => GuardProcess::Values(Box::new(values.parted())),
            _ => Self { verdict: Verdict::NoData, ..self.clone() }.carried(true).process,
        };
        Self { verdict, process, ..self.carried(true) }
    }

    fn log_evidence(&self) -> f64 {
        match &self.process {
            GuardProcess::None | GuardProcess::Control(_) | GuardProcess::Values(_) => 0.0,
            GuardProcess::Breaches(breaches) => breaches.log_evidence(),
            GuardProcess::Rate { sums, .. } => sums.log_evidence(),
        }
    }
}

impl GuardState {
    /// Returns the natural logarithm of the evidence that the treatment is worse than the control; 0 for a guard that does
    /// not compare.
    pub(super) fn log_harm(&self, watch: &Watch) -> f64 {
        match (&self.process, watch.comparison.as_ref().map(|comparison| &comparison.test)) {
            (GuardProcess::Control(compared), Some(ControlTest::Count(test))) => compared.log_harm(test),
            (GuardProcess::Values(values), Some(ControlTest::Value(test))) => values.log_harm(test),
            _ => 0.0,
        }
    }

    /// Returns the natural logarithm of the evidence that the treatment is not as much worse as the stage must rule out;
    /// `None` while nothing was compared.
    fn log_safe(&self, comparison: &Comparison, stage: usize) -> Option<f64> {
        match (&self.process, comparison.test_at(stage)) {
            (GuardProcess::Control(compared), ControlTest::Count(test)) => Some(compared.log_safe(&test)),
            (GuardProcess::Values(values), ControlTest::Value(test)) => Some(values.log_safe(&test, position(stage))),
            _ => None,
        }
    }

    /// Returns how near the guard is to its relaxed limit at a stage; `None` where there is none, and while nothing was
    /// compared.
    fn relaxed(&self, comparison: &Comparison, stage: usize) -> Option<RelaxedFacts> {
        let limit = comparison.relaxed_at(stage)?;
        let end = match (&self.process, comparison.test_at(stage)) {
            (GuardProcess::Control(compared), ControlTest::Count(test)) => compared.worst_ratio(&test, position(stage)),
            (GuardProcess::Values(values), ControlTest::Value(test)) => {
                values.facts(position(stage)).worst_ratio(&test)
            }
            _ => return None,
        };
        Some(RelaxedFacts { limit, end })
    }

    /// Returns what was compared and what it says; `None` while nothing was.
    fn facts(&self, watch: &Watch, comparison: &Comparison, stay: Stay) -> Option<ComparedFacts> {
        let test = comparison.test_at(stay.stage);
        let stage = position(stay.stage);
        let sent = comparison.allocated.get(stay.stage).copied().flatten().filter(|_| comparison.by_stays);
        let facts = ComparedFacts {
            stage,
            test,
            strata: Vec::new(),
            units: None,
            sent,
            clusters: None,
            values: None,
            late: Late::default(),
            log_harm: self.log_harm(watch),
            log_safe: self.log_safe(comparison, stay.stage)?,
            log_safe_needed: comparison.must_convince.then_some(stay.log_safe_needed),
            relaxed: self.relaxed(comparison, stay.stage),
            weight: comparison.weight,
            contribution: None,
            alpha: stay.alpha,
            observed: stay.observed,
            maturity: comparison.maturity,
            ends: comparison.ends,
            dispersion: 1.0,
            threshold: None,
            stays: Vec::new(),
        };
        match (&self.process, &test) {
            (GuardProcess::Control(compared), ControlTest::Count(test)) => Some(ComparedFacts {
                strata: compared.evidence.stages().to_vec(),
                units: compared.units(counting(watch, comparison, *test, stay)),
                late: compared.late,
                // Methods that did not tell stays apart told nobody of clusters.
                clusters: (comparison.by_stays)
                    .then(|| ClusterFacts::of(compared.dispersion_at(stage), compared.stands_out))
                    .flatten(),
                // Nor of what a recording takes from here.
                dispersion: if comparison.by_stays { compared.dispersion } else { 1.0 },
                threshold: compared.threshold.filter(|_| comparison.by_stays),
                ..facts
            }),
            (GuardProcess::Values(values), _) => Some(ComparedFacts {
                values: Some(values.facts(stage)),
                late: values.late,
                stays: if watch.method.tells_stays_apart() { values.stays() } else { Vec::new() },
                ..facts
            }),
            _ => None,
        }
    }
}

/// Returns the position of a stage as evidence keeps it.
fn position(stage: usize) -> u32 {
    u32::try_from(stage).unwrap_or(u32::MAX)
}

/// Takes the readings of one guard into its state, in their order, and settles what the guard says now.
pub(super) fn judge<'r>(
    watch: &Watch,
    state: &mut GuardState,
    readings: impl Iterator<Item = &'r GuardReading>,
    stay: Stay,
) {
    if watch.is_compared() && !stay.has_control {
        (state.verdict, state.cause) = (Verdict::NotJudged, None);
        return;
    }
    for reading in readings {
        let due = is_due(watch, Some(state), stay.since, reading.at) && !is_future(reading.at, stay.now);
        if !due || state.verdict == Verdict::Breach {
            continue;
        }
        state.last_read_at = Some(reading.at);
        let before = state.cause.take();
        match take(watch, state, &reading.reading, before, stay) {
            Some(verdict) => state.verdict = verdict,
            // What stands is silence, and this reading had nothing new to break it with.
            None if state.verdict == Verdict::NoData && !is_distrusted(watch, state) => {
                let cause = match (watch.source.is_tracked(), state.last_sample_at) {
                    (true, None) => NoDataCause::Unheard,
                    (true, Some(_)) => NoDataCause::Quiet,
                    (false, _) => NoDataCause::Unmoved,
                };
                state.cause.get_or_insert(cause);
            }
            None => {}
        }
    }
    let fresh = state.last_sample_at.is_some_and(|at| is_fresh(watch, at, stay.now));
    if state.verdict != Verdict::Breach && !fresh {
        state.verdict = Verdict::NoData;
        // What is distrusted is fresh; what is old is silence, whatever was refused.
        let told = state.cause.filter(|cause| *cause != NoDataCause::Refused);
        state.cause = told.or(state.last_sample_at.map(|_| stale(watch)));
    }
    if let Some(comparison) = &watch.comparison {
        state.verdict = compared_verdict(comparison, state, stay);
    }
    distrust(watch, state);
    if state.verdict != Verdict::NoData {
        state.cause = None;
    } else if is_ripening(watch, stay) && matches!(state.cause, None | Some(NoDataCause::Unheard)) {
        state.cause = Some(NoDataCause::Immature);
    }
}

/// Returns what it means that the newest sample is too old: Hoist's own counts are as old as what was last heard.
fn stale(watch: &Watch) -> NoDataCause {
    if watch.source.is_tracked() { NoDataCause::Quiet } else { NoDataCause::Stale }
}

/// Returns whether the stay is too young for the outcome of any of its units to be known. By the wall clock: outcomes ripen
/// while nobody observes, too. That a stage is left only after as much observed time is for whoever comes late to it.
fn is_ripening(watch: &Watch, stay: Stay) -> bool {
    watch.method.tells_waiting() && stay.now < stay.since.saturating_add(watch.ripens_in)
}

fn is_distrusted(watch: &Watch, state: &GuardState) -> bool {
    watch.method.tells_waiting() && state.intervals.are_corrupt()
}

/// Withholds what a guard says of health while too many of its intervals were refused. What it says of harm stands.
fn distrust(watch: &Watch, state: &mut GuardState) {
    if is_distrusted(watch, state) && !matches!(state.verdict, Verdict::Breach | Verdict::NotJudged) {
        if state.verdict != Verdict::NoData {
            state.cause = None;
        }
        state.verdict = Verdict::NoData;
        state.cause.get_or_insert(NoDataCause::Refused);
    }
}

/// Returns what a guard against control says by itself. Breach and suspicion are settled for all of them together.
fn compared_verdict(comparison: &Comparison, state: &GuardState, stay: Stay) -> Verdict {
    if comparison.is_goal {
        return Verdict::NotJudged;
    }
    if matches!(state.verdict, Verdict::Breach | Verdict::NoData) {
        return state.verdict;
    }
    let Some(log_safe) = state.log_safe(comparison, stay.stage) else { return Verdict::NoData };
    if stay.observed < comparison.maturity {
        return Verdict::Collecting;
    }
    let is_relaxed = || {
        let relaxed = state.relaxed(comparison, stay.stage);
        relaxed.is_some_and(|relaxed| relaxed.is_met(comparison.test.direction()))
    };
    if !comparison.must_convince || log_safe >= stay.log_safe_needed || is_relaxed() {
        Verdict::Pass
    } else {
        Verdict::Collecting
    }
}

/// Returns what the guard saw, needs and says, for people.
pub(super) fn explain(watch: &Watch, state: &GuardState, stay: Stay) -> GuardRationale {
    let comparison = watch.comparison.as_ref().filter(|_| stay.has_control);
    let compared = comparison.and_then(|comparison| state.facts(watch, comparison, stay));
    GuardRationale {
        guard: watch.guard.key.clone(),
        service: watch.service.clone(),
        verdict: state.verdict,
        value: state.last_value,
        limit: watch.guard.limit,
        unit: std::sync::Arc::clone(&watch.unit),
        log_evidence: watch.log_needed.map(|_| state.log_evidence()),
        log_needed: watch.log_needed,
        compared,
        awaited: (state.cause == Some(NoDataCause::Immature))
            .then_some(Awaited { maturity: watch.ripens_in, units: stay.units }),
        cause: state.cause,
        intervals: state.intervals,
    }
}

fn is_fresh(watch: &Watch, sampled_at: Timestamp, now: Timestamp) -> bool {
    !is_future(sampled_at, now) && now.since(sampled_at) <= watch.guard.maximum_staleness
}

/// Returns whether each reading tells of the whole stay, so that it replaces the one before and no interval is lost with it.
fn replaces(watch: &Watch) -> bool {
    watch.source.has_values() || (watch.at_risk && !watch.is_compared())
}

/// Returns what one reading says; `None` if it repeats an earlier one and therefore says nothing new. `before` is why the
/// reading before it said nothing.
fn take(
    watch: &Watch,
    state: &mut GuardState,
    reading: &Reading,
    before: Option<NoDataCause>,
    stay: Stay,
) -> Option<Verdict> {
    let sampled_at = match sampled(watch, reading, stay) {
        Ok(sampled_at) => sampled_at,
        Err(cause) => {
            let is_interval = matches!(reading, Reading::Counters { .. } | Reading::Arms { .. });
            // Sums that cannot be are asked for again and again until the next sample; they are one interval.
            let is_new = before != Some(NoDataCause::Implausible);
            if is_interval && is_new && cause == NoDataCause::Implausible && !replaces(watch) {
                state.intervals.refuse();
            }
            state.cause = Some(cause);
            return Some(Verdict::NoData);
        }
    };
    let repeats = |last: Timestamp| sampled_at <= last && !is_future(last, stay.now);
    if state.last_sample_at.is_some_and(repeats) {
        return None;
    }
    let verdict = match (reading, &watch.comparison) {
        (Reading::Value { value, .. }, _) => return Some(take_value(watch, state, *value, sampled_at)),
        (Reading::Counters { events, total, .. }, _) => take_counters(watch, state, *events, *total, stay)?,
        (Reading::Arms { treatment, .. }, None) => {
            let exposed = treatment.n + treatment.x + treatment.forgotten;
            let total = if watch.at_risk { exposed } else { treatment.n };
            take_counters(watch, state, treatment.x, total, stay)?
        }
        (Reading::Arms { treatment, control, dispersion, earlier, .. }, Some(comparison)) => {
            let arms = (*treatment, *control);
            take_arms(watch, comparison, state, &Told { arms, dispersion: *dispersion, earlier }, stay)?
        }
        (Reading::Quantile { control_n, value, .. }, Some(_)) => freeze(state, *control_n, *value),
        _ => Verdict::NoData,
    };
    state.last_sample_at = Some(sampled_at);
    Some(verdict)
}

/// Returns when a reading was sampled, or why it cannot be judged.
fn sampled(watch: &Watch, reading: &Reading, stay: Stay) -> Result<Timestamp, NoDataCause> {
    let Some((sampled_at, possible)) = sample(watch, reading) else {
        return Err(NoDataCause::of(reading, watch.source.is_tracked()).unwrap_or(NoDataCause::Malformed));
    };
    // A stay that has not begun yet was entered by a clock that is ahead of this one.
    let within = sampled_at >= stay.since || stay.since > stay.now;
    if !possible {
        let is_number = !matches!(reading, Reading::Value { value, .. } if value.is_nan());
        Err(if is_number { NoDataCause::Implausible } else { NoDataCause::NotANumber })
    } else if is_future(sampled_at, stay.now) {
        Err(NoDataCause::Ahead)
    } else if !is_fresh(watch, sampled_at, stay.now) {
        Err(stale(watch))
    } else if !within {
        Err(NoDataCause::Earlier)
    } else {
        Ok(sampled_at)
    }
}

/// Returns when a reading was sampled and whether its numbers can be; `None` if the guard's metric has no such readings.
fn sample(watch: &Watch, reading: &Reading) -> Option<(Timestamp, bool)> {
    let is_sum = |sum: f64| sum.is_finite() && sum >= 0.0;
    match (reading, &watch.source) {
        (Reading::Value { value, sampled_at }, MetricSource::PromqlValue { .. }) => {
            Some((*sampled_at, value.is_finite()))
        }
        (Reading::Counters { events, total, sampled_at }, MetricSource::PromqlCounts { .. })
            if !watch.is_compared() =>
        {
            Some((*sampled_at, is_sum(*events) && is_sum(*total)))
        }
        (Reading::Arms { treatment, control, sampled_at, .. }, source)
            if watch.is_compared() || source.is_tracked() =>
        {
            let sums = [treatment.n, treatment.x, treatment.forgotten, control.n, control.x];
            let values = !source.has_values() || (treatment.values.is_some() && control.values.is_some());
            Some((*sampled_at, values && sums.into_iter().all(is_sum)))
        }
        (Reading::Quantile { control_n, value, sampled_at }, MetricSource::LatencyQuantile { .. }) => {
            Some((*sampled_at, is_sum(*control_n) && value.is_finite()))
        }
        _ => None,
    }
}

/// What a reading tells of both arms.
struct Told<'r> {
    arms: (ArmSums, ArmSums),
    dispersion: Option<Dispersion>,
    earlier: &'r [EarlierArms],
}

/// Returns what both arms say since they were read last; `None` if nothing has moved in one of them.
fn take_arms(
    watch: &Watch,
    comparison: &Comparison,
    state: &mut GuardState,
    told: &Told<'_>,
    stay: Stay,
) -> Option<Verdict> {
    let place = Place { entry: stay.entry, stage: position(stay.stage) };
    let plausible = |value: f64| is_plausible(watch, value);
    let test = match comparison.test_at(stay.stage) {
        ControlTest::Count(test) => test,
        ControlTest::Value(test) => {
            let mut values = match std::mem::take(&mut state.process) {
                GuardProcess::Values(values) => values,
                _ => Box::default(),
            };
            values.take_late(told.earlier);
            let taken = values.take(&test, place, told.arms, plausible);
            state.process = GuardProcess::Values(values);
            // The next reading has all of it again.
            if let Taken::Refused(cause) = taken {
                state.cause = Some(cause);
                return Some(Verdict::NoData);
            }
            return settle(state, taken);
        }
    };
    let mut compared = match std::mem::take(&mut state.process) {
        GuardProcess::Control(compared) => compared,
        _ => Box::default(),
    };
    let is_quantile = matches!(watch.source, MetricSource::LatencyQuantile { .. });
    if is_quantile && compared.threshold.is_none() {
        state.process = GuardProcess::Control(compared);
        return Some(Verdict::NoData);
    }
    let counting = counting(watch, comparison, test, stay);
    compared.take_late(counting, place, stay.restarts(), told.earlier);
    let taken = compared.take(counting, place, stay.restarts(), told.arms, plausible);
    compared.disperse(told.dispersion.filter(|_| !is_quantile || watch.method.tempers_quantiles()));
    state.process = GuardProcess::Control(compared);
    settle(state, taken)
}

fn counting<'w>(watch: &'w Watch, comparison: &'w Comparison, test: CountTest, stay: Stay) -> Counting<'w> {
    let Comparison { stakes, allocated, by_stays, .. } = comparison;
    let share = comparison.shares.get(stay.stage).copied().flatten();
    let patience = Patience { now: stay.now, most: watch.guard.maximum_staleness, share };
    let patience = watch.method.tells_waiting().then_some(patience);
    Counting { source: &watch.source, test, stakes: *stakes, allocated, by_stays: *by_stays, patience }
}

/// Returns what a comparison that went well or not makes the guard say.
fn settle(state: &mut GuardState, taken: Taken) -> Option<Verdict> {
    match taken {
        Taken::Nothing => Some(Verdict::NoData),
        Taken::Unmoved => None,
        Taken::Dropped => {
            state.intervals.drop_one();
            state.cause = Some(NoDataCause::WithoutTotal);
            None
        }
        Taken::Refused(cause) => {
            state.intervals.refuse();
            state.cause = Some(cause);
            Some(Verdict::NoData)
        }
        Taken::Judged => {
            state.intervals.judge();
            None
        }
        Taken::Counted(value) => {
            state.intervals.judge();
            state.last_value = Some(value);
            // Which of the good verdicts it is, is settled with what all guards say.
            Some(Verdict::Collecting)
        }
    }
}

/// Freezes the threshold of a quantile once the control has shown enough values. Until then there is nothing to judge.
fn freeze(state: &mut GuardState, control_n: f64, value: f64) -> Verdict {
    if control_n >= QUANTILE_CONTROL_VALUES {
        let mut compared = match std::mem::take(&mut state.process) {
            GuardProcess::Control(compared) => compared,
            _ => Box::default(),
        };
        compared.threshold = compared.threshold.or(Some(value));
        state.process = GuardProcess::Control(compared);
    }
    Verdict::NoData
}

fn take_value(watch: &Watch, state: &mut GuardState, value: f64, sampled_at: Timestamp) -> Verdict {
    if !is_plausible(watch, value) {
        state.cause = Some(NoDataCause::Implausible);
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

pub(super) fn is_plausible(watch: &Watch, value: f64) -> bool {
    watch.guard.plausible.is_none_or(|(low, high)| (low..=high).contains(&value))
}

/// Settles a verdict from the evidence gathered and the last value.
pub(super) fn weigh(watch: &Watch, state: &GuardState, beyond: bool) -> Verdict {
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
