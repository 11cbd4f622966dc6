//! Segments: named sets of units.

pub(super) mod create;
pub(super) mod delete;
pub(super) mod get;
pub(super) mod list;
pub(super) mod replace;
pub(crate) mod usage;

use hoist_eval::draft::SegmentDraft;

use crate::api::apart::apart;
use crate::api::types::document::Segment;
use crate::api::validate::{self, finish};
use crate::auth::{Does, Granted, InProject};
use crate::error::{ApiError, FieldProblem};

/// Returns the draft of a segment that compiles with everything else that the project serves.
async fn checked<A: Does>(granted: &Granted<A, InProject>, body: Segment) -> Result<SegmentDraft, ApiError> {
    let mut problems = Vec::new();
    let Some(draft) = body.into_draft(&mut problems) else { return Err(ApiError::Invalid(problems)) };
    // Segments belong to the project, so any of its environments stands for all of them.
    let (store, project) = (granted.store(), granted.project().as_str());
    let others = match store.environments(project).await?.first() {
        Some(environment) => validate::served(store, project, &environment.key).await?,
        None => hoist_eval::draft::SnapshotDraft::default(),
    };
    let checking = apart(&granted.app().apart, move || (hoist_eval::check_segment(&draft, &others), draft));
    let (problems, draft) = checking.await?;
    finish(problems.into_iter().map(FieldProblem::from).collect())?;
    Ok(draft)
}
