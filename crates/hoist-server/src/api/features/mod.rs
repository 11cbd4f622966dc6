//! Features: what users see or do, behind flags.

pub(super) mod create;
pub(super) mod delete;
pub(super) mod get;
pub(super) mod list;
pub(super) mod replace;

use hoist_lifecycle::product::FeatureDraft;

use crate::api::types::product::Feature;
use crate::api::validate::finish;
use crate::error::{ApiError, FieldProblem};

/// Returns the draft of a feature that holds.
fn checked(body: Feature) -> Result<FeatureDraft, ApiError> {
    let draft = FeatureDraft::from(body);
    finish(draft.check().into_iter().map(FieldProblem::from).collect())?;
    Ok(draft)
}
