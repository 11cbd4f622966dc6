//! What a server was told for an environment.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::api::track::outcome_name;
use crate::api::types::time::Time;
use crate::auth::{Granted, InEnvironment, Reads};
use crate::error::ApiError;
use crate::evidence::Received;
use crate::snapshots::EnvironmentId;

/// What the server that answers was told for an environment since it started. Other servers were told other things.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct IntakeStatus {
    /// Events that were taken, by what became of them, as a report is answered.
    pub events: BTreeMap<&'static str, u64>,
    /// Events, log records and data points that were refused, by cause: `unreadable`, `name`, `unit`, `time`, `id`, `value`,
    /// `flag`, `too_large`, `too_many`. A report that could not be read at all is one.
    pub refused: BTreeMap<&'static str, u64>,
    /// When something was refused last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub refused_at: Option<Time>,
}

/// Returns what applications have reported for an environment to the server that answers, and what of it was refused.
#[utoipa::path(get, path = "/api/v1/projects/{project}/environments/{environment}/intake",
    operation_id = "get_environment_intake", tag = "environments",
    params(("project" = String, Path, description = "The project."),
           ("environment" = String, Path, description = "The environment.")),
    responses((status = 200, body = IntakeStatus)))]
pub(crate) async fn handle(granted: Granted<Reads, InEnvironment>) -> Result<axum::Json<IntakeStatus>, ApiError> {
    let place = EnvironmentId { project: granted.project().clone(), environment: granted.environment().clone() };
    let Received { events, refused, refused_at } = granted.app().intake.received(&place);
    Ok(axum::Json(IntakeStatus {
        events: events.into_iter().map(|(outcome, count)| (outcome_name(outcome), count)).collect(),
        refused: refused.into_iter().map(|(cause, count)| (cause.as_str(), count)).collect(),
        refused_at: refused_at.map(Time::from),
    }))
}
