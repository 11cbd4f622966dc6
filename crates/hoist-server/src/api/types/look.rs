//! What the guards of a rollout showed over time, and what they judged.

use hoist_lifecycle::analyze;
use hoist_lifecycle::rollout as pure;
use serde::Serialize;
use utoipa::ToSchema;

use super::rollout::VerdictName;
use super::time::Time;

/// What the guards of a rollout showed over time.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Looks {
    /// The looks, oldest first.
    pub items: Vec<Look>,
}

/// What the guards of a stage showed when the controller looked.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Look {
    /// When.
    pub at: Time,
    /// The stage's number, from 0.
    pub stage: usize,
    /// Each guard of the stage.
    pub guards: Vec<GuardPoint>,
}

/// One guard at one moment, in the unit of its metric.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct GuardPoint {
    /// The guard.
    pub guard: String,
    /// What it said.
    pub verdict: VerdictName,
    /// The treatment: everything since the stage was entered where it is compared with the control, otherwise the last
    /// value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub treatment: Option<f64>,
    /// The control over the same time; absent where nothing is compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub control: Option<f64>,
    /// Lower end of what is plausible for the treatment beside this control; absent where nothing excludes 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lower: Option<f64>,
    /// Upper end of it; absent where nothing excludes any value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upper: Option<f64>,
    /// The limit: as it was set, or the control times the margin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<f64>,
}

/// What a rollout was judged by.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Recorded {
    /// What `hoist analyze` reads; without flushes while nothing was judged.
    #[schema(value_type = Object)]
    pub recording: analyze::RecordingDraft,
    /// Guards that are not in it: those with a limit that is a number, of a kind that recordings do not have, or on the metric of
    /// an earlier guard.
    pub left_out: Vec<String>,
}

impl From<analyze::Recorded> for Recorded {
    fn from(recorded: analyze::Recorded) -> Self {
        let left_out = recorded.left_out.iter().map(ToString::to_string).collect();
        Self { recording: recorded.recording, left_out }
    }
}

impl From<pure::Look> for Look {
    fn from(look: pure::Look) -> Self {
        Self { at: look.at.into(), stage: look.stage, guards: look.guards.into_iter().map(GuardPoint::from).collect() }
    }
}

impl From<pure::GuardPoint> for GuardPoint {
    fn from(point: pure::GuardPoint) -> Self {
        Self {
            guard: point.guard.to_string(),
            verdict: point.verdict.into(),
            treatment: point.treatment,
            control: point.control,
            lower: point.lower,
            upper: point.upper,
            limit: point.limit,
        }
    }
}
