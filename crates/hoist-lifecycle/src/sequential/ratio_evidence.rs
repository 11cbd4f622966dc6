//! Evidence about ratios of two sums over units.

use serde::{Deserialize, Serialize};

use crate::limits::STAGES_MAX;

use super::grid::Direction;
use super::means::{MeanTest, TREATED_MIN, TooFew, mean_log_evidence};
use super::ratios::RatioSums;
use super::strata::{Estimate, difference, stratified};
use super::version::Version;

/// Units of the control from which the harm to look for is derived, then frozen.
const FREEZE_FROM: f64 = 1_000.0;
/// Harm to look for, as a share of the control's ratio, where the test does not say.
const EFFECT_SHARE: f64 = 0.1;

/// Units of both arms that were finished in one window.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct RatioFlush {
    /// Of the treatment.
    pub treatment: RatioSums,
    /// Of the control.
    pub control: RatioSums,
}

/// Both arms of one stage.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
struct RatioStage {
    stage: u32,
    #[serde(flatten)]
    arms: RatioFlush,
}

/// Evidence about a difference of ratios by the delta method, stratified by stage. Like
/// [`MeanEvidence`](super::MeanEvidence) it needs a minimum sample, and its order does not matter.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct RatioEvidence {
    version: Version<1>,
    stages: Vec<RatioStage>,
    /// The harm to look for, once it was derived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    frozen_effect: Option<f64>,
}

impl RatioEvidence {
    /// Adds the units of one window of stage `stage`. Sums that are not finite change nothing.
    pub fn absorb(&mut self, stage: u32, flush: &RatioFlush) {
        if !flush.treatment.is_possible() || !flush.control.is_possible() {
            return;
        }
        let index = self.stages.iter().position(|each| each.stage == stage).unwrap_or(self.stages.len());
        if index == self.stages.len() && index < STAGES_MAX {
            self.stages.push(RatioStage { stage, ..RatioStage::default() });
        }
        if let Some(each) = self.stages.get_mut(index) {
            each.arms.treatment.merge(&flush.treatment);
            each.arms.control.merge(&flush.control);
        }
        let control = self.pooled(|arms| &arms.control);
        if self.frozen_effect.is_none() && control.n >= FREEZE_FROM {
            let effect = control.estimate().map(|ratio| EFFECT_SHARE * ratio.value.abs());
            self.frozen_effect = effect.filter(|effect| *effect > 0.0);
        }
    }

    /// Adds another part of the traffic of the same rollout.
    pub fn merge(&mut self, other: &Self) {
        for each in &other.stages {
            self.absorb(each.stage, &each.arms);
        }
    }

    /// Returns the natural logarithm of the evidence that the treatment's ratio is worse than the margin allows.
    pub fn log_harm(&self, test: &MeanTest) -> Result<f64, TooFew> {
        self.log_evidence(test, test.direction, test.direction.boundary(test.margin))
    }

    /// Returns the natural logarithm of the evidence that it is not as bad as `noninferiority` says; `None` if nothing of
    /// this kind is tested.
    pub fn log_safe(&self, test: &MeanTest) -> Option<Result<f64, TooFew>> {
        let factor = test.direction.boundary(test.noninferiority?);
        Some(self.log_evidence(test, test.direction.reversed(), factor))
    }

    fn log_evidence(&self, test: &MeanTest, direction: Direction, factor: f64) -> Result<f64, TooFew> {
        let too_few = TooFew { treated_needed: TREATED_MIN };
        let effect = test.effect.or(self.frozen_effect).filter(|effect| effect.is_finite() && *effect > 0.0);
        let estimate = self.estimate(direction, factor);
        let is_enough = self.pooled(|arms| &arms.treatment).n >= TREATED_MIN;
        match (effect, estimate) {
            (Some(effect), Some(estimate)) if is_enough => Ok(mean_log_evidence(estimate, effect)),
            _ => Err(too_few),
        }
    }

    fn estimate(&self, direction: Direction, factor: f64) -> Option<Estimate> {
        stratified(self.stages.iter().filter_map(|each| {
            let (treatment, control) = (each.arms.treatment.estimate()?, each.arms.control.estimate()?);
            Some(difference(treatment, control, direction, factor, 0.0))
        }))
    }

    fn pooled(&self, arm: impl Fn(&RatioFlush) -> &RatioSums) -> RatioSums {
        self.stages.iter().fold(RatioSums::default(), |mut sum, each| {
            sum.merge(arm(&each.arms));
            sum
        })
    }
}
