//! The end of a snooze.

use hoist_eval::FlagKey;
use http::StatusCode;

use crate::api::extract::Named;
use crate::api::types::rollout::Because;
use crate::auth::{Edits, Granted, InProject};
use crate::body::Mutation;
use crate::error::ApiError;

/// Ends a snooze before its time. Without one nothing happens.
#[utoipa::path(delete, path = "/api/v1/projects/{project}/flags/{flag}/snooze", operation_id = "wake_flag", tag = "staleness",
    params(("project" = String, Path, description = "The project."),
           ("flag" = String, Path, description = "The flag.")),
    responses((status = 204, description = "It is over.")))]
pub(crate) async fn handle(
    granted: Granted<Edits, InProject>,
    Named(flag): Named<FlagKey>,
    mutation: Mutation<Because>,
) -> Result<StatusCode, ApiError> {
    let (store, project) = (granted.store(), granted.project().as_str());
    store.flag(project, flag.as_str()).await?.ok_or(ApiError::NotFound { what: "flag" })?;
    granted.require_open()?;
    let write = granted.write(&mutation).because(&mutation.body.reason);
    store.wake_flag(&write, project, flag.as_str()).await?;
    Ok(StatusCode::NO_CONTENT)
}
