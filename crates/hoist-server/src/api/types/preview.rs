//! What a rollout would do, told before it starts.

use hoist_eval::Span;
use hoist_lifecycle::preview as pure;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body::FromBody;

use super::overlap::RolloutOverlapChoice;
use super::plan::OnMaximumTime;
use super::rollout::PlanChoice;
use super::time::Time;

/// A rollout to be looked at before it starts. The same members as a start, and nothing is written.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPreview {
    /// The flag.
    pub flag: String,
    /// The environment.
    pub environment: String,
    /// The key of a plan, or a plan.
    pub plan: PlanChoice,
    /// Taken, so that the body of a start can be sent as it is; not used.
    #[serde(default)]
    pub reason: String,
    /// Taken like the reason; not used.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub start_at: Option<Time>,
    /// What is to be done about rollouts that this one overlaps with, as at the start. Absent, each of them stands in the way;
    /// with `exclude` times are those of half of the units, and what keeps them from being divided stands in the way.
    #[serde(default)]
    pub overlap: Option<RolloutOverlapChoice>,
    /// How many times worse than today the treatment is assumed to be where times to detection are told. Absent means 2.
    #[serde(default)]
    pub regression: Option<f64>,
}

impl FromBody for NewPreview {}

/// What a rollout would do at today's traffic. What is not known is absent, and a note says why.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = RolloutPreview)]
pub struct Preview {
    /// Evaluations of the flag in a second that this server answered, lately.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evaluations_per_second: Option<f64>,
    /// Distinct units in an hour, from an earlier rollout of the flag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub units_per_hour: Option<f64>,
    /// How many times worse than today the treatment was assumed to be.
    pub regression: f64,
    /// The least time until the rollout completes if nothing is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "2h")]
    pub expected: Option<Span>,
    /// The stages, in order.
    pub stages: Vec<StagePreview>,
    /// What the guards see today.
    pub guards: Vec<GuardPreview>,
    /// What stands in the way (`blocks`), what is weaker than it looks (`doubt`), and what is not known (`unknown`), in
    /// this order.
    pub notes: Vec<Note>,
}

/// What one stage would be.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct StagePreview {
    /// Its name.
    pub name: String,
    /// The segment that it reaches; absent means everyone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
    /// The share of the audience, in percent.
    pub percentage: f64,
    /// The variant that it serves.
    pub variant: String,
    /// Requests in an hour that would get the variant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requests_per_hour: Option<f64>,
    /// Distinct units in an hour that would.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub units_per_hour: Option<f64>,
    /// Whether these are upper bounds, because nobody knows how much of the traffic belongs to the audience.
    pub at_most: bool,
    /// The least time in which the stage can be left if nothing is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "10m")]
    pub expected: Option<Span>,
    /// The time after which the stage does what `on_maximum_time` says.
    #[schema(value_type = String, example = "1d")]
    pub maximum_time: Span,
    /// What that is.
    pub on_maximum_time: OnMaximumTime,
    /// What each guard could do here.
    pub guards: Vec<GuardAtStage>,
}

/// What one guard could do at one stage.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct GuardAtStage {
    /// The guard.
    pub guard: String,
    /// What it is judged by: `against_control`, `against_limit`, `polls`, `no_control` or `unknown`.
    pub judged: String,
    /// When a regression of the assumed size is found, about; absent if never, or if nothing is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detection: Option<Detection>,
    /// The smallest regression that is found within the stage's maximum time; smaller ones would be missed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smallest: Option<f64>,
    /// When a treatment that is as good as the control is shown not to be much worse.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub noninferiority: Option<Detection>,
}

/// What it takes to tell a ratio.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct Detection {
    /// How many times worse.
    pub regression: f64,
    /// Treated opportunities; absent for a guard that counts polls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub treated: Option<f64>,
    /// The time in which they come.
    #[schema(value_type = String, example = "3m6s")]
    pub time: Span,
}

/// What a guard sees today.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct GuardPreview {
    /// The guard.
    pub guard: String,
    /// The metric.
    pub metric: String,
    /// The service that the guard came from; absent for one of the plan's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// What its query answers about everyone now, word for word: a value, counters, `missing`, or why it is invalid or
    /// failed. Absent where nothing is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub now: Option<serde_json::Value>,
    /// What it answers about the treatment, where that is another question. Before the start `missing` is expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub treatment: Option<serde_json::Value>,
    /// Opportunities in a second, over the last hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_second: Option<f64>,
    /// Events per opportunity, over the last hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<f64>,
    /// Why these two are not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown: Option<String>,
}

/// One thing to know before the start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Note {
    /// `blocks`, `doubt` or `unknown`.
    pub severity: String,
    /// The stage that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// The guard that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guard: Option<String>,
    /// What it is, in words.
    pub message: String,
}

impl Preview {
    /// Returns what is shown of a preview.
    pub fn new(preview: pure::Preview, regression: f64) -> Self {
        Self {
            evaluations_per_second: preview.evaluations_per_second,
            units_per_hour: preview.units_per_hour,
            regression,
            expected: preview.expected,
            stages: preview.stages.into_iter().map(StagePreview::from).collect(),
            guards: preview.guards.into_iter().map(GuardPreview::from).collect(),
            notes: preview.notes.into_iter().map(Note::from).collect(),
        }
    }

    /// Adds, before everything else, something that stands in the way.
    pub fn block(&mut self, message: String) {
        self.notes.insert(0, Note { severity: "blocks".to_owned(), stage: None, guard: None, message });
    }
}

impl From<pure::StagePreview> for StagePreview {
    fn from(stage: pure::StagePreview) -> Self {
        Self {
            name: stage.name,
            audience: stage.audience.map(|audience| audience.to_string()),
            percentage: stage.percentage,
            variant: stage.variant.to_string(),
            requests_per_hour: stage.radius.requests_per_hour,
            units_per_hour: stage.radius.units_per_hour,
            at_most: stage.radius.at_most,
            expected: stage.expected,
            maximum_time: stage.maximum_time,
            on_maximum_time: stage.on_maximum_time.into(),
            guards: stage.guards.into_iter().map(GuardAtStage::from).collect(),
        }
    }
}

impl From<pure::GuardAtStage> for GuardAtStage {
    fn from(guard: pure::GuardAtStage) -> Self {
        Self {
            guard: guard.guard.to_string(),
            judged: name_of(&guard.judged),
            detection: guard.detection.map(Detection::from),
            smallest: guard.smallest,
            noninferiority: guard.noninferiority.map(Detection::from),
        }
    }
}

impl From<pure::Detection> for Detection {
    fn from(detection: pure::Detection) -> Self {
        Self { regression: detection.regression, treated: detection.treated, time: detection.time }
    }
}

impl From<pure::GuardPreview> for GuardPreview {
    fn from(guard: pure::GuardPreview) -> Self {
        let rates = match guard.base {
            pure::Base::Known(rates) => Ok(rates),
            pure::Base::Unknown(why) => Err(why),
        };
        Self {
            guard: guard.guard.to_string(),
            metric: guard.metric.to_string(),
            service: guard.service,
            now: guard.now.as_ref().and_then(answer),
            treatment: guard.treatment.as_ref().and_then(answer),
            per_second: rates.ok().map(|rates| rates.per_second),
            rate: rates.ok().map(|rates| rates.rate),
            unknown: rates.err().map(|why| name_of(&why)),
        }
    }
}

impl From<pure::Note> for Note {
    fn from(note: pure::Note) -> Self {
        Self {
            severity: name_of(&note.severity),
            stage: note.stage,
            guard: note.guard.map(|guard| guard.to_string()),
            message: note.message,
        }
    }
}

/// Returns what a query answered as an object with one member, which names the kind of answer.
fn answer(reading: &impl Serialize) -> Option<serde_json::Value> {
    match serde_json::to_value(reading).ok()? {
        serde_json::Value::String(kind) => Some(serde_json::json!({ kind: {} })),
        other => Some(other),
    }
}

/// Returns the name under which a value is stored.
fn name_of(value: &impl Serialize) -> String {
    let named = serde_json::to_value(value).ok();
    named.and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}
