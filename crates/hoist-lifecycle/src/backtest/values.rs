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

    /// Divides an interval, and returns the units that were treated in it. What new units have is divided as they are, what older
    /// ones still bring as all are so far. The values of those are so many times as large as
    /// the regression says, or as small where less is harm.
    pub(super) fn draw(
        &mut self,
        interval: ValueInterval,
        split: Split,
        direction: Direction,
        chance: &mut Chance,
    ) -> f64 {
        let units = interval.units.round();
        let before = self.treatment.units + self.control.units;
        if before + units < 1.0 {
            // Values of units that came before this stay.
            return 0.0;
        }
        let treated = if units >= 1.0 { chance.binomial(units, split.share) } else { 0.0 };
        let part = if units >= 1.0 { treated / units } else { 0.0 };
        let share = (self.treatment.units + treated) / (before + units);
        // What a unit has in all varies so much, and it is drawn when the unit comes.
        let noise = chance.normal() * (interval.variance * treated * (1.0 - part)).max(0.0).sqrt();
        let divided = |now: f64, so_far: f64| {
            let own = of_new(units, now, (so_far + now) / (before + units));
            part * own + share * (now - own)
        };
        let above = divided(interval.above, self.treatment.above + self.control.above) + noise;
        let below = divided(interval.below, self.treatment.below + self.control.below);
        let factor = match direction {
            Direction::Higher => split.regression,
            Direction::Lower => 1.0 / split.regression,
        };
        self.treatment.add(treated, above * factor, below, interval.variance * factor * factor);
        let rest = units - treated;
        self.control.add(rest, interval.above - above, interval.below - below, interval.variance);
        self.skewness = interval.skewness;
        treated
    }

    /// Returns what is read of both arms.
    pub(super) fn sums(&self) -> (ArmSums, ArmSums) {
        (self.treatment.sums(self.skewness), self.control.sums(self.skewness))
    }
}

/// Returns how much of what came in an interval is that of units that are new in it: as much as one has on average, `mean`, and
/// no more than there is. The rest is of units that came before.
fn of_new(units: f64, now: f64, mean: f64) -> f64 {
    (units * mean).max(now.min(0.0)).min(now.max(0.0))
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

#[cfg(test)]
mod tests {
    use super::super::arms::Split;
    use super::super::chance::Chance;
    use super::super::history::ValueInterval;
    use super::Values;
    use crate::sequential::Direction;

    /// Units come in the first half and spend in the second: both arms together have what was recorded, and each of them its
    /// share, also of what comes with a few new units.
    #[test]
    fn values_that_come_after_their_units_are_theirs() {
        for late in [0.0, 2.0] {
            let mut chance = Chance::new(1, 0);
            let mut values = Values::default();
            values.enter(&mut chance);
            let mut all = (0.0, 0.0);
            for index in 0..200 {
                let (units, above) = if index < 100 { (1_000.0, 300.0) } else { (late, 50_000.0) };
                let interval = ValueInterval { units, above, below: units, variance: 9.0, skewness: 1.0 };
                let split = Split { share: 0.1, regression: 1.0 };
                values.draw(interval, split, Direction::Higher, &mut chance);
                all = (all.0 + above, all.1 + units);
            }
            let (treatment, control) = values.sums();
            let (above, units) = (treatment.x + control.x, treatment.n + control.n);
            assert!((above - all.0).abs() < 1e-6 * all.0 && (units - all.1).abs() < 1e-6, "{above} of {all:?}");
            // A deviation of 3 a unit makes 0.03 of the mean of 10,000.
            let (treated, rest) = (treatment.x / treatment.n, control.x / control.n);
            assert!((treated - rest).abs() < 0.2, "{treated} and {rest} with {late} new units");
        }
    }
}
