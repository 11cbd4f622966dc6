//! Other rollouts that may reach the same units and are judged by the same metrics.

use hoist_eval::Timestamp;
use hoist_lifecycle::rollout::decision::Decision;
use hoist_lifecycle::rollout::evidence::{Command, Input};
use hoist_lifecycle::rollout::state::EntryId;
use hoist_lifecycle::rollout::{
    Beside, Inseparable, KnownOverlap, Overlap, OverlapChoice, Parted, Parts, RolloutSpec, keep_apart, step,
    without_units,
};
use hoist_store::{Applying, NewRollout, RolloutRecord, Store};

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
         turns bad, nobody can say which rollout did it; wait for it (`serialise`, --serialise), run both with half of the \
         units each (`exclude`, --exclude), or run both as they are (`accept` with a reason, --accept REASON)"
    )
}

/// Says that another rollout changed whenever the units were about to be divided with it.
pub(super) fn restless(overlaps: &[KnownOverlap]) -> FieldProblem {
    let others: Vec<_> =
        overlaps.iter().map(|known| format!("{} of {}", known.overlap.rollout, known.overlap.flag)).collect();
    let message = format!(
        "rollout {} changed while its units were divided, several times in a row; nothing was started: try again",
        others.join(", ")
    );
    FieldProblem::new("overlap", "busy", message)
}

/// A rollout that is to keep to its part of the units, from the moment at which another one starts.
pub(super) struct Parting {
    record: RolloutRecord,
    input: Input,
    decision: Decision,
}

impl Parting {
    /// Returns what is to be applied together with the start.
    pub(super) fn applying(&self) -> Applying<'_> {
        let Self { record, input, decision } = self;
        Applying { rollout: &record.id, expected: record.version, input, decision, fence: None }
    }
}

/// Divides the units between a rollout that starts and the one that it overlaps with: it is given its part, and what the other
/// one is to do about it is returned. Nothing if there is none any more.
pub(super) async fn part(store: &Store, new: &mut NewRollout, now: Timestamp) -> Result<Option<Parting>, ApiError> {
    new.state.part = None;
    let known: Vec<Overlap> = new.spec.overlaps().iter().map(|known| known.overlap.clone()).collect();
    let Some((record, parts)) = divide(store, &new.spec, &known).await? else { return Ok(None) };
    let beside = |spec: &RolloutSpec| Beside { rollout: spec.rollout().to_string(), flag: spec.flag().to_string() };
    new.state.part = Some(Parted { units: parts.second, with: beside(&record.spec), since: now });
    let input = Input::Command(Command::Part { units: parts.first, with: beside(&new.spec) });
    let decision = step(&record.spec, &record.state, &input, now)?;
    Ok(Some(Parting { record, input, decision }))
}

/// Returns the rollout that a new one overlaps with and how the units are divided between the two, or a refusal that says why
/// they cannot be. Nothing if there is no such rollout.
pub(super) async fn divide(
    store: &Store,
    new: &RolloutSpec,
    found: &[Overlap],
) -> Result<Option<(RolloutRecord, Parts)>, ApiError> {
    let overlap = match found {
        [] => return Ok(None),
        [one] => one,
        several => return Err(refused(&Inseparable::Several(several.len()))),
    };
    let Some(record) = store.rollout(&overlap.rollout).await?.filter(RolloutRecord::is_active) else { return Ok(None) };
    let partner_is_over = match &record.state.part {
        Some(part) => !store.rollout(&part.with.rollout).await?.is_some_and(|partner| partner.is_active()),
        None => true,
    };
    let parts =
        keep_apart(new, (&record.spec, &record.state), overlap, partner_is_over).map_err(|why| refused(&why))?;
    // Of all its stays: a young one has heard nothing yet, and what came without units before will come so again.
    let counted = store.evidence_sums(&overlap.rollout, EntryId(1)).await?;
    without_units(&record.spec, counted.iter().map(|told| &told.sums)).map_err(|why| refused(&why))?;
    Ok(Some((record, parts)))
}

fn refused(why: &Inseparable) -> ApiError {
    ApiError::StartRefused(vec![FieldProblem::new("overlap", "inseparable", why.to_string())])
}
