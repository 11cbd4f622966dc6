//! Evidence about a difference of estimates, stratified by stage: means, ratios, and both over groups of units.

use serde::{Deserialize, Serialize};

use crate::limits::STAGES_MAX;

use super::grid::Direction;
use super::normal::NormalMixture;
use super::numeric::log_mean;
use super::ratio::{Ends, RatioInterval, ratio_interval};
use super::strata::{Estimate, difference, stratified};
use super::version::Version;

/// Units of the control from which the harm to look for is derived, then frozen.
const FREEZE_FROM: f64 = 1_000.0;
/// Harm to look for, as a share of the control's estimate, where the test does not say.
const EFFECT_SHARE: f64 = 0.1;
/// Sizes of harm of a mixture of many, as multiples of the one that was derived, with their weights. Units that have only just come
/// have a small part of what they will come to: seconds after them a mean is a thousandth of what it is an hour later, and a
/// mixture over sizes that are so much too small finds nothing. Half of the stake stays with the one that was derived. Whatever
/// the size is that matters, it costs at most a quarter of a standard error more than if it were known.
const MANY: [(f64, f64); 6] = [(1.0, 0.5), (4.0, 0.1), (16.0, 0.1), (64.0, 0.1), (256.0, 0.1), (1_024.0, 0.1)];
/// Least number of treated units.
const TREATED_MIN: f64 = 400.0;
/// Treated units per squared skewness, where the tail lies away from the side that is tested.
const TREATED_PER_SKEWNESS: f64 = 355.0;

/// Which sizes of harm a test of values looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effects {
    /// The one that was derived or given.
    #[default]
    One,
    /// That one, and up to a thousand times as much: for values that come long after their units.
    Many,
}

/// What a mean or a ratio is tested for. Constant over a rollout, but for `noninferiority`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MeanTest {
    /// Which way harm lies.
    pub direction: Direction,
    /// Times worse that the treatment may be without being harmful.
    pub margin: f64,
    /// The harm that somebody would act on, in the metric's unit. Absent: 10 % of the control's, frozen after its first
    /// 1,000 units.
    pub effect: Option<f64>,
    /// Whether larger ones are looked for as well.
    #[serde(default)]
    pub effects: Effects,
    /// Times worse that the treatment must be shown not to be before the stage is left.
    pub noninferiority: Option<f64>,
}

/// What is known of the units of one arm: enough for an estimate with its variance.
pub trait Sample: Copy + Default {
    /// Returns whether the numbers can be. Others change nothing.
    fn is_possible(&self) -> bool;

    /// Adds other units.
    fn merge(&mut self, other: &Self);

    /// Returns the number of units.
    fn units(&self) -> f64;

    /// Returns the estimate with its variance; `None` while there are too few units for one.
    fn estimate(&self) -> Option<Estimate>;

    /// Returns the skewness of a unit's value; 0 where it is not known, or does not matter.
    fn skewness(&self) -> f64 {
        0.0
    }

    /// Returns a difference of two arms with the variance that it is judged by, given the arms.
    fn judged(difference: Estimate, _treatment: &Self, _control: &Self, _factor: f64) -> Option<Estimate> {
        Some(difference)
    }
}

/// Both arms of one window or of one stage.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Arms<S> {
    /// The treatment.
    pub treatment: S,
    /// The control.
    pub control: S,
}

impl<S: Default + PartialEq> Arms<S> {
    /// Returns whether neither arm says anything.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Both arms of one stage.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
struct Stratum<S> {
    stage: u32,
    #[serde(flatten)]
    arms: Arms<S>,
}

/// Evidence about a difference, stratified by stage.
///
/// Exact for normal estimates only, hence the minimum sample: before it, there is no evidence either way. The order of
/// flushes does not matter, and evidence of two parts of the traffic merges.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct StratifiedEvidence<S> {
    version: Version<1>,
    stages: Vec<Stratum<S>>,
    /// The harm to look for, once it was derived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    frozen_effect: Option<f64>,
}

/// The estimate is not close enough to normal yet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TooFew {
    /// Treated units that it takes, by the skewness so far.
    pub treated_needed: f64,
}

impl<S: Sample> StratifiedEvidence<S> {
    /// Adds the units of one window of stage `stage`. Numbers that are not possible change nothing.
    pub fn absorb(&mut self, stage: u32, flush: &Arms<S>) {
        if !flush.treatment.is_possible() || !flush.control.is_possible() {
            return;
        }
        let index = self.stages.iter().position(|each| each.stage == stage).unwrap_or(self.stages.len());
        if index == self.stages.len() && index < STAGES_MAX {
            self.stages.push(Stratum { stage, ..Stratum::default() });
        }
        if let Some(each) = self.stages.get_mut(index) {
            each.arms.treatment.merge(&flush.treatment);
            each.arms.control.merge(&flush.control);
        }
        let control = self.pooled(|arms| &arms.control);
        if self.frozen_effect.is_none() && control.units() >= FREEZE_FROM {
            let effect = control.estimate().map(|estimate| EFFECT_SHARE * estimate.value.abs());
            self.frozen_effect = effect.filter(|effect| *effect > 0.0);
        }
    }

    /// Adds another part of the traffic of the same rollout.
    pub fn merge(&mut self, other: &Self) {
        for each in &other.stages {
            self.absorb(each.stage, &each.arms);
        }
    }

    /// Returns the evidence of one stage alone, with the harm to look for that all of them gave.
    #[must_use]
    pub fn of_stage(&self, stage: u32) -> Self {
        let stages = self.stages.iter().filter(|each| each.stage == stage).copied().collect();
        Self { stages, ..self.clone() }
    }

    /// Returns both arms of one stage.
    pub fn stage(&self, stage: u32) -> Option<Arms<S>> {
        self.stages.iter().find(|each| each.stage == stage).map(|each| each.arms)
    }

    /// Returns the natural logarithm of the evidence that the treatment is worse than the margin allows.
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

    /// Returns how much worse the treatment is than the margin allows, over all stages.
    pub fn difference(&self, test: &MeanTest) -> Option<Estimate> {
        self.estimate(test.direction, test.direction.boundary(test.margin))
    }

    /// Returns how much better it is than `noninferiority` allows, over all stages.
    pub fn safe_difference(&self, test: &MeanTest) -> Option<Estimate> {
        self.estimate(test.direction.reversed(), test.direction.boundary(test.noninferiority?))
    }

    /// Returns the ratio of the treatment to the control with its confidence sequence at `1 - alpha`: every ratio that the
    /// evidence excludes in neither direction. It covers the truth at all times at once.
    pub fn ratio(&self, test: &MeanTest, alpha: f64) -> RatioInterval {
        let estimate = |arm: &S| arm.estimate().map(|estimate| estimate.value);
        let (treatment, control) = (self.pooled(|arms| &arms.treatment), self.pooled(|arms| &arms.control));
        let (treatment, control) = (estimate(&treatment), estimate(&control).filter(|control| *control > 0.0));
        let Some((treatment, control)) = treatment.zip(control) else { return RatioInterval::default() };
        // Beyond 1 the harm to look for grows with the ratio, as if the arms had changed places: it is a harm to the smaller.
        let effect = self.effect(test);
        let evidence = |direction: Direction, factor: f64| {
            let test = MeanTest { effect: effect.map(|effect| effect * factor.max(1.0)), ..*test };
            self.log_evidence(&test, direction, factor).unwrap_or(0.0)
        };
        ratio_interval(Some(treatment / control), evidence, Ends::even(alpha))
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
        let estimate = self.estimate(direction, factor).filter(|_| treatment.units() >= treated_needed);
        Ok(test.effects.log_evidence(estimate.ok_or(too_few)?, effect))
    }

    fn estimate(&self, direction: Direction, factor: f64) -> Option<Estimate> {
        stratified(self.stages.iter().filter_map(|Stratum { arms: Arms { treatment, control }, .. }| {
            let difference = difference(treatment.estimate()?, control.estimate()?, direction, factor, 0.0);
            S::judged(difference, treatment, control, factor)
        }))
    }

    fn pooled(&self, arm: impl Fn(&Arms<S>) -> &S) -> S {
        self.stages.iter().fold(S::default(), |mut sum, each| {
            sum.merge(arm(&each.arms));
            sum
        })
    }
}

/// Returns how many treated units make the estimate close enough to normal. A skewed mean comes with a standard error that
/// moves with it: where the tail lies on the side of harm, a high mean has a large error, and false alarms are rarer than
/// for a normal mean (Johnson, "Modified t tests and confidence intervals for asymmetrical populations", 1978). Where it lies
/// on the other side they are more frequent, and the number grows with the square of the skewness (Kohavi, Deng, Longbotham
/// and Xu, "Seven rules of thumb for web site experimenters", KDD 2014).
fn needed(skewness: f64, direction: Direction) -> f64 {
    let is_conservative = match direction {
        Direction::Higher => skewness >= 0.0,
        Direction::Lower => skewness <= 0.0,
    };
    if is_conservative { TREATED_MIN } else { TREATED_MIN.max(TREATED_PER_SKEWNESS * skewness * skewness) }
}

impl Effects {
    /// Returns `ln E` against "the difference is not positive", for a difference with its variance and harm of typical size
    /// `effect`: a weighted mean of what each size gives, which is evidence like each of them.
    pub fn log_evidence(self, difference: Estimate, effect: f64) -> f64 {
        match self {
            Self::One => mean_log_evidence(difference, effect),
            Self::Many => {
                log_mean(MANY.iter().map(|(times, weight)| (mean_log_evidence(difference, effect * times), *weight)))
            }
        }
    }
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
