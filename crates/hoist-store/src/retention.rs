//! What is kept for a while only. The audit log and the decisions of rollouts are kept for good.

use hoist_eval::{Span, Timestamp};

use crate::driver::{Mode, Tx, on};
use crate::error::Result;
use crate::limits::{
    EVIDENCE_LIFE, IDEMPOTENCY_LIFE, OUTBOX_DONE_LIFE, OUTBOX_LIFE, RETENTION_ROWS_MAX, SETUP_CODE_LIFE, SIGHTING_LIFE,
    TOKEN_LIFE,
};
use crate::store::Store;

/// How many rows a pass removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pruned {
    /// First results of idempotency keys.
    pub idempotency: u64,
    /// Events that were delivered, or that nobody wants to hear any more.
    pub outbox: u64,
    /// Setup codes.
    pub setup_codes: u64,
    /// Tokens.
    pub tokens: u64,
    /// What servers told about the units of rollouts that are over, and what they counted.
    pub evidence: u64,
    /// Clients that have not been seen for long.
    pub sightings: u64,
    /// Whether there may be more to remove.
    pub more: bool,
}

const IDEMPOTENCY: &str = "DELETE FROM idempotency WHERE (scope, key) IN
    (SELECT scope, key FROM idempotency WHERE created_at <= $1 ORDER BY created_at LIMIT $2)";
const OUTBOX: &str =
    "DELETE FROM outbox WHERE seq IN (SELECT seq FROM outbox WHERE done_at <= $1 ORDER BY seq LIMIT $2)";
const OUTBOX_OLD: &str =
    "DELETE FROM outbox WHERE seq IN (SELECT seq FROM outbox WHERE created_at <= $1 ORDER BY seq LIMIT $2)";
const SETUP_CODES: &str =
    "DELETE FROM setup_codes WHERE digest IN (SELECT digest FROM setup_codes WHERE expires_at <= $1 LIMIT $2)";
const TOKENS: &str = "DELETE FROM tokens WHERE id IN (SELECT id FROM tokens WHERE revoked_at <= $1 OR expires_at <= $1
    ORDER BY id LIMIT $2)";
const EVIDENCE: &str = "DELETE FROM evidence_flushes WHERE (rollout, instance, seq) IN
    (SELECT f.rollout, f.instance, f.seq FROM evidence_flushes f JOIN rollouts r ON r.id = f.rollout
    WHERE r.ended_at <= $1 ORDER BY f.created_at LIMIT $2)";
const SUMS: &str = "DELETE FROM evidence_sums WHERE (rollout, stay, instance) IN
    (SELECT s.rollout, s.stay, s.instance FROM evidence_sums s JOIN rollouts r ON r.id = s.rollout
    WHERE r.ended_at <= $1 ORDER BY s.rollout, s.stay, s.instance LIMIT $2)";
const SIGHTINGS: &str = "DELETE FROM sightings WHERE (project, environment, flag, client) IN
    (SELECT project, environment, flag, client FROM sightings WHERE last_at <= $1 ORDER BY last_at LIMIT $2)";
// The row that says when counting began names no project, and stays.
const DELIVERIES: &str = "DELETE FROM deliveries WHERE (project, environment, client) IN
    (SELECT project, environment, client FROM deliveries WHERE last_at <= $1 AND project <> '' ORDER BY last_at
    LIMIT $2)";

impl Store {
    /// Removes what has outlived its time, at most [`RETENTION_ROWS_MAX`] rows of each kind.
    pub async fn prune(&self, now: Timestamp) -> Result<Pruned> {
        let old = self.remove(OUTBOX_OLD, now, OUTBOX_LIFE).await?;
        let sums = self.remove(SUMS, now, EVIDENCE_LIFE).await?;
        let deliveries = self.remove(DELIVERIES, now, SIGHTING_LIFE).await?;
        let mut pruned = Pruned {
            idempotency: self.remove(IDEMPOTENCY, now, IDEMPOTENCY_LIFE).await?,
            outbox: self.remove(OUTBOX, now, OUTBOX_DONE_LIFE).await?.saturating_add(old),
            setup_codes: self.remove(SETUP_CODES, now, SETUP_CODE_LIFE).await?,
            tokens: self.remove(TOKENS, now, TOKEN_LIFE).await?,
            evidence: self.remove(EVIDENCE, now, EVIDENCE_LIFE).await?.saturating_add(sums),
            sightings: self.remove(SIGHTINGS, now, SIGHTING_LIFE).await?.saturating_add(deliveries),
            more: false,
        };
        let most = u64::from(RETENTION_ROWS_MAX);
        let removed =
            [pruned.idempotency, pruned.outbox, pruned.setup_codes, pruned.tokens, pruned.evidence, pruned.sightings];
        pruned.more = removed.iter().any(|removed| *removed >= most);
        Ok(pruned)
    }

    async fn remove(&self, text: &'static str, now: Timestamp, life: Span) -> Result<u64> {
        let mut tx = self.begin(Mode::Write).await?;
        let result = remove(&mut tx, text, now.saturating_sub(life)).await;
        tx.finish(result).await
    }
}

async fn remove(tx: &mut Tx, text: &'static str, before: Timestamp) -> Result<u64> {
    Ok(on!(tx, |c| sqlx::query(text)
        .bind(before.as_micros())
        .bind(i64::from(RETENTION_ROWS_MAX))
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?)
}
