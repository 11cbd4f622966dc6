//! Whether flags have done their work, and what people say about that.

pub(super) mod close_cleanup;
pub(super) mod get;
pub(super) mod list;
pub(super) mod open_cleanup;
pub(super) mod snooze;
pub(super) mod wake;

use crate::api::types::staleness::Staleness;
use crate::auth::{Does, Granted, InProject};
use crate::error::ApiError;
use crate::staleness::{Judged, judge_all};

/// Returns what is to be said about every flag of the project.
pub(super) async fn judged<A: Does>(granted: &Granted<A, InProject>) -> Result<Vec<Judged>, ApiError> {
    let app = granted.app();
    Ok(judge_all(&app.store, &app.seen, &app.config, granted.project().as_str(), granted.now()).await?)
}

/// Returns as much of it as the caller may read: one environment's token learns nothing of the others.
fn told<A: Does>(granted: &Granted<A, InProject>, judged: Judged) -> Staleness {
    let (scope, project) = (granted.principal().scope(), granted.project());
    Staleness::told(judged, &|environment| environment.parse().is_ok_and(|it| scope.reaches(project, &it)))
}

/// Returns what is to be said about one flag.
pub(super) async fn judged_one<A: Does>(granted: &Granted<A, InProject>, flag: &str) -> Result<Judged, ApiError> {
    let found = judged(granted).await?.into_iter().find(|judged| judged.flag == flag);
    found.ok_or(ApiError::NotFound { what: "flag" })
}
