//! Where flags occur in code: what scans found.

use hoist_lifecycle::staleness::Reason;
use serde::{Deserialize, Serialize};

use crate::driver::{Tx, on, row};
use crate::error::Result;
use crate::json::{FORMAT, decode_format, encode};
use crate::store::{Store, read};

/// One place in code that names a flag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeReference {
    /// The file, from the root of the repository, with `/`.
    pub path: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, in characters.
    pub column: u32,
    /// The first column that belongs no more.
    pub end: u32,
    /// What the place does.
    pub kind: ReferenceKind,
    /// How it names the flag.
    pub via: ReferenceVia,
    /// The function or class around it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub symbol: Option<String>,
    /// A digest of the line without its surrounding space: tells a reference that moved from a new one.
    pub hash: String,
    /// The line itself, if the repository's owner chose to send it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snippet: Option<String>,
    /// What is wrong with the place, if the scan found something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<Reason>,
}

/// What a place in code does with a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferenceKind {
    /// Asks for its value.
    Evaluation,
    /// Gives its key a name.
    Definition,
    /// Calls a function that asks for its value.
    WrapperCall,
    /// Sets it up in a test.
    Test,
    /// Names it in a configuration file.
    Config,
    /// Names it otherwise.
    Text,
}

/// How a place in code names a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferenceVia {
    /// By its key.
    Literal,
    /// By a constant.
    Const,
    /// By a member of an enumeration.
    Enum,
    /// By another spelling of its key.
    Alias,
    /// By a function made for it.
    Wrapper,
}

/// Where a flag occurs in one branch of a repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlagReferences {
    /// The repository.
    pub repository: String,
    /// The branch.
    pub branch: String,
    /// The flag's key.
    pub flag: String,
    /// Where.
    pub references: Vec<CodeReference>,
}

row!(
    "code_references",
    struct ReferencesRow {
        repository: String,
        branch: String,
        flag: String,
        body: String,
        format: i64,
    }
);

const OF_FLAG: &str = "SELECT repository, branch, flag, body, format FROM code_references
    WHERE project = $1 AND flag = $2 ORDER BY repository, branch";
const OF_SCAN: &str = "SELECT repository, branch, flag, body, format FROM code_references
    WHERE project = $1 AND repository = $2 AND branch = $3 ORDER BY flag";
const FLAGS_OF_SCAN: &str = "SELECT flag FROM code_references WHERE project = $1 AND repository = $2 AND branch = $3
    ORDER BY flag";
const CLEAR: &str = "DELETE FROM code_references WHERE project = $1 AND repository = $2 AND branch = $3";
const INSERT: &str = "INSERT INTO code_references (project, repository, branch, flag, found, body, format)
    VALUES ($1, $2, $3, $4, $5, $6, $7)";

impl Store {
    /// Returns where a flag occurs, by repository and branch. The key need not be a flag's.
    pub async fn references_of_flag(&self, project: &str, flag: &str) -> Result<Vec<FlagReferences>> {
        let rows = read!(self, Plain, |tx| of_flag(tx, project, flag))?;
        rows.into_iter().map(ReferencesRow::parse).collect()
    }

    /// Returns everything that the last scan of a branch found, by flag.
    pub async fn references_of_scan(
        &self,
        project: &str,
        repository: &str,
        branch: &str,
    ) -> Result<Vec<FlagReferences>> {
        let rows = read!(self, Plain, |tx| of_scan(tx, project, repository, branch))?;
        rows.into_iter().map(ReferencesRow::parse).collect()
    }
}

impl ReferencesRow {
    fn parse(self) -> Result<FlagReferences> {
        let name = format!("{}/{}/{}", self.repository, self.branch, self.flag);
        let references = decode_format("code_references", "body", name, self.format, &self.body)?;
        Ok(FlagReferences { repository: self.repository, branch: self.branch, flag: self.flag, references })
    }
}

async fn of_flag(tx: &mut Tx, project: &str, flag: &str) -> Result<Vec<ReferencesRow>> {
    Ok(on!(tx, |c| sqlx::query_as::<_, ReferencesRow>(OF_FLAG).bind(project).bind(flag).fetch_all(c).await)?)
}

async fn of_scan(tx: &mut Tx, project: &str, repository: &str, branch: &str) -> Result<Vec<ReferencesRow>> {
    Ok(on!(tx, |c| sqlx::query_as::<_, ReferencesRow>(OF_SCAN)
        .bind(project)
        .bind(repository)
        .bind(branch)
        .fetch_all(c)
        .await)?)
}

/// Returns the keys that the last scan of a branch found.
pub(super) async fn flags_of_scan(tx: &mut Tx, project: &str, repository: &str, branch: &str) -> Result<Vec<String>> {
    Ok(on!(tx, |c| sqlx::query_scalar::<_, String>(FLAGS_OF_SCAN)
        .bind(project)
        .bind(repository)
        .bind(branch)
        .fetch_all(c)
        .await)?)
}

/// Takes away everything that a scan found.
pub(super) async fn clear(tx: &mut Tx, project: &str, repository: &str, branch: &str) -> Result<()> {
    on!(tx, |c| sqlx::query(CLEAR).bind(project).bind(repository).bind(branch).execute(c).await.map(drop))?;
    Ok(())
}

pub(super) async fn insert(tx: &mut Tx, project: &str, found: &FlagReferences) -> Result<()> {
    let body = encode(&found.references)?;
    on!(tx, |c| sqlx::query(INSERT)
        .bind(project)
        .bind(&found.repository)
        .bind(&found.branch)
        .bind(&found.flag)
        .bind(found.references.len() as i64)
        .bind(&body)
        .bind(FORMAT)
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}
