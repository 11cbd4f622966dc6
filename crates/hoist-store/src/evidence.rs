//! What units did, as each server counted it: sums per stay, and the units that they are of.

use std::collections::BTreeMap;

use hoist_eval::Timestamp;
use hoist_lifecycle::intake::FlushedSums;

use crate::driver::{Mode, Tx, on, row};
use crate::error::{Result, StoreError};
use crate::json::{FORMAT, decode_format, encode};
use crate::limits::EVIDENCE_FLUSHES_MAX;
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
const HEADS: &str = "SELECT instance, MAX(seq) AS seq FROM evidence_flushes WHERE rollout = $1 GROUP BY instance";
const TOLD: &str = "SELECT instance, seq, units FROM evidence_flushes
    WHERE rollout = $1 AND instance = $2 AND seq > $3 ORDER BY seq LIMIT $4";
const SUMS: &str = "SELECT stay, instance, sums, format, changed_at FROM evidence_sums
    WHERE rollout = $1 ORDER BY stay, instance";

impl Store {
    /// Stores a flush, whole or not at all, and returns whether it is news: a flush of the same number changes nothing.
    pub async fn flush_evidence(&self, flush: &EvidenceFlush<'_>, now: Timestamp) -> Result<bool> {
        let mut tx = self.begin(Mode::Write).await?;
        let result = tell(&mut tx, flush, now).await;
        tx.finish(result).await
    }

    /// Returns what servers told about units since `known`, which names the last flush that the caller has of each,
    /// and leaves out those of `but`. At most [`EVIDENCE_FLUSHES_MAX`] flushes of one server come at once; ask again
    /// until there are none.
    pub async fn told_units(&self, rollout: &str, known: &BTreeMap<String, u64>, but: &str) -> Result<Vec<ToldUnits>> {
        read!(self, Plain, |tx| told(tx, rollout, known, but))
    }

    /// Returns what every server has counted for a rollout, by stay. A row that cannot be read is an error: sums without
    /// it would be wrong.
    pub async fn evidence_sums(&self, rollout: &str) -> Result<Vec<CountedSums>> {
        let rows = read!(self, Plain, |tx| sums(tx, rollout))?;
        rows.into_iter().map(|row| row.parse(rollout)).collect()
    }
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
        .bind(i64::try_from(flush.seq).unwrap_or(i64::MAX))
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
            .bind(i64::try_from(stay.stay.0).unwrap_or(i64::MAX))
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
    let mut news = Vec::new();
    for (instance, head) in heads {
        let last = known.get(&instance).copied().unwrap_or(0);
        let last = i64::try_from(last).unwrap_or(i64::MAX);
        if instance == but || head <= last {
            continue;
        }
        let rows = on!(tx, |c| sqlx::query_as::<_, FlushRow>(TOLD)
            .bind(rollout)
            .bind(&instance)
            .bind(last)
            .bind(i64::from(EVIDENCE_FLUSHES_MAX))
            .fetch_all(c)
            .await)?;
        news.extend(rows.into_iter().map(|row| ToldUnits {
            instance: row.instance,
            seq: u64::try_from(row.seq).unwrap_or(0),
            units: row.units,
        }));
    }
    Ok(news)
}

async fn sums(tx: &mut Tx, rollout: &str) -> Result<Vec<SumsRow>> {
    Ok(on!(tx, |c| sqlx::query_as::<_, SumsRow>(SUMS).bind(rollout).fetch_all(c).await)?)
}
