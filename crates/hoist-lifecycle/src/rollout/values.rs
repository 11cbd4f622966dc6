//! The values of the treatment against those of the control: means, and ratios of sums.
//!
//! A stay is read as a whole each time, so what is read replaces what was read before, and an interval that is lost costs
//! nothing. Stays are strata: those of other shares are never pooled. The evidence of harm is that of all stays; a stage is
//! left on what it has shown itself, because it may have to rule out more than the one before.

use serde::{Deserialize, Serialize};

use crate::limits::{INTAKE_STAYS_MAX, RECORDED_STAYS_MAX};
use crate::sequential::{Arms, Clusters, MeanTest, RatioInterval, Sample as _, StratifiedEvidence};

use super::cause::NoDataCause;
use super::compare::{BEFORE_PARTING, Late, Place, Taken};
use super::evidence::{ArmSums, Capped, EarlierArms};
use super::rationale::{StayFacts, ValueFacts};
use super::state::EntryId;

/// What a guard against control has gathered of values.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ComparedValues {
    /// The stays so far, the present one last.
    stays: Vec<Stay>,
    /// Whether the last of them is over.
    is_over: bool,
    /// Values that came after their stay was over.
    #[serde(default, skip_serializing_if = "Late::is_none")]
    pub(super) late: Late,
    /// The harm that is looked for, in the metric's unit, once it is frozen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    effect: Option<f64>,
}

/// Both arms of one stay.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Stay {
    place: Place,
    arms: Arms<Clusters>,
    /// Values of the treatment, and of the control.
    values: (f64, f64),
    /// How many values of each arm were cut at the cap.
    #[serde(default, skip_serializing_if = "Arms::is_default")]
    capped: Arms<Capped>,
}

impl Stay {
    /// Returns a stay as it was read; `None` if what was read cannot be.
    fn of(place: Place, treatment: &ArmSums, control: &ArmSums) -> Option<Self> {
        let arms = Arms { treatment: treatment.clusters()?, control: control.clusters()? };
        let is_possible = arms.treatment.is_possible() && arms.control.is_possible();
        let capped = Arms { treatment: treatment.capped(), control: control.capped() };
        is_possible.then_some(Self { place, arms, values: (treatment.x, control.x), capped })
    }
}

impl ComparedValues {
    /// Returns what goes on into another stay.
    pub(crate) fn carried(&self) -> Self {
        Self { is_over: true, ..self.clone() }
    }

    /// Returns what goes on among other arms at the same stage. The stays before are as they were read last: what is yet to
    /// come of them is left out, as for counts.
    pub(super) fn parted(&self) -> Self {
        let mut parted = self.carried();
        for stay in &mut parted.stays {
            stay.place = Place { entry: EntryId::NONE, stage: stay.place.stage.saturating_add(BEFORE_PARTING) };
        }
        parted
    }

    /// Takes what has come of stays that are over. Those that were never read are left out, as for counts.
    pub(crate) fn take_late(&mut self, told: &[EarlierArms]) {
        for stay in &mut self.stays {
            let Some(told) = told.iter().find(|told| told.entry == stay.place.entry) else { continue };
            let Some(now) = Stay::of(stay.place, &told.treatment, &told.control) else { continue };
            self.late.add(now.values.0 - stay.values.0, now.values.1 - stay.values.1);
            *stay = now;
        }
    }

    /// Takes what both arms have had since the stay began; `plausible` judges what the treatment's values come to.
    pub(crate) fn take(
        &mut self,
        test: &MeanTest,
        place: Place,
        (treatment, control): (ArmSums, ArmSums),
        plausible: impl Fn(f64) -> bool,
    ) -> Taken {
        let Some(now) = Stay::of(place, &treatment, &control) else {
            return Taken::Refused(NoDataCause::Impossible);
        };
        let Arms { treatment, control } = now.arms;
        if treatment.units <= 0.0 || control.units <= 0.0 {
            return Taken::Unmoved;
        }
        let present = self.stays.last().filter(|_| !self.is_over);
        if present == Some(&now) {
            return Taken::Unmoved;
        }
        let value = treatment.groups.numerator / treatment.groups.denominator;
        if !value.is_finite() {
            return Taken::Nothing;
        }
        if !plausible(value) {
            return Taken::Refused(NoDataCause::Implausible);
        }
        if present.is_some() || self.stays.len() >= INTAKE_STAYS_MAX {
            self.stays.pop();
        }
        self.stays.push(now);
        self.is_over = false;
        self.effect = self.effect.or_else(|| self.all().effect(test));
        Taken::Counted(value)
    }

    /// Returns the natural logarithm of the evidence of harm; 0 while there are too few values for any.
    pub(crate) fn log_harm(&self, test: &MeanTest) -> f64 {
        self.all().log_harm(&self.frozen(test)).unwrap_or(0.0)
    }

    /// Returns the natural logarithm of the evidence of stage `stage` that the treatment is not as much worse as must be
    /// ruled out; 0 while there are too few values for any.
    pub(crate) fn log_safe(&self, test: &MeanTest, stage: u32) -> f64 {
        let shown = self.all().of_stage(stage).log_safe(&self.frozen(test));
        shown.and_then(Result::ok).unwrap_or(0.0)
    }

    /// Returns what both arms had at stage `stage`.
    pub(super) fn facts(&self, stage: u32) -> ValueFacts {
        let Arms { treatment, control } = self.all().stage(stage).unwrap_or_default();
        let mut capped = Arms::<Capped>::default();
        for stay in self.stays.iter().filter(|stay| stay.place.stage == stage) {
            capped.treatment.add(&stay.capped.treatment);
            capped.control.add(&stay.capped.control);
        }
        ValueFacts { treatment, control, effect: self.effect, capped }
    }

    /// Returns the latest stays, the present one last. What came together before units were parted is no stay of its own.
    pub(super) fn stays(&self) -> Vec<StayFacts> {
        let known = self.stays.iter().filter(|stay| stay.place.entry != EntryId::NONE);
        let first = known.clone().count().saturating_sub(RECORDED_STAYS_MAX);
        let facts = known.skip(first).map(|Stay { place, arms, .. }| StayFacts {
            stay: place.entry,
            stage: place.stage,
            treatment: arms.treatment,
            control: arms.control,
        });
        facts.collect()
    }

    /// Returns the harm that is looked for, in the metric's unit, once it is frozen.
    pub(crate) fn effect(&self) -> Option<f64> {
        self.effect
    }

    /// Returns the ratio of the treatment to the control over all stages, with its confidence sequence at `1 - alpha`.
    pub(crate) fn ratio(&self, test: &MeanTest, alpha: f64) -> RatioInterval {
        self.all().ratio(&self.frozen(test), alpha)
    }

    fn all(&self) -> StratifiedEvidence<Clusters> {
        let mut all = StratifiedEvidence::default();
        for stay in &self.stays {
            all.absorb(stay.place.stage, &stay.arms);
        }
        all
    }

    fn frozen(&self, test: &MeanTest) -> MeanTest {
        MeanTest { effect: test.effect.or(self.effect), ..*test }
    }
}
