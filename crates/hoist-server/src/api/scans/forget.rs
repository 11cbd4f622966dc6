//! A repository that is gone.

use http::StatusCode;

use crate::api::types::code::ScannedBranch;
use crate::api::validate::{finish, reason};
use crate::auth::{Edits, Granted, InProject};
use crate::body::Mutation;
use crate::error::ApiError;

/// Forgets a branch and what was found there, as after the end of a repository: it no longer keeps flags from the
/// archive.
#[utoipa::path(post, path = "/api/v1/projects/{project}/scans/forget", operation_id = "forget_scan", tag = "code",
    params(("project" = String, Path, description = "The project.")),
    request_body = ScannedBranch, responses((status = 204, description = "It is forgotten.")))]
pub(crate) async fn handle(
    granted: Granted<Edits, InProject>,
    mutation: Mutation<ScannedBranch>,
) -> Result<StatusCode, ApiError> {
    granted.require_open()?;
    let ScannedBranch { repository, branch, reason: why } = &mutation.body;
    let mut problems = Vec::new();
    reason(why, &mut problems);
    finish(problems)?;
    let write = granted.write(&mutation).because(why);
    granted.store().forget_scan(&write, granted.project().as_str(), repository, branch).await?;
    Ok(StatusCode::NO_CONTENT)
}
