//! What a rollout carries out: a plan, its metrics and the flag it is for, frozen when the rollout starts.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr as _;
use std::sync::Arc;

use hoist_eval::draft::{AllocationDraft, BucketRangeDraft};
use hoist_eval::limits::SALT_CHARS;
use hoist_eval::{EnvironmentKey, FlagKey, ProjectKey, VariantKey};
use serde::{Deserialize, Serialize};

use crate::metric::{MetricDraft, Placeholders};
use crate::plan::{Plan, PlanDraft, Stage};
use crate::problem::{Problem, Problems};
use crate::product::InheritedGuard;

use super::allocation::{Arms, Population, allocations, arms, population};
use super::method::Method;
use super::overlap::{KnownOverlap, OverlapChoice};
use super::state::{RolloutState, StageIndex};
use super::watch::{Watch, metrics, watches};

hoist_eval::define_key!(
    /// The id of a rollout.
    RolloutId,
    "rollout id"
);

/// What a rollout carries out, as storage keeps it. Later edits of the plan or of a metric do not reach a rollout that
/// has started.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RolloutSpecDraft {
    /// The rollout's id.
    pub rollout: String,
    /// The project of the flag.
    pub project: String,
    /// The environment.
    pub environment: String,
    /// The flag.
    pub flag: String,
    /// The variant of everyone whom the rollout has not reached: the flag's default when the rollout started.
    pub control: String,
    /// The salt of the flag in this environment.
    pub salt: String,
    /// The plan.
    pub plan: PlanDraft,
    /// The metrics that the plan's guards watch.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<MetricDraft>,
    /// The rollouts that this one overlaps with, as they were known at the start, and what was chosen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overlaps: Vec<KnownOverlap>,
    /// The guards of the plan that came from services of the flag.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inherited: Vec<InheritedGuard>,
    /// How guards against control judge.
    #[serde(default = "Method::first", skip_serializing_if = "Method::is_first")]
    pub method: Method,
}

/// What a rollout carries out, proven: the plan, how each guard is judged, and what each stage writes into the flag.
/// Stored as a [`RolloutSpecDraft`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RolloutSpecDraft", into = "RolloutSpecDraft")]
pub struct RolloutSpec {
    draft: RolloutSpecDraft,
    rollout: RolloutId,
    project: ProjectKey,
    environment: EnvironmentKey,
    flag: FlagKey,
    control: VariantKey,
    plan: Plan,
    watches: Vec<Watch>,
    /// One per stage.
    allocations: Vec<Arc<AllocationDraft>>,
    /// One per stage.
    arms: Vec<Option<Arms>>,
}

/// Why a draft is not something that can be carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct SpecError(pub Vec<Problem>);

impl fmt::Display for SpecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{problem}")?;
        }
        Ok(())
    }
}

impl RolloutSpec {
    /// Returns what the draft describes, or everything that is wrong with it.
    pub fn parse(draft: &RolloutSpecDraft) -> Result<Self, Vec<Problem>> {
        let mut problems = Problems::default();
        let rollout = problems.key("rollout", &draft.rollout);
        let project = problems.key("project", &draft.project);
        let environment = problems.key("environment", &draft.environment);
        let flag = problems.key("flag", &draft.flag);
        let control: Option<VariantKey> = problems.key("control", &draft.control);
        let hexadecimal = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        if draft.salt.len() != SALT_CHARS || !draft.salt.bytes().all(hexadecimal) {
            problems.add("salt", format!("must be {SALT_CHARS} lower-case hexadecimal characters"));
        }
        let metrics = metrics(&draft.metrics, &mut problems);
        let plan = Plan::parse(&draft.plan).map_err(|faults| problems.absorb("plan", faults)).ok();
        if let (Some(plan), Some(control)) = (&plan, &control) {
            for (position, stage) in plan.stages().iter().enumerate().filter(|(_, stage)| stage.variant == *control) {
                let name = stage.name();
                let message = format!(
                    "\"{name}\" would serve `{control}`, which everyone has already; give the flag another default \
                     first, or serve another variant"
                );
                problems.add(format!("plan.stages[{position}].variant"), message);
            }
        }
        let mut watches = plan.as_ref().map(|plan| watches(plan, &metrics, "plan.", &mut problems)).unwrap_or_default();
        for watch in &mut watches {
            let from = draft.inherited.iter().find(|inherited| inherited.guard == watch.guard.key().as_str());
            watch.service = from.map(|inherited| Arc::from(inherited.service.as_str()));
        }
        let parsed = (|| {
            let (plan, control, rollout) = (plan?, control?, rollout?);
            let (project, environment, flag) = (project?, environment?, flag?);
            let (draft, allocations, arms) = (draft.clone(), Vec::new(), Vec::new());
            let spec = Self { draft, rollout, project, environment, flag, control, plan, watches, allocations, arms };
            Some(spec.allocated(None))
        })();
        problems.finish(parsed)
    }

    /// Returns the rollout with what each stage writes into the flag, within a part of the units if there is one.
    fn allocated(mut self, units: Option<&BucketRangeDraft>) -> Self {
        let allocations = allocations(&self.plan, &self.control, &self.rollout, &self.draft.salt, units);
        let stages = self.plan.stages().iter().zip(&allocations);
        let arms: Vec<Option<Arms>> = stages.map(|(stage, allocation)| arms(stage, allocation)).collect();
        let shares: Vec<Option<f64>> = arms.iter().map(|arms| Some(arms.as_ref()?.share)).collect();
        for watch in &mut self.watches {
            watch.judge_by(self.draft.method, &shares);
        }
        Self { allocations, arms, ..self }
    }

    /// Returns the rollout as one that keeps to a part of the units.
    #[must_use]
    pub fn keeping_to(&self, units: &BucketRangeDraft) -> Self {
        self.clone().allocated(Some(units))
    }

    /// Returns the rollout as it is carried out in a state: within the part of the units that it keeps to, if it does.
    pub fn within(&self, state: &RolloutState) -> Cow<'_, Self> {
        match &state.part {
            Some(part) => Cow::Owned(self.keeping_to(&part.units)),
            None => Cow::Borrowed(self),
        }
    }

    /// Returns the form that is stored.
    pub fn to_draft(&self) -> RolloutSpecDraft {
        self.draft.clone()
    }

    /// Returns the rollout's id.
    pub fn rollout(&self) -> &RolloutId {
        &self.rollout
    }

    /// Returns the project of the flag.
    pub fn project(&self) -> &ProjectKey {
        &self.project
    }

    /// Returns the environment.
    pub fn environment(&self) -> &EnvironmentKey {
        &self.environment
    }

    /// Returns the flag.
    pub fn flag(&self) -> &FlagKey {
        &self.flag
    }

    /// Returns the variant of everyone whom the rollout has not reached.
    pub fn control(&self) -> &VariantKey {
        &self.control
    }

    /// Returns the salt of the flag in this environment.
    pub fn salt(&self) -> &str {
        &self.draft.salt
    }

    /// Returns the rollouts that this one overlaps with, as they were known at the start, and what was chosen.
    pub fn overlaps(&self) -> &[KnownOverlap] {
        &self.draft.overlaps
    }

    /// Returns the ids of the rollouts that must be over before this one begins, or before its stage for everyone.
    pub fn waits_for(&self) -> impl Iterator<Item = &str> {
        let waits = |known: &&KnownOverlap| matches!(known.choice, OverlapChoice::Serialise | OverlapChoice::Exclude);
        let chosen = self.draft.overlaps.iter().filter(waits);
        chosen.map(|known| known.overlap.rollout.as_str())
    }

    /// Returns the plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Returns the guards with what they watch, in the order of the plan.
    pub fn watches(&self) -> &[Watch] {
        &self.watches
    }

    /// Returns the stage at `index`; `None` beyond the last.
    pub fn stage(&self, index: StageIndex) -> Option<&Stage> {
        self.plan.stages().get(index.0)
    }

    /// Returns what the flag's allocation is while the stage at `index` lasts; `None` beyond the last stage.
    pub fn allocation(&self, index: StageIndex) -> Option<&Arc<AllocationDraft>> {
        self.allocations.get(index.0)
    }

    /// Returns whom the units of the stage at `index` are compared with: the variant that most of the rest of its audience
    /// has. `None` where everyone in the audience has the stage's variant, so that there is no control.
    pub fn control_at(&self, index: StageIndex) -> Option<&VariantKey> {
        self.arms.get(index.0)?.as_ref().map(|arms| &arms.control)
    }

    /// Returns which choices it is judged by.
    pub(super) fn method(&self) -> Method {
        self.draft.method
    }

    /// Returns the share that the stage's variant has of the two arms, strictly between 0 and 1; `None` where there is no
    /// control.
    pub fn treated_share(&self, index: StageIndex) -> Option<f64> {
        self.arms.get(index.0)?.as_ref().map(|arms| arms.share)
    }

    /// Returns who is compared at the stage at `index`; `None` where the stage draws no lots, so that there is no control.
    pub fn population(&self, index: StageIndex) -> Option<Population> {
        population(self.stage(index)?, self.allocation(index)?)
    }

    /// Returns what placeholders of queries stand for at the stage at `index`.
    pub fn placeholders(&self, index: StageIndex) -> Placeholders<'_> {
        let variant = self.stage(index).map_or(self.plan.treatment(), Stage::variant);
        Placeholders {
            flag: self.flag.as_str(),
            environment: self.environment.as_str(),
            variant: variant.as_str(),
            control: self.control.as_str(),
        }
    }
}

impl TryFrom<RolloutSpecDraft> for RolloutSpec {
    type Error = SpecError;

    fn try_from(draft: RolloutSpecDraft) -> Result<Self, SpecError> {
        Self::parse(&draft).map_err(SpecError)
    }
}

impl From<RolloutSpec> for RolloutSpecDraft {
    fn from(spec: RolloutSpec) -> Self {
        spec.draft
    }
}

/// The variants named by an allocation must exist for the flag; a key that does not parse cannot.
pub(super) fn names(keys: &[String], key: &VariantKey) -> bool {
    keys.iter().any(|other| VariantKey::from_str(other).is_ok_and(|other| other == *key))
}
