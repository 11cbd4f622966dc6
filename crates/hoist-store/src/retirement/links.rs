//! Declared edges: services ask for flags, and flags gate features.

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::audit::{Entry, append};
use crate::driver::{Tx, on, row};
use crate::error::{Refusal, Result, StoreError};
use crate::flags;
use crate::limits::LINKS_MAX;
use crate::store::{Store, mutate, read};
use crate::write::Write;

/// What an edge says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// A service asks for the flag.
    Service,
    /// The flag gates a feature.
    Feature,
}

impl LinkKind {
    /// Returns the name as it is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Feature => "feature",
        }
    }
}

/// A declared edge between a flag and a service or a feature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// What it says.
    pub kind: LinkKind,
    /// The flag.
    pub flag: String,
    /// The key of the service or the feature.
    pub target: String,
}

row!(
    "links",
    struct LinkRow {
        kind: String,
        flag: String,
        target: String,
    }
);

const TARGET: &str = "SELECT COUNT(*) FROM documents WHERE project = $1 AND kind = $2 AND key = $3";
const COUNT: &str = "SELECT COUNT(*) FROM links WHERE project = $1 AND kind = $2 AND flag = $3";
const INSERT: &str = "INSERT INTO links (project, kind, flag, target, created_at) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (project, kind, flag, target) DO NOTHING";
const DELETE: &str = "DELETE FROM links WHERE project = $1 AND kind = $2 AND flag = $3 AND target = $4";
const LIST: &str = "SELECT kind, flag, target FROM links WHERE project = $1 ORDER BY flag, kind, target";
const TO: &str = "SELECT COUNT(*) FROM links WHERE project = $1 AND kind = $2 AND target = $3";

impl Store {
    /// Links a flag with a service or a feature that exists. Linking twice changes nothing.
    pub async fn link_flag(&self, write: &Write<'_>, project: &str, link: &Link) -> Result<Link> {
        mutate!(self, write, |tx| insert(tx, write, project, link))
    }

    /// Takes a link away. One that is not there is no error.
    pub async fn unlink_flag(&self, write: &Write<'_>, project: &str, link: &Link) -> Result<()> {
        mutate!(self, write, |tx| remove(tx, write, project, link))
    }

    /// Returns every link of a project, by flag.
    pub async fn links(&self, project: &str) -> Result<Vec<Link>> {
        let rows = read!(self, Plain, |tx| list(tx, project))?;
        rows.into_iter().map(LinkRow::parse).collect()
    }
}

impl LinkRow {
    fn parse(self) -> Result<Link> {
        let kind = match self.kind.as_str() {
            "service" => LinkKind::Service,
            "feature" => LinkKind::Feature,
            _ => return Err(StoreError::corrupt("links", "kind", self.flag, "unknown kind")),
        };
        Ok(Link { kind, flag: self.flag, target: self.target })
    }
}

async fn insert(tx: &mut Tx, write: &Write<'_>, project: &str, link: &Link) -> Result<Link> {
    let Link { kind, flag, target } = link;
    flags::find(tx, project, flag).await?.ok_or(StoreError::Missing { what: "flag" })?;
    let there = on!(tx, |c| sqlx::query_scalar::<_, i64>(TARGET)
        .bind(project)
        .bind(kind.as_str())
        .bind(target)
        .fetch_one(c)
        .await)?;
    if there == 0 {
        return Err(StoreError::Missing { what: kind.as_str() });
    }
    let count = on!(tx, |c| sqlx::query_scalar::<_, i64>(COUNT)
        .bind(project)
        .bind(kind.as_str())
        .bind(flag)
        .fetch_one(c)
        .await)?;
    if count >= LINKS_MAX {
        return Err(Refusal::TooMany { what: "links of this kind", most: LINKS_MAX as u64 }.into());
    }
    let rows = on!(tx, |c| sqlx::query(INSERT)
        .bind(project)
        .bind(kind.as_str())
        .bind(flag)
        .bind(target)
        .bind(write.now.as_micros())
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    if rows > 0 {
        tell(tx, write, project, link, true).await?;
    }
    Ok(link.clone())
}

async fn remove(tx: &mut Tx, write: &Write<'_>, project: &str, link: &Link) -> Result<()> {
    let rows = on!(tx, |c| sqlx::query(DELETE)
        .bind(project)
        .bind(link.kind.as_str())
        .bind(&link.flag)
        .bind(&link.target)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    if rows > 0 {
        tell(tx, write, project, link, false).await?;
    }
    Ok(())
}

async fn tell(tx: &mut Tx, write: &Write<'_>, project: &str, link: &Link, made: bool) -> Result<()> {
    let what = json!({ (link.kind.as_str()): link.target });
    let entry = Entry::new(if made { "flag.link" } else { "flag.unlink" }, "flag", &link.flag).project(project);
    append(tx, write, if made { entry.created(what) } else { entry.removed(what) }).await.map(drop)
}

async fn list(tx: &mut Tx, project: &str) -> Result<Vec<LinkRow>> {
    Ok(on!(tx, |c| sqlx::query_as::<_, LinkRow>(LIST).bind(project).fetch_all(c).await)?)
}

/// Refuses to let a service or a feature go that flags are linked with.
pub(crate) async fn check_no_links(tx: &mut Tx, project: &str, kind: LinkKind, target: &str) -> Result<()> {
    let count = on!(tx, |c| sqlx::query_scalar::<_, i64>(TO)
        .bind(project)
        .bind(kind.as_str())
        .bind(target)
        .fetch_one(c)
        .await)?;
    let detail = "flags are linked with it; take the links away first";
    if count == 0 { Ok(()) } else { Err(Refusal::InUse { what: kind.as_str(), detail }.into()) }
}
