//! Evidence about means and ratios of single units: latency, revenue per unit.

use super::moments::Moments;
use super::ratios::RatioSums;
use super::strata::Estimate;
use super::stratified::{Arms, Sample, StratifiedEvidence};

/// Values of both arms in one window, capped at a constant that was frozen before.
pub type MeanFlush = Arms<Moments>;

/// Evidence about a difference of means.
pub type MeanEvidence = StratifiedEvidence<Moments>;

/// Units of both arms that were finished in one window.
pub type RatioFlush = Arms<RatioSums>;

/// Evidence about a difference of ratios by the delta method.
pub type RatioEvidence = StratifiedEvidence<RatioSums>;

impl Sample for Moments {
    fn is_possible(&self) -> bool {
        Self::is_possible(self)
    }

    fn merge(&mut self, other: &Self) {
        Self::merge(self, other);
    }

    fn units(&self) -> f64 {
        self.n
    }

    fn estimate(&self) -> Option<Estimate> {
        (self.n > 1.0).then(|| Estimate { value: self.mean, variance: self.variance() / self.n })
    }

    fn skewness(&self) -> f64 {
        Self::skewness(self)
    }
}

impl Sample for RatioSums {
    fn is_possible(&self) -> bool {
        Self::is_possible(self)
    }

    fn merge(&mut self, other: &Self) {
        Self::merge(self, other);
    }

    fn units(&self) -> f64 {
        self.n
    }

    fn estimate(&self) -> Option<Estimate> {
        Self::estimate(self)
    }
}
