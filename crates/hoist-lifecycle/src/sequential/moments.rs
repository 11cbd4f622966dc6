//! Moments of values, merged without loss.

use serde::{Deserialize, Serialize};

/// Number, mean, and sums of squared and cubed deviations from the mean.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Moments {
    /// How many values.
    pub n: f64,
    /// Their mean.
    pub mean: f64,
    /// Sum of squared deviations.
    pub m2: f64,
    /// Sum of cubed deviations.
    pub m3: f64,
}

impl Moments {
    /// Returns the moments of `values`, each capped at `cap`. Values that are not finite are left out.
    pub fn of(values: impl IntoIterator<Item = f64>, cap: f64) -> Self {
        let mut moments = Self::default();
        for value in values.into_iter().filter(|value| value.is_finite()) {
            moments.merge(&Self { n: 1.0, mean: value.min(cap), m2: 0.0, m3: 0.0 });
        }
        moments
    }

    /// Adds other values. From Pébay, "Formulas for robust, one-pass parallel computation of covariances and arbitrary-order
    /// statistical moments", 2008.
    pub fn merge(&mut self, other: &Self) {
        let n = self.n + other.n;
        if n <= 0.0 {
            return;
        }
        let delta = other.mean - self.mean;
        let (mine, theirs) = (self.n / n, other.n / n);
        let cross = delta * delta * self.n * theirs;
        self.m3 += other.m3 + cross * delta * (mine - theirs) + 3.0 * delta * (mine * other.m2 - theirs * self.m2);
        self.m2 += other.m2 + cross;
        self.mean += delta * theirs;
        self.n = n;
    }

    /// Returns the variance of the values, with `n - 1`; 0 below two values.
    pub fn variance(&self) -> f64 {
        if self.n > 1.0 { (self.m2 / (self.n - 1.0)).max(0.0) } else { 0.0 }
    }

    /// Returns the skewness of the values; 0 if they are all the same.
    pub fn skewness(&self) -> f64 {
        let spread = self.m2 * (self.m2 / self.n).sqrt();
        if spread > 0.0 { self.m3 / spread } else { 0.0 }
    }

    /// Returns whether every number is finite and none is impossible.
    pub fn is_possible(&self) -> bool {
        let all = [self.n, self.mean, self.m2, self.m3];
        all.iter().all(|number| number.is_finite()) && self.n >= 0.0 && self.m2 >= 0.0
    }
}
