//! Metrics: what guards watch.

pub(super) mod create;
pub(super) mod delete;
pub(super) mod get;
pub(super) mod list;
pub(super) mod replace;

use hoist_lifecycle::metric::{Metric as Parsed, MetricDraft};

use crate::api::types::metric::Metric;
use crate::auth::{Does, Granted, InProject};
use crate::error::{ApiError, FieldProblem};

/// Returns the draft of a metric that holds. What the source would answer is not asked here.
#[expect(clippy::unused_async, reason = "its siblings for segments and plans ask the store")]
async fn checked<A: Does>(_: &Granted<A, InProject>, body: Metric) -> Result<MetricDraft, ApiError> {
    let draft = MetricDraft::from(body);
    let told = |problems: Vec<hoist_lifecycle::Problem>| problems.into_iter().map(FieldProblem::from).collect();
    Parsed::parse_written(&draft).map_err(|problems| ApiError::Invalid(told(problems)))?;
    Ok(draft)
}
