//! Rollouts.

pub(super) mod backtest;
pub(super) mod cancel;
mod command;
pub(super) mod decisions;
mod facts;
pub(super) mod get;
pub(super) mod list;
pub(super) mod looks;
mod overlaps;
mod past;
pub(super) mod pause;
pub(super) mod preview;
pub(super) mod promote;
pub(super) mod recording;
pub(super) mod resume;
pub(super) mod rollback;
pub(super) mod start;
mod warnings;
pub(super) mod watch;

use hoist_lifecycle::metric::MetricDraft;
use hoist_lifecycle::plan::PlanDraft;
use hoist_store::{RolloutRecord, Store};

use crate::auth::{Does, Granted, InProject};
use crate::error::ApiError;

/// Returns the metrics that a plan's guards and goals name, as far as they exist.
pub(super) async fn metrics(store: &Store, project: &str, plan: &PlanDraft) -> Result<Vec<MetricDraft>, ApiError> {
    let mut metrics: Vec<MetricDraft> = Vec::new();
    for key in plan.guards.iter().map(|guard| &guard.metric).chain(&plan.goals) {
        if metrics.iter().any(|metric| metric.key == *key) {
            continue;
        }
        if let Some(kept) = store.metric(project, key).await? {
            metrics.push(kept.draft);
        }
    }
    Ok(metrics)
}

/// Returns a rollout of the project that the caller reaches; another one's looks as if it were not there.
async fn find<A: Does>(granted: &Granted<A, InProject>, id: &str) -> Result<RolloutRecord, ApiError> {
    let record = granted.store().rollout(id).await?;
    let scope = granted.principal().scope();
    let reached = record.filter(|record| {
        record.project == granted.project().as_str()
            && record.environment.parse().is_ok_and(|environment| scope.reaches(granted.project(), &environment))
    });
    reached.ok_or(ApiError::NotFound { what: "rollout" })
}
