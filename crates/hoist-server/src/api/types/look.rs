//! What the guards of a rollout showed over time.

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
