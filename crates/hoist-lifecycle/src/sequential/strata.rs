//! A difference between treatment and control, combined over stages.

use super::grid::Direction;

/// An estimate with its variance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// The square of its standard error.
    pub variance: f64,
}

/// Returns how much worse the treatment is than the control made `factor` times as bad and `offset` worse: positive is harm.
///
/// `D = +-(T - factor C) - offset`, with variance `var T + factor^2 var C`.
pub fn difference(treatment: Estimate, control: Estimate, direction: Direction, factor: f64, offset: f64) -> Estimate {
    let gap = treatment.value - factor * control.value;
    let harm = match direction {
        Direction::Higher => gap,
        Direction::Lower => -gap,
    };
    Estimate { value: harm - offset, variance: treatment.variance + factor * factor * control.variance }
}

/// Returns the differences of the stages weighted by their information, `D = sum(D_s/v_s)/sum(1/v_s)` with variance
/// `1/sum(1/v_s)`: stages of other allocations are never pooled. Strata without a positive, finite variance are left out;
/// `None` if none remains.
pub fn stratified(strata: impl IntoIterator<Item = Estimate>) -> Option<Estimate> {
    let (weighted, information) = strata
        .into_iter()
        .filter(|stratum| stratum.variance > 0.0 && stratum.variance.is_finite() && stratum.value.is_finite())
        .fold((0.0, 0.0), |(weighted, information), stratum| {
            (weighted + stratum.value / stratum.variance, information + stratum.variance.recip())
        });
    let combined = Estimate { value: weighted / information, variance: 1.0 / information };
    (information > 0.0 && combined.value.is_finite() && combined.variance > 0.0).then_some(combined)
}
