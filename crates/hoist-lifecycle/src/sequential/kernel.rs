//! The increment that one flush adds to the logarithm of the evidence, for one alternative.
//!
//! Each function returns `ln e` with `E[e] <= 1` whenever the treatment is not worse than its boundary. Increments of
//! successive flushes add up. They are finite for every finite input, and 0 where there is nothing to compare.

use super::flush::CountFlush;
use super::grid::{Direction, Grid, SIZES};

/// Highest probability that an alternative of the proportion kernel gives the treatment.
const THETA_MAX: f64 = 0.999;

/// Returns the increment of the count kernel: "the treated rate is `r1` times the control's" against "it is on the
/// harmless side of `r0` times".
///
/// `ln e = xT ln(r1/r0) - (xT+xC) ln((nT r1+nC)/(nT r0+nC))`
///
/// It is the likelihood ratio of the share of events that fall to the treatment, given how many there were. Exact for
/// Poisson and for Bernoulli events, whatever the base rate does from flush to flush: with Bernoulli events at control
/// rate `q` and true ratio `r`,
/// `E[e] <= exp(q (nT r (e^(a-b)-1) + nC (e^(-b)-1)))` with `a` and `b` the two logarithms; the bracket is 0 at `r = r0`
/// and falls towards the harmless side. With `r0` = 1 this is the Poisson canary test of Lindon and Malek,
/// "Anytime-valid inference for multinomial count data", NeurIPS 2022.
pub fn count(flush: &CountFlush, r0: f64, r1: f64) -> f64 {
    if !flush.has_both_arms() {
        return 0.0;
    }
    // Scaled, so that no sum of two huge counts is infinite.
    let scale = flush.n_treatment.max(flush.n_control);
    let (treated, control) = (flush.n_treatment / scale, flush.n_control / scale);
    let treated_log = (r1 / r0).ln();
    let all_log = (treated * (r1 - r0) / (treated * r0 + control)).ln_1p();
    finite(flush.x_treatment * (treated_log - all_log) - flush.x_control * all_log)
}

/// Returns the increment of the proportion kernel for units that have the event or have not: "the treated probability is
/// `ratio` times the control's" against "it is not worse", where `rate` is what past flushes say about the pooled
/// probability, strictly between 0 and 1 and fixed before this flush.
///
/// With `n = nT+nC`, `tT = min(ratio rate n/(nT ratio+nC), 0.999)` and `tC = (n rate - nT tT)/nC`:
/// `ln e = xT ln(tT/rate) + (nT-xT) ln((1-tT)/(1-rate)) + xC ln(tC/rate) + (nC-xC) ln((1-tC)/(1-rate))`
///
/// The weighted mean of `tT` and `tC` is `rate`, so `E[e] <= 1` by Jensen's inequality for every true probability that
/// both arms share. From Turner, Ly and Grünwald, "Generic E-variables for exact sequential k-sample tests", 2024, with
/// the arms' sizes in the flush as weights. Uses what the failures say as well, which the count kernel does not, and
/// tends to the count kernel as `rate` tends to 0.
pub fn proportion(flush: &CountFlush, rate: f64, ratio: f64) -> f64 {
    if !flush.has_both_arms() {
        return 0.0;
    }
    let CountFlush { n_treatment, n_control, x_treatment, x_control } = *flush;
    let units = n_treatment + n_control;
    let treated = (ratio * rate * units / (n_treatment * ratio + n_control)).min(THETA_MAX);
    let control = (units * rate - n_treatment * treated) / n_control;
    if !(treated > 0.0 && control > 0.0 && control < 1.0) {
        return 0.0;
    }
    let arm = |events: f64, units: f64, theta: f64| {
        let others = units - events;
        events * (theta / rate).ln() + others * ((rate - theta) / (1.0 - rate)).ln_1p()
    };
    finite(arm(x_treatment, n_treatment, treated) + arm(x_control, n_control, control))
}

/// Returns the increment of the one-sample kernel: "the rate is `ratio` times `limit`" against "it is on the harmless side
/// of `limit`", for `events` out of `total`.
///
/// `ln e = x ln(ratio) - n limit (ratio - 1)`, the likelihood ratio of a Poisson count, which bounds that of a Bernoulli
/// count from below.
pub fn absolute(events: f64, total: f64, limit: f64, ratio: f64) -> f64 {
    finite(events * ratio.ln() - total * limit * (ratio - 1.0))
}

/// Returns the count kernel's increments for every size of a grid, beyond the boundary `r0`.
pub fn counts(flush: &CountFlush, grid: Grid, direction: Direction, r0: f64) -> [f64; SIZES] {
    grid.sizes().map(|size| count(flush, r0, direction.beyond(r0, size)))
}

/// Returns the proportion kernel's increments for every size of a grid, beyond equality.
pub fn proportions(flush: &CountFlush, grid: Grid, direction: Direction, rate: f64) -> [f64; SIZES] {
    grid.sizes().map(|size| proportion(flush, rate, direction.beyond(1.0, size)))
}

/// Returns the one-sample kernel's increments for every size of a grid, beyond `limit`.
pub fn absolutes(events: f64, total: f64, limit: f64, grid: Grid, direction: Direction) -> [f64; SIZES] {
    grid.sizes().map(|size| absolute(events, total, limit, direction.beyond(1.0, size)))
}

/// Nothing was learned from what cannot be computed.
fn finite(increment: f64) -> f64 {
    if increment.is_nan() { 0.0 } else { increment.clamp(f64::MIN, f64::MAX) }
}
