//! The values of the treatment against those of the control: means, and ratios of sums.
//!
//! A stay is read as a whole each time, so what is read replaces what was read before, and an interval that is lost costs
//! nothing. Stays are strata: those of other shares are never pooled. The evidence of harm is that of all stays; a stage is
//! left on what it has shown itself, because it may have to rule out more than the one before.

use serde::{Deserialize, Serialize};

use crate::sequential::{Arms, Clusters, MeanTest, Sample as _, StratifiedEvidence};

use super::compare::Taken;
use super::evidence::ArmSums;
use super::rationale::ValueFacts;

/// What a guard against control has gathered of values.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ComparedValues {
    /// The stays that are over, by stage.
    past: StratifiedEvidence<Clusters>,
    /// The present stay so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    present: Option<Present>,
    /// The harm that is looked for, in the metric's unit, once it is frozen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    effect: Option<f64>,
}

/// Both arms of the present stay.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Present {
    stage: u32,
    arms: Arms<Clusters>,
}

impl ComparedValues {
    /// Returns what goes on into another stay.
    pub(super) fn carried(&self) -> Self {
        Self { past: self.all(), present: None, effect: self.effect }
    }

    /// Takes what both arms have had since the stay began; `plausible` judges what the treatment's values come to.
    pub(super) fn take(
        &mut self,
        test: &MeanTest,
        stage: u32,
        (treatment, control): (ArmSums, ArmSums),
        plausible: impl Fn(f64) -> bool,
    ) -> Taken {
        let Some((treatment, control)) = treatment.clusters().zip(control.clusters()) else { return Taken::Nothing };
        if !treatment.is_possible() || !control.is_possible() {
            return Taken::Nothing;
        }
        if treatment.units <= 0.0 || control.units <= 0.0 {
            return Taken::Unmoved;
        }
        let present = Present { stage, arms: Arms { treatment, control } };
        if self.present == Some(present) {
            return Taken::Unmoved;
        }
        let value = treatment.groups.numerator / treatment.groups.denominator;
        if !value.is_finite() || !plausible(value) {
            return Taken::Nothing;
        }
        self.present = Some(present);
        self.effect = self.effect.or_else(|| self.all().effect(test));
        Taken::Counted(value)
    }

    /// Returns the natural logarithm of the evidence of harm; 0 while there are too few values for any.
    pub(super) fn log_harm(&self, test: &MeanTest) -> f64 {
        self.all().log_harm(&self.frozen(test)).unwrap_or(0.0)
    }

    /// Returns the natural logarithm of the evidence of stage `stage` that the treatment is not as much worse as must be
    /// ruled out; 0 while there are too few values for any.
    pub(super) fn log_safe(&self, test: &MeanTest, stage: u32) -> f64 {
        let shown = self.all().of_stage(stage).log_safe(&self.frozen(test));
        shown.and_then(Result::ok).unwrap_or(0.0)
    }

    /// Returns what both arms had at stage `stage`.
    pub(super) fn facts(&self, stage: u32) -> ValueFacts {
        let Arms { treatment, control } = self.all().stage(stage).unwrap_or_default();
        ValueFacts { treatment, control, effect: self.effect }
    }

    fn all(&self) -> StratifiedEvidence<Clusters> {
        let mut all = self.past.clone();
        if let Some(Present { stage, arms }) = &self.present {
            all.absorb(*stage, arms);
        }
        all
    }

    fn frozen(&self, test: &MeanTest) -> MeanTest {
        MeanTest { effect: test.effect.or(self.effect), ..*test }
    }
}
