//! The looks at a rollout that are kept for its curves: a bounded number of them, spread over the whole time.

use hoist_lifecycle::rollout::Look;

use crate::driver::{Tx, on, row};
use crate::error::Result;
use crate::json::{FORMAT, decode_format, encode};
use crate::limits::LOOKS_MAX;
use crate::store::{Store, read};

row!(
    "looks",
    struct LookRow {
        seq: i64,
        look: String,
        format: i64,
    }
);

const LIST: &str = "SELECT seq, look, format FROM looks WHERE rollout = $1 ORDER BY seq LIMIT $2";
const LATEST: &str = "SELECT MAX(seq) FROM looks WHERE rollout = $1";
const THIN: &str = "DELETE FROM looks WHERE rollout = $1 AND seq % $2 <> 0";
const DROP: &str = "DELETE FROM looks WHERE rollout = $1 AND seq = $2";
const INSERT: &str = "INSERT INTO looks (rollout, seq, look, format) VALUES ($1, $2, $3, $4)";

impl Store {
    /// Returns what the guards of a rollout showed over time, oldest first: at most [`LOOKS_MAX`] looks at even distances,
    /// and the latest one. They stay with the decisions when the rollout is over. A row that cannot be read is left out
    /// and logged.
    pub async fn looks(&self, rollout: &str) -> Result<Vec<Look>> {
        let rows = read!(self, Plain, |tx| list(tx, rollout))?;
        let readable = rows.into_iter().filter_map(|row| {
            decode_format("looks", "look", format!("{rollout}/{}", row.seq), row.format, &row.look)
                .map_err(|error| tracing::error!(%error, "a look is missing from a curve: its row cannot be read"))
                .ok()
        });
        Ok(readable.collect())
    }
}

async fn list(tx: &mut Tx, rollout: &str) -> Result<Vec<LookRow>> {
    let most = LOOKS_MAX.saturating_add(1) as i64;
    Ok(on!(tx, |c| sqlx::query_as::<_, LookRow>(LIST).bind(rollout).bind(most).fetch_all(c).await)?)
}

/// Keeps a look, and lets go of those that are too close to each other by now. Looks are counted from 1, and the latest
/// one is always there, so its number says how many there were.
pub(super) async fn keep(tx: &mut Tx, rollout: &str, look: &Look) -> Result<()> {
    let latest = on!(tx, |c| sqlx::query_scalar::<_, Option<i64>>(LATEST).bind(rollout).fetch_one(c).await)?;
    let seq = latest.unwrap_or(0).saturating_add(1);
    let previous = seq.saturating_sub(1);
    let every = distance(seq as u64);
    if every > distance(previous as u64) {
        on!(tx, |c| sqlx::query(THIN).bind(rollout).bind(every as i64).execute(c).await.map(drop))?;
    } else if !(previous as u64).is_multiple_of(every) {
        // All others are where they may stay; this one was kept for being the latest.
        on!(tx, |c| sqlx::query(DROP).bind(rollout).bind(previous).execute(c).await.map(drop))?;
    }
    let text = encode(look)?;
    on!(tx, |c| sqlx::query(INSERT).bind(rollout).bind(seq).bind(&text).bind(FORMAT).execute(c).await.map(drop))?;
    Ok(())
}

/// Returns how far apart the looks that are kept lie once there were `seq` of them: a power of two, so that what is kept
/// was always kept.
fn distance(seq: u64) -> u64 {
    seq.div_ceil(LOOKS_MAX).next_power_of_two()
}
