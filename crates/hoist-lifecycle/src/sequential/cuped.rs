//! Less noise by what was known of each unit before.

use serde::{Deserialize, Serialize};

/// Sums over units of a value and of the same unit's value before the rollout, merged by adding.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct PairedSums {
    /// Number of units.
    pub n: f64,
    /// Sum of the values before.
    pub before: f64,
    /// Sum of their squares.
    pub before_squares: f64,
    /// Sum of the values.
    pub after: f64,
    /// Sum of their squares.
    pub after_squares: f64,
    /// Sum of the products.
    pub products: f64,
}

impl PairedSums {
    /// Returns the covariance of both values over units.
    pub fn covariance(&self) -> f64 {
        (self.products - self.before * self.after / self.n) / (self.n - 1.0)
    }

    /// Returns the slope by which the value before explains the value: taken from the control, and frozen per stage.
    /// 0 if it explains nothing.
    pub fn slope(&self) -> f64 {
        let slope = self.covariance() / self.variance(self.before_squares, self.before);
        if slope.is_finite() { slope } else { 0.0 }
    }

    /// Returns mean and variance of the values less `slope` times what was known before. From Deng, Xu, Kohavi and Walker,
    /// "Improving the sensitivity of online controlled experiments by utilizing pre-experiment data", WSDM 2013.
    pub fn adjusted(&self, slope: f64) -> (f64, f64) {
        let before = self.variance(self.before_squares, self.before);
        let after = self.variance(self.after_squares, self.after);
        let mean = (self.after - slope * self.before) / self.n;
        (mean, after + slope * slope * before - 2.0 * slope * self.covariance())
    }

    fn variance(&self, squares: f64, sum: f64) -> f64 {
        (squares - sum * sum / self.n) / (self.n - 1.0)
    }
}
