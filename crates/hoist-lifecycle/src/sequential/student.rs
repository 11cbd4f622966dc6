//! Student's t, as a normal deviate.

use std::f64::consts::LN_2;

use super::normal::ln_normal_cdf;

/// Degrees of freedom from which one term of the expansion in 1/df is exact.
const FREEDOM_LARGE: f64 = 1e6;
/// Most halvings of a root, and most terms of a fraction.
const ITERATIONS: usize = 200;
/// Stands for 0 in a denominator.
const TINY: f64 = 1e-300;

/// Returns the normal deviate with the same tail as Student's `t` on `freedom` degrees of freedom: what makes an estimate
/// from few buckets comparable with one from many. Degrees of freedom below 1 count as 1; what is not finite as 0.
pub fn t_to_z(t: f64, freedom: f64) -> f64 {
    if !t.is_finite() || freedom.is_nan() {
        return 0.0;
    }
    let freedom = freedom.max(1.0);
    if freedom > FREEDOM_LARGE {
        return t * (1.0 - (t * t + 1.0) / (4.0 * freedom)).max(0.0);
    }
    let tail = ln_student_tail(t.abs(), freedom);
    // The tail of the normal distribution is the lighter one, so the deviate lies between 0 and t.
    let (mut low, mut high) = (0.0, t.abs());
    for _ in 0..ITERATIONS {
        let middle = f64::midpoint(low, high);
        if ln_normal_cdf(-middle) > tail {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high).copysign(t)
}

/// Returns `ln P(T > t)` for `t >= 0`: half the regularised incomplete beta function at `df/(df + t^2)`.
fn ln_student_tail(t: f64, freedom: f64) -> f64 {
    let (half, square) = (0.5 * freedom, t * t);
    let (near, far) = (freedom / (freedom + square), square / (freedom + square));
    let gammas = libm::lgamma(half + 0.5) - libm::lgamma(half) - libm::lgamma(0.5);
    let front = gammas - half * (square / freedom).ln_1p() + 0.5 * far.ln();
    if near < (half + 1.0) / (half + 2.5) {
        front + beta_fraction(half, 0.5, near).ln() - half.ln() - LN_2
    } else if far > 0.0 {
        (-2.0 * front.exp() * beta_fraction(0.5, half, far)).ln_1p() - LN_2
    } else {
        -LN_2
    }
}

/// The continued fraction of the incomplete beta function, by Lentz's method (Abramowitz and Stegun, 26.5.8).
fn beta_fraction(a: f64, b: f64, x: f64) -> f64 {
    let away = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut above = 1.0;
    let mut below = 1.0 / away(1.0 - (a + b) * x / (a + 1.0));
    let mut fraction = below;
    for step in 1..=ITERATIONS {
        let step = step as f64;
        let even = step * (b - step) * x / ((a + 2.0 * step - 1.0) * (a + 2.0 * step));
        let odd = -(a + step) * (a + b + step) * x / ((a + 2.0 * step) * (a + 2.0 * step + 1.0));
        let mut change = 1.0;
        for coefficient in [even, odd] {
            below = 1.0 / away(1.0 + coefficient * below);
            above = away(1.0 + coefficient / above);
            change = below * above;
            fraction *= change;
        }
        if (change - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    fraction
}
