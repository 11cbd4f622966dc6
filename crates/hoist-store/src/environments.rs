//! Environments, and the counter of what each of them serves.

use hoist_eval::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::audit::{Entry, append};
use crate::dialect::locking;
use crate::driver::{Tx, on, row};
use crate::error::{Refusal, Result, StoreError, is_taken};
use crate::limits::ENVIRONMENTS_MAX;
use crate::notify::Nudge;
use crate::store::{Store, mutate, read};
use crate::write::{Version, Write, check_version};

/// An environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvironmentRecord {
    /// Its project.
    pub project: String,
    /// Its key.
    pub key: String,
    /// A name for people.
    pub title: String,
    /// Whether changes need more care than elsewhere.
    pub protected: bool,
    /// Its place in lists, from 0.
    pub position: i64,
    /// Counts the changes of what it serves.
    pub generation: u64,
    /// The version of the environment's own settings.
    pub version: Version,
    /// When it was created.
    pub created_at: Timestamp,
    /// When its settings were changed last.
    pub changed_at: Timestamp,
}

/// The settings of an environment that people may change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvironmentSettings {
    /// A name for people.
    pub title: String,
    /// Whether changes need more care than elsewhere.
    pub protected: bool,
    /// Its place in lists, from 0.
    pub position: i64,
}

row!(
    "environments",
    struct EnvironmentRow {
        project: String,
        key: String,
        title: String,
        protected: bool,
        position: i64,
        generation: i64,
        version: i64,
        created_at: i64,
        changed_at: i64,
    }
);

const INSERT: &str = "INSERT INTO environments
    (project, key, title, protected, position, generation, version, created_at, changed_at)
    VALUES ($1, $2, $3, $4, $5, 1, 1, $6, $6)";
const COUNT: &str = "SELECT COUNT(*) FROM environments WHERE project = $1";
const FIND: &str = "SELECT * FROM environments WHERE project = $1 AND key = $2";
const LIST: &str = "SELECT * FROM environments WHERE project = $1 ORDER BY position, key";
const UPDATE: &str = "UPDATE environments SET title = $3, protected = $4, position = $5, version = version + 1,
    changed_at = $6 WHERE project = $1 AND key = $2 AND version = $7";
const GENERATION: &str = "SELECT generation FROM environments WHERE project = $1 AND key = $2";
const BUMP: &str = "UPDATE environments SET generation = generation + 1 WHERE project = $1 AND key = $2
    RETURNING generation";
const KEYS: &str = "SELECT key FROM environments WHERE project = $1 ORDER BY key";

impl From<EnvironmentRow> for EnvironmentRecord {
    fn from(row: EnvironmentRow) -> Self {
        Self {
            project: row.project,
            key: row.key,
            title: row.title,
            protected: row.protected,
            position: row.position,
            generation: u64::try_from(row.generation).unwrap_or(0),
            version: Version::from_row(row.version),
            created_at: Timestamp::from_micros(row.created_at),
            changed_at: Timestamp::from_micros(row.changed_at),
        }
    }
}

impl Store {
    /// Returns the environments of a project in the order of their positions.
    pub async fn environments(&self, project: &str) -> Result<Vec<EnvironmentRecord>> {
        let rows = read!(self, Plain, |tx| list(tx, project))?;
        Ok(rows.into_iter().map(EnvironmentRecord::from).collect())
    }

    /// Returns an environment.
    pub async fn environment(&self, project: &str, key: &str) -> Result<Option<EnvironmentRecord>> {
        read!(self, Plain, |tx| find(tx, project, key, false))
    }

    /// Returns the counter of what an environment serves.
    pub async fn generation(&self, project: &str, environment: &str) -> Result<Option<u64>> {
        let generation = read!(self, Plain, |tx| generation(tx, project, environment))?;
        Ok(generation.and_then(|generation| u64::try_from(generation).ok()))
    }

    /// Creates an environment. Every flag of the project gets its template's targeting there, switched off, without what asks
    /// about an archived flag.
    pub async fn create_environment(
        &self,
        write: &Write<'_>,
        project: &str,
        key: &str,
        settings: &EnvironmentSettings,
    ) -> Result<EnvironmentRecord> {
        mutate!(self, write, |tx| create(tx, write, project, key, settings))
    }

    /// Changes the settings of an environment.
    pub async fn update_environment(
        &self,
        write: &Write<'_>,
        project: &str,
        key: &str,
        settings: &EnvironmentSettings,
    ) -> Result<EnvironmentRecord> {
        mutate!(self, write, |tx| update(tx, write, project, key, settings))
    }
}

/// Inserts an environment. The audit log is told by [`announce`], once everything that may wait has been done.
pub(crate) async fn insert_environment(
    tx: &mut Tx,
    write: &Write<'_>,
    project: &str,
    key: &str,
    settings: &EnvironmentSettings,
) -> Result<()> {
    let EnvironmentSettings { title, protected, position } = settings;
    let now = write.now.as_micros();
    let result = on!(tx, |c| sqlx::query(INSERT)
        .bind(project)
        .bind(key)
        .bind(title)
        .bind(protected)
        .bind(position)
        .bind(now)
        .execute(c)
        .await
        .map(drop));
    match result {
        Err(error) if is_taken(&error) => Err(StoreError::Exists { what: "environment" }),
        other => Ok(other?),
    }
}

/// Tells the audit log of a new environment.
pub(crate) async fn announce(
    tx: &mut Tx,
    write: &Write<'_>,
    project: &str,
    key: &str,
    settings: &EnvironmentSettings,
) -> Result<()> {
    let entry = Entry::new("environment.create", "environment", key).environment(project, key).created(json!(settings));
    append(tx, write, entry).await.map(drop)
}

/// Counts a change of what an environment serves, and returns the new generation. The row stays locked until the
/// commit, so generations become visible in their order.
pub(crate) async fn bump(tx: &mut Tx, project: &str, environment: &str) -> Result<u64> {
    let generation =
        on!(tx, |c| sqlx::query_scalar::<_, i64>(BUMP).bind(project).bind(environment).fetch_optional(c).await)?;
    let generation = generation.ok_or(StoreError::Missing { what: "environment" })? as u64;
    tx.nudges.push(Nudge::Environment { project: project.to_owned(), environment: environment.to_owned(), generation });
    Ok(generation)
}

/// Counts a change of what every environment of a project serves. Always in the order of keys, so that two such
/// changes cannot wait for each other.
pub(crate) async fn bump_all(tx: &mut Tx, project: &str) -> Result<()> {
    for environment in keys(tx, project).await? {
        bump(tx, project, &environment).await?;
    }
    Ok(())
}

/// Returns the keys of a project's environments.
pub(crate) async fn keys(tx: &mut Tx, project: &str) -> Result<Vec<String>> {
    Ok(on!(tx, |c| sqlx::query_scalar::<_, String>(KEYS).bind(project).fetch_all(c).await)?)
}

pub(crate) async fn generation(tx: &mut Tx, project: &str, environment: &str) -> Result<Option<i64>> {
    Ok(on!(tx, |c| sqlx::query_scalar::<_, i64>(GENERATION).bind(project).bind(environment).fetch_optional(c).await)?)
}

async fn find(tx: &mut Tx, project: &str, key: &str, lock: bool) -> Result<Option<EnvironmentRecord>> {
    let text = if lock { locking(tx, FIND) } else { sqlx::SqlSafeStr::into_sql_str(FIND) };
    let row = on!(tx, |c| sqlx::query_as::<_, EnvironmentRow>(text).bind(project).bind(key).fetch_optional(c).await)?;
    Ok(row.map(EnvironmentRecord::from))
}

async fn list(tx: &mut Tx, project: &str) -> Result<Vec<EnvironmentRow>> {
    Ok(on!(tx, |c| sqlx::query_as::<_, EnvironmentRow>(LIST).bind(project).fetch_all(c).await)?)
}

async fn create(
    tx: &mut Tx,
    write: &Write<'_>,
    project: &str,
    key: &str,
    settings: &EnvironmentSettings,
) -> Result<EnvironmentRecord> {
    // Locked before anything is counted, so that two who are at the bound do not both pass it.
    if crate::flags::lock_project(tx, project).await?.is_none() {
        return Err(StoreError::Missing { what: "project" });
    }
    let count = on!(tx, |c| sqlx::query_scalar::<_, i64>(COUNT).bind(project).fetch_one(c).await)?;
    if count >= ENVIRONMENTS_MAX {
        return Err(Refusal::TooMany { what: "environments", most: ENVIRONMENTS_MAX as u64 }.into());
    }
    insert_environment(tx, write, project, key, settings).await?;
    crate::flags::fill_environment(tx, write, project, key).await?;
    announce(tx, write, project, key, settings).await?;
    find(tx, project, key, false).await?.ok_or(StoreError::Missing { what: "environment" })
}

async fn update(
    tx: &mut Tx,
    write: &Write<'_>,
    project: &str,
    key: &str,
    settings: &EnvironmentSettings,
) -> Result<EnvironmentRecord> {
    let was = find(tx, project, key, true).await?.ok_or(StoreError::Missing { what: "environment" })?;
    check_version("environment", write, was.version)?;
    let before = EnvironmentSettings { title: was.title.clone(), protected: was.protected, position: was.position };
    if before == *settings {
        return Ok(was);
    }
    on!(tx, |c| sqlx::query(UPDATE)
        .bind(project)
        .bind(key)
        .bind(&settings.title)
        .bind(settings.protected)
        .bind(settings.position)
        .bind(write.now.as_micros())
        .bind(was.version.to_row())
        .execute(c)
        .await
        .map(drop))?;
    let entry = Entry::new("environment.update", "environment", key)
        .environment(project, key)
        .changed(&json!(before), &json!(settings));
    append(tx, write, entry).await?;
    find(tx, project, key, false).await?.ok_or(StoreError::Missing { what: "environment" })
}
