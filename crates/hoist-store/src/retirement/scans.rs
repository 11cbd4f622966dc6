//! Scans of code: one for each branch of each repository, the latest. A scan replaces what the one before it found.

use std::collections::BTreeMap;

use hoist_eval::Timestamp;
use serde::{Deserialize, Serialize};

use super::references::{self, CodeReference, FlagReferences};
use crate::audit::{Entry, append};
use crate::driver::{Tx, on, row};
use crate::error::{Refusal, Result, StoreError};
use crate::flags::lock_project;
use crate::limits::{REFERENCES_MAX, REMOVALS_MAX, SCANS_MAX};
use crate::store::{Store, mutate, read};
use crate::write::Write;

/// The last scan of a branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScanRecord {
    /// The repository, as its owner calls it.
    pub repository: String,
    /// The branch.
    pub branch: String,
    /// Whether it is the branch that everything is deployed from.
    pub main: bool,
    /// The commit.
    pub commit: String,
    /// When it was committed: the later commit of two is the newer one.
    pub committed_at: Timestamp,
    /// Whether every file could be read.
    pub complete: bool,
    /// How many files were looked at.
    pub files: u64,
    /// When.
    pub scanned_at: Timestamp,
    /// By whom.
    pub scanned_by: String,
}

/// A scan to be stored.
#[derive(Debug, Clone, PartialEq)]
pub struct NewScan {
    /// The repository, as its owner calls it.
    pub repository: String,
    /// The branch.
    pub branch: String,
    /// Whether it is the branch that everything is deployed from.
    pub main: bool,
    /// The commit.
    pub commit: String,
    /// When it was committed.
    pub committed_at: Timestamp,
    /// Whether every file could be read.
    pub complete: bool,
    /// How many files were looked at.
    pub files: u64,
    /// What was found, by key.
    pub references: BTreeMap<String, Vec<CodeReference>>,
    /// Commits that took the last reference of a key away; of a main branch only.
    pub removals: Vec<Removal>,
}

/// A commit that took the last reference of a key away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removal {
    /// The key.
    pub flag: String,
    /// The commit.
    pub commit: String,
    /// When it was committed.
    pub removed_at: Timestamp,
}

row!(
    "scans",
    struct ScanRow {
        repository: String,
        branch: String,
        main: bool,
        commit_id: String,
        committed_at: i64,
        complete: bool,
        files: i64,
        scanned_at: i64,
        scanned_by: String,
    }
);

const COLUMNS: &str =
    "SELECT repository, branch, main, commit_id, committed_at, complete, files, scanned_at, scanned_by
    FROM scans WHERE project = $1 ORDER BY repository, branch";
const PUT: &str = "INSERT INTO scans (project, repository, branch, main, commit_id, committed_at, complete, files,
    scanned_at, scanned_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    ON CONFLICT (project, repository, branch) DO UPDATE SET main = excluded.main, commit_id = excluded.commit_id,
    committed_at = excluded.committed_at, complete = excluded.complete, files = excluded.files,
    scanned_at = excluded.scanned_at, scanned_by = excluded.scanned_by";
const ONE_MAIN: &str = "UPDATE scans SET main = $4 WHERE project = $1 AND repository = $2 AND branch <> $3";
const REMOVE: &str = "INSERT INTO removals (project, repository, flag, commit_id, removed_at)
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT (project, repository, flag, commit_id) DO NOTHING";
const FORGET: &str = "DELETE FROM scans WHERE project = $1 AND repository = $2 AND branch = $3";
const FORGET_REMOVALS: &str = "DELETE FROM removals WHERE project = $1 AND repository = $2";

impl Store {
    /// Stores a scan in place of the last one of its branch. One of an older commit is a conflict of the kind `scan`.
    pub async fn store_scan(&self, write: &Write<'_>, project: &str, new: &NewScan) -> Result<ScanRecord> {
        mutate!(self, write, |tx| put(tx, write, project, new))
    }

    /// Returns the last scan of every branch of every repository of a project.
    pub async fn scans(&self, project: &str) -> Result<Vec<ScanRecord>> {
        read!(self, Plain, |tx| scans(tx, project))
    }

    /// Forgets a branch and what was found there, as after the end of a repository.
    pub async fn forget_scan(&self, write: &Write<'_>, project: &str, repository: &str, branch: &str) -> Result<()> {
        mutate!(self, write, |tx| forget(tx, write, project, repository, branch))
    }
}

impl From<ScanRow> for ScanRecord {
    fn from(row: ScanRow) -> Self {
        Self {
            repository: row.repository,
            branch: row.branch,
            main: row.main,
            commit: row.commit_id,
            committed_at: Timestamp::from_micros(row.committed_at),
            complete: row.complete,
            files: u64::try_from(row.files).unwrap_or(0),
            scanned_at: Timestamp::from_micros(row.scanned_at),
            scanned_by: row.scanned_by,
        }
    }
}

pub(super) async fn scans(tx: &mut Tx, project: &str) -> Result<Vec<ScanRecord>> {
    let rows = on!(tx, |c| sqlx::query_as::<_, ScanRow>(COLUMNS).bind(project).fetch_all(c).await)?;
    Ok(rows.into_iter().map(ScanRecord::from).collect())
}

async fn put(tx: &mut Tx, write: &Write<'_>, project: &str, new: &NewScan) -> Result<ScanRecord> {
    // Two scans of one branch take turns.
    lock_project(tx, project).await?;
    let known = scans(tx, project).await?;
    let was = known.iter().find(|scan| scan.repository == new.repository && scan.branch == new.branch);
    check_bounds(new, if was.is_some() { 0 } else { known.len() })?;
    if was.is_some_and(|was| was.committed_at > new.committed_at) {
        return Err(Refusal::OlderScan.into());
    }
    if new.main {
        note_removals(tx, project, new).await?;
    }
    store(tx, write, project, new).await?;
    references::clear(tx, project, &new.repository, &new.branch).await?;
    for (flag, references) in new.references.iter().filter(|(_, references)| !references.is_empty()) {
        let (repository, branch) = (new.repository.clone(), new.branch.clone());
        let found = FlagReferences { repository, branch, flag: flag.clone(), references: references.clone() };
        references::insert(tx, project, &found).await?;
    }
    Ok(ScanRecord {
        repository: new.repository.clone(),
        branch: new.branch.clone(),
        main: new.main,
        commit: new.commit.clone(),
        committed_at: new.committed_at,
        complete: new.complete,
        files: new.files,
        scanned_at: write.now,
        scanned_by: write.actor.id.clone(),
    })
}

/// Refuses what is too much, `beside` other branches.
fn check_bounds(new: &NewScan, beside: usize) -> Result<()> {
    if beside >= SCANS_MAX {
        return Err(Refusal::TooMany { what: "branches with scans", most: SCANS_MAX as u64 }.into());
    }
    if new.references.values().map(Vec::len).sum::<usize>() > REFERENCES_MAX {
        return Err(Refusal::TooMany { what: "references", most: REFERENCES_MAX as u64 }.into());
    }
    if new.removals.len() > REMOVALS_MAX {
        return Err(Refusal::TooMany { what: "removals", most: REMOVALS_MAX as u64 }.into());
    }
    Ok(())
}

async fn store(tx: &mut Tx, write: &Write<'_>, project: &str, new: &NewScan) -> Result<()> {
    on!(tx, |c| sqlx::query(PUT)
        .bind(project)
        .bind(&new.repository)
        .bind(&new.branch)
        .bind(new.main)
        .bind(&new.commit)
        .bind(new.committed_at.as_micros())
        .bind(new.complete)
        .bind(new.files as i64)
        .bind(write.now.as_micros())
        .bind(&write.actor.id)
        .execute(c)
        .await
        .map(drop))?;
    if new.main {
        // A repository has one main branch: the one that was called so last.
        on!(tx, |c| sqlx::query(ONE_MAIN)
            .bind(project)
            .bind(&new.repository)
            .bind(&new.branch)
            .bind(false)
            .execute(c)
            .await
            .map(drop))?;
    }
    Ok(())
}

/// Notes the commits that took the last reference of a key away: those that the scan names, and its own for every other
/// key that was there at the last scan and is not there any more. Call it before what was there is cleared.
async fn note_removals(tx: &mut Tx, project: &str, new: &NewScan) -> Result<()> {
    let was = references::flags_of_scan(tx, project, &new.repository, &new.branch).await?;
    let gone = was.into_iter().filter(|flag| new.complete && !new.references.contains_key(flag));
    let unnamed = gone.filter(|flag| new.removals.iter().all(|removal| removal.flag != *flag));
    let unnamed = unnamed.map(|flag| Removal { flag, commit: new.commit.clone(), removed_at: new.committed_at });
    let removals: Vec<Removal> = unnamed.chain(new.removals.iter().cloned()).collect();
    for removal in &removals {
        on!(tx, |c| sqlx::query(REMOVE)
            .bind(project)
            .bind(&new.repository)
            .bind(&removal.flag)
            .bind(&removal.commit)
            .bind(removal.removed_at.as_micros())
            .execute(c)
            .await
            .map(drop))?;
    }
    Ok(())
}

async fn forget(tx: &mut Tx, write: &Write<'_>, project: &str, repository: &str, branch: &str) -> Result<()> {
    // A scan that is being stored has its turn: what it finds stands or goes with it.
    lock_project(tx, project).await?;
    references::clear(tx, project, repository, branch).await?;
    let rows = on!(tx, |c| sqlx::query(FORGET)
        .bind(project)
        .bind(repository)
        .bind(branch)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    if rows == 0 {
        return Err(StoreError::Missing { what: "scan" });
    }
    if scans(tx, project).await?.iter().all(|scan| scan.repository != repository) {
        on!(tx, |c| sqlx::query(FORGET_REMOVALS).bind(project).bind(repository).execute(c).await.map(drop))?;
    }
    let what = serde_json::json!({ "branch": branch });
    append(tx, write, Entry::new("scan.forget", "repository", repository).project(project).removed(what)).await?;
    Ok(())
}
