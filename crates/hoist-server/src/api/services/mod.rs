//! Services: what runs and asks for flags.

pub(super) mod create;
pub(super) mod delete;
pub(super) mod get;
pub(super) mod list;
pub(super) mod replace;

use hoist_lifecycle::product::ServiceDraft;

use crate::api::types::product::Service;
use crate::api::validate::finish;
use crate::auth::{Does, Granted, InProject};
use crate::error::{ApiError, FieldProblem};

/// Returns the draft of a service that holds, and whose guards watch metrics that exist.
async fn checked<A: Does>(granted: &Granted<A, InProject>, body: Service) -> Result<ServiceDraft, ApiError> {
    let draft = ServiceDraft::from(body);
    finish(draft.check().into_iter().map(FieldProblem::from).collect())?;
    super::plans::check_guards(granted, &draft.as_plan()).await?;
    Ok(draft)
}
