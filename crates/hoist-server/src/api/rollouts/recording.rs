//! What a rollout was judged by.

use hoist_lifecycle::analyze::recorded;
use hoist_lifecycle::rollout::RolloutId;

use crate::api::extract::Named;
use crate::api::types::look::Recorded;
use crate::auth::{Granted, InProject, Reads};
use crate::error::ApiError;

/// Returns what a rollout was judged by, also after its end: the counts and values that guards against control compared from look
/// to look, in the form that `hoist analyze` and back-tests read. Long rollouts have a bounded number of looks, each with all that
/// was judged since the one before it.
#[utoipa::path(get, path = "/api/v1/projects/{project}/rollouts/{rollout}/recording", operation_id = "get_recording",
    tag = "rollouts",
    params(("project" = String, Path, description = "The project."),
           ("rollout" = String, Path, description = "The rollout.")),
    responses((status = 200, body = Recorded)))]
pub(crate) async fn handle(
    granted: Granted<Reads, InProject>,
    Named(id): Named<RolloutId>,
) -> Result<axum::Json<Recorded>, ApiError> {
    let record = super::find(&granted, id.as_str()).await?;
    let looks = granted.store().looks(&record.id).await?;
    Ok(axum::Json(recorded(&record.spec, &record.state, &looks).into()))
}
