//! How much more what units had varies between groups of them than if it were independent.

use crate::rollout::evidence::Dispersion;
use crate::sequential::{Overdispersion, dispersion, treated_dispersion};

use super::book::MetricBook;
use super::buckets::Buckets;
use super::measure::Measure;

/// Standard deviations by which the control's dispersion of a quantile may lie above 1 and be taken for chance.
const NOISE: f64 = 3.0;

/// Returns how events of a rate, or values beyond the threshold of a quantile, vary between groups of units; absent where
/// units count once, and so are independent, and before anything was counted by groups.
pub fn dispersion_of(measure: &Measure, book: &MetricBook) -> Option<Dispersion> {
    let is_quantile = match measure {
        Measure::EventRate { .. } => false,
        Measure::LatencyQuantile { .. } if book.control.buckets.is_some() => true,
        _ => return None,
    };
    // Groups of a latency are counted since its threshold is known, and its values since the stay began.
    let events = is_quantile.then(|| {
        let arms = [&book.treatment, &book.control];
        arms.into_iter().filter_map(|arm| arm.buckets.as_ref()).flat_map(Buckets::pairs).map(|(x, _)| x).sum()
    });
    let control = book.control.buckets.as_ref().map(Buckets::pairs);
    // Of groups of units one that has far more events than the others stands out, whatever it asked for: a crash loop. A
    // reporter that counts for many units is expected to have most of them.
    let treatment = book.treatment.buckets.as_ref().map(Buckets::pairs).and_then(|pairs| {
        let aggregated = book.treatment.aggregated;
        if aggregated { dispersion(pairs) } else { treated_dispersion(pairs, control.clone().into_iter().flatten()) }
    });
    // By chance that of independent values is often a little above 1, which would find harm later for nothing.
    let is_noise =
        |control: &Overdispersion| is_quantile && control.dispersion <= 1.0 + NOISE * control.sampling_deviation;
    let control = control.and_then(dispersion).filter(|control| !is_noise(control));
    Some(Dispersion {
        control: control.map_or(1.0, |control| control.dispersion),
        treatment: treatment.map_or(1.0, |treatment| treatment.dispersion),
        treatment_sd: treatment.map_or(0.0, |treatment| treatment.sampling_deviation),
        events,
    })
}
