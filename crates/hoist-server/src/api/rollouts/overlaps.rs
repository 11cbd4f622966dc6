//! Other rollouts that may reach the same units and are judged by the same metrics.
//!
//! What is checked are the rollouts that are there when the start is asked for. Two that are started in the same instant
//! may both pass; a breach names the other one all the same.

use hoist_lifecycle::rollout::{KnownOverlap, Overlap, OverlapChoice, RolloutSpec, overlap};
use hoist_store::{PageRequest, RolloutFilter};

use crate::auth::{Does, Granted, InEnvironment};
use crate::error::{ApiError, FieldProblem};
use crate::limits::{PAGE_MAX, ROLLOUTS_COMPARED_MAX};

/// Returns the rollouts of the environment that are not over and overlap with this one.
pub(super) async fn find<A: Does>(
    place: &Granted<A, InEnvironment>,
    spec: &RolloutSpec,
) -> Result<Vec<Overlap>, ApiError> {
    let filter = RolloutFilter {
        project: Some(spec.project().to_string()),
        environment: Some(spec.environment().to_string()),
        active: Some(true),
        ..RolloutFilter::default()
    };
    let mut page = PageRequest { limit: Some(PAGE_MAX), cursor: None };
    let mut found = Vec::new();
    for _ in 0..ROLLOUTS_COMPARED_MAX.div_ceil(PAGE_MAX) {
        let part = place.store().list_rollouts(&filter, &page).await?;
        found.extend(part.items.iter().filter_map(|other| overlap(spec, &other.spec)));
        match part.next {
            Some(next) => page.cursor = Some(next),
            None => break,
        }
    }
    Ok(found)
}

/// Returns the overlaps with what was chosen, or a refusal that names each of them and the ways out.
pub(super) fn choose(
    found: Vec<Overlap>,
    choice: Option<&OverlapChoice>,
) -> Result<Vec<KnownOverlap>, Vec<FieldProblem>> {
    match choice {
        None if !found.is_empty() => {
            Err(found.iter().map(|overlap| FieldProblem::new("overlap", "overlaps", message(overlap))).collect())
        }
        None => Ok(Vec::new()),
        Some(choice) => Ok(found.into_iter().map(|overlap| KnownOverlap { overlap, choice: choice.clone() }).collect()),
    }
}

/// Says with what a rollout overlaps, and what can be done.
pub(super) fn message(overlap: &Overlap) -> String {
    let Overlap { rollout, flag, certain, metrics } = overlap;
    let reach = if *certain { "reaches the same units" } else { "may reach the same units" };
    let metrics = metrics.join(", ");
    format!(
        "rollout {rollout} of {flag} is running, {reach} and is judged by the same metrics ({metrics}): if one of them \
         turns bad, nobody can say which rollout did it; wait for it (`serialise`, --serialise), or run both (`accept` \
         with a reason, --accept REASON)"
    )
}
