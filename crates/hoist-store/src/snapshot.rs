//! Everything that one environment serves, read at one moment.
//!
//! A row that cannot be read is reported and never hides the others. A flag with such a row is delivered broken, with
//! its kill switch and off variant, which are columns: so it can still be switched off. A segment with such a row is
//! left out, which makes the flags that refer to it broken rather than silently different.

use hoist_eval::ValueKind;
use hoist_eval::draft::{FlagDraft, ServeDraft, SnapshotDraft, TargetingDraft, VariantDraft};

use crate::driver::{Tx, on, row};
use crate::environments::generation;
use crate::error::{Result, StoreError};
use crate::flags::{TargetingRow, kind_from_str};
use crate::json::decode_format;
use crate::segments::segments;
use crate::store::{Store, read};
use crate::write::Epoch;

/// What one environment serves, at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct EnvironmentSnapshot {
    /// Which history the generation belongs to.
    pub epoch: Epoch,
    /// Counts the changes of what the environment serves.
    pub generation: u64,
    /// What it serves.
    pub draft: SnapshotDraft,
    /// The keys of the flags that browsers and apps may ask for.
    pub exposed_to_clients: Vec<String>,
    /// Rows that could not be read.
    pub faults: Vec<RowFault>,
}

/// How far one environment is: what tells whether a snapshot of it is the newest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvironmentPosition {
    /// The project.
    pub project: String,
    /// The environment.
    pub environment: String,
    /// Which history the generation belongs to.
    pub epoch: Epoch,
    /// Counts the changes of what the environment serves.
    pub generation: u64,
}

/// A row that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFault {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The row's key.
    pub key: String,
}

row!(
    "flags",
    struct ServedRow {
        flag: String,
        kind: String,
        variants: String,
        details: String,
        flag_format: i64,
        environment: String,
        enabled: bool,
        off_variant: String,
        body: String,
        allocation: Option<String>,
        format: i64,
        salt: String,
        version: i64,
        generation: i64,
        changed_at: i64,
    }
);

row!(
    "environments",
    struct PositionRow {
        project: String,
        key: String,
        epoch: i64,
        generation: i64,
    }
);

const POSITIONS: &str = "SELECT e.project, e.key, i.epoch, e.generation FROM environments e
    JOIN installation i ON i.singleton = 1 ORDER BY e.project, e.key";
const EPOCH: &str = "SELECT epoch FROM installation WHERE singleton = 1";
const FLAGS: &str = "SELECT f.key AS flag, f.kind, f.variants, f.details, f.format AS flag_format, t.environment,
    t.enabled, t.off_variant, t.body, t.allocation, t.format, t.salt, t.version, t.generation, t.changed_at
    FROM targetings t JOIN flags f ON f.project = t.project AND f.key = t.flag
    WHERE t.project = $1 AND t.environment = $2 AND f.archived_at IS NULL ORDER BY f.key";

impl Store {
    /// Returns what an environment serves, all of it read in one transaction.
    pub async fn snapshot(&self, project: &str, environment: &str) -> Result<Option<EnvironmentSnapshot>> {
        read!(self, Snapshot, |tx| load(tx, project, environment))
    }

    /// Returns how far every environment of every project is, all of it read in one statement.
    pub async fn positions(&self) -> Result<Vec<EnvironmentPosition>> {
        Ok(read!(self, Plain, |tx| positions(tx))?.into_iter().map(EnvironmentPosition::from).collect())
    }
}

async fn positions(tx: &mut Tx) -> Result<Vec<PositionRow>> {
    Ok(on!(tx, |c| sqlx::query_as::<_, PositionRow>(POSITIONS).fetch_all(c).await)?)
}

impl From<PositionRow> for EnvironmentPosition {
    fn from(row: PositionRow) -> Self {
        Self {
            project: row.project,
            environment: row.key,
            epoch: Epoch(u64::try_from(row.epoch).unwrap_or(0)),
            generation: u64::try_from(row.generation).unwrap_or(0),
        }
    }
}

async fn load(tx: &mut Tx, project: &str, environment: &str) -> Result<Option<EnvironmentSnapshot>> {
    let Some(generation) = generation(tx, project, environment).await? else { return Ok(None) };
    let epoch = on!(tx, |c| sqlx::query_scalar::<_, i64>(EPOCH).fetch_one(c).await)?;
    let flags = on!(tx, |c| sqlx::query_as::<_, ServedRow>(FLAGS).bind(project).bind(environment).fetch_all(c).await)?;
    let segments = segments(tx, project).await?;
    let mut snapshot = EnvironmentSnapshot {
        epoch: Epoch(u64::try_from(epoch).unwrap_or(0)),
        generation: u64::try_from(generation).unwrap_or(0),
        draft: SnapshotDraft::default(),
        exposed_to_clients: Vec::new(),
        faults: Vec::new(),
    };
    for row in flags {
        snapshot.add_flag(row);
    }
    for row in segments {
        if let Some(segment) = snapshot.noted(row.parse()) {
            snapshot.draft.segments.push(segment);
        }
    }
    Ok(Some(snapshot))
}

/// The one detail of a flag that decides who may see it.
#[derive(serde::Deserialize)]
struct Exposure {
    #[serde(default)]
    exposed_to_clients: bool,
}

impl EnvironmentSnapshot {
    fn add_flag(&mut self, row: ServedRow) {
        let key = row.flag.as_str();
        let unknown = || StoreError::corrupt("flags", "kind", key, "unknown kind");
        let kind = self.noted(kind_from_str(&row.kind).ok_or_else(unknown));
        let variants = decode_format::<Vec<VariantDraft>>("flags", "variants", key, row.flag_format, &row.variants);
        let variants = self.noted(variants);
        let exposure = decode_format::<Exposure>("flags", "details", key, row.flag_format, &row.details);
        if self.noted(exposure).is_some_and(|details| details.exposed_to_clients) {
            self.exposed_to_clients.push(key.to_owned());
        }
        let flag = row.flag.clone();
        let (enabled, off_variant, version) = (row.enabled, row.off_variant.clone(), row.version);
        let targeting = TargetingRow {
            environment: row.environment,
            flag: row.flag,
            enabled: row.enabled,
            off_variant: row.off_variant,
            body: row.body,
            allocation: row.allocation,
            format: row.format,
            salt: row.salt,
            version: row.version,
            generation: row.generation,
            changed_at: row.changed_at,
        };
        let targeting = self.noted(targeting.parse());
        let (targeting, allocation) = match targeting {
            Some(targeting) => (targeting.targeting, targeting.allocation),
            None => (broken(enabled, off_variant), None),
        };
        self.draft.flags.push(FlagDraft {
            key: flag,
            // Without a kind there are no variants either, which makes the flag broken whatever is put here.
            kind: kind.unwrap_or(ValueKind::Boolean),
            variants: if kind.is_some() { variants.unwrap_or_default() } else { Vec::new() },
            targeting,
            allocation,
            version: u64::try_from(version).unwrap_or(0),
        });
    }

    /// Returns what was read, or notes that it could not be.
    fn noted<T>(&mut self, read: Result<T>) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(StoreError::Corrupt { table, column, key, .. }) => {
                self.faults.push(RowFault { table, column, key });
                None
            }
            Err(_) => None,
        }
    }
}

/// Returns a targeting that does not compile, with the switch and the off variant of one that cannot be read. The
/// empty key names no variant, so the flag keeps what it served before, or serves its off variant when switched off.
pub(crate) fn broken(enabled: bool, off_variant: String) -> TargetingDraft {
    TargetingDraft {
        enabled,
        off_variant,
        default: ServeDraft::Variant(String::new()),
        rules: Vec::new(),
        prerequisites: Vec::new(),
    }
}
