//! The past of the metrics that a plan watches: from their queries, or as somebody recorded it.

use std::collections::BTreeMap;

use futures::StreamExt as _;
use hoist_eval::{Span, Timestamp};
use hoist_lifecycle::backtest::{Absence, History, Interval, Series};
use hoist_lifecycle::limits::{BACKTEST_INTERVALS_MAX, FLUSH_COUNT_MAX, GUARDS_MAX, RECORDING_SECONDS_MAX};
use hoist_lifecycle::metric::{Metric, MetricKey, MetricSourceDraft, Placeholders};
use hoist_lifecycle::rollout::RolloutSpec;
use hoist_lifecycle::rollout::state::StageIndex;

use crate::api::types::backtest::RecordedCounts;
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

/// Counts that somebody recorded, by metric, each with its time in seconds.
#[derive(Debug)]
pub(super) struct Recorded {
    series: BTreeMap<MetricKey, Vec<(f64, Interval)>>,
    /// The shortest time between two of them.
    finest: Span,
    length: Span,
}

/// Checks a recording that came with a request.
pub(super) fn recorded(sent: Option<&RecordedCounts>, problems: &mut Vec<FieldProblem>) -> Option<Recorded> {
    let sent = sent?;
    if sent.is_empty() || sent.len() > GUARDS_MAX {
        problems.push(FieldProblem::new("recorded", "out_of_range", format!("must hold 1 to {GUARDS_MAX} metrics")));
    }
    let mut series = BTreeMap::new();
    for (metric, counts) in sent.iter().take(GUARDS_MAX) {
        let Ok(key) = metric.parse::<MetricKey>() else {
            problems.push(FieldProblem::new("recorded", "invalid", "each name must be the key of a metric"));
            continue;
        };
        let is_count = |count: f64| (0.0..=FLUSH_COUNT_MAX).contains(&count);
        let odd = |(at, total, events): &(f64, f64, f64)| {
            !((0.0..=RECORDING_SECONDS_MAX).contains(at) && is_count(*total) && is_count(*events))
        };
        if let Some(position) = counts.iter().position(odd) {
            let message = format!(
                "must be a time from 0 to {RECORDING_SECONDS_MAX} seconds, opportunities and events, each from 0 to \
                 {FLUSH_COUNT_MAX:e}"
            );
            problems.push(FieldProblem::new(format!("recorded.{key}[{position}]"), "out_of_range", message));
        }
        let counted =
            |(at, total, events): &(f64, f64, f64)| (*at, Interval { total: total.round(), events: events.round() });
        series.insert(key, counts.iter().map(counted).collect::<Vec<_>>());
    }
    let mut moments: Vec<f64> = series.values().flatten().map(|(at, _)| *at).collect();
    moments.sort_unstable_by(f64::total_cmp);
    let gaps = moments.iter().zip(moments.iter().skip(1)).map(|(at, next)| next - at);
    let finest = gaps.filter(|gap| *gap > 0.0).fold(f64::INFINITY, f64::min);
    if !finest.is_finite() {
        problems.push(FieldProblem::new("recorded", "out_of_range", "must hold counts of at least two moments"));
        return None;
    }
    let span = |seconds: f64| Span::from_micros((seconds * 1e6) as u64);
    let length = span(moments.last().copied().unwrap_or_default() + finest);
    Some(Recorded { series, finest: span(finest), length })
}

impl Recorded {
    /// Returns when it was: from `from` on, or until now.
    pub(super) fn stretch(&self, from: Option<Timestamp>, now: Timestamp) -> Stretch {
        Stretch { from: from.unwrap_or(now.saturating_sub(self.length)), length: self.length }
    }

    /// Returns the past that was recorded.
    pub(super) fn history(self, stretch: Stretch) -> History {
        let grid = Grid::of(stretch.length, self.finest);
        let of = |counts: Vec<(f64, Interval)>| Series::from_flushes(grid.step, grid.intervals, &counts);
        let series = self.series.into_iter().map(|(metric, counts)| (metric, of(counts))).collect();
        History { from: stretch.from, step: grid.step, intervals: grid.intervals, series }
    }
}
