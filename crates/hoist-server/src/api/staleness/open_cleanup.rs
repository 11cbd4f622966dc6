//! The change that takes a flag out of the code, opened.

use hoist_eval::FlagKey;
use hoist_store::CleanupRecord;

use crate::api::extract::Named;
use crate::api::scans::check_name;
use crate::api::types::staleness::{NewCleanup, OpenCleanup};
use crate::auth::{Edits, Granted, InProject};
use crate::body::Mutation;
use crate::error::{ApiError, FieldProblem};
use crate::limits::CODE_NAME_BYTES_MAX;

/// Notes the change that takes the flag out of the code, in place of the one noted before.
#[utoipa::path(put, path = "/api/v1/projects/{project}/flags/{flag}/cleanup", operation_id = "open_cleanup", tag = "staleness",
    params(("project" = String, Path, description = "The project."),
           ("flag" = String, Path, description = "The flag.")),
    request_body = NewCleanup, responses((status = 200, body = OpenCleanup)))]
pub(crate) async fn handle(
    granted: Granted<Edits, InProject>,
    Named(flag): Named<FlagKey>,
    mutation: Mutation<NewCleanup>,
) -> Result<axum::Json<OpenCleanup>, ApiError> {
    let (store, project) = (granted.store(), granted.project().as_str());
    store.flag(project, flag.as_str()).await?.ok_or(ApiError::NotFound { what: "flag" })?;
    granted.require_open()?;
    let NewCleanup { repository, url } = mutation.body.clone();
    let mut problems = Vec::new();
    check_name("repository", &repository, &mut problems);
    check_url(&url, &mut problems);
    crate::api::validate::finish(problems)?;
    let cleanup = CleanupRecord { flag: flag.to_string(), repository, url, opened_at: granted.now() };
    let kept = store.open_cleanup(&granted.write(&mutation), project, &cleanup).await?;
    Ok(axum::Json(OpenCleanup { repository: kept.repository, url: kept.url, opened_at: kept.opened_at.into() }))
}

fn check_url(url: &str, problems: &mut Vec<FieldProblem>) {
    let scheme = url.starts_with("https://") || url.starts_with("http://");
    if !scheme || url.len() > CODE_NAME_BYTES_MAX || url.chars().any(|c| c.is_control() || c.is_whitespace()) {
        problems.push(FieldProblem::new("url", "invalid", "must be an http or https address without spaces"));
    }
}
