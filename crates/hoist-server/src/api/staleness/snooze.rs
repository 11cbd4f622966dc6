//! Leave us alone about this flag.

use hoist_eval::FlagKey;

use crate::api::extract::Named;
use crate::api::types::staleness::{Snoozed, Snoozing};
use crate::auth::{Edits, Granted, InProject};
use crate::body::Mutation;
use crate::error::ApiError;
use crate::limits::SNOOZE_MAX;

/// Leaves people alone about a flag until a moment to come: it is still judged, and nobody is told, and no check fails.
#[utoipa::path(put, path = "/api/v1/projects/{project}/flags/{flag}/snooze", operation_id = "snooze_flag", tag = "staleness",
    params(("project" = String, Path, description = "The project."),
           ("flag" = String, Path, description = "The flag.")),
    request_body = Snoozing, responses((status = 200, body = Snoozed)))]
pub(crate) async fn handle(
    granted: Granted<Edits, InProject>,
    Named(flag): Named<FlagKey>,
    mutation: Mutation<Snoozing>,
) -> Result<axum::Json<Snoozed>, ApiError> {
    let (store, project) = (granted.store(), granted.project().as_str());
    store.flag(project, flag.as_str()).await?.ok_or(ApiError::NotFound { what: "flag" })?;
    granted.require_open()?;
    let until = mutation.body.until.0;
    if until > granted.now().saturating_add(SNOOZE_MAX) {
        return Err(ApiError::invalid("until", "too_late", "must lie within a year"));
    }
    let write = granted.write(&mutation).because(&mutation.body.reason);
    let kept = store.snooze_flag(&write, project, flag.as_str(), until).await?;
    Ok(axum::Json(Snoozed { until: kept.until.into(), reason: kept.reason, by: kept.by }))
}
