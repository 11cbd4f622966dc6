//! Why a rollout is where it is.

use hoist_lifecycle::rollout::RolloutId;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::extract::{Cursor, Named, Parameters, page};
use crate::api::types::page::List;
use crate::api::types::rollout::Decision;
use crate::auth::{Granted, InProject, Reads};
use crate::error::ApiError;

/// Which part of the list is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Most items, 1 to 200.
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// Lists the decisions of a rollout with the evidence that they were based on, oldest first.
#[utoipa::path(get, path = "/api/v1/projects/{project}/rollouts/{rollout}/decisions", operation_id = "list_decisions",
    tag = "rollouts",
    params(("project" = String, Path, description = "The project."),
           ("rollout" = String, Path, description = "The rollout."), Wanted),
    responses((status = 200, body = List<Decision>)))]
pub(crate) async fn handle(
    granted: Granted<Reads, InProject>,
    Named(id): Named<RolloutId>,
    Parameters(wanted): Parameters<Wanted>,
) -> Result<axum::Json<List<Decision>>, ApiError> {
    let page = page(wanted.limit, wanted.cursor, Cursor::Number)?;
    let record = super::find(&granted, id.as_str()).await?;
    let decisions = granted.store().decisions(&record.id, &page).await?;
    Ok(axum::Json(List::of(decisions, Decision::from)))
}
