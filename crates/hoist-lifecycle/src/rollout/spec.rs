//! What a rollout carries out: a plan, its metrics and the flag it is for, frozen when the rollout starts.

use std::fmt;
use std::str::FromStr as _;
use std::sync::Arc;

use hoist_eval::draft::AllocationDraft;
use hoist_eval::limits::SALT_CHARS;
use hoist_eval::{EnvironmentKey, FlagKey, ProjectKey, VariantKey};
use serde::{Deserialize, Serialize};

use crate::limits::{ALPHA_RATE_DEFAULT, ALPHA_VALUE_DEFAULT};
use crate::metric::{Metric, MetricDraft, MetricSource, Placeholders};
use crate::plan::{Guard, GuardMode, LimitDraft, Plan, PlanDraft, Stage};
use crate::problem::{Problem, Problems};

use super::allocation::allocations;
use super::state::StageIndex;

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
}

/// A guard together with the metric that it watches.
#[derive(Debug, Clone, PartialEq)]
pub struct Watch {
    pub(crate) guard: Guard,
    pub(crate) source: MetricSource,
    pub(crate) unit: Arc<str>,
    /// ln(1/alpha) for a sequential guard.
    pub(crate) log_needed: Option<f64>,
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
                let message = format!("\"{name}\" would serve what everyone has already; serve another variant");
                problems.add(format!("plan.stages[{position}].variant"), message);
            }
        }
        let watches = plan.as_ref().map(|plan| watches(plan, &metrics, "plan.", &mut problems)).unwrap_or_default();
        let parsed = (|| {
            let (plan, control, rollout) = (plan?, control?, rollout?);
            let allocations = allocations(&plan, &control, &rollout, &draft.salt);
            let (project, environment, flag) = (project?, environment?, flag?);
            let draft = draft.clone();
            Some(Self { draft, rollout, project, environment, flag, control, plan, watches, allocations })
        })();
        problems.finish(parsed)
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

impl Watch {
    /// Returns the guard.
    pub fn guard(&self) -> &Guard {
        &self.guard
    }

    /// Returns where the metric's number comes from.
    pub fn source(&self) -> &MetricSource {
        &self.source
    }
}

/// Returns what is wrong between a plan's guards and the metrics of its project: guards that name no known metric, and
/// limits that the kind of metric cannot have. For use when a plan is saved; a start checks the same.
pub fn check_guards(plan: &Plan, metrics: &[Metric]) -> Vec<Problem> {
    let mut problems = Problems::default();
    watches(plan, metrics, "", &mut problems);
    problems.finish::<()>(None).err().unwrap_or_default()
}

fn metrics(drafts: &[MetricDraft], problems: &mut Problems) -> Vec<Metric> {
    let mut metrics: Vec<Metric> = Vec::new();
    for (index, draft) in drafts.iter().enumerate() {
        let path = format!("metrics[{index}]");
        if drafts.iter().take(index).any(|earlier| earlier.key == draft.key) {
            problems.add(format!("{path}.key"), "another metric has this key");
        }
        match Metric::parse(draft) {
            Ok(metric) => metrics.push(metric),
            Err(faults) => problems.absorb(&path, faults),
        }
    }
    metrics
}

fn watches(plan: &Plan, metrics: &[Metric], prefix: &str, problems: &mut Problems) -> Vec<Watch> {
    let mut watches = Vec::new();
    for (position, guard) in plan.guards().iter().enumerate() {
        let Some(metric) = metrics.iter().find(|metric| metric.key() == guard.metric()) else {
            problems.add(format!("{prefix}guards[{position}].metric"), "no metric has this key; create it first");
            continue;
        };
        let counts = metric.source().counts();
        let path = format!("{prefix}guards[{position}].limit");
        limit(&path, guard, metric.source(), problems);
        let default = if counts { ALPHA_RATE_DEFAULT } else { ALPHA_VALUE_DEFAULT };
        let log_needed = match guard.mode {
            GuardMode::Sequential => Some(-guard.alpha.unwrap_or(default).ln()),
            GuardMode::Immediate => None,
        };
        let (source, unit) = (metric.source().clone(), Arc::clone(metric.unit()));
        watches.push(Watch { guard: guard.clone(), source, unit, log_needed });
    }
    watches
}

/// Checks that the metric of a guard can be held against its limit.
fn limit(path: &str, guard: &Guard, source: &MetricSource, problems: &mut Problems) {
    let one_value = matches!(source, MetricSource::PromqlValue { .. });
    match guard.limit {
        LimitDraft::Control(_) if one_value => {
            let message = "one number knows no control; count events out of a total with kind promql_counts";
            problems.add(path, message);
        }
        LimitDraft::Control(_) if !source.has_arms() => {
            let message = "both counters of the metric must name {{variant}}, so that each arm can be asked for";
            problems.add(path, message);
        }
        LimitDraft::Control(_) => {}
        LimitDraft::Above(_) | LimitDraft::Below(_) if !one_value && !source.counts() => {
            problems.add(path, "a metric of this kind can only be compared with control");
        }
        LimitDraft::Above(limit) | LimitDraft::Below(limit) => {
            if source.counts() && guard.mode == GuardMode::Sequential && limit <= 0.0 {
                let message = "a sequential guard on counters needs a limit greater than 0: no rate is below it";
                problems.add(path, message);
            }
        }
    }
}

/// The variants named by an allocation must exist for the flag; a key that does not parse cannot.
pub(super) fn names(keys: &[String], key: &VariantKey) -> bool {
    keys.iter().any(|other| VariantKey::from_str(other).is_ok_and(|other| other == *key))
}
