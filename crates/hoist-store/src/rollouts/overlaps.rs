//! Rollouts of one environment that may reach the same units and are judged by the same metrics.
//!
//! A start looks here with the project locked, so of two starts at the same moment the second sees the first.

use hoist_lifecycle::rollout::{Overlap, RolloutSpec, overlap};

use crate::driver::{Tx, on, row};
use crate::error::{Refusal, Result};
use crate::json::decode_format;
use crate::limits::ROLLOUTS_COMPARED_MAX;
use crate::store::{Store, read};

row!(
    "rollouts",
    struct SpecRow {
        id: String,
        spec: String,
        format: i64,
    }
);

const OTHERS: &str = "SELECT id, spec, format FROM rollouts
    WHERE project = $1 AND environment = $2 AND active = $3 AND id <> $4 ORDER BY started_at DESC, id DESC LIMIT $5";

impl Store {
    /// Returns how a rollout overlaps with others of its environment that are not over, newest first. At most
    /// [`ROLLOUTS_COMPARED_MAX`] are looked at. A row that cannot be read is left out and logged.
    pub async fn overlaps(&self, spec: &RolloutSpec) -> Result<Vec<Overlap>> {
        read!(self, Plain, |tx| find(tx, spec))
    }
}

/// Refuses a start that overlaps with a rollout which its specification does not name.
pub(super) async fn check_known(tx: &mut Tx, spec: &RolloutSpec) -> Result<()> {
    let known = |found: &Overlap| spec.overlaps().iter().any(|known| known.overlap.rollout == found.rollout);
    match find(tx, spec).await?.into_iter().find(|found| !known(found)) {
        Some(overlap) => Err(Refusal::Overlaps { rollout: overlap.rollout }.into()),
        None => Ok(()),
    }
}

async fn find(tx: &mut Tx, spec: &RolloutSpec) -> Result<Vec<Overlap>> {
    let rows = on!(tx, |c| sqlx::query_as::<_, SpecRow>(OTHERS)
        .bind(spec.project().as_str())
        .bind(spec.environment().as_str())
        .bind(true)
        .bind(spec.rollout().as_str())
        .bind(ROLLOUTS_COMPARED_MAX)
        .fetch_all(c)
        .await)?;
    let readable = rows.into_iter().filter_map(|row| {
        decode_format::<RolloutSpec>("rollouts", "spec", row.id.as_str(), row.format, &row.spec)
            .map_err(
                |error| tracing::error!(%error, "a rollout is not compared with a new one: its row cannot be read"),
            )
            .ok()
    });
    Ok(readable.filter_map(|other| overlap(spec, &other)).collect())
}
