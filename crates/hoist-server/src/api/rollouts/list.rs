//! The rollouts of a project.

use hoist_store::RolloutFilter;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::extract::{Cursor, Parameters, page};
use crate::api::types::page::List;
use crate::api::types::rollout::{PhaseName, Rollout};
use crate::auth::{Granted, InProject, Reads, Scope};
use crate::error::ApiError;

/// Which rollouts are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Of this flag.
    flag: Option<String>,
    /// In this environment.
    environment: Option<String>,
    /// In this phase.
    phase: Option<PhaseName>,
    /// Those that can still move, or those that are over.
    active: Option<bool>,
    /// Most items, 1 to 200.
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// Lists rollouts, newest first.
#[utoipa::path(get, path = "/api/v1/projects/{project}/rollouts", operation_id = "list_rollouts", tag = "rollouts",
    params(("project" = String, Path, description = "The project."), Wanted),
    responses((status = 200, body = List<Rollout>)))]
pub(crate) async fn handle(
    granted: Granted<Reads, InProject>,
    Parameters(wanted): Parameters<Wanted>,
) -> Result<axum::Json<List<Rollout>>, ApiError> {
    let page = page(wanted.limit, wanted.cursor, Cursor::Moment)?;
    // A token of one environment sees that one, whatever it asks for.
    let environment = match granted.principal().scope() {
        Scope::Environment(_, own) if wanted.environment.as_deref().is_some_and(|asked| asked != own.as_str()) => {
            return Err(ApiError::NotFound { what: "environment" });
        }
        Scope::Environment(_, own) => Some(own.to_string()),
        Scope::Installation | Scope::Project(_) => wanted.environment,
    };
    let filter = RolloutFilter {
        project: Some(granted.project().to_string()),
        environment,
        flag: wanted.flag,
        phase: wanted.phase.map(Into::into),
        active: wanted.active,
    };
    let records = granted.store().list_rollouts(&filter, &page).await?;
    Ok(axum::Json(List::of(records, Rollout::from)))
}
