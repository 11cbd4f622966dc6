//! The figures behind a comparison of values.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::limits::RELAXED_ALPHA;
use crate::sequential::{
    Arms, BUCKETS_MIN, Clusters, Direction, Estimate, MeanTest, RatioInterval, StratifiedEvidence, TooFew,
};

use super::super::evidence::Capped;
use super::words::{Count, Part, Quantity};

/// Largest growth of the sample that is told, as its logarithm.
const LOG_GROWTH_MAX: f64 = 20.0;
/// Halvings of that range: the growth is then known to one in a million.
const HALVINGS: usize = 24;

/// What both arms had of a metric of values at one stage.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct ValueFacts {
    /// The treatment.
    pub treatment: Clusters,
    /// The control.
    pub control: Clusters,
    /// The harm that is looked for, in the metric's unit, once it is frozen.
    #[serde(default)]
    pub effect: Option<f64>,
    /// How many values of each arm were cut at the metric's cap.
    #[serde(default, skip_serializing_if = "Arms::is_default")]
    pub capped: Arms<Capped>,
}

impl ValueFacts {
    /// Returns what the values of the treatment come to, and those of the control: a mean, or a ratio of sums. Not a number
    /// where nothing was heard.
    pub fn levels(&self) -> (f64, f64) {
        let level = |arm: &Clusters| arm.groups.numerator / arm.groups.denominator;
        (level(&self.treatment), level(&self.control))
    }

    /// Returns the ratio of the treatment to the control, with its confidence sequence at `1 - alpha`.
    pub(super) fn ratio(&self, test: &MeanTest, alpha: f64) -> RatioInterval {
        self.evidence().ratio(&self.frozen(test), alpha)
    }

    /// Returns how much worse the treatment may be, as a ratio to the control: the end of the confidence sequence that a
    /// relaxed limit asks for. `None` while nothing is excluded.
    pub(in crate::rollout) fn worst_ratio(&self, test: &MeanTest) -> Option<f64> {
        let RatioInterval { lower, upper, .. } = self.ratio(test, RELAXED_ALPHA);
        match test.direction {
            Direction::Higher => upper,
            Direction::Lower => lower,
        }
    }

    /// Returns how many treated values it takes before anything can be said; `None` once there are enough.
    pub(super) fn too_few(&self, test: &MeanTest) -> Option<f64> {
        let evidence = self.evidence();
        let judged = evidence.log_safe(&self.frozen(test)).unwrap_or_else(|| evidence.log_harm(&self.frozen(test)));
        judged.err().map(|TooFew { treated_needed }| treated_needed)
    }

    /// Says what it takes before anything can be said; `None` once there is enough.
    pub(super) fn lacks(&self, test: &MeanTest) -> Option<String> {
        let least = self.too_few(test)?;
        if self.treatment.units < least {
            return Some(format!("{} treated are needed to judge by", Count(least)));
        }
        let (treated, controls) = (self.treatment.groups.n, self.control.groups.n);
        if treated < BUCKETS_MIN || controls < BUCKETS_MIN {
            return Some(format!(
                "{} groups of units, or processes that report sums, are needed in each arm to judge by, and there are {} \
                 treated and {} others",
                Count(BUCKETS_MIN),
                Count(treated),
                Count(controls)
            ));
        }
        Some("the control has too few values to judge by, or none that differ".to_owned())
    }

    /// Returns about how many more treated values it takes until the evidence of safety, `log_safe` now, is `needed`, if the
    /// treatment is as good as the control; `None` if nothing can be said yet.
    pub(super) fn treated_needed(&self, test: &MeanTest, log_safe: f64, needed: f64) -> Option<f64> {
        let missing = self.too_few(test).map_or(0.0, |least| least - self.treatment.units);
        let effect = self.effect?;
        let now = self.evidence().safe_difference(test)?;
        let (_, control) = self.levels();
        let gap = (test.direction.boundary(test.noninferiority?) - 1.0).abs() * control.abs();
        let reached = |log_growth: f64| {
            let grown = Estimate { value: gap, variance: now.variance / log_growth.exp() };
            test.effects.log_evidence(grown, effect) >= needed
        };
        let (mut low, mut high) = (-LOG_GROWTH_MAX, LOG_GROWTH_MAX);
        if !reached(high) {
            return None;
        }
        for _ in 0..HALVINGS {
            let middle = f64::midpoint(low, high);
            if reached(middle) { high = middle } else { low = middle }
        }
        let in_all = self.treatment.units * high.exp();
        let by_luck = (needed - log_safe) * in_all / needed;
        Some((in_all - self.treatment.units).max(by_luck).max(missing).max(1.0))
    }

    /// `treated 12.5 s over 2,000, control 12.1 s over 98,000`.
    pub(super) fn words(&self, f: &mut fmt::Formatter<'_>, unit: &str) -> fmt::Result {
        let (treatment, control) = self.levels();
        let arm = |f: &mut fmt::Formatter<'_>, level: f64, arm: &Clusters| {
            if level.is_finite() {
                write!(f, "{} over ", Quantity(level, unit))?;
            }
            write!(f, "{}", Count(arm.units))
        };
        f.write_str("treated ")?;
        arm(f, treatment, &self.treatment)?;
        f.write_str(", control ")?;
        arm(f, control, &self.control)?;
        if self.capped.treatment.cut <= 0.0 && self.capped.control.cut <= 0.0 {
            return Ok(());
        }
        let cut = |capped: &Capped, of| Part(capped.cut, capped.values, of);
        write!(f, "; cut at the cap: {}", cut(&self.capped.treatment, " treated values"))?;
        write!(f, ", {}", cut(&self.capped.control, " of the control"))
    }

    fn evidence(&self) -> StratifiedEvidence<Clusters> {
        let mut evidence = StratifiedEvidence::default();
        evidence.absorb(0, &Arms { treatment: self.treatment, control: self.control });
        evidence
    }

    fn frozen(&self, test: &MeanTest) -> MeanTest {
        MeanTest { effect: test.effect.or(self.effect), ..*test }
    }
}
