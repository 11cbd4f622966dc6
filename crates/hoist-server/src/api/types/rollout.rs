//! Rollouts: what is being carried out, how far it is, and why.

use hoist_eval::Span;
use hoist_lifecycle::rollout as pure;
use hoist_lifecycle::rollout::RolloutSpec;
use hoist_lifecycle::rollout::standing;
use hoist_lifecycle::rollout::state::{GuardState, PauseReason, Phase, RollbackCause, RolloutState, StageEntry};
use hoist_store::{DecisionRecord, RolloutRecord};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::validate::reason;
use crate::body::FromBody;
use crate::error::FieldProblem;

use super::look::GuardPoint;
use super::overlap::{RolloutOverlap, RolloutOverlapChoice, RolloutPart};
use super::plan::Plan;
use super::safety::Safety;
use super::targeting::Allocation;
use super::time::Time;

/// A rollout to be started.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRollout {
    /// The flag.
    pub flag: String,
    /// The environment.
    pub environment: String,
    /// The key of a plan, or a plan.
    pub plan: PlanChoice,
    /// Why, for the audit log.
    #[serde(default)]
    pub reason: String,
    /// The earliest start; absent means now.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub start_at: Option<Time>,
    /// What to do about rollouts that reach the same units and are judged by the same metrics. Absent refuses the start
    /// if there are any.
    #[serde(default)]
    pub overlap: Option<RolloutOverlapChoice>,
}

impl FromBody for NewRollout {}

/// A plan by its key, or the plan itself.
#[derive(Debug, Clone, PartialEq, ToSchema)]
#[schema(as = PlanChoice)]
pub enum PlanChoice {
    /// The key of a stored plan or of a template.
    Key(String),
    /// A plan that is used once and not stored.
    Inline(Box<Plan>),
}

impl<'de> Deserialize<'de> for PlanChoice {
    /// Reads a text as a key and an object as a plan. (Serde's untagged enums would hide what is wrong with a plan.)
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Choice;

        impl<'de> serde::de::Visitor<'de> for Choice {
            type Value = PlanChoice;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("the key of a plan, or a plan")
            }

            fn visit_str<E>(self, key: &str) -> Result<PlanChoice, E> {
                Ok(PlanChoice::Key(key.to_owned()))
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, members: A) -> Result<PlanChoice, A::Error> {
                let plan = Plan::deserialize(serde::de::value::MapAccessDeserializer::new(members))?;
                Ok(PlanChoice::Inline(Box::new(plan)))
            }
        }

        deserializer.deserialize_any(Choice)
    }
}

/// What a person asks of a rollout.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Because {
    /// Why, for the audit log and for those who will be told.
    #[serde(default)]
    pub reason: String,
}

impl FromBody for Because {
    fn absent() -> Option<Self> {
        Some(Self::default())
    }

    fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        reason(&self.reason, &mut problems);
        problems
    }
}

/// The approval of a stage, or an override of what it lacks.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Promotion {
    /// Why the stage may be left, for the audit log. Must not be empty.
    #[serde(default)]
    #[schema(required, min_length = 1)]
    pub reason: String,
    /// The `stage.entry` that the person was looking at; absent means the present one, whichever it is.
    #[serde(default)]
    pub entry: Option<u64>,
}

impl FromBody for Promotion {
    fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        reason(&self.reason, &mut problems);
        if self.reason.trim().is_empty() {
            let message = "must say why the stage may be left; the audit log keeps it";
            problems.push(FieldProblem::new("reason", "missing_field", message));
        }
        problems
    }
}

/// A rollout.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Rollout {
    /// The id.
    pub id: String,
    /// The project.
    pub project: String,
    /// The environment.
    pub environment: String,
    /// The flag.
    pub flag: String,
    /// The plan, as it was when the rollout started.
    pub plan: Plan,
    /// The variant of everyone whom the rollout has not reached.
    pub control: String,
    /// Where it is.
    pub phase: PhaseName,
    /// The stage that it is at; absent before the first and after the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<StageProgress>,
    /// Why it is paused, rolled back or cancelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// The earliest start of a scheduled rollout.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_at: Option<Time>,
    /// What the rollout has set in the flag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allocation: Option<Allocation>,
    /// Who started it.
    pub started_by: String,
    /// When it was started.
    pub started_at: Time,
    /// When something about it changed last.
    pub changed_at: Time,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Time>,
    /// When the controller looks again at the latest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wake_at: Option<Time>,
    /// The rollouts that it overlaps with, as known at the start, and what was chosen.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub overlaps: Vec<RolloutOverlap>,
    /// The part of the units that it keeps to; absent if it is for all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<RolloutPart>,
    /// Whether its rollback has reached everybody; absent if nothing was taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub safety: Option<Safety>,
    /// Counts the decisions; it is the ETag.
    pub version: u64,
}

/// Where a rollout is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PhaseName {
    /// Not begun.
    Scheduled,
    /// At a stage, collecting evidence.
    Progressing,
    /// At a stage, waiting for a person.
    Paused,
    /// Through every stage.
    Completed,
    /// Back at the baseline.
    RolledBack,
    /// Ended by a person, with the flag left as it was.
    Cancelled,
}

/// How far a rollout is within its stage.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct StageProgress {
    /// Names this stay at the stage; a promotion may name it.
    pub entry: u64,
    /// The stage's number, from 0.
    pub index: usize,
    /// The number of stages.
    pub of: usize,
    /// The stage's name.
    pub name: String,
    /// The share of the audience that gets the variant, in percent.
    pub percentage: f64,
    /// The audience; absent means everyone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
    /// The variant.
    pub variant: String,
    /// When this stay began.
    pub since: Time,
    /// Observed healthy time so far.
    #[schema(value_type = String, example = "3m")]
    pub baked: Span,
    /// Observed healthy time that is needed.
    #[schema(value_type = String, example = "10m")]
    pub bake: Span,
    /// Distinct treated units seen so far.
    pub treated: u64,
    /// Distinct treated units that are needed.
    pub minimum_treated: u64,
    /// Whether a person has asked for the stage to be left.
    pub promoted: bool,
    /// How far each guard is.
    pub guards: Vec<GuardProgress>,
    /// How the guards stand: `guards` with what each has seen, needs and says in words; `combined`, all guards against
    /// control together; `shares`, whether units arrive as they are sent.
    #[schema(value_type = Object)]
    pub standing: serde_json::Value,
}

/// How far a guard is.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct GuardProgress {
    /// The guard.
    pub guard: String,
    /// What its last reading said: `pass`, `collecting`, `breach`, `inconclusive`, `no_data` or
    /// `not_judged`.
    pub verdict: VerdictName,
    /// The last value that could be judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// When the guard was last asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_at: Option<Time>,
}

/// What a guard says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VerdictName {
    /// Fresh data within the limit.
    Pass,
    /// The limit is crossed.
    Breach,
    /// Fresh data beyond the limit, but not enough of it to be sure.
    Inconclusive,
    /// Nothing that can be judged.
    NoData,
    /// Fresh data, nothing against the treatment, and not yet enough to say that it is not much worse than the control.
    Collecting,
    /// No control to compare with at this stage, or a goal: shown, and in nobody's way.
    NotJudged,
}

/// Why a rollout waits or has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Cause {
    /// The kind: `command`, `breach`, `no_data`, `drift`, `flag_off`, `maximum_time`,
    /// `sample_ratio` or `telemetry`.
    pub kind: &'static str,
    /// The guard that made the difference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guard: Option<String>,
    /// A person's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// One decision of a rollout, with what it was based on.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Decision {
    /// Its number within the rollout.
    pub seq: u64,
    /// When.
    pub at: Time,
    /// The rule that decided.
    pub rule: String,
    /// One sentence for people.
    pub summary: String,
    /// The kind of actor: the controller, a person, a token.
    pub actor_kind: String,
    /// Who.
    pub actor: String,
    /// What each guard of the stage showed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<GuardPoint>,
    /// The facts behind the sentence.
    #[schema(value_type = Object)]
    pub rationale: serde_json::Value,
    /// What the step was told.
    #[schema(value_type = Object)]
    pub input: serde_json::Value,
    /// The phase after the decision.
    pub phase: PhaseName,
    /// The generation that the decision's change of the flag brought.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generation: Option<u64>,
}

/// What starting a rollout, or a command, came to.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RolloutOutcome {
    /// The rollout as it is now.
    pub rollout: Rollout,
    /// One sentence for people.
    pub summary: String,
    /// The generation of the environment, if the flag was changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generation: Option<u64>,
    /// What is remarkable about it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

impl From<&Phase> for PhaseName {
    fn from(phase: &Phase) -> Self {
        match phase {
            Phase::Scheduled { .. } => Self::Scheduled,
            Phase::Progressing(_) => Self::Progressing,
            Phase::Paused { .. } => Self::Paused,
            Phase::Completed { .. } => Self::Completed,
            Phase::RolledBack { .. } => Self::RolledBack,
            Phase::Cancelled { .. } => Self::Cancelled,
        }
    }
}

impl From<RolloutRecord> for Rollout {
    fn from(record: RolloutRecord) -> Self {
        let spec = &record.spec;
        let phase = &record.state.phase;
        let start_at = match phase {
            Phase::Scheduled { start_at } => Some(Time(*start_at)),
            _ => None,
        };
        Self {
            plan: spec.plan().to_draft().into(),
            control: spec.control().to_string(),
            phase: phase.into(),
            stage: phase.entry().and_then(|entry| stage_progress(spec, &record.state, entry)),
            cause: cause(phase),
            start_at,
            allocation: record.state.allocation.as_deref().cloned().map(Allocation::from),
            overlaps: spec.overlaps().iter().map(RolloutOverlap::from).collect(),
            part: record.state.part.as_ref().map(RolloutPart::from),
            safety: record.safety.as_deref().map(Safety::from),
            id: record.id,
            project: record.project,
            environment: record.environment,
            flag: record.flag,
            started_by: record.started_by,
            started_at: record.started_at.into(),
            changed_at: record.changed_at.into(),
            ended_at: record.ended_at.map(Time::from),
            wake_at: record.wake_at.map(Time::from),
            version: record.version.0,
        }
    }
}

fn stage_progress(spec: &RolloutSpec, state: &RolloutState, entry: &StageEntry) -> Option<StageProgress> {
    let stage = spec.stage(entry.stage)?;
    Some(StageProgress {
        entry: entry.id.0,
        index: entry.stage.0,
        of: spec.plan().stages().len(),
        name: stage.name().to_string(),
        percentage: f64::from(stage.share().weight()) / 1_000.0,
        audience: stage.audience().map(ToString::to_string),
        variant: stage.variant().to_string(),
        since: entry.since.into(),
        baked: entry.baked,
        bake: stage.bake(),
        treated: entry.treated,
        minimum_treated: stage.minimum_treated(),
        promoted: entry.promoted.is_some(),
        guards: entry.guards.iter().map(GuardProgress::from).collect(),
        standing: serde_json::to_value(standing(spec, state)).unwrap_or_default(),
    })
}

impl From<&GuardState> for GuardProgress {
    fn from(state: &GuardState) -> Self {
        Self {
            guard: state.guard.to_string(),
            verdict: state.verdict.into(),
            value: state.last_value,
            read_at: state.last_read_at.map(Time::from),
        }
    }
}

impl From<hoist_lifecycle::rollout::decision::Verdict> for VerdictName {
    fn from(verdict: hoist_lifecycle::rollout::decision::Verdict) -> Self {
        use hoist_lifecycle::rollout::decision::Verdict;
        match verdict {
            Verdict::Pass => Self::Pass,
            Verdict::Breach => Self::Breach,
            Verdict::Inconclusive => Self::Inconclusive,
            Verdict::NoData => Self::NoData,
            Verdict::Collecting => Self::Collecting,
            Verdict::NotJudged => Self::NotJudged,
        }
    }
}

fn cause(phase: &Phase) -> Option<Cause> {
    let of = |kind, guard: Option<String>, reason: Option<&String>| Cause { kind, guard, reason: reason.cloned() };
    Some(match phase {
        Phase::Paused { reason, .. } => match reason {
            PauseReason::Command { reason } => of("command", None, Some(reason)),
            PauseReason::Breach { guard } => of("breach", Some(guard.to_string()), None),
            PauseReason::NoData { guard } => of("no_data", Some(guard.to_string()), None),
            PauseReason::Drift => of("drift", None, None),
            PauseReason::FlagOff => of("flag_off", None, None),
            PauseReason::MaximumTime => of("maximum_time", None, None),
            PauseReason::SampleRatio => of("sample_ratio", None, None),
            PauseReason::Telemetry => of("telemetry", None, None),
        },
        Phase::RolledBack { cause, .. } => match cause {
            RollbackCause::Command { reason } => of("command", None, Some(reason)),
            RollbackCause::Breach { guard } => of("breach", Some(guard.to_string()), None),
            RollbackCause::NoData { guard } => of("no_data", Some(guard.to_string()), None),
            RollbackCause::SampleRatio => of("sample_ratio", None, None),
            RollbackCause::Telemetry => of("telemetry", None, None),
            RollbackCause::MaximumTime => of("maximum_time", None, None),
        },
        Phase::Cancelled { reason, .. } => of("command", None, Some(reason)),
        Phase::Scheduled { .. } | Phase::Progressing(_) | Phase::Completed { .. } => return None,
    })
}

/// Returns the name under which a value is stored.
fn name_of(value: &impl Serialize) -> String {
    let named = serde_json::to_value(value).ok();
    named.and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}

impl From<PhaseName> for hoist_store::PhaseName {
    fn from(phase: PhaseName) -> Self {
        match phase {
            PhaseName::Scheduled => Self::Scheduled,
            PhaseName::Progressing => Self::Progressing,
            PhaseName::Paused => Self::Paused,
            PhaseName::Completed => Self::Completed,
            PhaseName::RolledBack => Self::RolledBack,
            PhaseName::Cancelled => Self::Cancelled,
        }
    }
}

impl From<DecisionRecord> for Decision {
    fn from(record: DecisionRecord) -> Self {
        let rationale = &record.decision.rationale;
        Self {
            seq: record.seq,
            at: record.at.into(),
            rule: name_of(&rationale.rule),
            summary: rationale.summary(),
            points: rationale.guards.iter().map(|seen| pure::GuardPoint::of(seen).into()).collect(),
            actor_kind: record.actor_kind.clone(),
            actor: record.actor_id.clone(),
            rationale: serde_json::to_value(rationale).unwrap_or_default(),
            input: serde_json::to_value(&record.input).unwrap_or_default(),
            phase: (&record.decision.next.phase).into(),
            generation: record.generation,
        }
    }
}
