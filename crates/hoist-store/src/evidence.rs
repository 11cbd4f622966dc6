//! What units did, as each server counted it: sums per stay, and the units that they are of.

use std::collections::BTreeMap;

use hoist_eval::Timestamp;
use hoist_lifecycle::intake::{Batch, FlushedSums};
use hoist_lifecycle::rollout::state::EntryId;

use crate::driver::{Mode, Tx, on, row};
use crate::error::{Result, StoreError};
use crate::json::{FORMAT, decode_format, encode};
use crate::limits::{EVIDENCE_FLUSHES_MAX, EVIDENCE_FOLD_BYTES_MAX, EVIDENCE_PAGE_BYTES_MAX};
use crate::store::{Store, read};

/// What a server tells at once.
#[derive(Debug, Clone, Copy)]
pub struct EvidenceFlush<'a> {
    /// The rollout.
    pub rollout: &'a str,
    /// The server, by a name that no other and no earlier one has.
    pub instance: &'a str,
    /// Counts the flushes of this server for this rollout, from 1.
    pub seq: u64,
    /// The units that changed, in the form that a ledger reads.
    pub units: &'a [u8],
    /// The sums of the stays that changed, each whole.
    pub stays: &'a [FlushedSums],
}

/// What another server told about units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldUnits {
    /// Who.
    pub instance: String,
    /// Which of its flushes.
    pub seq: u64,
    /// The units, in the form that a ledger reads.
    pub units: Vec<u8>,
}

/// What a server has counted at one stay.
#[derive(Debug, Clone, PartialEq)]
pub struct CountedSums {
    /// Who.
    pub instance: String,
    /// What.
    pub sums: FlushedSums,
    /// When it told so last.
    pub changed_at: Timestamp,
}

row!(
    "evidence_flushes",
    struct FlushRow {
        instance: String,
        seq: i64,
        units: Vec<u8>,
    }
);

row!(
    "evidence_sums",
    struct SumsRow {
        stay: i64,
        instance: String,
        sums: String,
        format: i64,
        changed_at: i64,
    }
);

const TELL: &str = "INSERT INTO evidence_flushes (rollout, instance, seq, units, created_at)
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT (rollout, instance, seq) DO NOTHING";
const COUNT: &str = "INSERT INTO evidence_sums (rollout, stay, instance, sums, format, changed_at)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (rollout, stay, instance) DO UPDATE SET sums = excluded.sums,
    format = excluded.format, changed_at = excluded.changed_at";
// One step of the index per server, however many flushes each of them made: a rollout of weeks has 100,000 and more.
const HEADS: &str = "WITH RECURSIVE tellers (instance) AS (
    SELECT MIN(instance) FROM evidence_flushes WHERE rollout = $1
    UNION ALL
    SELECT (SELECT MIN(f.instance) FROM evidence_flushes f WHERE f.rollout = $1 AND f.instance > tellers.instance)
    FROM tellers WHERE tellers.instance IS NOT NULL)
    SELECT instance, (SELECT MAX(f.seq) FROM evidence_flushes f WHERE f.rollout = $1 AND f.instance = tellers.instance)
    FROM tellers WHERE instance IS NOT NULL";
const SIZES: &str = "SELECT seq, CAST(LENGTH(units) AS BIGINT) FROM evidence_flushes
    WHERE rollout = $1 AND instance = $2 AND seq > $3 ORDER BY seq LIMIT $4";
const SIZE: &str = "SELECT COUNT(*), COALESCE(SUM(LENGTH(units)), 0) FROM evidence_flushes
    WHERE rollout = $1 AND instance = $2 AND seq > $3 AND seq <= $4";
const BETWEEN: &str = "SELECT instance, seq, units FROM evidence_flushes
    WHERE rollout = $1 AND instance = $2 AND seq > $3 AND seq <= $4 ORDER BY seq";
const FOLD: &str = "UPDATE evidence_flushes SET units = $4 WHERE rollout = $1 AND instance = $2 AND seq = $3";
const DROP: &str = "DELETE FROM evidence_flushes WHERE rollout = $1 AND instance = $2 AND seq > $3 AND seq < $4";
const SUMS: &str = "SELECT stay, instance, sums, format, changed_at FROM evidence_sums
    WHERE rollout = $1 AND stay >= $2 ORDER BY stay, instance";
const LAST: &str = "SELECT instance, MAX(changed_at) FROM evidence_sums WHERE rollout = $1
    GROUP BY instance ORDER BY instance";

impl Store {
    /// Stores a flush, whole or not at all, and returns whether it is news: a flush of the same number changes nothing.
    pub async fn flush_evidence(&self, flush: &EvidenceFlush<'_>, now: Timestamp) -> Result<bool> {
        let mut tx = self.begin(Mode::Write).await?;
        let result = tell(&mut tx, flush, now).await;
        tx.finish(result).await
    }

    /// Returns what servers told about units since `known`, which names the last flush that the caller has of each,
    /// and leaves out those of `but`. At most [`EVIDENCE_FLUSHES_MAX`] flushes and about [`EVIDENCE_PAGE_BYTES_MAX`] come
    /// at once; ask again until there are none.
    pub async fn told_units(&self, rollout: &str, known: &BTreeMap<String, u64>, but: &str) -> Result<Vec<ToldUnits>> {
        // At one moment: a fold in between would take away what was about to be read.
        read!(self, Snapshot, |tx| told(tx, rollout, known, but))
    }

    /// Folds the flushes of a server numbered above `after` and up to `upto` into one under the last of these numbers, so
    /// that whoever has some of them is told the rest with it, and returns whether it did. It does not if there are fewer
    /// than two, if together they are more than [`EVIDENCE_FOLD_BYTES_MAX`] or more units than a ledger knows, or if one of
    /// them cannot be read. Only the server itself may ask, and not beside a flush of its own.
    pub async fn fold_evidence(&self, rollout: &str, instance: &str, after: u64, upto: u64) -> Result<bool> {
        let flushes = Flushes { rollout, instance, after: bound(after), upto: bound(upto) };
        let rows = read!(self, Plain, |tx| foldable(tx, &flushes))?;
        let Some(last) = rows.last().map(|row| row.seq) else { return Ok(false) };
        // Millions of records take a while, and others are waiting to be answered here.
        let folded = tokio::task::spawn_blocking(move || fold(rows)).await.ok().flatten();
        let Some(folded) = folded else { return Ok(false) };
        let mut tx = self.begin(Mode::Write).await?;
        let result = replace(&mut tx, &flushes, last, folded.as_bytes()).await;
        tx.finish(result).await.map(|()| true)
    }

    /// Returns what every server has counted for a rollout at its stays from `first` on, by stay. A row that cannot be read
    /// is an error: sums without it would be wrong.
    pub async fn evidence_sums(&self, rollout: &str, first: EntryId) -> Result<Vec<CountedSums>> {
        let rows = read!(self, Plain, |tx| sums(tx, rollout, first))?;
        rows.into_iter().map(|row| row.parse(rollout)).collect()
    }

    /// Returns when each server last wrote down what it has counted for a rollout.
    pub async fn evidence_changed_at(&self, rollout: &str) -> Result<Vec<(String, Timestamp)>> {
        let rows = read!(self, Plain, |tx| last(tx, rollout))?;
        Ok(rows.into_iter().map(|(instance, changed_at)| (instance, Timestamp::from_micros(changed_at))).collect())
    }
}

/// Flushes of one server, those above `after` and up to `upto`.
struct Flushes<'a> {
    rollout: &'a str,
    instance: &'a str,
    after: i64,
    upto: i64,
}

fn bound(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

fn fold(rows: Vec<FlushRow>) -> Option<Batch> {
    let batches: Vec<Batch> = rows.into_iter().map(|row| Batch::read(row.units).ok()).collect::<Option<_>>()?;
    Batch::fold(batches.iter())
}

impl SumsRow {
    fn parse(self, rollout: &str) -> Result<CountedSums> {
        let key = format!("{rollout}/{}/{}", self.stay, self.instance);
        let sums: FlushedSums = decode_format("evidence_sums", "sums", key.as_str(), self.format, &self.sums)?;
        if i64::try_from(sums.stay.0).ok() != Some(self.stay) {
            return Err(StoreError::Corrupt { table: "evidence_sums", column: "stay", key, source: None });
        }
        Ok(CountedSums { instance: self.instance, sums, changed_at: Timestamp::from_micros(self.changed_at) })
    }
}

async fn tell(tx: &mut Tx, flush: &EvidenceFlush<'_>, now: Timestamp) -> Result<bool> {
    let told = on!(tx, |c| sqlx::query(TELL)
        .bind(flush.rollout)
        .bind(flush.instance)
        .bind(bound(flush.seq))
        .bind(flush.units)
        .bind(now.as_micros())
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    if told == 0 {
        return Ok(false);
    }
    for stay in flush.stays {
        let sums = encode(stay)?;
        on!(tx, |c| sqlx::query(COUNT)
            .bind(flush.rollout)
            .bind(bound(stay.stay.0))
            .bind(flush.instance)
            .bind(&sums)
            .bind(FORMAT)
            .bind(now.as_micros())
            .execute(c)
            .await
            .map(drop))?;
    }
    Ok(true)
}

async fn told(tx: &mut Tx, rollout: &str, known: &BTreeMap<String, u64>, but: &str) -> Result<Vec<ToldUnits>> {
    let heads: Vec<(String, i64)> = on!(tx, |c| sqlx::query_as(HEADS).bind(rollout).fetch_all(c).await)?;
    let mut page = Room { rows: i64::from(EVIDENCE_FLUSHES_MAX), bytes: EVIDENCE_PAGE_BYTES_MAX, is_empty: true };
    let mut news = Vec::new();
    for (instance, head) in heads {
        let after = bound(known.get(&instance).copied().unwrap_or(0));
        if instance == but || head <= after {
            continue;
        }
        let sizes: Vec<(i64, i64)> = on!(tx, |c| sqlx::query_as(SIZES)
            .bind(rollout)
            .bind(&instance)
            .bind(after)
            .bind(page.rows)
            .fetch_all(c)
            .await)?;
        let Some(upto) = page.take(&sizes) else { break };
        let rows = between(tx, &Flushes { rollout, instance: &instance, after, upto }).await?;
        news.extend(rows.into_iter().map(|row| ToldUnits {
            instance: row.instance,
            seq: u64::try_from(row.seq).unwrap_or(0),
            units: row.units,
        }));
    }
    Ok(news)
}

/// What a page still has room for.
struct Room {
    rows: i64,
    bytes: i64,
    is_empty: bool,
}

impl Room {
    /// Takes as many flushes as there is room for, given the number and the size of each, and returns the number of the
    /// last. The first of a page always fits, or nobody would ever get past it.
    fn take(&mut self, sizes: &[(i64, i64)]) -> Option<i64> {
        let mut last = None;
        for (seq, size) in sizes {
            if !self.is_empty && (self.rows <= 0 || self.bytes < *size) {
                // What does not fit begins the next page, and nothing that is later comes before it.
                self.rows = 0;
                break;
            }
            (self.rows, self.bytes) = (self.rows.saturating_sub(1), self.bytes.saturating_sub(*size));
            self.is_empty = false;
            last = Some(*seq);
        }
        last
    }
}

async fn between(tx: &mut Tx, flushes: &Flushes<'_>) -> Result<Vec<FlushRow>> {
    Ok(on!(tx, |c| sqlx::query_as::<_, FlushRow>(BETWEEN)
        .bind(flushes.rollout)
        .bind(flushes.instance)
        .bind(flushes.after)
        .bind(flushes.upto)
        .fetch_all(c)
        .await)?)
}

/// Returns the flushes that are meant, oldest first; nothing if there are fewer than two, or too much.
async fn foldable(tx: &mut Tx, flushes: &Flushes<'_>) -> Result<Vec<FlushRow>> {
    let (count, bytes): (i64, i64) = on!(tx, |c| sqlx::query_as(SIZE)
        .bind(flushes.rollout)
        .bind(flushes.instance)
        .bind(flushes.after)
        .bind(flushes.upto)
        .fetch_one(c)
        .await)?;
    if count < 2 || bytes > EVIDENCE_FOLD_BYTES_MAX {
        return Ok(Vec::new());
    }
    between(tx, flushes).await
}

async fn replace(tx: &mut Tx, flushes: &Flushes<'_>, last: i64, units: &[u8]) -> Result<()> {
    on!(tx, |c| sqlx::query(FOLD)
        .bind(flushes.rollout)
        .bind(flushes.instance)
        .bind(last)
        .bind(units)
        .execute(c)
        .await
        .map(drop))?;
    on!(tx, |c| sqlx::query(DROP)
        .bind(flushes.rollout)
        .bind(flushes.instance)
        .bind(flushes.after)
        .bind(last)
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

async fn sums(tx: &mut Tx, rollout: &str, first: EntryId) -> Result<Vec<SumsRow>> {
    Ok(on!(tx, |c| sqlx::query_as::<_, SumsRow>(SUMS).bind(rollout).bind(bound(first.0)).fetch_all(c).await)?)
}

async fn last(tx: &mut Tx, rollout: &str) -> Result<Vec<(String, i64)>> {
    Ok(on!(tx, |c| sqlx::query_as(LAST).bind(rollout).fetch_all(c).await)?)
}
