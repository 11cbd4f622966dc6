//! Ratios of two sums: errors per request of a unit, revenue per order.

use serde::{Deserialize, Serialize};

use super::strata::Estimate;
use super::student::t_to_z;

/// Buckets of an arm that must not be empty before their spread says how certain a ratio is.
pub const BUCKETS_MIN: f64 = 30.0;

/// Sums over units of a numerator and a denominator, merged by adding.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct RatioSums {
    /// Number of units.
    pub n: f64,
    /// Sum of the numerators.
    pub numerator: f64,
    /// Sum of the denominators.
    pub denominator: f64,
    /// Sum of the squared numerators.
    pub numerator_squares: f64,
    /// Sum of the squared denominators.
    pub denominator_squares: f64,
    /// Sum of the products of numerator and denominator.
    pub products: f64,
}

impl RatioSums {
    /// Adds one unit.
    pub fn add(&mut self, numerator: f64, denominator: f64) {
        self.merge(&Self {
            n: 1.0,
            numerator,
            denominator,
            numerator_squares: numerator * numerator,
            denominator_squares: denominator * denominator,
            products: numerator * denominator,
        });
    }

    /// Adds other units.
    pub fn merge(&mut self, other: &Self) {
        self.n += other.n;
        self.numerator += other.numerator;
        self.denominator += other.denominator;
        self.numerator_squares += other.numerator_squares;
        self.denominator_squares += other.denominator_squares;
        self.products += other.products;
    }

    /// Returns whether every sum is finite.
    pub fn is_possible(&self) -> bool {
        let Self { n, numerator, denominator, numerator_squares, denominator_squares, products } = self;
        let all = [n, numerator, denominator, numerator_squares, denominator_squares, products];
        all.iter().all(|sum| sum.is_finite()) && *n >= 0.0
    }

    /// Returns the covariance of numerator and denominator over units.
    pub fn covariance(&self) -> f64 {
        (self.products - self.numerator * self.denominator / self.n) / (self.n - 1.0)
    }

    /// Returns the ratio with its variance by the delta method; `None` below two units or without a denominator.
    pub fn estimate(&self) -> Option<Estimate> {
        let variance = |squares: f64, sum: f64| (squares - sum * sum / self.n) / (self.n - 1.0);
        let unit = variance_of_ratio(
            (self.numerator / self.n, variance(self.numerator_squares, self.numerator)),
            (self.denominator / self.n, variance(self.denominator_squares, self.denominator)),
            self.covariance(),
        )?;
        let estimate = Estimate { value: unit.value, variance: unit.variance / self.n };
        (self.n > 1.0 && estimate.variance >= 0.0).then_some(estimate)
    }
}

/// Returns the ratio of two means with its variance by the delta method,
/// `var(a)/d^2 - 2 cov a/d^3 + var(d) a^2/d^4`, each mean given with its variance. `None` if it is not a number.
pub fn variance_of_ratio(numerator: (f64, f64), denominator: (f64, f64), covariance: f64) -> Option<Estimate> {
    let ((a, a_variance), (d, d_variance)) = (numerator, denominator);
    let square = d * d;
    let variance = a_variance / square - 2.0 * covariance * a / (square * d) + d_variance * a * a / (square * square);
    Some(Estimate { value: a / d, variance }).filter(|ratio| ratio.value.is_finite() && ratio.variance.is_finite())
}

/// Returns the ratio of sums over buckets of units with its cluster-robust variance,
/// `R = sum y_b/sum x_b` and `B/(B-1) sum (y_b - R x_b)^2/(sum x_b)^2`, from pairs of numerator and denominator. `None`
/// below two buckets or without a denominator. Requests of one unit lie in one bucket, so they may depend on one another.
pub fn clustered_ratio(buckets: impl Iterator<Item = (f64, f64)> + Clone) -> Option<Estimate> {
    let count = buckets.clone().count() as f64;
    let (numerator, denominator) = buckets.clone().fold((0.0, 0.0), |sums, (y, x)| (sums.0 + y, sums.1 + x));
    let ratio = numerator / denominator;
    if !(count >= 2.0 && ratio.is_finite()) {
        return None;
    }
    let squares: f64 = buckets.map(|(y, x)| (y - ratio * x) * (y - ratio * x)).sum();
    Some(Estimate { value: ratio, variance: count / (count - 1.0) * squares / (denominator * denominator) })
}

/// Returns the variance that gives a difference of two clustered ratios the normal deviate with the tail of Student's t:
/// with few buckets, or few that are filled, the spread itself is uncertain. The degrees of freedom are Welch's, from the
/// number of filled buckets of each arm. `None` with fewer than 30 filled buckets in either.
pub fn few_buckets(difference: Estimate, treatment: (f64, f64), control: (f64, f64)) -> Option<Estimate> {
    let ((treated_variance, treated), (control_variance, controls)) = (treatment, control);
    if treated < BUCKETS_MIN || controls < BUCKETS_MIN {
        return None;
    }
    let parts =
        treated_variance * treated_variance / (treated - 1.0) + control_variance * control_variance / (controls - 1.0);
    let sum = treated_variance + control_variance;
    let freedom = if parts > 0.0 { sum * sum / parts } else { f64::INFINITY };
    let t = difference.value / difference.variance.sqrt();
    let z = t_to_z(t, freedom);
    let inflation = if z == 0.0 { 1.0 } else { (t / z) * (t / z) };
    Some(Estimate { value: difference.value, variance: difference.variance * inflation })
        .filter(|estimate| estimate.variance > 0.0 && estimate.variance.is_finite())
}
