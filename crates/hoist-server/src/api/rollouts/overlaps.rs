//! Other rollouts that may reach the same units and are judged by the same metrics.

use hoist_lifecycle::rollout::{KnownOverlap, Overlap, OverlapChoice, RolloutSpec};
use hoist_store::Store;

use crate::error::{ApiError, FieldProblem};

/// Returns how a rollout overlaps with those of other flags. One of its own flag is no matter of choice: a flag has one
/// rollout at a time.
pub(super) async fn of_others(store: &Store, spec: &RolloutSpec) -> Result<Vec<Overlap>, ApiError> {
    let mut found = store.overlaps(spec).await?;
    found.retain(|overlap| overlap.flag != spec.flag().as_str());
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
