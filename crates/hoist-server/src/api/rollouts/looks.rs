//! The curves of a rollout's guards.

use hoist_lifecycle::rollout::RolloutId;

use crate::api::extract::Named;
use crate::api::types::look::{Look, Looks};
use crate::auth::{Granted, InProject, Reads};
use crate::error::ApiError;

/// Returns what the guards of a rollout showed over time, oldest first: treatment and control, what is plausible, and the
/// limit. A bounded number of looks at even distances and the latest one; every decision that is news is among the
/// decisions with all that it rests on.
#[utoipa::path(get, path = "/api/v1/projects/{project}/rollouts/{rollout}/looks", operation_id = "list_looks",
    tag = "rollouts",
    params(("project" = String, Path, description = "The project."),
           ("rollout" = String, Path, description = "The rollout.")),
    responses((status = 200, body = Looks)))]
pub(crate) async fn handle(
    granted: Granted<Reads, InProject>,
    Named(id): Named<RolloutId>,
) -> Result<axum::Json<Looks>, ApiError> {
    let record = super::find(&granted, id.as_str()).await?;
    let looks = granted.store().looks(&record.id).await?;
    Ok(axum::Json(Looks { items: looks.into_iter().map(Look::from).collect() }))
}
