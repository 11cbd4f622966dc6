//! Evidence about means: latency, revenue per unit.

use serde::{Deserialize, Serialize};

use crate::limits::STAGES_MAX;

use super::grid::Direction;
use super::moments::Moments;
use super::normal::NormalMixture;
use super::strata::{Estimate, difference, stratified};
use super::version::Version;

/// Values of the control from which the harm to look for is derived, then frozen.
const FREEZE_FROM: f64 = 1_000.0;
/// Harm to look for, as a share of the control's mean, where the test does not say.
const EFFECT_SHARE: f64 = 0.1;
/// Least number of treated values.
pub(super) const TREATED_MIN: f64 = 400.0;
/// Treated values per squared skewness, where the tail lies away from the side that is tested.
const TREATED_PER_SKEWNESS: f64 = 355.0;

/// What a mean is tested for. Constant over a rollout, but for `noninferiority`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MeanTest {
    /// Which way harm lies.
    pub direction: Direction,
    /// Times worse that the treatment's mean may be without being harmful.
    pub margin: f64,
    /// The harm that somebody would act on, in the metric's unit. Absent: 10 % of the control's mean, frozen after its
    /// first 1,000 values.
    pub effect: Option<f64>,
    /// Times worse that the treatment's mean must be shown not to be before the stage is left.
    pub noninferiority: Option<f64>,
}

/// Values of both arms in one window, capped at a constant that was frozen before.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct MeanFlush {
    /// Of the treatment.
    pub treatment: Moments,
    /// Of the control.
    pub control: Moments,
}

/// Both arms of one stage.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
struct MeanStage {
    stage: u32,
    #[serde(flatten)]
    arms: MeanFlush,
}

/// Evidence about a difference of means, stratified by stage.
///
/// Exact for normal means only, hence the minimum sample: before it, there is no evidence either way. The order of flushes
/// does not matter, and evidence of two parts of the traffic merges.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct MeanEvidence {
    version: Version<1>,
    stages: Vec<MeanStage>,
    /// The harm to look for, once it was derived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    frozen_effect: Option<f64>,
}

/// The mean is not close enough to normal yet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TooFew {
    /// Treated values that it takes, by the skewness so far.
    pub treated_needed: f64,
}

impl MeanEvidence {
    /// Adds the values of one window of stage `stage`. Moments that are not possible change nothing.
    pub fn absorb(&mut self, stage: u32, flush: &MeanFlush) {
        if !flush.treatment.is_possible() || !flush.control.is_possible() {
            return;
        }
        let index = self.stages.iter().position(|each| each.stage == stage).unwrap_or(self.stages.len());
        if index == self.stages.len() && index < STAGES_MAX {
            self.stages.push(MeanStage { stage, ..MeanStage::default() });
        }
        if let Some(each) = self.stages.get_mut(index) {
            each.arms.treatment.merge(&flush.treatment);
            each.arms.control.merge(&flush.control);
        }
        let control = self.pooled(|arms| &arms.control);
        if self.frozen_effect.is_none() && control.n >= FREEZE_FROM {
            self.frozen_effect = Some(EFFECT_SHARE * control.mean.abs()).filter(|effect| *effect > 0.0);
        }
    }

    /// Adds another part of the traffic of the same rollout.
    pub fn merge(&mut self, other: &Self) {
        for each in &other.stages {
            self.absorb(each.stage, &each.arms);
        }
    }

    /// Returns the natural logarithm of the evidence that the treatment's mean is worse than the margin allows.
    pub fn log_harm(&self, test: &MeanTest) -> Result<f64, TooFew> {
        let factor = test.direction.boundary(test.margin);
        self.log_evidence(test, test.direction, factor)
    }

    /// Returns the natural logarithm of the evidence that it is not as bad as `noninferiority` says; `None` if nothing of
    /// this kind is tested.
    pub fn log_safe(&self, test: &MeanTest) -> Option<Result<f64, TooFew>> {
        let factor = test.direction.boundary(test.noninferiority?);
        Some(self.log_evidence(test, test.direction.reversed(), factor))
    }

    /// Returns how much worse the treatment's mean is than the margin allows, over all stages.
    pub fn difference(&self, test: &MeanTest) -> Option<Estimate> {
        self.estimate(test.direction, test.direction.boundary(test.margin))
    }

    /// Returns the harm that is looked for, in the metric's unit.
    pub fn effect(&self, test: &MeanTest) -> Option<f64> {
        test.effect.or(self.frozen_effect).filter(|effect| effect.is_finite() && *effect > 0.0)
    }

    fn log_evidence(&self, test: &MeanTest, direction: Direction, factor: f64) -> Result<f64, TooFew> {
        let treatment = self.pooled(|arms| &arms.treatment);
        let treated_needed = needed(treatment.skewness(), direction);
        let too_few = TooFew { treated_needed };
        let effect = self.effect(test).ok_or(too_few)?;
        let estimate = self.estimate(direction, factor).filter(|_| treatment.n >= treated_needed).ok_or(too_few)?;
        Ok(mean_log_evidence(estimate, effect))
    }

    fn estimate(&self, direction: Direction, factor: f64) -> Option<Estimate> {
        let arm = |arm: &Moments| Estimate { value: arm.mean, variance: arm.variance() / arm.n };
        let strata = self.stages.iter().filter(|each| each.arms.treatment.n > 1.0 && each.arms.control.n > 1.0);
        stratified(
            strata.map(|each| difference(arm(&each.arms.treatment), arm(&each.arms.control), direction, factor, 0.0)),
        )
    }

    fn pooled(&self, arm: impl Fn(&MeanFlush) -> &Moments) -> Moments {
        self.stages.iter().fold(Moments::default(), |mut sum, each| {
            sum.merge(arm(&each.arms));
            sum
        })
    }
}

/// Returns how many treated values make the mean close enough to normal. A skewed mean comes with a standard error that moves
/// with it: where the tail lies on the side of harm, a high mean has a large error, and false alarms are rarer than for a
/// normal mean (Johnson, "Modified t tests and confidence intervals for asymmetrical populations", 1978). Where it lies on the
/// other side they are more frequent, and the number grows with the square of the skewness (Kohavi, Deng, Longbotham and Xu,
/// "Seven rules of thumb for web site experimenters", KDD 2014).
fn needed(skewness: f64, direction: Direction) -> f64 {
    let is_conservative = match direction {
        Direction::Higher => skewness >= 0.0,
        Direction::Lower => skewness <= 0.0,
    };
    if is_conservative { TREATED_MIN } else { TREATED_MIN.max(TREATED_PER_SKEWNESS * skewness * skewness) }
}

/// Returns `ln E` against "the difference is not positive", for a difference with its variance and harm of typical size
/// `effect`: the one-sided normal mixture at information `1/variance`.
pub fn mean_log_evidence(difference: Estimate, effect: f64) -> f64 {
    let information = difference.variance.recip();
    NormalMixture::of_effect(effect).one_sided(information * difference.value, information)
}

/// Returns the lower end of the confidence sequence of the difference at `1 - alpha`.
pub fn mean_lower_bound(difference: Estimate, effect: f64, alpha: f64) -> f64 {
    let information = difference.variance.recip();
    difference.value - NormalMixture::of_effect(effect).one_sided_bound(information, alpha) * difference.variance
}
