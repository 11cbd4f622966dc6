//! Whether a rollback has reached everybody: what servers report, and what it came to.

use hoist_lifecycle::safety::{Safety, SafetyReport, Verification};
use serde_json::json;

use super::list::FIND;
use super::record::{RolloutRecord, RolloutRow};
use crate::audit::{Entry, append};
use crate::dialect::locking;
use crate::driver::{Mode, Tx, on, row};
use crate::error::{Result, StoreError};
use crate::json::{FORMAT, decode_format, encode};
use crate::leases::{Fence, check_fence};
use crate::limits::{SAFETY_SERVERS_MAX, WATCHED_ROLLBACKS_MAX};
use crate::notify::Nudge;
use crate::outbox::{self, Event};
use crate::store::{Store, mutate, read};
use crate::write::{Version, Write};

row!(
    "safety_reports",
    struct ReportRow {
        server: String,
        report: String,
        format: i64,
    }
);

const WATCHED: &str = "SELECT * FROM rollouts WHERE watched = $1 ORDER BY ended_at DESC, id LIMIT $2";
const REPORT: &str = "INSERT INTO safety_reports (rollout, server, report, format) VALUES ($1, $2, $3, $4)
    ON CONFLICT (rollout, server) DO UPDATE SET report = excluded.report, format = excluded.format";
const REPORTS: &str = "SELECT server, report, format FROM safety_reports WHERE rollout = $1 ORDER BY server LIMIT $2";
const SETTLE: &str =
    "UPDATE rollouts SET safety = $3, watched = $4, version = version + $5 WHERE id = $1 AND version = $2";
const FORGET: &str = "DELETE FROM safety_reports WHERE rollout = $1";

impl Store {
    /// Returns the rollouts whose rollback is being verified, the latest first, at most [`WATCHED_ROLLBACKS_MAX`].
    pub async fn watched_rollbacks(&self) -> Result<Vec<RolloutRecord>> {
        let rows = read!(self, Plain, |tx| watched(tx))?;
        Ok(super::list::readable(rows))
    }

    /// Stores what a server sees of itself after a rollback; it replaces what the same server said before.
    pub async fn report_safety(&self, rollout: &str, report: &SafetyReport) -> Result<()> {
        let mut tx = self.begin(Mode::Write).await?;
        let result = tell(&mut tx, rollout, report).await;
        tx.finish(result).await
    }

    /// Returns what servers said after a rollback, in the order of their names. What cannot be read is an error: without
    /// it nothing may be called safe.
    pub async fn safety_reports(&self, rollout: &str) -> Result<Vec<SafetyReport>> {
        let rows = read!(self, Plain, |tx| reports(tx, rollout))?;
        rows.into_iter()
            .map(|row| decode_format("safety_reports", "report", row.server.as_str(), row.format, &row.report))
            .collect()
    }

    /// Stores what the reports came to. What settles it leaves an audit record, and an event where people are to be told;
    /// anything else only replaces the last finding. A conflict if the rollout has moved since `expected`.
    pub async fn verify_rollback(
        &self,
        write: &Write<'_>,
        rollout: &str,
        expected: Version,
        verification: &Verification,
        fence: Option<&Fence>,
    ) -> Result<()> {
        mutate!(self, write, |tx| verify(tx, write, rollout, expected, verification, fence))
    }
}

async fn watched(tx: &mut Tx) -> Result<Vec<RolloutRow>> {
    Ok(on!(tx, |c| sqlx::query_as::<_, RolloutRow>(WATCHED).bind(true).bind(WATCHED_ROLLBACKS_MAX).fetch_all(c).await)?)
}

async fn tell(tx: &mut Tx, rollout: &str, report: &SafetyReport) -> Result<()> {
    let text = encode(report)?;
    on!(tx, |c| sqlx::query(REPORT)
        .bind(rollout)
        .bind(&report.server)
        .bind(&text)
        .bind(FORMAT)
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

async fn reports(tx: &mut Tx, rollout: &str) -> Result<Vec<ReportRow>> {
    Ok(on!(tx, |c| sqlx::query_as::<_, ReportRow>(REPORTS).bind(rollout).bind(SAFETY_SERVERS_MAX).fetch_all(c).await)?)
}

async fn verify(
    tx: &mut Tx,
    write: &Write<'_>,
    rollout: &str,
    expected: Version,
    verification: &Verification,
    fence: Option<&Fence>,
) -> Result<()> {
    let text = locking(tx, FIND);
    let row = on!(tx, |c| sqlx::query_as::<_, RolloutRow>(text).bind(rollout).fetch_optional(c).await)?;
    let was = row.ok_or(StoreError::Missing { what: "rollout" })?.parse()?;
    if was.version != expected || !was.safety.as_deref().is_some_and(Safety::is_open) {
        return Err(StoreError::Conflict { what: "rollout", current: was.version });
    }
    if let Some(fence) = fence {
        check_fence(tx, fence).await?;
    }
    let next = &verification.next;
    let step = i64::from(verification.settles);
    keep(tx, &was, next, step).await?;
    if !verification.settles {
        return Ok(());
    }
    let after = json!({ "safety": next });
    let entry = Entry::new("rollout.verify", "rollout", &was.id)
        .environment(&was.project, &was.environment)
        .changed(&json!({ "safety": was.safety }), &after);
    let audit_seq = append(tx, write, entry).await?;
    let topic = if verification.escalates { "rollout.not_safe" } else { "rollout.verified" };
    let event = Event {
        topic,
        stream: outbox::stream(&was.project, &was.environment, &was.flag),
        payload: json!({
            "project": was.project, "environment": was.environment, "flag": was.flag, "rollout": was.id,
            "plan": was.plan, "safety": next, "at": write.now,
        }),
    };
    outbox::put(tx, write.now, audit_seq, 0, &event, fence).await?;
    if !next.is_open() {
        on!(tx, |c| sqlx::query(FORGET).bind(&was.id).execute(c).await.map(drop))?;
    }
    tx.nudges.push(Nudge::Rollout { rollout: was.id });
    Ok(())
}

async fn keep(tx: &mut Tx, was: &RolloutRecord, next: &Safety, step: i64) -> Result<()> {
    let text = encode(next)?;
    on!(tx, |c| sqlx::query(SETTLE)
        .bind(&was.id)
        .bind(was.version.to_row())
        .bind(&text)
        .bind(next.is_open())
        .bind(step)
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

/// Begins to verify a rollback in its transaction: of whatever stage was left for the baseline, if that changed what is
/// served. `version` is that of the rollout after the decision.
pub(super) async fn begin(
    tx: &mut Tx,
    write: &Write<'_>,
    was: &RolloutRecord,
    version: Version,
    generation: Option<u64>,
) -> Result<()> {
    let Some(generation) = generation else { return Ok(()) };
    let stage = was.state.phase.entry().and_then(|entry| was.spec.stage(entry.stage));
    let Some(stage) = stage else { return Ok(()) };
    let safety = Safety::begin(stage.variant().as_str(), generation, write.now, was.spec.plan().safety());
    let text = encode(&safety)?;
    on!(tx, |c| sqlx::query(SETTLE)
        .bind(&was.id)
        .bind(version.to_row())
        .bind(&text)
        .bind(true)
        .bind(0_i64)
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}
