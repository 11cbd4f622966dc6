//! The normal mixture: evidence about an estimate with a standard error.

use std::f64::consts::{LN_2, PI, SQRT_2};

/// Where the tail of `erfc` is close to underflow and the expansion is exact to 12 digits.
const TAIL_FROM: f64 = -30.0;
/// Evidence stays within this, so that it stays a number in JSON.
const LOG_MAX: f64 = 1e12;
/// Most halvings of a root.
const ITERATIONS: usize = 200;

/// Returns `ln Phi(z)`, the logarithm of the normal distribution function, without underflow.
pub fn ln_normal_cdf(z: f64) -> f64 {
    if z > TAIL_FROM {
        return (0.5 * libm::erfc(-z / SQRT_2)).ln();
    }
    let inverse = 1.0 / (z * z);
    let series = -inverse * (1.0 - inverse * (3.0 - inverse * (15.0 - inverse * 105.0)));
    -0.5 * z * z - (-z).ln() - 0.5 * (2.0 * PI).ln() + series.ln_1p()
}

/// A mixture over normally distributed sizes of effect, with precision `rho`.
///
/// For a sum `s` with variance `v`, such as the difference times its information and the information. From Howard, Ramdas,
/// McAuliffe and Sekhon, "Time-uniform, nonparametric, nonasymptotic confidence sequences", 2021, section 3.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NormalMixture {
    /// One over the variance of the effects, in the units of `v`. Positive.
    pub rho: f64,
}

impl NormalMixture {
    /// Returns the mixture over effects of typical size `tau`.
    pub fn of_effect(tau: f64) -> Self {
        Self { rho: 1.0 / (tau * tau) }
    }

    /// Returns the mixture whose two-sided bound at `alpha` is nearly narrowest at variance `v`. For a one-sided bound, give
    /// twice its alpha.
    pub fn tuned(v: f64, alpha: f64) -> Self {
        let log = -2.0 * alpha.ln();
        Self { rho: v / (log + log.ln_1p()) }
    }

    /// Returns `ln E` against "the effect is not positive":
    /// `ln(4 rho/(v+rho))/2 + s^2/(2(v+rho)) + ln Phi(s/sqrt(v+rho))`.
    pub fn one_sided(&self, s: f64, v: f64) -> f64 {
        let log = self.two_sided(s, v) + LN_2 + ln_normal_cdf(s / (v + self.rho).sqrt());
        if log.is_nan() { 0.0 } else { log.clamp(-LOG_MAX, LOG_MAX) }
    }

    /// Returns `ln E` against "there is no effect": `ln(rho/(v+rho))/2 + s^2/(2(v+rho))`.
    pub fn two_sided(&self, s: f64, v: f64) -> f64 {
        let deviation = s / (v + self.rho).sqrt();
        let log = 0.5 * (self.rho / (v + self.rho)).ln() + 0.5 * deviation * deviation;
        if log.is_nan() { 0.0 } else { log.clamp(-LOG_MAX, LOG_MAX) }
    }

    /// Returns the sum at which the two-sided evidence reaches `1/alpha`.
    pub fn two_sided_bound(&self, v: f64, alpha: f64) -> f64 {
        ((v + self.rho) * ((1.0 + v / self.rho).ln() - 2.0 * alpha.ln())).sqrt()
    }

    /// Returns the sum at which the one-sided evidence reaches `1/alpha`: below the two-sided one, since it is at least as
    /// high wherever the sum is positive.
    pub fn one_sided_bound(&self, v: f64, alpha: f64) -> f64 {
        let (mut low, mut high) = (0.0, self.two_sided_bound(v, alpha));
        let needed = -alpha.ln();
        for _ in 0..ITERATIONS {
            let middle = f64::midpoint(low, high);
            if self.one_sided(middle, v) < needed {
                low = middle;
            } else {
                high = middle;
            }
        }
        f64::midpoint(low, high)
    }
}
