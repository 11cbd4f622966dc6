//! How much higher the treated rate is, as an interval that may be looked at as often as one likes.

use serde::{Deserialize, Serialize};

use super::count::CountTest;
use super::flush::CountFlush;
use super::grid::{Direction, Grid};
use super::kernel;
use super::mixture::Sums;
use super::stakes::Stakes;

/// Logarithms of the ratios between which an end is looked for; beyond, the interval counts as open.
const LOG_RATIO_MAX: f64 = 40.0;
/// Halvings of that range: the end is then known to one in 10^18.
const HALVINGS: usize = 100;

/// The ratio "treated rate / control rate".
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct RatioInterval {
    /// Mantel-Haenszel estimate over the strata. `None` as long as it has no value, as without events in the control.
    pub estimate: Option<f64>,
    /// Lower end. `None` if nothing excludes a ratio close to 0.
    pub lower: Option<f64>,
    /// Upper end. `None` if nothing excludes an unlimited ratio.
    pub upper: Option<f64>,
}

/// How likely each end of an interval is ever to lie on the wrong side of the truth. The interval misses it with at most their
/// sum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ends {
    /// That the lower end lies above it.
    pub lower: f64,
    /// That the upper end lies below it.
    pub upper: f64,
}

impl Ends {
    /// Returns ends that have half of `alpha` each.
    pub fn even(alpha: f64) -> Self {
        Self { lower: alpha / 2.0, upper: alpha / 2.0 }
    }

    /// Returns ends that divide `alpha` as the stake of the evidence is divided: the end that says harm has the part that the
    /// start has. Evidence that reaches `1/alpha` before the first restart then lies at about that end, so that the interval
    /// shown beside a rollback lies beyond the margin.
    pub fn of(stakes: Stakes, direction: Direction, alpha: f64) -> Self {
        let harm = stakes.at_start() * alpha;
        match direction {
            Direction::Higher => Self { lower: harm, upper: alpha - harm },
            Direction::Lower => Self { lower: alpha - harm, upper: harm },
        }
    }
}

/// Returns the confidence sequence of the ratio, from the totals of strata in each of which the share of the arms was
/// constant.
///
/// It holds every `r0` with `E_higher(r0) < 1/lower` and `E_lower(r0) < 1/upper`, the mixtures of the count kernel against
/// "at most `r0`" and "at least `r0`". Both fall monotonically towards their side, so each end is found by bisection.
pub fn ratio_sequence(strata: &[CountFlush], grid: Grid, ends: Ends) -> RatioInterval {
    tempered_ratio_sequence(strata, grid, ends, 1.0)
}

/// Returns the same where events vary `dispersion` times as much as independent ones, at least 1, which widens it. With more
/// than 1 it is not exact, as the evidence of such events is not.
pub fn tempered_ratio_sequence(strata: &[CountFlush], grid: Grid, ends: Ends, dispersion: f64) -> RatioInterval {
    let evidence = |direction: Direction, ratio: f64| against(strata, grid, dispersion.max(1.0), direction, ratio);
    ratio_interval(ratio_estimate(strata), evidence, ends)
}

/// Returns the natural logarithm of what one stratum says of harm by itself, in one look at its totals: about what evidence that
/// was gathered flush by flush would say, where rates did not change in between.
pub(crate) fn log_harm_of(stratum: CountFlush, test: &CountTest, dispersion: f64) -> f64 {
    let boundary = test.direction.boundary(test.margin);
    against(&[stratum], test.grid, dispersion.max(1.0), test.direction, boundary)
}

/// Returns the end of the confidence sequence that says how much worse the treatment may be, from the totals of one stratum:
/// the upper one where more is harm, the lower one where less is. It lies on the wrong side of the truth with a chance of
/// `alpha` at most. `dispersion` (at least 1) says how much more events vary than independent ones would, and widens it; then
/// it is not exact. `None` while nothing is excluded.
pub fn worst_ratio(stratum: CountFlush, grid: Grid, harm: Direction, alpha: f64, dispersion: f64) -> Option<f64> {
    let evidence = |direction: Direction, ratio: f64| against(&[stratum], grid, dispersion.max(1.0), direction, ratio);
    match harm {
        Direction::Higher => upper(evidence, alpha),
        Direction::Lower => lower(evidence, alpha),
    }
}

/// Returns the natural logarithm of the mixture of the count kernel over all strata, in a direction beyond a ratio.
fn against(strata: &[CountFlush], grid: Grid, dispersion: f64, direction: Direction, ratio: f64) -> f64 {
    let mut sums = Sums::default();
    for stratum in strata {
        sums.observe(kernel::counts(stratum, grid, direction, ratio));
    }
    sums.log_evidence(grid.weights(), dispersion)
}

/// Returns the ratios that `evidence` (of a direction, beyond a ratio) excludes in neither direction.
pub(super) fn ratio_interval(
    estimate: Option<f64>,
    evidence: impl Fn(Direction, f64) -> f64,
    ends: Ends,
) -> RatioInterval {
    RatioInterval { estimate, lower: lower(&evidence, ends.lower), upper: upper(&evidence, ends.upper) }
}

fn lower(evidence: impl Fn(Direction, f64) -> f64, alpha: f64) -> Option<f64> {
    end(|log| evidence(Direction::Higher, log.exp()) >= -alpha.ln())
}

fn upper(evidence: impl Fn(Direction, f64) -> f64, alpha: f64) -> Option<f64> {
    end(|log| evidence(Direction::Lower, (-log).exp()) >= -alpha.ln()).map(f64::recip)
}

/// Returns the highest ratio that `is_excluded` in a range that begins with excluded ones; `None` if it does not begin so.
fn end(is_excluded: impl Fn(f64) -> bool) -> Option<f64> {
    let (mut low, mut high) = (-LOG_RATIO_MAX, LOG_RATIO_MAX);
    if !is_excluded(low) {
        return None;
    }
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if is_excluded(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(f64::midpoint(low, high).exp())
}

/// Mantel and Haenszel's ratio: `sum xT nC/n / sum xC nT/n` (Journal of the National Cancer Institute, 1959).
pub(crate) fn ratio_estimate(strata: &[CountFlush]) -> Option<f64> {
    let (treated, control) =
        strata.iter().filter(|stratum| stratum.has_both_arms()).fold((0.0, 0.0), |sums, stratum| {
            let all = stratum.n_treatment + stratum.n_control;
            let (treated, control): (f64, f64) = sums;
            (
                treated + stratum.x_treatment * (stratum.n_control / all),
                control + stratum.x_control * (stratum.n_treatment / all),
            )
        });
    Some(treated / control).filter(|ratio| control > 0.0 && ratio.is_finite())
}
