//! What people say about a flag's retirement: leave it alone until then, and here is the change that removes it.

use hoist_eval::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::audit::{Entry, append};
use crate::driver::{Tx, on, row};
use crate::error::{Refusal, Result, StoreError};
use crate::flags;
use crate::store::{Store, mutate};
use crate::write::Write;

/// A flag that people have asked to be left alone about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnoozeRecord {
    /// The flag.
    pub flag: String,
    /// Until when.
    pub until: Timestamp,
    /// Why.
    pub reason: String,
    /// Who asked.
    pub by: String,
}

/// An open change that takes a flag out of the code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CleanupRecord {
    /// The flag.
    pub flag: String,
    /// The repository.
    pub repository: String,
    /// Where the change can be reviewed.
    pub url: String,
    /// When it was opened.
    pub opened_at: Timestamp,
}

row!(
    "snoozes",
    struct SnoozeRow {
        flag: String,
        until: i64,
        reason: String,
        set_by: String,
    }
);
row!(
    "cleanups",
    struct CleanupRow {
        flag: String,
        repository: String,
        url: String,
        opened_at: i64,
    }
);

const SNOOZE: &str =
    "INSERT INTO snoozes (project, flag, until, reason, set_by, set_at) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (project, flag) DO UPDATE SET until = excluded.until, reason = excluded.reason,
    set_by = excluded.set_by, set_at = excluded.set_at";
const WAKE: &str = "DELETE FROM snoozes WHERE project = $1 AND flag = $2";
const SNOOZES: &str = "SELECT flag, until, reason, set_by FROM snoozes WHERE project = $1 ORDER BY flag";
const OPEN: &str = "INSERT INTO cleanups (project, flag, repository, url, opened_by, opened_at)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (project, flag) DO UPDATE SET repository = excluded.repository,
    url = excluded.url, opened_by = excluded.opened_by, opened_at = excluded.opened_at";
const CLOSE: &str = "DELETE FROM cleanups WHERE project = $1 AND flag = $2";
const CLEANUPS: &str = "SELECT flag, repository, url, opened_at FROM cleanups WHERE project = $1 ORDER BY flag";

impl Store {
    /// Leaves people alone about a flag until a moment to come. The write must say why.
    pub async fn snooze_flag(
        &self,
        write: &Write<'_>,
        project: &str,
        flag: &str,
        until: Timestamp,
    ) -> Result<SnoozeRecord> {
        mutate!(self, write, |tx| snooze(tx, write, project, flag, until))
    }

    /// Ends that.
    pub async fn wake_flag(&self, write: &Write<'_>, project: &str, flag: &str) -> Result<()> {
        mutate!(self, write, |tx| remove(tx, write, project, flag, WAKE, "flag.wake"))
    }

    /// Notes the change that takes a flag out of the code.
    pub async fn open_cleanup(
        &self,
        write: &Write<'_>,
        project: &str,
        cleanup: &CleanupRecord,
    ) -> Result<CleanupRecord> {
        mutate!(self, write, |tx| open(tx, write, project, cleanup))
    }

    /// Notes that the change was merged or dropped.
    pub async fn close_cleanup(&self, write: &Write<'_>, project: &str, flag: &str) -> Result<()> {
        mutate!(self, write, |tx| remove(tx, write, project, flag, CLOSE, "flag.cleanup_closed"))
    }
}

async fn snooze(tx: &mut Tx, write: &Write<'_>, project: &str, flag: &str, until: Timestamp) -> Result<SnoozeRecord> {
    if write.reason.trim().is_empty() {
        return Err(Refusal::ReasonNeeded.into());
    }
    if until <= write.now {
        return Err(Refusal::Invalid { field: "until", rule: "must lie ahead" }.into());
    }
    flags::find(tx, project, flag).await?.ok_or(StoreError::Missing { what: "flag" })?;
    let by = &write.actor.id;
    on!(tx, |c| sqlx::query(SNOOZE)
        .bind(project)
        .bind(flag)
        .bind(until.as_micros())
        .bind(write.reason)
        .bind(by)
        .bind(write.now.as_micros())
        .execute(c)
        .await
        .map(drop))?;
    let entry = Entry::new("flag.snooze", "flag", flag).project(project).created(json!({ "until": until }));
    append(tx, write, entry).await?;
    Ok(SnoozeRecord { flag: flag.to_owned(), until, reason: write.reason.to_owned(), by: by.clone() })
}

async fn open(tx: &mut Tx, write: &Write<'_>, project: &str, cleanup: &CleanupRecord) -> Result<CleanupRecord> {
    let CleanupRecord { flag, repository, url, opened_at } = cleanup;
    flags::find(tx, project, flag).await?.ok_or(StoreError::Missing { what: "flag" })?;
    on!(tx, |c| sqlx::query(OPEN)
        .bind(project)
        .bind(flag)
        .bind(repository)
        .bind(url)
        .bind(&write.actor.id)
        .bind(opened_at.as_micros())
        .execute(c)
        .await
        .map(drop))?;
    let what = json!({ "repository": repository, "url": url });
    append(tx, write, Entry::new("flag.cleanup_opened", "flag", flag).project(project).created(what)).await?;
    Ok(cleanup.clone())
}

async fn remove(
    tx: &mut Tx,
    write: &Write<'_>,
    project: &str,
    flag: &str,
    text: &'static str,
    action: &'static str,
) -> Result<()> {
    let rows =
        on!(tx, |c| sqlx::query(text).bind(project).bind(flag).execute(c).await.map(|done| done.rows_affected()))?;
    if rows > 0 {
        append(tx, write, Entry::new(action, "flag", flag).project(project)).await?;
    }
    Ok(())
}

pub(super) async fn snoozes(tx: &mut Tx, project: &str) -> Result<Vec<SnoozeRecord>> {
    let rows = on!(tx, |c| sqlx::query_as::<_, SnoozeRow>(SNOOZES).bind(project).fetch_all(c).await)?;
    let record = |row: SnoozeRow| SnoozeRecord {
        flag: row.flag,
        until: Timestamp::from_micros(row.until),
        reason: row.reason,
        by: row.set_by,
    };
    Ok(rows.into_iter().map(record).collect())
}

pub(super) async fn cleanups(tx: &mut Tx, project: &str) -> Result<Vec<CleanupRecord>> {
    let rows = on!(tx, |c| sqlx::query_as::<_, CleanupRow>(CLEANUPS).bind(project).fetch_all(c).await)?;
    let record = |row: CleanupRow| CleanupRecord {
        flag: row.flag,
        repository: row.repository,
        url: row.url,
        opened_at: Timestamp::from_micros(row.opened_at),
    };
    Ok(rows.into_iter().map(record).collect())
}
