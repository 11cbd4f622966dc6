//! A histogram of fixed layout: values with a relative error of at most 2 %, merged without loss.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Largest relative error of a value.
const ERROR: f64 = 0.02;
/// Values up to this share one bucket.
const LOWEST: f64 = 1e-6;
/// Number of buckets: beyond 10^9 values share one.
const BUCKETS: u16 = 865;

/// Counts by size. Bucket 0 holds everything up to 10^-6, bucket `i` what lies in `(10^-6 g^(i-1), 10^-6 g^i]` with
/// `g = 1.02/0.98`. The layout never changes, so histograms add up exactly and thresholds are edges. From Masson, Rim and
/// Lee, "DDSketch", VLDB 2019.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Histogram {
    counts: BTreeMap<u16, u64>,
}

/// An edge between buckets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Edge(u16);

impl Edge {
    /// Returns the edge that has this value, as [`Edge::value`] returned it.
    pub fn of_value(value: f64) -> Self {
        let position = ((value / LOWEST).ln() / growth().ln()).round();
        // What is no value of an edge becomes the nearest one.
        Self(position.clamp(0.0, f64::from(BUCKETS - 1)) as u16)
    }

    /// Returns the largest value that is not above the edge.
    pub fn value(self) -> f64 {
        LOWEST * growth().powi(self.0.into())
    }

    /// Returns whether a histogram counts this value above the edge.
    pub fn is_exceeded_by(self, value: f64) -> bool {
        bucket_of(value).is_some_and(|bucket| bucket > self.0)
    }
}

/// Returns the bucket of a value; `None` if it is not a number.
fn bucket_of(value: f64) -> Option<u16> {
    let position = ((value / LOWEST).ln() / growth().ln()).ceil();
    // A value below the lowest has a negative or no logarithm: both become bucket 0.
    let bucket = if position > 0.0 { position.min(f64::from(BUCKETS - 1)) as u16 } else { 0 };
    (!value.is_nan()).then_some(bucket)
}

fn growth() -> f64 {
    (1.0 + ERROR) / (1.0 - ERROR)
}

impl Histogram {
    /// Counts one value. One that is not a number is left out.
    pub fn record(&mut self, value: f64) {
        self.record_many(value, 1);
    }

    /// Counts a value `count` times, as from a histogram of another layout.
    pub fn record_many(&mut self, value: f64, count: u64) {
        if let Some(bucket) = bucket_of(value).filter(|_| count > 0) {
            self.add(bucket, count);
        }
    }

    fn add(&mut self, bucket: u16, count: u64) {
        let present = self.counts.entry(bucket.min(BUCKETS - 1)).or_default();
        *present = present.saturating_add(count);
    }

    /// Adds the values of another histogram.
    pub fn merge(&mut self, other: &Self) {
        for (bucket, count) in &other.counts {
            self.add(*bucket, *count);
        }
    }

    /// Returns the number of values.
    pub fn len(&self) -> u64 {
        self.counts.values().fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// Returns whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the lowest edge that at least a share `quantile` of the values do not exceed; `None` without values.
    pub fn quantile(&self, quantile: f64) -> Option<Edge> {
        let needed = quantile.clamp(0.0, 1.0) * self.len() as f64;
        let mut below = 0.0;
        let reaches = |(bucket, count): (&u16, &u64)| {
            below += *count as f64;
            (below >= needed).then_some(Edge(*bucket))
        };
        self.counts.iter().find_map(reaches)
    }

    /// Returns how many values lie above an edge.
    pub fn above(&self, edge: Edge) -> u64 {
        let above = self.counts.iter().filter(|(bucket, _)| **bucket > edge.0);
        above.fold(0, |sum, (_, count)| sum.saturating_add(*count))
    }
}
