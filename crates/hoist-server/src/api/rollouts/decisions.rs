//! Why a rollout is where it is.

use hoist_lifecycle::rollout::RolloutId;

use crate::api::extract::{Cursor, Named, Paging, Parameters};
use crate::api::types::page::List;
use crate::api::types::rollout::Decision;
use crate::auth::{Granted, InProject, Reads};
use crate::error::ApiError;

/// Lists the decisions of a rollout with the evidence that they were based on, oldest first.
#[utoipa::path(get, path = "/api/v1/projects/{project}/rollouts/{rollout}/decisions", operation_id = "list_decisions",
    tag = "rollouts",
    params(("project" = String, Path, description = "The project."),
           ("rollout" = String, Path, description = "The rollout."), Paging),
    responses((status = 200, body = List<Decision>)))]
pub(crate) async fn handle(
    granted: Granted<Reads, InProject>,
    Named(id): Named<RolloutId>,
    Parameters(paging): Parameters<Paging>,
) -> Result<axum::Json<List<Decision>>, ApiError> {
    let page = paging.page(Cursor::Number)?;
    let record = super::find(&granted, id.as_str()).await?;
    let decisions = granted.store().decisions(&record.id, &page).await?;
    Ok(axum::Json(List::of(decisions, Decision::from)))
}
