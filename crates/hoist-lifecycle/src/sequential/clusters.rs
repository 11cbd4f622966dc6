//! Values of units that may have many of them, over groups of units.

use serde::{Deserialize, Serialize};

use super::ratios::{RatioSums, few_buckets};
use super::strata::Estimate;
use super::stratified::Sample;

/// One arm: sums over groups of units, of what is above the line and what is below it.
///
/// All values of a unit fall into one group, so they may depend on one another: only groups must not. The ratio of the sums
/// has the variance of the delta method over groups, which is the cluster-robust one of [`super::clustered_ratio`]. A mean
/// is a ratio too, with the number of units below the line.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Clusters {
    /// Units, or whatever else the values are of: what a minimum sample is counted in.
    pub units: f64,
    /// The sums over the groups that have data; its `n` is their number.
    pub groups: RatioSums,
    /// Skewness of what the groups have above the line beyond the ratio times what they have below it.
    pub skewness: f64,
}

impl Clusters {
    /// Returns one arm from pairs of what each group has above and below the line. Groups with nothing are left out.
    pub fn of(units: f64, groups: impl Iterator<Item = (f64, f64)> + Clone) -> Self {
        let filled = groups.filter(|(above, below)| *above != 0.0 || *below != 0.0);
        let mut sums = RatioSums::default();
        for (above, below) in filled.clone() {
            sums.add(above, below);
        }
        let ratio = sums.numerator / sums.denominator;
        let beyond = |(above, below): (f64, f64)| above - ratio * below;
        // The deviations add up to nothing, so they are central as they are.
        let squares: f64 = filled.clone().map(|group| beyond(group).powi(2)).sum();
        let cubes: f64 = filled.map(|group| beyond(group).powi(3)).sum();
        let skewness = cubes / sums.n / (squares / sums.n).powf(1.5);
        Self { units, groups: sums, skewness: if skewness.is_finite() { skewness } else { 0.0 } }
    }
}

impl Sample for Clusters {
    fn is_possible(&self) -> bool {
        self.units.is_finite() && self.units >= 0.0 && self.skewness.is_finite() && self.groups.is_possible()
    }

    fn merge(&mut self, other: &Self) {
        self.units += other.units;
        self.groups.merge(&other.groups);
        // Which way the tail lies is no matter of adding up; the longer one is the careful choice.
        if other.skewness.abs() > self.skewness.abs() {
            self.skewness = other.skewness;
        }
    }

    fn units(&self) -> f64 {
        self.units
    }

    fn estimate(&self) -> Option<Estimate> {
        self.groups.estimate()
    }

    /// A sum of `k` independent values is less skewed than one of them by the square root of `k`.
    fn skewness(&self) -> f64 {
        if self.groups.n > 0.0 { self.skewness * (self.units / self.groups.n).sqrt() } else { 0.0 }
    }

    fn judged(difference: Estimate, treatment: &Self, control: &Self, factor: f64) -> Option<Estimate> {
        let (of_treatment, of_control) = (treatment.estimate()?.variance, control.estimate()?.variance);
        few_buckets(difference, (of_treatment, treatment.groups.n), (factor * factor * of_control, control.groups.n))
    }
}
