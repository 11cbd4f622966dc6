//! Sums per group of units, from which the spread between units shows.

use serde::{Deserialize, Serialize};

/// Groups that units are hashed into.
pub const BUCKETS: usize = 128;

/// What each group of units had: opportunities below the line, events or values above it. Both cumulative.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Buckets {
    /// Opportunities, or values below the line.
    pub n: Vec<f64>,
    /// Events, or values above the line.
    pub x: Vec<f64>,
}

impl Default for Buckets {
    fn default() -> Self {
        Self { n: vec![0.0; BUCKETS], x: vec![0.0; BUCKETS] }
    }
}

impl Buckets {
    pub(super) fn add(&mut self, bucket: usize, n: f64, x: f64) {
        if let Some(sum) = self.n.get_mut(bucket) {
            *sum += n;
        }
        if let Some(sum) = self.x.get_mut(bucket) {
            *sum += x;
        }
    }

    /// Returns events and opportunities of each group.
    pub fn pairs(&self) -> impl Iterator<Item = (f64, f64)> + Clone {
        self.x.iter().copied().zip(self.n.iter().copied())
    }

    /// Adds the sums of another server. Sums of another shape, which no version wrote, are left out.
    pub(super) fn merge(&mut self, other: &Self) {
        for (sums, others) in [(&mut self.n, &other.n), (&mut self.x, &other.x)] {
            for (sum, other) in sums.iter_mut().zip(others) {
                *sum += other;
            }
        }
    }
}
