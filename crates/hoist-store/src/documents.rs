//! Segments, plans and metrics: drafts with a key, read and written as a whole, in one table.

use hoist_eval::Timestamp;
use hoist_eval::draft::SegmentDraft;
use hoist_lifecycle::metric::MetricDraft;
use hoist_lifecycle::plan::PlanDraft;
use hoist_lifecycle::product::{FeatureDraft, ServiceDraft};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::audit::{Entry, append};
use crate::dialect::locking;
use crate::driver::{Tx, on, row};
use crate::environments::bump_all;
use crate::error::{Refusal, Result, StoreError, is_taken};
use crate::flags::check_segment;
use crate::json::{FORMAT, decode_format, encode};
use crate::limits::DOCUMENTS_MAX;
use crate::retirement::{LinkKind, check_no_links};
use crate::rollouts::check_no_audience;
use crate::store::{Store, mutate, read};
use crate::write::{Page, PageRequest, Version, Write, check_version};

/// A draft with its circumstances.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Keyed<T> {
    /// Its project.
    pub project: String,
    /// Its key.
    pub key: String,
    /// The draft.
    pub draft: T,
    /// Its version.
    pub version: Version,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub changed_at: Timestamp,
}

row!(
    "documents",
    struct DocumentRow {
        project: String,
        key: String,
        body: String,
        format: i64,
        version: i64,
        created_at: i64,
        changed_at: i64,
    }
);

/// A kind of document.
trait Document: Serialize + DeserializeOwned + PartialEq + Clone + Send + Sync {
    const KIND: &'static str;
    const CREATE: &'static str;
    const UPDATE: &'static str;
    const DELETE: &'static str;
    /// Whether environments serve it, so that a change is a change of what they serve.
    const SERVED: bool;
    fn key(&self) -> &str;
    /// Refuses to let a document go that something still needs. Its row is locked.
    fn check_not_needed(tx: &mut Tx, project: &str, key: &str) -> impl Future<Output = Result<()>> + Send;
    /// Refuses a document that begins to ask about something archived, which then stays as it is until the end.
    fn check_asked(
        tx: &mut Tx,
        project: &str,
        was: Option<&Self>,
        to_be: &Self,
    ) -> impl Future<Output = Result<()>> + Send;
}

const INSERT: &str = "INSERT INTO documents (project, kind, key, body, format, version, created_at, changed_at)
    VALUES ($1, $2, $3, $4, $5, 1, $6, $6)";
const COUNT: &str = "SELECT COUNT(*) FROM documents WHERE project = $1 AND kind = $2";
const FIND: &str = "SELECT project, key, body, format, version, created_at, changed_at FROM documents
    WHERE project = $1 AND kind = $2 AND key = $3";
const LIST: &str = "SELECT project, key, body, format, version, created_at, changed_at FROM documents
    WHERE project = $1 AND kind = $2 AND key > $3 ORDER BY key LIMIT $4";
const UPDATE: &str = "UPDATE documents SET body = $4, format = $5, version = version + 1, changed_at = $6
    WHERE project = $1 AND kind = $2 AND key = $3";
const DELETE: &str = "DELETE FROM documents WHERE project = $1 AND kind = $2 AND key = $3";

macro_rules! documents {
    ($draft:ty, $what:literal, $served:literal, $needed:path, $asked:path, $create:ident, $get:ident, $list:ident, $update:ident, $delete:ident) => {
        impl Document for $draft {
            const KIND: &'static str = $what;
            const CREATE: &'static str = concat!($what, ".create");
            const UPDATE: &'static str = concat!($what, ".update");
            const DELETE: &'static str = concat!($what, ".delete");
            const SERVED: bool = $served;
            fn key(&self) -> &str {
                &self.key
            }
            async fn check_not_needed(tx: &mut Tx, project: &str, key: &str) -> Result<()> {
                $needed(tx, project, key).await
            }
            async fn check_asked(tx: &mut Tx, project: &str, was: Option<&Self>, to_be: &Self) -> Result<()> {
                $asked(tx, project, was, to_be).await
            }
        }

        impl Store {
            #[doc = concat!("Creates a ", $what, ".")]
            pub async fn $create(&self, write: &Write<'_>, project: &str, draft: &$draft) -> Result<Keyed<$draft>> {
                mutate!(self, write, |tx| create(tx, write, project, draft))
            }

            #[doc = concat!("Returns a ", $what, ".")]
            pub async fn $get(&self, project: &str, key: &str) -> Result<Option<Keyed<$draft>>> {
                read!(self, Plain, |tx| find(tx, project, key))
            }

            #[doc = concat!("Returns the ", $what, "s of a project in the order of their keys.")]
            pub async fn $list(&self, project: &str, page: &PageRequest) -> Result<Page<Keyed<$draft>>> {
                let items = read!(self, Plain, |tx| list(tx, project, page))?;
                Ok(page.page(items, |item| item.key.clone()))
            }

            #[doc = concat!("Replaces a ", $what, "; its key stays.")]
            pub async fn $update(&self, write: &Write<'_>, project: &str, draft: &$draft) -> Result<Keyed<$draft>> {
                mutate!(self, write, |tx| update(tx, write, project, draft))
            }

            #[doc = concat!("Deletes a ", $what, ". Whether a definition still refers to it is for the caller to know.")]
            pub async fn $delete(&self, write: &Write<'_>, project: &str, key: &str) -> Result<()> {
                mutate!(self, write, |tx| delete::<$draft>(tx, write, project, key))
            }
        }
    };
}

documents!(
    SegmentDraft,
    "segment",
    true,
    check_no_audience,
    check_segment,
    create_segment,
    segment,
    list_segments,
    update_segment,
    delete_segment
);
documents!(
    PlanDraft,
    "plan",
    false,
    never_needed,
    asks_nobody,
    create_plan,
    plan,
    list_plans,
    update_plan,
    delete_plan
);
documents!(
    MetricDraft,
    "metric",
    false,
    never_needed,
    asks_nobody,
    create_metric,
    metric,
    list_metrics,
    update_metric,
    delete_metric
);

documents!(
    ServiceDraft,
    "service",
    false,
    no_flag_links_service,
    asks_nobody,
    create_service,
    service,
    list_services,
    update_service,
    delete_service
);
documents!(
    FeatureDraft,
    "feature",
    false,
    no_flag_links_feature,
    asks_nobody,
    create_feature,
    feature,
    list_features,
    update_feature,
    delete_feature
);

async fn no_flag_links_service(tx: &mut Tx, project: &str, key: &str) -> Result<()> {
    check_no_links(tx, project, LinkKind::Service, key).await
}

async fn no_flag_links_feature(tx: &mut Tx, project: &str, key: &str) -> Result<()> {
    check_no_links(tx, project, LinkKind::Feature, key).await
}

/// A rollout keeps its plan and its metrics as they were at its start.
async fn never_needed(_: &mut Tx, _: &str, _: &str) -> Result<()> {
    Ok(())
}

/// Only segments ask what a flag serves.
async fn asks_nobody<T: Document>(_: &mut Tx, _: &str, _: Option<&T>, _: &T) -> Result<()> {
    Ok(())
}

impl DocumentRow {
    fn parse<T: Document>(self) -> Result<Keyed<T>> {
        let name = format!("{}/{}/{}", self.project, T::KIND, self.key);
        let draft = decode_format("documents", "body", name, self.format, &self.body)?;
        Ok(Keyed {
            project: self.project,
            key: self.key,
            draft,
            version: Version::from_row(self.version),
            created_at: Timestamp::from_micros(self.created_at),
            changed_at: Timestamp::from_micros(self.changed_at),
        })
    }
}

async fn create<T: Document>(tx: &mut Tx, write: &Write<'_>, project: &str, draft: &T) -> Result<Keyed<T>> {
    // Locked before anything is counted, so that two who are at the bound do not both pass it.
    if crate::flags::lock_project(tx, project).await?.is_none() {
        return Err(StoreError::Missing { what: "project" });
    }
    let count = on!(tx, |c| sqlx::query_scalar::<_, i64>(COUNT).bind(project).bind(T::KIND).fetch_one(c).await)?;
    if count >= DOCUMENTS_MAX {
        return Err(Refusal::TooMany { what: "of this kind in the project", most: DOCUMENTS_MAX as u64 }.into());
    }
    T::check_asked(tx, project, None, draft).await?;
    let body = encode(draft)?;
    let result = on!(tx, |c| sqlx::query(INSERT)
        .bind(project)
        .bind(T::KIND)
        .bind(draft.key())
        .bind(&body)
        .bind(FORMAT)
        .bind(write.now.as_micros())
        .execute(c)
        .await
        .map(drop));
    match result {
        Err(error) if is_taken(&error) => return Err(StoreError::Exists { what: T::KIND }),
        other => other?,
    }
    tell::<T>(tx, write, project, Entry::new(T::CREATE, T::KIND, draft.key()).created(json!(draft))).await?;
    find(tx, project, draft.key()).await?.ok_or(StoreError::Missing { what: T::KIND })
}

async fn find<T: Document>(tx: &mut Tx, project: &str, key: &str) -> Result<Option<Keyed<T>>> {
    let row = on!(tx, |c| sqlx::query_as::<_, DocumentRow>(FIND)
        .bind(project)
        .bind(T::KIND)
        .bind(key)
        .fetch_optional(c)
        .await)?;
    row.map(DocumentRow::parse).transpose()
}

async fn find_locked(tx: &mut Tx, kind: &'static str, project: &str, key: &str) -> Result<DocumentRow> {
    let text = locking(tx, FIND);
    let row =
        on!(tx, |c| sqlx::query_as::<_, DocumentRow>(text).bind(project).bind(kind).bind(key).fetch_optional(c).await)?;
    row.ok_or(StoreError::Missing { what: kind })
}

async fn list<T: Document>(tx: &mut Tx, project: &str, page: &PageRequest) -> Result<Vec<Keyed<T>>> {
    let rows = on!(tx, |c| sqlx::query_as::<_, DocumentRow>(LIST)
        .bind(project)
        .bind(T::KIND)
        .bind(page.cursor.as_deref().unwrap_or_default())
        .bind(page.rows())
        .fetch_all(c)
        .await)?;
    rows.into_iter().map(DocumentRow::parse).collect()
}

async fn update<T: Document>(tx: &mut Tx, write: &Write<'_>, project: &str, draft: &T) -> Result<Keyed<T>> {
    let row = find_locked(tx, T::KIND, project, draft.key()).await?;
    check_version(T::KIND, write, Version::from_row(row.version))?;
    // What cannot be read is replaced all the same: that is how it is repaired.
    let before = row.parse::<T>().ok().map(|was| was.draft);
    if before.as_ref() == Some(draft) {
        return find(tx, project, draft.key()).await?.ok_or(StoreError::Missing { what: T::KIND });
    }
    T::check_asked(tx, project, before.as_ref(), draft).await?;
    let body = encode(draft)?;
    on!(tx, |c| sqlx::query(UPDATE)
        .bind(project)
        .bind(T::KIND)
        .bind(draft.key())
        .bind(&body)
        .bind(FORMAT)
        .bind(write.now.as_micros())
        .execute(c)
        .await
        .map(drop))?;
    let entry = Entry::new(T::UPDATE, T::KIND, draft.key()).changed(&json!(before), &json!(draft));
    tell::<T>(tx, write, project, entry).await?;
    find(tx, project, draft.key()).await?.ok_or(StoreError::Missing { what: T::KIND })
}

async fn delete<T: Document>(tx: &mut Tx, write: &Write<'_>, project: &str, key: &str) -> Result<()> {
    let row = find_locked(tx, T::KIND, project, key).await?;
    check_version(T::KIND, write, Version::from_row(row.version))?;
    T::check_not_needed(tx, project, key).await?;
    on!(tx, |c| sqlx::query(DELETE).bind(project).bind(T::KIND).bind(key).execute(c).await.map(drop))?;
    let before = row.parse::<T>().ok().map(|was| was.draft);
    tell::<T>(tx, write, project, Entry::new(T::DELETE, T::KIND, key).removed(json!(before))).await
}

/// Counts the change where it is served, and tells the audit log.
async fn tell<T: Document>(tx: &mut Tx, write: &Write<'_>, project: &str, entry: Entry<'_>) -> Result<()> {
    if T::SERVED {
        bump_all(tx, project).await?;
    }
    append(tx, write, entry.project(project)).await.map(drop)
}
