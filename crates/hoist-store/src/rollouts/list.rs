//! Reading rollouts.

use hoist_eval::Timestamp;
use hoist_lifecycle::limits::TICK_MAX;

use super::record::{PhaseName, RolloutRecord, RolloutRow};
use crate::driver::{Tx, on, row};
use crate::error::{Result, StoreError};
use crate::limits::{DUE_ROLLOUTS_MAX, ROLLOUT_MARKS_MAX};
use crate::store::{Store, read};
use crate::write::{Page, PageRequest, Version};

/// Which rollouts are wanted; absent means any.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RolloutFilter {
    /// Of this project.
    pub project: Option<String>,
    /// In this environment.
    pub environment: Option<String>,
    /// Of this flag.
    pub flag: Option<String>,
    /// In this phase.
    pub phase: Option<PhaseName>,
    /// Active ones, or those that are over.
    pub active: Option<bool>,
}

row!(
    "rollouts",
    struct MarkRow {
        id: String,
        version: i64,
    }
);

pub(super) const FIND: &str = "SELECT * FROM rollouts WHERE id = $1";
const ACTIVE: &str = "SELECT * FROM rollouts WHERE project = $1 AND environment = $2 AND flag = $3 AND active = $4";
const LIST: &str = "SELECT * FROM rollouts WHERE ($1 IS NULL OR project = $1) AND ($2 IS NULL OR environment = $2)
    AND ($3 IS NULL OR flag = $3) AND ($4 IS NULL OR phase = $4) AND ($5 IS NULL OR active = $5)
    AND (started_at < $6 OR (started_at = $6 AND id < $7)) ORDER BY started_at DESC, id DESC LIMIT $8";
const MARKS: &str = "SELECT id, version FROM rollouts WHERE project = $1 AND environment = $2 AND active = $3
    ORDER BY started_at DESC, id DESC LIMIT $4";
const DUE: &str = "SELECT * FROM rollouts WHERE active = $1 AND (wake_at IS NULL OR wake_at <= $2 OR wake_at > $3)
    ORDER BY COALESCE(wake_at, 0), id LIMIT $4";
const NEXT: &str = "SELECT MIN(COALESCE(wake_at, 0)) FROM rollouts WHERE active = $1";

impl Store {
    /// Returns a rollout.
    pub async fn rollout(&self, id: &str) -> Result<Option<RolloutRecord>> {
        read!(self, Plain, |tx| find(tx, id))
    }

    /// Returns the rollout of a flag that is not over.
    pub async fn active_rollout(&self, project: &str, environment: &str, flag: &str) -> Result<Option<RolloutRecord>> {
        read!(self, Plain, |tx| active(tx, project, environment, flag))
    }

    /// Returns rollouts, newest first. A row that cannot be read is left out and logged.
    pub async fn list_rollouts(&self, filter: &RolloutFilter, page: &PageRequest) -> Result<Page<RolloutRecord>> {
        let rows = read!(self, Plain, |tx| list(tx, filter, page))?;
        let cursor = |row: &RolloutRow| format!("{}:{}", row.started_at, row.id);
        let Page { items, next } = page.page(rows, cursor);
        Ok(Page { items: readable(items), next })
    }

    /// Returns the ids and versions of the rollouts of an environment that are not over, newest first, at most
    /// [`ROLLOUT_MARKS_MAX`]. Nothing of them is parsed, so this may be asked often.
    pub async fn rollout_marks(&self, project: &str, environment: &str) -> Result<Vec<(String, Version)>> {
        let rows = read!(self, Plain, |tx| marks(tx, project, environment))?;
        Ok(rows.into_iter().map(|row| (row.id, Version::from_row(row.version))).collect())
    }

    /// Returns the active rollouts that want to be looked at, the longest waiting first, and those whose time to be
    /// looked at lies further ahead than any decision asks for: a clock was set back. A row that cannot be read is
    /// left out and logged: it stays where it is, and hides no other.
    pub async fn due_rollouts(&self, now: Timestamp, limit: u32) -> Result<Vec<RolloutRecord>> {
        let limit = limit.clamp(1, DUE_ROLLOUTS_MAX);
        Ok(readable(read!(self, Plain, |tx| due(tx, now, limit))?))
    }

    /// Returns when the next active rollout wants to be looked at; absent if there is none.
    pub async fn next_wake(&self) -> Result<Option<Timestamp>> {
        Ok(read!(self, Plain, |tx| next(tx))?.map(Timestamp::from_micros))
    }
}

pub(super) fn readable(rows: Vec<RolloutRow>) -> Vec<RolloutRecord> {
    rows.into_iter()
        .filter_map(|row| {
            row.parse().map_err(|error| tracing::error!(%error, "a rollout is held: its row cannot be read")).ok()
        })
        .collect()
}

pub(super) async fn find(tx: &mut Tx, id: &str) -> Result<Option<RolloutRecord>> {
    let row = on!(tx, |c| sqlx::query_as::<_, RolloutRow>(FIND).bind(id).fetch_optional(c).await)?;
    row.map(RolloutRow::parse).transpose()
}

async fn active(tx: &mut Tx, project: &str, environment: &str, flag: &str) -> Result<Option<RolloutRecord>> {
    let row = on!(tx, |c| sqlx::query_as::<_, RolloutRow>(ACTIVE)
        .bind(project)
        .bind(environment)
        .bind(flag)
        .bind(true)
        .fetch_optional(c)
        .await)?;
    row.map(RolloutRow::parse).transpose()
}

async fn list(tx: &mut Tx, filter: &RolloutFilter, page: &PageRequest) -> Result<Vec<RolloutRow>> {
    let (before, id) = page.moment();
    Ok(on!(tx, |c| sqlx::query_as::<_, RolloutRow>(LIST)
        .bind(&filter.project)
        .bind(&filter.environment)
        .bind(&filter.flag)
        .bind(filter.phase.map(PhaseName::as_str))
        .bind(filter.active)
        .bind(before)
        .bind(id)
        .bind(page.rows())
        .fetch_all(c)
        .await)?)
}

async fn marks(tx: &mut Tx, project: &str, environment: &str) -> Result<Vec<MarkRow>> {
    Ok(on!(tx, |c| sqlx::query_as::<_, MarkRow>(MARKS)
        .bind(project)
        .bind(environment)
        .bind(true)
        .bind(ROLLOUT_MARKS_MAX)
        .fetch_all(c)
        .await)?)
}

async fn due(tx: &mut Tx, now: Timestamp, limit: u32) -> Result<Vec<RolloutRow>> {
    Ok(on!(tx, |c| sqlx::query_as::<_, RolloutRow>(DUE)
        .bind(true)
        .bind(now.as_micros())
        .bind(now.saturating_add(TICK_MAX).as_micros())
        .bind(i64::from(limit))
        .fetch_all(c)
        .await)?)
}

async fn next(tx: &mut Tx) -> Result<Option<i64>> {
    on!(tx, |c| sqlx::query_scalar::<_, Option<i64>>(NEXT).bind(true).fetch_one(c).await).map_err(StoreError::from)
}
