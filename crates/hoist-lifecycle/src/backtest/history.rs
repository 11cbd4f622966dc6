//! What the metrics of a plan were in the past, on one grid of time.

use std::collections::BTreeMap;

use hoist_eval::{Span, Timestamp};

use crate::metric::MetricKey;
use crate::rollout::evidence::{InvalidReading, SourceFault};

/// The past of a plan's metrics, while nobody had the treatment. Interval `i` ends `i + 1` steps after `from`.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    /// When it begins.
    pub from: Timestamp,
    /// The length of one interval, more than zero.
    pub step: Span,
    /// How many intervals there are.
    pub intervals: usize,
    /// What is known of each metric. A metric that is not named is not known.
    pub series: BTreeMap<MetricKey, Series>,
}

/// The past of one metric: one item per interval, absent where nothing was recorded.
#[derive(Debug, Clone, PartialEq)]
pub enum Series {
    /// What happened in each interval.
    Counts(Vec<Option<Interval>>),
    /// The number at the end of each interval.
    Values(Vec<Option<f64>>),
    /// There is none.
    Unknown(Absence),
}

/// What happened in one interval, whoever it happened to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Opportunities.
    pub total: f64,
    /// Events among them.
    pub events: f64,
}

/// Why nothing is known of the past of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absence {
    /// Hoist counts it itself, and only while a rollout exposes units.
    CountedWhileExposed,
    /// The past is a recording, and the metric is not in it.
    NotRecorded,
    /// The source has nothing for it.
    Missing,
    /// What the source has is not one number at a time.
    Invalid(InvalidReading),
    /// The source did not answer.
    Failed(SourceFault),
}

impl History {
    /// Returns when it ends.
    pub fn to(&self) -> Timestamp {
        self.end_of(self.intervals)
    }

    /// Returns the past of a metric. A source is asked for every metric; one that is not named is not in a recording.
    pub fn of(&self, metric: &MetricKey) -> &Series {
        self.series.get(metric).unwrap_or(&Series::Unknown(Absence::NotRecorded))
    }

    /// Returns when the first `count` intervals are over.
    pub(super) fn end_of(&self, count: usize) -> Timestamp {
        self.from.saturating_add(self.step.saturating_mul(count as u64))
    }

    /// Returns how many intervals are over at a moment.
    pub(super) fn over_at(&self, moment: Timestamp) -> usize {
        let passed = moment.since(self.from).as_micros() / self.step.as_micros().max(1);
        usize::try_from(passed).unwrap_or(usize::MAX).min(self.intervals)
    }
}

impl Series {
    /// Returns the series that recorded counts stand for, each with its time in seconds from the beginning. What was
    /// recorded within one interval is added up; what lies beyond the last is left out.
    pub fn from_flushes(step: Span, intervals: usize, flushes: &[(f64, Interval)]) -> Self {
        let mut all: Vec<Option<Interval>> = vec![None; intervals];
        for (at, flush) in flushes {
            let index = (at.max(0.0) / step.as_seconds_f64().max(f64::MIN_POSITIVE)).floor() as usize;
            if let Some(interval) = all.get_mut(index) {
                let sum = interval.unwrap_or(Interval { total: 0.0, events: 0.0 });
                *interval = Some(Interval { total: sum.total + flush.total, events: sum.events + flush.events });
            }
        }
        Self::Counts(all)
    }

    /// Returns the series that samples of two counters stand for, one more sample than intervals. An interval without a
    /// sample at its end is absent, and the next one that has a sample holds what happened in both. An interval in which
    /// a counter went back is absent as well: nobody knows what happened in it.
    pub fn from_counters(samples: &[Option<Interval>]) -> Self {
        let mut before: Option<Interval> = samples.first().copied().flatten();
        let intervals = samples.iter().skip(1).map(|sample| {
            let now = (*sample)?;
            let last = before.replace(now)?;
            let (total, events) = ((now.total - last.total).round(), (now.events - last.events).round());
            (total >= 0.0 && events >= 0.0).then_some(Interval { total, events })
        });
        Self::Counts(intervals.collect())
    }
}
