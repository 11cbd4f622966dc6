//! The past of a metric, on one grid of time.
//!
//! Range queries of Prometheus' HTTP API, read as strictly as instant queries are: a second series, a warning or a histogram
//! makes the whole past unusable; a moment without a finite number is a moment of which nothing is known.
//! The API: <https://prometheus.io/docs/prometheus/latest/querying/api/#range-queries>.

use hoist_eval::{Span, Timestamp};
use hoist_lifecycle::backtest::{Absence, Interval, Series};
use hoist_lifecycle::metric::MetricSourceDraft;
use hoist_lifecycle::rollout::evidence::{InvalidReading, Reading};

use super::Ask;
use super::prometheus::{NoSample, Points, Prometheus};
use crate::limits::RANGE_POINTS_MAX;

/// A stretch of the past: `intervals` of them, each `step` long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// When it begins.
    pub from: Timestamp,
    /// The length of an interval.
    pub step: Span,
    /// How many there are.
    pub intervals: usize,
    /// How far back a sample may lie and still answer.
    pub lookback: Span,
}

impl Range {
    /// Returns the moment at the end of the first `count` intervals.
    fn moment(&self, count: usize) -> Timestamp {
        self.from.saturating_add(self.step.saturating_mul(count as u64))
    }

    /// Returns the moments between intervals, the first and the last one included, in pieces that one question may ask for.
    fn pieces(&self) -> impl Iterator<Item = Points> {
        let (range, all) = (*self, self.intervals.saturating_add(1));
        (0..all).step_by(RANGE_POINTS_MAX).map(move |first| Points {
            from: range.moment(first),
            step: range.step,
            count: RANGE_POINTS_MAX.min(all - first),
            lookback: range.lookback,
        })
    }
}

impl Prometheus {
    pub(super) async fn history(&self, query: &MetricSourceDraft, range: Range) -> Series {
        let series = match query {
            MetricSourceDraft::PromqlValue { query } => self.points(query, range).await.map(values),
            MetricSourceDraft::PromqlCounts { events, total, absent_is_zero } => {
                let (events, total) = tokio::join!(self.points(events, range), self.points(total, range));
                events.and_then(|events| Ok(counters(&events, &total?, *absent_is_zero)))
            }
            // What applications track is not here.
            _ => return Series::Unknown(Absence::CountedWhileExposed),
        };
        series.unwrap_or_else(|why| {
            Series::Unknown(match why {
                NoSample::Empty => Absence::Missing,
                NoSample::Invalid(why) => Absence::Invalid(why),
                NoSample::Failed(why) => Absence::Failed(why),
            })
        })
    }

    /// Asks for the number at every moment between intervals. An answer without any series is none at every moment.
    async fn points(&self, query: &str, range: Range) -> Result<Vec<Option<f64>>, NoSample> {
        let mut all = Vec::new();
        for piece in range.pieces() {
            match self.range(query, piece).await {
                Ok(points) => all.extend(points),
                Err(NoSample::Empty) => all.extend(std::iter::repeat_n(None, piece.count)),
                Err(why) => return Err(why),
            }
        }
        Ok(all)
    }
}

fn values(points: Vec<Option<f64>>) -> Series {
    known(Series::Values(points.into_iter().skip(1).collect()))
}

fn counters(events: &[Option<f64>], total: &[Option<f64>], absent_is_zero: bool) -> Series {
    let sample = |(events, total): (&Option<f64>, &Option<f64>)| {
        // A counter of errors often does not exist before the first error; the total proves that someone counts.
        let events = events.or(absent_is_zero.then_some(0.0))?;
        Some(Interval { total: (*total)?, events })
    };
    let samples: Vec<Option<Interval>> = events.iter().zip(total).map(sample).collect();
    known(Series::from_counters(&samples))
}

/// A past of which nothing is known at any moment is none.
fn known(series: Series) -> Series {
    let empty = match &series {
        Series::Counts(all) | Series::Clusters(all, _) => all.iter().all(Option::is_none),
        Series::Sums(all) => all.iter().all(Option::is_none),
        Series::Values(all) => all.iter().all(Option::is_none),
        Series::Unknown(_) => false,
    };
    if empty { Series::Unknown(Absence::Missing) } else { series }
}

/// Returns the past that a source of single readings has.
pub(super) fn of_readings(query: &MetricSourceDraft, range: Range, read: impl Fn(Ask) -> Reading) -> Series {
    let moments = (0..=range.intervals).map(|count| Ask { at: range.moment(count), lookback: Some(range.lookback) });
    let readings: Vec<Reading> = moments.map(read).collect();
    match query {
        MetricSourceDraft::PromqlValue { .. } => {
            let value = |reading: &Reading| match reading {
                Reading::Value { value, .. } => Some(*value),
                _ => None,
            };
            values(readings.iter().map(value).collect())
        }
        MetricSourceDraft::PromqlCounts { .. } => {
            let sample = |reading: &Reading| match reading {
                Reading::Counters { events, total, .. } => Some(Interval { total: *total, events: *events }),
                _ => None,
            };
            known(Series::from_counters(&readings.iter().map(sample).collect::<Vec<_>>()))
        }
        _ => Series::Unknown(Absence::Invalid(InvalidReading::Malformed)),
    }
}
