//! How clustered events are, measured over 128 buckets of units.

/// Number of buckets.
pub const BUCKETS: usize = 128;
/// Standard deviations by which the treatment's dispersion must stand out before it is believed.
const DEVIATIONS: f64 = 3.0;
/// Events of both arms from which a stay's own dispersion holds.
const SETTLED_EVENTS: f64 = BUCKETS as f64;

/// Overdispersion of counts over buckets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Overdispersion {
    /// Variance of the counts relative to that of independent events; 1 if events are independent.
    pub dispersion: f64,
    /// How far the estimate strays by chance if they are.
    pub sampling_deviation: f64,
}

/// Returns the dispersion of the treatment's pairs of events and opportunities, one per bucket: [`dispersion`] as they are,
/// or the larger one with the same opportunities in each bucket, if that stands out by more than three deviations from the
/// control's. A client in a crash loop sends the requests that fail, so relative to its own requests it stands out less than
/// it should. Units that have several events each spread like that in both arms alike, and prove nothing.
pub fn treated_dispersion(
    treatment: impl Iterator<Item = (f64, f64)> + Clone,
    control: impl Iterator<Item = (f64, f64)> + Clone,
) -> Option<Overdispersion> {
    let plain = dispersion(treatment.clone());
    let even = dispersion(treatment.map(|(x, _)| (x, 1.0)))?;
    let usual = dispersion(control.map(|(x, _)| (x, 1.0))).map_or(1.0, |control| control.dispersion.max(1.0));
    let stands_out = even.dispersion > usual * (1.0 + DEVIATIONS * even.sampling_deviation);
    let is_larger = plain.is_none_or(|plain| even.dispersion > plain.dispersion);
    if stands_out && is_larger { Some(even) } else { plain }
}

/// Returns the dispersion of pairs of events and opportunities, one per bucket.
///
/// `sum_b (x_b - n_b m)^2/(n_b m)/(B-1)` with `m` the rate over all buckets, and `sqrt((2 + 1/mean count)/(B-1))` as the
/// deviation by chance: Pearson's statistic, as in McCullagh and Nelder, "Generalized Linear Models", chapter 4.5. Buckets
/// without opportunities add nothing. `None` with fewer than two buckets or without events.
pub fn dispersion(buckets: impl Iterator<Item = (f64, f64)> + Clone) -> Option<Overdispersion> {
    let count = buckets.clone().count() as f64;
    let (events, opportunities) = buckets.clone().fold((0.0, 0.0), |sums, (x, n)| (sums.0 + x, sums.1 + n));
    let rate = events / opportunities;
    if !(count >= 2.0 && rate > 0.0 && rate.is_finite()) {
        return None;
    }
    let square = |(x, n): (f64, f64)| (x - n * rate) * (x - n * rate) / (n * rate);
    let statistic: f64 = buckets.filter(|(_, n)| *n > 0.0).map(square).sum();
    let freedom = count - 1.0;
    let sampling_deviation = ((2.0 + count / events) / freedom).sqrt();
    Some(Overdispersion { dispersion: statistic / freedom, sampling_deviation })
}

/// Returns the dispersion of a stay that has had so many events of both arms. Empty buckets say nothing of clusters, and what
/// varied more than by chance in the stay before is likely to do so in this one. So the larger of both holds until the buckets
/// have one event each on average, when their own is off by 0.15 by chance.
pub fn settled_dispersion(own: f64, former: f64, events: f64) -> f64 {
    if events < SETTLED_EVENTS { own.max(former) } else { own }
}

/// Returns the dispersion to temper with: the control's, at least 1, unless the treatment's stands out by more than three
/// deviations, as when one treated client crashes in a loop.
pub fn guard_dispersion(treatment: Option<Overdispersion>, control: Option<Overdispersion>) -> f64 {
    let base = control.map_or(1.0, |control| control.dispersion.max(1.0));
    let stands_out =
        |treatment: &Overdispersion| treatment.dispersion > base * (1.0 + DEVIATIONS * treatment.sampling_deviation);
    treatment.filter(stands_out).map_or(base, |treatment| treatment.dispersion.max(base))
}
