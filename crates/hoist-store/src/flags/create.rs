//! New flags, new definitions, and flags in new environments.

use hoist_eval::draft::TargetingDraft;
use hoist_lifecycle::staleness::{asked_by_targeting, take_out_asked};
use serde_json::json;

use super::asked::{archived_among, check_targeting};
use super::list::{COLUMNS, find};
use super::record::{Body, FlagRow, joined_tags, kind_to_str};
use super::salt::environment_salt;
use super::{FlagDetails, FlagRecord, FlagUpdate, NewFlag};
use crate::audit::{Entry, append};
use crate::dialect::locking;
use crate::driver::{Tx, on, row};
use crate::environments::{bump, bump_all, keys};
use crate::error::{Refusal, Result, StoreError};
use crate::json::{FORMAT, decode_format, encode};
use crate::limits::{FLAGS_MAX, TOMBSTONE_LIFE};
use crate::rollouts::check_variants_stay;
use crate::store::{Store, mutate};
use crate::write::{Write, check_version};

row!(
    "flags",
    struct TemplateRow {
        key: String,
        seed: String,
        template: String,
        format: i64,
    }
);
row!(
    "tombstones",
    struct TombstoneRow {
        archived_at: i64,
    }
);

const LOCK_PROJECT: &str = "SELECT key FROM projects WHERE key = $1";
const COUNT: &str = "SELECT COUNT(*) FROM flags WHERE project = $1";
const INSERT: &str =
    "INSERT INTO flags (project, key, kind, variants, details, format, title, owner, category, lifetime,
    expires_on, tags, seed, template, version, created_at, changed_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 1, $15, $15)";
const UPDATE: &str =
    "UPDATE flags SET variants = $3, details = $4, title = $5, owner = $6, category = $7, lifetime = $8,
    expires_on = $9, tags = $10, changed_at = $11, format = $12, version = version + 1
    WHERE project = $1 AND key = $2";
const INSERT_TARGETING: &str = "INSERT INTO targetings (project, environment, flag, enabled, off_variant, body, format,
    salt, version, generation, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $10)";
const TEMPLATES: &str = "SELECT key, seed, template, format FROM flags WHERE project = $1 ORDER BY key";
const TOMBSTONE: &str = "SELECT archived_at FROM tombstones WHERE project = $1 AND key = $2";
const BURY_AGAIN: &str = "DELETE FROM tombstones WHERE project = $1 AND key = $2";
const FORGET_TARGETINGS: &str = "DELETE FROM targetings WHERE project = $1 AND flag = $2";
const FORGET: &str = "DELETE FROM flags WHERE project = $1 AND key = $2";
const NEW_VERSIONS: &str = "UPDATE targetings SET version = version + 1 WHERE project = $1 AND flag = $2";

impl Store {
    /// Creates a flag in every environment of its project.
    pub async fn create_flag(&self, write: &Write<'_>, project: &str, new: &NewFlag) -> Result<FlagRecord> {
        mutate!(self, write, |tx| create(tx, write, project, new))
    }

    /// Changes what a flag is in all environments. New variants are a change of what every environment serves.
    pub async fn update_flag(
        &self,
        write: &Write<'_>,
        project: &str,
        key: &str,
        update: &FlagUpdate,
    ) -> Result<FlagRecord> {
        mutate!(self, write, |tx| change_definition(tx, write, project, key, update))
    }
}

/// Locks a project, so that no flag and no environment appears while the other is being created.
pub(crate) async fn lock_project(tx: &mut Tx, project: &str) -> Result<Option<String>> {
    let text = locking(tx, LOCK_PROJECT);
    Ok(on!(tx, |c| sqlx::query_scalar::<_, String>(text).bind(project).fetch_optional(c).await)?)
}

/// Gives every flag of a project its place in a new environment, switched off. What asks about an archived flag is left out of
/// it: a template is what the flag began with, and everywhere else people took that out before the other flag was archived.
pub(crate) async fn fill_environment(tx: &mut Tx, write: &Write<'_>, project: &str, environment: &str) -> Result<()> {
    let rows = on!(tx, |c| sqlx::query_as::<_, TemplateRow>(TEMPLATES).bind(project).fetch_all(c).await)?;
    let mut templates = Vec::with_capacity(rows.len());
    for row in rows {
        let targeting: TargetingDraft =
            decode_format("flags", "template", row.key.as_str(), row.format, &row.template)?;
        templates.push((row, targeting));
    }
    let asked = templates.iter().flat_map(|(_, targeting)| asked_by_targeting(targeting)).collect();
    let archived = archived_among(tx, project, asked).await?;
    for (row, mut targeting) in templates {
        targeting.enabled = false;
        if take_out_asked(&mut targeting, &archived) {
            tracing::warn!(
                project,
                environment,
                flag = row.key,
                "prerequisites and rules that ask about archived flags were left out of a new environment; look at the flag \
                 there before it is switched on"
            );
        }
        let salt = environment_salt(&row.seed, project, environment);
        insert_targeting(tx, write, project, environment, &row.key, &targeting, &salt, 1).await?;
    }
    Ok(())
}

async fn create(tx: &mut Tx, write: &Write<'_>, project: &str, new: &NewFlag) -> Result<FlagRecord> {
    let seed_is_sound = new.seed.len() == hoist_eval::limits::SALT_CHARS
        && new.seed.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'a'..=b'f'));
    if !seed_is_sound {
        return Err(Refusal::Invalid { field: "seed", rule: "must be 32 lower-case hexadecimal characters" }.into());
    }
    if lock_project(tx, project).await?.is_none() {
        return Err(StoreError::Missing { what: "project" });
    }
    let count = on!(tx, |c| sqlx::query_scalar::<_, i64>(COUNT).bind(project).fetch_one(c).await)?;
    if count >= FLAGS_MAX {
        return Err(Refusal::TooMany { what: "flags in this project", most: FLAGS_MAX as u64 }.into());
    }
    clear_key(tx, write, project, new).await?;
    check_targeting(tx, project, None, &new.targeting).await?;
    insert(tx, write, project, new).await?;
    for environment in keys(tx, project).await? {
        let generation = bump(tx, project, &environment).await?;
        let salt = environment_salt(&new.seed, project, &environment);
        insert_targeting(tx, write, project, &environment, &new.key, &new.targeting, &salt, generation).await?;
    }
    let entry = Entry::new("flag.create", "flag", &new.key).project(project).created(json!({
        "kind": new.kind, "variants": new.variants, "details": new.details, "targeting": new.targeting,
    }));
    append(tx, write, entry).await?;
    find(tx, project, &new.key).await?.ok_or(StoreError::Missing { what: "flag" })
}

/// Makes sure that the key is free: not that of a live flag, and not that of one that was archived a short while ago.
async fn clear_key(tx: &mut Tx, write: &Write<'_>, project: &str, new: &NewFlag) -> Result<()> {
    let key = new.key.as_str();
    if find_raw(tx, project, key).await?.is_some_and(|row| row.archived_at.is_none()) {
        return Err(StoreError::Exists { what: "flag" });
    }
    let tombstone =
        on!(tx, |c| sqlx::query_as::<_, TombstoneRow>(TOMBSTONE).bind(project).bind(key).fetch_optional(c).await)?;
    let Some(tombstone) = tombstone else { return Ok(()) };
    let until = hoist_eval::Timestamp::from_micros(tombstone.archived_at).saturating_add(TOMBSTONE_LIFE);
    if until > write.now {
        if !new.override_tombstone {
            return Err(Refusal::Tombstone { until }.into());
        }
        if write.reason.trim().is_empty() {
            return Err(Refusal::ReasonNeeded.into());
        }
    }
    for text in [FORGET_TARGETINGS, FORGET, BURY_AGAIN] {
        on!(tx, |c| sqlx::query(text).bind(project).bind(key).execute(c).await.map(drop))?;
    }
    Ok(())
}

async fn insert(tx: &mut Tx, write: &Write<'_>, project: &str, new: &NewFlag) -> Result<()> {
    let variants = encode(&new.variants)?;
    let details = encode(&new.details)?;
    let template = encode(&new.targeting)?;
    let FlagDetails { title, owner, category, lifetime, expires_on, tags, .. } = &new.details;
    on!(tx, |c| sqlx::query(INSERT)
        .bind(project)
        .bind(&new.key)
        .bind(kind_to_str(new.kind))
        .bind(&variants)
        .bind(&details)
        .bind(FORMAT)
        .bind(title)
        .bind(owner)
        .bind(category.as_str())
        .bind(lifetime.as_str())
        .bind(expires_on)
        .bind(joined_tags(tags))
        .bind(&new.seed)
        .bind(&template)
        .bind(write.now.as_micros())
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

#[expect(clippy::too_many_arguments, reason = "one argument per column")]
async fn insert_targeting(
    tx: &mut Tx,
    write: &Write<'_>,
    project: &str,
    environment: &str,
    flag: &str,
    targeting: &TargetingDraft,
    salt: &str,
    generation: u64,
) -> Result<()> {
    let body = encode(&Body::of(targeting))?;
    on!(tx, |c| sqlx::query(INSERT_TARGETING)
        .bind(project)
        .bind(environment)
        .bind(flag)
        .bind(targeting.enabled)
        .bind(&targeting.off_variant)
        .bind(&body)
        .bind(FORMAT)
        .bind(salt)
        .bind(generation as i64)
        .bind(write.now.as_micros())
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

/// Reads and locks a flag's row.
pub(super) async fn find_raw(tx: &mut Tx, project: &str, key: &str) -> Result<Option<FlagRow>> {
    let text = locking(tx, COLUMNS);
    Ok(on!(tx, |c| sqlx::query_as::<_, FlagRow>(text).bind(project).bind(key).fetch_optional(c).await)?)
}

async fn change_definition(
    tx: &mut Tx,
    write: &Write<'_>,
    project: &str,
    key: &str,
    update: &FlagUpdate,
) -> Result<FlagRecord> {
    let row = find_raw(tx, project, key).await?.ok_or(StoreError::Missing { what: "flag" })?;
    let was = row.parse()?;
    check_version("flag", write, was.version)?;
    if was.archived_at.is_some() {
        return Err(Refusal::Archived.into());
    }
    let details = update.details.clone().unwrap_or_else(|| was.details.clone());
    let variants = update.variants.clone().unwrap_or_else(|| was.variants.clone());
    if details == was.details && variants == was.variants {
        return Ok(was);
    }
    check_variants_stay(tx, project, key, &was.variants, &variants).await?;
    let serves_otherwise = variants != was.variants || details.exposed_to_clients != was.details.exposed_to_clients;
    let variants_text = encode(&variants)?;
    let details_text = encode(&details)?;
    on!(tx, |c| sqlx::query(UPDATE)
        .bind(project)
        .bind(key)
        .bind(&variants_text)
        .bind(&details_text)
        .bind(&details.title)
        .bind(&details.owner)
        .bind(details.category.as_str())
        .bind(details.lifetime.as_str())
        .bind(&details.expires_on)
        .bind(joined_tags(&details.tags))
        .bind(write.now.as_micros())
        .bind(FORMAT)
        .execute(c)
        .await
        .map(drop))?;
    if serves_otherwise {
        on!(tx, |c| sqlx::query(NEW_VERSIONS).bind(project).bind(key).execute(c).await.map(drop))?;
        bump_all(tx, project).await?;
    }
    let entry = Entry::new("flag.update", "flag", key).project(project).changed(
        &json!({ "details": was.details, "variants": was.variants }),
        &json!({ "details": details, "variants": variants }),
    );
    append(tx, write, entry).await?;
    find(tx, project, key).await?.ok_or(StoreError::Missing { what: "flag" })
}
