//! Reading flags and what they serve.

use super::record::{FlagRow, TAG_SEPARATOR, TargetingRow};
use super::{Category, FlagRecord, FlagTargeting, Lifetime};
use crate::driver::{Tx, on};
use crate::error::Result;
use crate::store::{Store, read};
use crate::write::{Page, PageRequest};

/// Which flags are wanted; absent means any.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FlagFilter {
    /// Part of the key or the title, in any case.
    pub q: Option<String>,
    /// The owner.
    pub owner: Option<String>,
    /// One of the tags.
    pub tag: Option<String>,
    /// The category.
    pub category: Option<Category>,
    /// The lifetime.
    pub lifetime: Option<Lifetime>,
    /// Flags that expire on this day or before, `YYYY-MM-DD`.
    pub expires_by: Option<String>,
    /// Archived flags instead of live ones.
    pub archived: bool,
}

pub(super) const COLUMNS: &str =
    "SELECT project, key, kind, variants, details, format, version, created_at, changed_at,
    archived_at FROM flags WHERE project = $1 AND key = $2";
const LIST: &str = r"SELECT project, key, kind, variants, details, format, version, created_at, changed_at, archived_at
    FROM flags WHERE project = $1 AND key > $2
    AND ($3 IS NULL OR lower(key) LIKE $3 ESCAPE '\' OR lower(title) LIKE $3 ESCAPE '\')
    AND ($4 IS NULL OR owner = $4) AND ($5 IS NULL OR tags LIKE $5 ESCAPE '\') AND ($6 IS NULL OR category = $6)
    AND ($7 IS NULL OR lifetime = $7) AND ($8 IS NULL OR expires_on <= $8) AND (archived_at IS NOT NULL) = $9
    ORDER BY key LIMIT $10";
pub(super) const TARGETING: &str = "SELECT environment, flag, enabled, off_variant, body, allocation, format, salt,
    version, generation, changed_at FROM targetings WHERE project = $1 AND environment = $2 AND flag = $3";
const TARGETINGS: &str =
    "SELECT t.environment, t.flag, t.enabled, t.off_variant, t.body, t.allocation, t.format, t.salt,
    t.version, t.generation, t.changed_at FROM targetings t
    JOIN environments e ON e.project = t.project AND e.key = t.environment
    WHERE t.project = $1 AND t.flag = $2 ORDER BY e.position, e.key";

impl Store {
    /// Returns a flag, archived or not.
    pub async fn flag(&self, project: &str, key: &str) -> Result<Option<FlagRecord>> {
        read!(self, Plain, |tx| find(tx, project, key))
    }

    /// Returns flags in the order of their keys.
    pub async fn list_flags(&self, project: &str, filter: &FlagFilter, page: &PageRequest) -> Result<Page<FlagRecord>> {
        let rows = read!(self, Plain, |tx| list(tx, project, filter, page))?;
        let flags = rows.into_iter().map(FlagRow::parse).collect::<Result<Vec<_>>>()?;
        Ok(page.page(flags, |flag| flag.key.clone()))
    }

    /// Returns what a flag serves in one environment.
    pub async fn targeting(&self, project: &str, environment: &str, flag: &str) -> Result<Option<FlagTargeting>> {
        let row = read!(self, Plain, |tx| find_targeting(tx, project, environment, flag))?;
        row.map(TargetingRow::parse).transpose()
    }

    /// Returns what a flag serves in every environment, in the order of their positions.
    pub async fn targetings(&self, project: &str, flag: &str) -> Result<Vec<FlagTargeting>> {
        let rows = read!(self, Plain, |tx| find_targetings(tx, project, flag))?;
        rows.into_iter().map(TargetingRow::parse).collect()
    }
}

pub(crate) async fn find(tx: &mut Tx, project: &str, key: &str) -> Result<Option<FlagRecord>> {
    let row = on!(tx, |c| sqlx::query_as::<_, FlagRow>(COLUMNS).bind(project).bind(key).fetch_optional(c).await)?;
    row.map(FlagRow::parse).transpose()
}

async fn list(tx: &mut Tx, project: &str, filter: &FlagFilter, page: &PageRequest) -> Result<Vec<FlagRow>> {
    let q = filter.q.as_ref().map(|q| format!("%{}%", escaped(&q.to_lowercase())));
    let tag = filter.tag.as_ref().map(|tag| format!("%{TAG_SEPARATOR}{}{TAG_SEPARATOR}%", escaped(tag)));
    Ok(on!(tx, |c| sqlx::query_as::<_, FlagRow>(LIST)
        .bind(project)
        .bind(page.cursor.as_deref().unwrap_or_default())
        .bind(&q)
        .bind(&filter.owner)
        .bind(&tag)
        .bind(filter.category.map(Category::as_str))
        .bind(filter.lifetime.map(Lifetime::as_str))
        .bind(&filter.expires_by)
        .bind(filter.archived)
        .bind(page.rows())
        .fetch_all(c)
        .await)?)
}

async fn find_targeting(tx: &mut Tx, project: &str, environment: &str, flag: &str) -> Result<Option<TargetingRow>> {
    Ok(on!(tx, |c| sqlx::query_as::<_, TargetingRow>(TARGETING)
        .bind(project)
        .bind(environment)
        .bind(flag)
        .fetch_optional(c)
        .await)?)
}

pub(super) async fn find_targetings(tx: &mut Tx, project: &str, flag: &str) -> Result<Vec<TargetingRow>> {
    Ok(on!(tx, |c| sqlx::query_as::<_, TargetingRow>(TARGETINGS).bind(project).bind(flag).fetch_all(c).await)?)
}

/// Returns the text with the signs that LIKE treats specially made ordinary.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '%' | '_' | '\\') {
            out.push('\\');
        }
        out.push(character);
    }
    out
}
