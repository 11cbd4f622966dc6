//! Values of units in the past, divided into two arms.
//!
//! Nobody recorded what single units had, so the sum of an arm is drawn as the sum of many: normal, with the mean and the
//! variance of the past. Both arms together have what everybody had. How much groups of units differ is drawn once for each
//! arm and stay, as it would be estimated from 128 groups; what is read are such groups, as in a rollout.

use crate::rollout::evidence::{ArmSums, Capped, ValueSums};
use crate::sequential::{BUCKETS, Direction};

use super::arms::Split;
use super::chance::Chance;
use super::history::ValueInterval;

/// Least part of the variance that an estimate may be by chance: that of 128 groups stays far above it.
const SPREAD_MIN: f64 = 0.25;

/// Both arms of a stay.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Values {
    treatment: Arm,
    control: Arm,
    /// Skewness of a unit's value, of the last interval.
    skewness: f64,
}

/// One arm of a stay so far.
#[derive(Debug, Clone, Copy, Default)]
struct Arm {
    units: f64,
    above: f64,
    below: f64,
    /// Variance of what is above the line.
    variance: f64,
    /// What the groups say of it, as a part of it.
    spread: f64,
}

impl Values {
    /// Begins a stay.
    pub(super) fn enter(&mut self, chance: &mut Chance) {
        let mut arm = || {
            let freedom = BUCKETS as f64 - 1.0;
            let spread = 1.0 + chance.normal() * (2.0 / freedom).sqrt();
            Arm { spread: spread.max(SPREAD_MIN), ..Arm::default() }
        };
        *self = Self { treatment: arm(), control: arm(), skewness: 0.0 };
    }

    /// Divides an interval, and returns the units that were treated in it. The values of those are so many times as large as
    /// the regression says, or as small where less is harm.
    pub(super) fn draw(
        &mut self,
        interval: ValueInterval,
        split: Split,
        direction: Direction,
        chance: &mut Chance,
    ) -> f64 {
        let units = interval.units.round();
        if units < 1.0 {
            return 0.0;
        }
        let treated = chance.binomial(units, split.share);
        let part = treated / units;
        let noise = chance.normal() * (interval.variance * treated * (1.0 - part)).max(0.0).sqrt();
        let above = part * interval.above + noise;
        let factor = match direction {
            Direction::Higher => split.regression,
            Direction::Lower => 1.0 / split.regression,
        };
        self.treatment.add(treated, above * factor, part * interval.below, interval.variance * factor * factor);
        let rest = units - treated;
        self.control.add(rest, interval.above - above, (1.0 - part) * interval.below, interval.variance);
        self.skewness = interval.skewness;
        treated
    }

    /// Returns what is read of both arms.
    pub(super) fn sums(&self) -> (ArmSums, ArmSums) {
        (self.treatment.sums(self.skewness), self.control.sums(self.skewness))
    }
}

impl Arm {
    fn add(&mut self, units: f64, above: f64, below: f64, variance: f64) {
        self.units += units;
        self.above += above;
        self.below += below;
        self.variance += units * variance;
    }

    /// Returns groups of equal size whose spread is that of the variance: `sum (y - R x)^2 = (G-1)/G` of it.
    fn sums(&self, skewness: f64) -> ArmSums {
        let groups = (BUCKETS as f64).min(self.units);
        let (y, x) = (self.above, self.below);
        let even = |product: f64| if groups > 0.0 { product / groups } else { 0.0 };
        let spread = even(self.spread * self.variance * (groups - 1.0).max(0.0));
        let values = ValueSums {
            groups,
            sum_y: y,
            sum_x: x,
            sum_yy: even(y * y) + spread,
            sum_xx: even(x * x),
            sum_xy: even(x * y),
            // The sum of many is less skewed than one of them.
            skewness: if self.units > 0.0 { skewness * (groups / self.units).sqrt() } else { 0.0 },
            capped: Capped::default(),
        };
        ArmSums { n: self.units, x: y, values: Some(values), ..ArmSums::default() }
    }
}
