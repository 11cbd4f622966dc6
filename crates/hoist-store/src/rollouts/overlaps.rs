//! Rollouts of one environment that may reach the same units and are judged by the same metrics.
//!
//! A start reads and compares before it locks the project, so that nobody waits for it. Behind the lock it looks only at what
//! began since: of two starts at the same moment the second sees the first. Specifications never change.

use std::collections::BTreeSet;

use hoist_lifecycle::rollout::{Overlap, RolloutSpec, overlap};
use sqlx::FromRow;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;

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
const IDS: &str = "SELECT id FROM rollouts
    WHERE project = $1 AND environment = $2 AND active = $3 AND id <> $4 ORDER BY started_at DESC, id DESC LIMIT $5";
const ONE: &str = "SELECT id, spec, format FROM rollouts WHERE id = $1";

impl Store {
    /// Returns how a rollout overlaps with others of its environment that are not over, newest first. At most
    /// [`ROLLOUTS_COMPARED_MAX`] are looked at. A row that cannot be read is left out and logged.
    pub async fn overlaps(&self, spec: &RolloutSpec) -> Result<Vec<Overlap>> {
        self.compare(spec).await.map(|compared| compared.overlaps)
    }

    /// Compares a rollout with the others of its environment, as they are now.
    pub(super) async fn compare(&self, spec: &RolloutSpec) -> Result<Compared> {
        let rows: Vec<SpecRow> = read!(self, Plain, |tx| others(tx, OTHERS, spec))?;
        let with = rows.iter().map(|row| row.id.clone()).collect();
        Ok(Compared { with, overlaps: rows.iter().filter_map(|row| row.overlap(spec)).collect() })
    }
}

/// A rollout next to others that were not over.
pub(super) struct Compared {
    /// The others.
    with: BTreeSet<String>,
    /// How it overlaps with them, newest first.
    overlaps: Vec<Overlap>,
}

/// Refuses a start that overlaps with a rollout which its specification does not name. The project is locked.
pub(super) async fn check_known(tx: &mut Tx, spec: &RolloutSpec, compared: &Compared) -> Result<()> {
    let active: Vec<(String,)> = others(tx, IDS, spec).await?;
    let active: Vec<String> = active.into_iter().map(|(id,)| id).collect();
    let known = |rollout: &str| spec.overlaps().iter().any(|known| known.overlap.rollout == rollout);
    // Newest first, as they are listed: what began since comes before what was compared.
    for id in active.iter().filter(|id| !compared.with.contains(*id) && !known(id.as_str())) {
        if one(tx, id).await?.is_some_and(|row| row.overlap(spec).is_some()) {
            return Err(Refusal::Overlaps { rollout: id.clone() }.into());
        }
    }
    let unknown = |found: &&Overlap| active.contains(&found.rollout) && !known(&found.rollout);
    match compared.overlaps.iter().find(unknown) {
        Some(overlap) => Err(Refusal::Overlaps { rollout: overlap.rollout.clone() }.into()),
        None => Ok(()),
    }
}

impl SpecRow {
    fn overlap(&self, with: &RolloutSpec) -> Option<Overlap> {
        decode_format::<RolloutSpec>("rollouts", "spec", self.id.as_str(), self.format, &self.spec)
            .map_err(
                |error| tracing::error!(%error, "a rollout is not compared with a new one: its row cannot be read"),
            )
            .ok()
            .and_then(|other| overlap(with, &other))
    }
}

/// Returns what `text` selects of the other rollouts.
async fn others<T>(tx: &mut Tx, text: &'static str, spec: &RolloutSpec) -> Result<Vec<T>>
where
    T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    Ok(on!(tx, |c| sqlx::query_as::<_, T>(text)
        .bind(spec.project().as_str())
        .bind(spec.environment().as_str())
        .bind(true)
        .bind(spec.rollout().as_str())
        .bind(ROLLOUTS_COMPARED_MAX)
        .fetch_all(c)
        .await)?)
}

async fn one(tx: &mut Tx, id: &str) -> Result<Option<SpecRow>> {
    Ok(on!(tx, |c| sqlx::query_as::<_, SpecRow>(ONE).bind(id).fetch_optional(c).await)?)
}
