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
    /// The same where it is known that events come in clusters: beside the counts, how much more they vary than independent ones.
    Clusters(Vec<Option<Interval>>, f64),
    /// What the values of units came to in each interval.
    Sums(Vec<Option<ValueInterval>>),
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

/// What units had of a metric of values in one interval, whoever they belong to.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ValueInterval {
    /// Units that came.
    pub units: f64,
    /// What is above the line.
    pub above: f64,
    /// What it is divided by: the units themselves for a mean.
    pub below: f64,
    /// Variance of what one unit has above the line beyond the ratio times what it has below it.
    pub variance: f64,
    /// Skewness of the same.
    pub skewness: f64,
}

impl ValueInterval {
    /// Adds what came in the same interval.
    fn add(&mut self, other: &Self) {
        let units = self.units + other.units;
        if units > 0.0 {
            self.variance = (self.variance * self.units + other.variance * other.units) / units;
        }
        if other.skewness.abs() > self.skewness.abs() {
            self.skewness = other.skewness;
        }
        self.units = units;
        self.above += other.above;
        self.below += other.below;
    }
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
        let add = |sum: Option<Interval>, flush: &Interval| {
            let sum = sum.unwrap_or(Interval { total: 0.0, events: 0.0 });
            Interval { total: sum.total + flush.total, events: sum.events + flush.events }
        };
        Self::Counts(gathered(step, intervals, flushes, add))
    }

    /// Returns the series that recorded values stand for, as [`Series::from_flushes`] does for counts.
    pub fn from_values(step: Span, intervals: usize, flushes: &[(f64, ValueInterval)]) -> Self {
        let add = |sum: Option<ValueInterval>, flush: &ValueInterval| {
            let mut sum = sum.unwrap_or_default();
            sum.add(flush);
            sum
        };
        Self::Sums(gathered(step, intervals, flushes, add))
    }

    /// Returns the counts of each interval, and how much more events vary than independent ones; `None` where there are none.
    pub(super) fn counts(&self) -> Option<(&[Option<Interval>], f64)> {
        match self {
            Self::Counts(all) => Some((all, 1.0)),
            Self::Clusters(all, dispersion) => Some((all, dispersion.max(1.0))),
            Self::Sums(_) | Self::Values(_) | Self::Unknown(_) => None,
        }
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

/// Returns what was recorded in each interval.
fn gathered<T: Copy>(
    step: Span,
    intervals: usize,
    flushes: &[(f64, T)],
    add: impl Fn(Option<T>, &T) -> T,
) -> Vec<Option<T>> {
    let mut all: Vec<Option<T>> = vec![None; intervals];
    for (at, flush) in flushes {
        let index = (at.max(0.0) / step.as_seconds_f64().max(f64::MIN_POSITIVE)).floor() as usize;
        if let Some(interval) = all.get_mut(index) {
            *interval = Some(add(*interval, flush));
        }
    }
    all
}
