//! The past of the metrics that a plan watches: from their queries, or as somebody recorded it.

use std::collections::BTreeMap;

use futures::StreamExt as _;
use hoist_eval::{Span, Timestamp};
use hoist_lifecycle::backtest::{Absence, History, Interval, Series, ValueInterval};
use hoist_lifecycle::limits::{
    BACKTEST_INTERVALS_MAX, FLUSH_COUNT_MAX, GUARDS_MAX, RECORDING_NUMBER_MAX, RECORDING_SECONDS_MAX,
};
use hoist_lifecycle::metric::{Metric, MetricKey, MetricSourceDraft, Placeholders};
use hoist_lifecycle::rollout::RolloutSpec;
use hoist_lifecycle::rollout::state::StageIndex;

use crate::api::types::backtest::NewBacktest;
use crate::error::FieldProblem;
use crate::limits::{BACKTEST_STEP_MIN, PREVIEW_QUERIES_CONCURRENT_MAX};
use crate::metrics::{MetricSource, Range};

use super::backtest::Stretch;

/// Asks for the past of every guard's metric, about those who have what everyone has today.
pub(super) async fn gather(source: &MetricSource, spec: &RolloutSpec, stretch: Stretch) -> History {
    let shortest = spec.plan().guards().iter().map(hoist_lifecycle::plan::Guard::interval).min();
    let grid = Grid::of(stretch.length, shortest.unwrap_or(spec.plan().tick()));
    let asked = questions(spec).into_iter().map(|(metric, query, lookback)| {
        let range = Range { from: stretch.from, step: grid.step, intervals: grid.intervals, lookback };
        async move {
            let series = match query {
                Some(query) => source.history(&query, range).await,
                None => Series::Unknown(Absence::CountedWhileExposed),
            };
            (metric, series)
        }
    });
    let series = futures::stream::iter(asked).buffered(PREVIEW_QUERIES_CONCURRENT_MAX).collect().await;
    History { from: stretch.from, step: grid.step, intervals: grid.intervals, series }
}

/// Returns each guard's metric with what to ask, nothing for metrics that Hoist counts itself, and how old a sample may be.
fn questions(spec: &RolloutSpec) -> Vec<(MetricKey, Option<MetricSourceDraft>, Span)> {
    let metrics: Vec<Metric> = spec.to_draft().metrics.iter().filter_map(|draft| Metric::parse(draft).ok()).collect();
    let placeholders = spec.placeholders(StageIndex(0));
    let today = Placeholders { variant: placeholders.control, ..placeholders };
    let mut questions: Vec<(MetricKey, Option<MetricSourceDraft>, Span)> = Vec::new();
    for guard in spec.plan().guards() {
        let asked = questions.iter().any(|(metric, ..)| metric == guard.metric());
        if let Some(metric) = metrics.iter().find(|metric| metric.key() == guard.metric() && !asked) {
            let query = (!metric.source().is_tracked()).then(|| metric.source().fill(&today));
            questions.push((metric.key().clone(), query, guard.maximum_staleness()));
        }
    }
    questions
}

/// A grid of time.
#[derive(Debug, Clone, Copy)]
struct Grid {
    step: Span,
    intervals: usize,
}

impl Grid {
    /// Returns the finest grid of whole seconds over a length of time that is not finer than `finest` and not too large.
    fn of(length: Span, finest: Span) -> Self {
        let second = BACKTEST_STEP_MIN.as_micros();
        let coarse = length.as_micros().div_ceil(BACKTEST_INTERVALS_MAX as u64);
        let step = finest.as_micros().max(coarse).div_ceil(second).max(1) * second;
        let intervals = usize::try_from(length.as_micros() / step).unwrap_or(usize::MAX);
        Self { step: Span::from_micros(step), intervals: intervals.clamp(1, BACKTEST_INTERVALS_MAX) }
    }
}

/// What somebody recorded, by metric, each with its time in seconds.
#[derive(Debug)]
pub(super) struct Recorded {
    counts: BTreeMap<MetricKey, Vec<(f64, Interval)>>,
    values: BTreeMap<MetricKey, Vec<(f64, ValueInterval)>>,
    /// How much more the events of a metric vary than independent ones.
    dispersions: BTreeMap<MetricKey, f64>,
    /// The shortest time between two of them.
    finest: Span,
    length: Span,
}

/// Checks a recording that came with a request.
pub(super) fn recorded(body: &NewBacktest, problems: &mut Vec<FieldProblem>) -> Option<Recorded> {
    if body.recorded.is_none() && body.recorded_values.is_none() {
        return None;
    }
    let metrics = body.recorded.iter().map(BTreeMap::len).chain(body.recorded_values.iter().map(BTreeMap::len)).sum();
    if !(1..=GUARDS_MAX).contains(&metrics) {
        problems.push(FieldProblem::new("recorded", "out_of_range", format!("must hold 1 to {GUARDS_MAX} metrics")));
    }
    let counts = counts(body, problems);
    let values = values(body, problems);
    let mut dispersions = BTreeMap::new();
    for (metric, dispersion) in body.recorded_dispersions.iter().flatten().take(GUARDS_MAX) {
        match metric.parse::<MetricKey>().ok().filter(|key| counts.contains_key(key)) {
            Some(key) if (1.0..=RECORDING_NUMBER_MAX).contains(dispersion) => {
                dispersions.insert(key, *dispersion);
            }
            Some(key) => {
                let message = format!("must be from 1 to {RECORDING_NUMBER_MAX}");
                problems.push(FieldProblem::new(format!("recorded_dispersions.{key}"), "out_of_range", message));
            }
            None => {
                let message = "each name must be that of a metric in `recorded`";
                problems.push(FieldProblem::new("recorded_dispersions", "invalid", message));
            }
        }
    }
    let of_counts = counts.values().flatten().map(|(at, _)| *at);
    let mut moments: Vec<f64> = of_counts.chain(values.values().flatten().map(|(at, _)| *at)).collect();
    moments.sort_unstable_by(f64::total_cmp);
    let gaps = moments.iter().zip(moments.iter().skip(1)).map(|(at, next)| next - at);
    let finest = gaps.filter(|gap| *gap > 0.0).fold(f64::INFINITY, f64::min);
    if !finest.is_finite() {
        problems.push(FieldProblem::new("recorded", "out_of_range", "must hold counts of at least two moments"));
        return None;
    }
    let span = |seconds: f64| Span::from_micros((seconds * 1e6) as u64);
    let length = span(moments.last().copied().unwrap_or_default() + finest);
    Some(Recorded { counts, values, dispersions, finest: span(finest), length })
}

fn is_time(at: f64) -> bool {
    (0.0..=RECORDING_SECONDS_MAX).contains(&at)
}

fn is_count(count: f64) -> bool {
    (0.0..=FLUSH_COUNT_MAX).contains(&count)
}

/// Returns a metric's key, and notes a name that is none.
fn named(field: &str, metric: &str, problems: &mut Vec<FieldProblem>) -> Option<MetricKey> {
    let key = metric.parse().ok();
    if key.is_none() {
        problems.push(FieldProblem::new(field, "invalid", "each name must be the key of a metric"));
    }
    key
}

fn counts(body: &NewBacktest, problems: &mut Vec<FieldProblem>) -> BTreeMap<MetricKey, Vec<(f64, Interval)>> {
    let mut known = BTreeMap::new();
    for (metric, counts) in body.recorded.iter().flatten().take(GUARDS_MAX) {
        let Some(key) = named("recorded", metric, problems) else { continue };
        let odd = |(at, total, events): &(f64, f64, f64)| !(is_time(*at) && is_count(*total) && is_count(*events));
        if let Some(position) = counts.iter().position(odd) {
            let message = format!(
                "must be a time from 0 to {RECORDING_SECONDS_MAX} seconds, opportunities and events, each from 0 to \
                 {FLUSH_COUNT_MAX:e}"
            );
            problems.push(FieldProblem::new(format!("recorded.{key}[{position}]"), "out_of_range", message));
        }
        let counted =
            |(at, total, events): &(f64, f64, f64)| (*at, Interval { total: total.round(), events: events.round() });
        known.insert(key, counts.iter().map(counted).collect());
    }
    known
}

fn values(body: &NewBacktest, problems: &mut Vec<FieldProblem>) -> BTreeMap<MetricKey, Vec<(f64, ValueInterval)>> {
    let mut known = BTreeMap::new();
    for (metric, values) in body.recorded_values.iter().flatten().take(GUARDS_MAX) {
        let Some(key) = named("recorded_values", metric, problems) else { continue };
        let told: Vec<(f64, ValueInterval)> = (values.iter())
            .map(|(at, units, above, below, variance, skewness)| {
                let (units, above, below) = (*units, *above, *below);
                (*at, ValueInterval { units, above, below, variance: *variance, skewness: *skewness })
            })
            .collect();
        let odd = |(at, told): &(f64, ValueInterval)| {
            let sums = [told.units, told.below, told.variance].into_iter().all(is_count);
            !(is_time(*at) && sums && is_count(told.above.abs()) && is_count(told.skewness.abs()))
        };
        if let Some(position) = told.iter().position(odd) {
            let message = format!(
                "must be a time from 0 to {RECORDING_SECONDS_MAX} seconds, units, a sum, what it is divided by and a \
                 variance from 0 on, and a skewness, none beyond {FLUSH_COUNT_MAX:e}"
            );
            problems.push(FieldProblem::new(format!("recorded_values.{key}[{position}]"), "out_of_range", message));
        }
        known.insert(key, told);
    }
    known
}

impl Recorded {
    /// Returns when it was: from `from` on, or until now.
    pub(super) fn stretch(&self, from: Option<Timestamp>, now: Timestamp) -> Stretch {
        Stretch { from: from.unwrap_or(now.saturating_sub(self.length)), length: self.length }
    }

    /// Returns the past that was recorded.
    pub(super) fn history(self, stretch: Stretch) -> History {
        let Grid { step, intervals } = Grid::of(stretch.length, self.finest);
        let counts = self.counts.into_iter().map(|(metric, counts)| {
            let dispersion = self.dispersions.get(&metric).copied();
            let series = match (Series::from_flushes(step, intervals, &counts), dispersion) {
                (Series::Counts(all), Some(dispersion)) => Series::Clusters(all, dispersion),
                (series, _) => series,
            };
            (metric, series)
        });
        let values = self.values.into_iter().map(|(metric, told)| {
            let series = Series::from_values(step, intervals, &told);
            (metric, series)
        });
        History { from: stretch.from, step, intervals, series: counts.chain(values).collect() }
    }
}
