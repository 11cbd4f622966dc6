//! The end of a flag, and its return.

use serde_json::{Value, json};

use super::FlagRecord;
use super::asked::{check_not_asked, check_targeting};
use super::create::find_raw;
use super::list::{find, find_targetings};
use crate::audit::{Entry, append};
use crate::driver::{Tx, on};
use crate::environments::bump_all;
use crate::error::{Result, StoreError};
use crate::rollouts::check_no_rollout;
use crate::store::{Store, mutate};
use crate::write::{Write, check_version};

const ARCHIVE: &str = "UPDATE flags SET archived_at = $3, changed_at = $4, version = version + 1
    WHERE project = $1 AND key = $2";
const BURY: &str = "INSERT INTO tombstones (project, key, archived_at, archived_by, reason)
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT (project, key) DO UPDATE SET archived_at = excluded.archived_at,
    archived_by = excluded.archived_by, reason = excluded.reason";
const EXHUME: &str = "DELETE FROM tombstones WHERE project = $1 AND key = $2";

impl Store {
    /// Archives a flag: no environment serves it any more, and its key is not free for a while. Refused while another
    /// flag or a segment asks about it.
    pub async fn archive_flag(&self, write: &Write<'_>, project: &str, key: &str) -> Result<FlagRecord> {
        mutate!(self, write, |tx| archive(tx, write, project, key, None))
    }

    /// Does the same, and tells the audit log what it was decided on: what was known about the flag's use, and what
    /// was set aside.
    pub async fn archive_flag_on(
        &self,
        write: &Write<'_>,
        project: &str,
        key: &str,
        grounds: &Value,
    ) -> Result<FlagRecord> {
        mutate!(self, write, |tx| archive(tx, write, project, key, Some(grounds)))
    }

    /// Brings an archived flag back as it was. Refused while it asks about an archived flag.
    pub async fn unarchive_flag(&self, write: &Write<'_>, project: &str, key: &str) -> Result<FlagRecord> {
        mutate!(self, write, |tx| unarchive(tx, write, project, key))
    }
}

async fn archive(
    tx: &mut Tx,
    write: &Write<'_>,
    project: &str,
    key: &str,
    grounds: Option<&Value>,
) -> Result<FlagRecord> {
    let Some(was) = begin(tx, write, project, key, false).await? else { return current(tx, project, key).await };
    check_no_rollout(tx, project, key).await?;
    check_not_asked(tx, project, key).await?;
    on!(tx, |c| sqlx::query(BURY)
        .bind(project)
        .bind(key)
        .bind(write.now.as_micros())
        .bind(&write.actor.id)
        .bind(write.reason)
        .execute(c)
        .await
        .map(drop))?;
    set(tx, write, project, &was, true, grounds).await
}

async fn unarchive(tx: &mut Tx, write: &Write<'_>, project: &str, key: &str) -> Result<FlagRecord> {
    let Some(was) = begin(tx, write, project, key, true).await? else { return current(tx, project, key).await };
    for row in find_targetings(tx, project, key).await? {
        // What cannot be read comes back as broken as it went.
        if let Ok(there) = row.parse() {
            check_targeting(tx, project, None, &there.targeting).await?;
        }
    }
    on!(tx, |c| sqlx::query(EXHUME).bind(project).bind(key).execute(c).await.map(drop))?;
    set(tx, write, project, &was, false, None).await
}

/// Locks the flag, and returns its key if there is something to do.
async fn begin(tx: &mut Tx, write: &Write<'_>, project: &str, key: &str, archived: bool) -> Result<Option<String>> {
    let row = find_raw(tx, project, key).await?.ok_or(StoreError::Missing { what: "flag" })?;
    check_version("flag", write, crate::write::Version::from_row(row.version))?;
    Ok((row.archived_at.is_some() == archived).then_some(row.key))
}

async fn set(
    tx: &mut Tx,
    write: &Write<'_>,
    project: &str,
    key: &str,
    archived: bool,
    grounds: Option<&Value>,
) -> Result<FlagRecord> {
    let now = write.now.as_micros();
    on!(tx, |c| sqlx::query(ARCHIVE)
        .bind(project)
        .bind(key)
        .bind(archived.then_some(now))
        .bind(now)
        .execute(c)
        .await
        .map(drop))?;
    bump_all(tx, project).await?;
    let action = if archived { "flag.archive" } else { "flag.unarchive" };
    let after = match grounds {
        Some(grounds) => json!({ "archived": archived, "grounds": grounds }),
        None => json!({ "archived": archived }),
    };
    let entry = Entry::new(action, "flag", key).project(project).changed(&json!({ "archived": !archived }), &after);
    append(tx, write, entry).await?;
    current(tx, project, key).await
}

async fn current(tx: &mut Tx, project: &str, key: &str) -> Result<FlagRecord> {
    find(tx, project, key).await?.ok_or(StoreError::Missing { what: "flag" })
}
