//! Whether one flag has done its work.

use hoist_eval::FlagKey;

use crate::api::extract::Named;
use crate::api::types::staleness::Staleness;
use crate::auth::{Granted, InProject, Reads};
use crate::error::ApiError;

/// Says how far a flag is on its way out, why, and what stands between it and the archive. Judged now.
#[utoipa::path(get, path = "/api/v1/projects/{project}/flags/{flag}/staleness", operation_id = "flag_staleness", tag = "staleness",
    params(("project" = String, Path, description = "The project."),
           ("flag" = String, Path, description = "The flag.")),
    responses((status = 200, body = Staleness)))]
pub(crate) async fn handle(
    granted: Granted<Reads, InProject>,
    Named(flag): Named<FlagKey>,
) -> Result<axum::Json<Staleness>, ApiError> {
    let judged = super::judged_one(&granted, flag.as_str()).await?;
    Ok(axum::Json(super::told(&granted, judged)))
}
