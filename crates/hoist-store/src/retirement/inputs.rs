//! Everything about the flags of a project that decides about their end, read at one moment: a fixed number of
//! statements, however many flags there are.

use std::collections::HashMap;

use hoist_eval::Timestamp;
use hoist_eval::draft::{AllocationDraft, SegmentDraft, TargetingDraft};
use serde::Deserialize;

use super::scans::{ScanRecord, scans};
use super::sightings::{ClientSeen, SeenRow};
use super::snoozes::{CleanupRecord, SnoozeRecord, cleanups, snoozes};
use crate::driver::{Tx, on, row};
use crate::error::Result;
use crate::flags::{FlagRecord, FlagRow, TargetingRow};
use crate::json::decode_format;
use crate::segments::{SegmentRow, segments};
use crate::snapshot::broken;
use crate::store::{Store, read};

/// What decides about the end of the flags of a project.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RetirementInputs {
    /// The flags, archived ones included, by key. A flag that cannot be read is left out.
    pub flags: Vec<FlagEntry>,
    /// The segments; some may ask what a flag serves.
    pub segments: Vec<SegmentDraft>,
    /// The last time that somebody took all flags of an environment at once.
    pub deliveries: Vec<ClientSeen>,
    /// The last scans of code.
    pub scans: Vec<ScanRecord>,
}

/// A flag with everything that is known about it.
#[derive(Debug, Clone, PartialEq)]
pub struct FlagEntry {
    /// What it is.
    pub record: FlagRecord,
    /// What it serves in each environment.
    pub environments: Vec<TargetingEntry>,
    /// How often it occurs in each scanned branch where it does.
    pub references: Vec<ReferenceCount>,
    /// The last removal from each repository.
    pub removals: Vec<RemovalRecord>,
    /// Until when people want to be left alone about it.
    pub snooze: Option<SnoozeRecord>,
    /// The open change that takes it out of the code.
    pub cleanup: Option<CleanupRecord>,
}

/// What a flag serves in one environment.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetingEntry {
    /// The environment.
    pub environment: String,
    /// What operators edit.
    pub targeting: TargetingDraft,
    /// What a rollout owns.
    pub allocation: Option<AllocationDraft>,
    /// When it was changed last.
    pub changed_at: Timestamp,
    /// The rollout that is running or ended last.
    pub rollout: Option<RolloutEntry>,
    /// Who asked for the flag by itself last.
    pub seen: Option<ClientSeen>,
}

/// The last rollout of a flag in an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RolloutEntry {
    /// Its id.
    pub id: String,
    /// Whether it can still move.
    pub active: bool,
    /// The variant that it brought to everyone, and when, if it came to its end.
    pub completed: Option<(String, Timestamp)>,
}

/// How often a flag occurs in a branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceCount {
    /// The repository.
    pub repository: String,
    /// The branch.
    pub branch: String,
    /// How often.
    pub count: u64,
}

/// When the last reference to a flag went from a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemovalRecord {
    /// The repository.
    pub repository: String,
    /// When.
    pub removed_at: Timestamp,
}

row!(
    "rollouts",
    struct RolloutRow {
        id: String,
        environment: String,
        flag: String,
        spec: String,
        format: i64,
        phase: String,
        active: bool,
        ended_at: Option<i64>,
    }
);
row!(
    "sightings",
    struct SightingRow {
        flag: String,
        environment: String,
        client: String,
        first_at: i64,
        last_at: i64,
    }
);
row!(
    "code_references",
    struct CountRow {
        flag: String,
        repository: String,
        branch: String,
        found: i64,
    }
);
row!(
    "removals",
    struct RemovalRow {
        flag: String,
        repository: String,
        removed_at: i64,
    }
);

/// What matters here of a rollout's specification.
#[derive(Deserialize)]
struct Spec {
    plan: Plan,
}

#[derive(Deserialize)]
struct Plan {
    treatment: String,
}

const FLAGS: &str = "SELECT project, key, kind, variants, details, format, version, created_at, changed_at, archived_at
    FROM flags WHERE project = $1 ORDER BY key";
const TARGETINGS: &str = "SELECT t.environment, t.flag, t.enabled, t.off_variant, t.body, t.allocation, t.format,
    t.salt, t.version, t.generation, t.changed_at FROM targetings t
    JOIN environments e ON e.project = t.project AND e.key = t.environment
    WHERE t.project = $1 ORDER BY e.position, e.key, t.flag";
const ROLLOUTS: &str = "SELECT r.id, r.environment, r.flag, r.spec, r.format, r.phase, r.active, r.ended_at
    FROM rollouts r WHERE r.project = $1 AND NOT EXISTS (SELECT 1 FROM rollouts n WHERE n.project = r.project
    AND n.flag = r.flag AND n.environment = r.environment
    AND (n.started_at > r.started_at OR (n.started_at = r.started_at AND n.id > r.id)))";
const SIGHTINGS: &str = "SELECT s.flag, s.environment, s.client, s.first_at, s.last_at FROM sightings s
    WHERE s.project = $1 AND NOT EXISTS (SELECT 1 FROM sightings n WHERE n.project = s.project
    AND n.environment = s.environment AND n.flag = s.flag
    AND (n.last_at > s.last_at OR (n.last_at = s.last_at AND n.client > s.client)))";
const DELIVERIES: &str = "SELECT s.environment, s.client, s.first_at, s.last_at FROM deliveries s
    WHERE s.project = $1 AND NOT EXISTS (SELECT 1 FROM deliveries n WHERE n.project = s.project
    AND n.environment = s.environment AND (n.last_at > s.last_at OR (n.last_at = s.last_at AND n.client > s.client)))
    ORDER BY s.environment";
const COUNTS: &str = "SELECT flag, repository, branch, found FROM code_references WHERE project = $1
    ORDER BY repository, branch";
const REMOVALS: &str = "SELECT flag, repository, MAX(removed_at) AS removed_at FROM removals WHERE project = $1
    GROUP BY flag, repository ORDER BY repository";

impl Store {
    /// Returns what decides about the end of the flags of a project, all of it read in one transaction.
    pub async fn retirement_inputs(&self, project: &str) -> Result<RetirementInputs> {
        read!(self, Snapshot, |tx| load(tx, project))
    }
}

async fn load(tx: &mut Tx, project: &str) -> Result<RetirementInputs> {
    let flags = on!(tx, |c| sqlx::query_as::<_, FlagRow>(FLAGS).bind(project).fetch_all(c).await)?;
    let mut of = Parts {
        environments: environments(tx, project).await?,
        references: counts(tx, project).await?,
        removals: removals(tx, project).await?,
        snoozes: by_flag(snoozes(tx, project).await?, |record| record.flag.clone()),
        cleanups: by_flag(cleanups(tx, project).await?, |record| record.flag.clone()),
    };
    // What cannot be read is the snapshot's to report.
    let flags = flags.into_iter().filter_map(|row| row.parse().ok()).map(|record| of.take(record)).collect();
    let deliveries = on!(tx, |c| sqlx::query_as::<_, SeenRow>(DELIVERIES).bind(project).fetch_all(c).await)?;
    Ok(RetirementInputs {
        flags,
        segments: segments(tx, project).await?.into_iter().map(SegmentRow::parse).collect::<Result<_>>()?,
        deliveries: deliveries.into_iter().map(ClientSeen::from).collect(),
        scans: scans(tx, project).await?,
    })
}

/// Everything that was read, by flag.
struct Parts {
    environments: HashMap<String, Vec<TargetingEntry>>,
    references: HashMap<String, Vec<ReferenceCount>>,
    removals: HashMap<String, Vec<RemovalRecord>>,
    snoozes: HashMap<String, Vec<SnoozeRecord>>,
    cleanups: HashMap<String, Vec<CleanupRecord>>,
}

impl Parts {
    fn take(&mut self, record: FlagRecord) -> FlagEntry {
        let key = record.key.as_str();
        FlagEntry {
            environments: self.environments.remove(key).unwrap_or_default(),
            references: self.references.remove(key).unwrap_or_default(),
            removals: self.removals.remove(key).unwrap_or_default(),
            snooze: self.snoozes.remove(key).and_then(|mut found| found.pop()),
            cleanup: self.cleanups.remove(key).and_then(|mut found| found.pop()),
            record,
        }
    }
}

async fn environments(tx: &mut Tx, project: &str) -> Result<HashMap<String, Vec<TargetingEntry>>> {
    let rows = on!(tx, |c| sqlx::query_as::<_, TargetingRow>(TARGETINGS).bind(project).fetch_all(c).await)?;
    let mut rollouts = rollouts(tx, project).await?;
    let mut seen = seen(tx, project).await?;
    let mut found: HashMap<String, Vec<TargetingEntry>> = HashMap::new();
    for row in rows {
        let flag = row.flag.clone();
        let place = (flag.clone(), row.environment.clone());
        let (rollout, seen) = (rollouts.remove(&place), seen.remove(&place));
        let (enabled, off_variant) = (row.enabled, row.off_variant.clone());
        let (environment, changed_at) = (row.environment.clone(), Timestamp::from_micros(row.changed_at));
        // What cannot be read serves nobody knows what, so it keeps the flag from being retired.
        let (targeting, allocation) = match row.parse() {
            Ok(there) => (there.targeting, there.allocation),
            Err(_) => (broken(enabled, off_variant), None),
        };
        let entry = TargetingEntry { environment, targeting, allocation, changed_at, rollout, seen };
        found.entry(flag).or_default().push(entry);
    }
    Ok(found)
}

/// A flag and an environment.
type Spot = (String, String);

async fn rollouts(tx: &mut Tx, project: &str) -> Result<HashMap<Spot, RolloutEntry>> {
    let rows = on!(tx, |c| sqlx::query_as::<_, RolloutRow>(ROLLOUTS).bind(project).fetch_all(c).await)?;
    let mut found = HashMap::new();
    for row in rows {
        let ended = row.ended_at.filter(|_| row.phase == "completed").map(Timestamp::from_micros);
        let completed = match ended {
            Some(at) => {
                let spec: Spec = decode_format("rollouts", "spec", row.id.as_str(), row.format, &row.spec)?;
                Some((spec.plan.treatment, at))
            }
            None => None,
        };
        let entry = RolloutEntry { id: row.id, active: row.active, completed };
        found.insert((row.flag, row.environment), entry);
    }
    Ok(found)
}

async fn seen(tx: &mut Tx, project: &str) -> Result<HashMap<Spot, ClientSeen>> {
    let rows = on!(tx, |c| sqlx::query_as::<_, SightingRow>(SIGHTINGS).bind(project).fetch_all(c).await)?;
    let entry = |row: SightingRow| {
        let seen = ClientSeen {
            environment: row.environment.clone(),
            client: row.client,
            first_at: Timestamp::from_micros(row.first_at),
            last_at: Timestamp::from_micros(row.last_at),
        };
        ((row.flag, row.environment), seen)
    };
    Ok(rows.into_iter().map(entry).collect())
}

async fn counts(tx: &mut Tx, project: &str) -> Result<HashMap<String, Vec<ReferenceCount>>> {
    let rows = on!(tx, |c| sqlx::query_as::<_, CountRow>(COUNTS).bind(project).fetch_all(c).await)?;
    let mut found: HashMap<String, Vec<ReferenceCount>> = HashMap::new();
    for row in rows {
        let count = u64::try_from(row.found).unwrap_or(0);
        let entry = ReferenceCount { repository: row.repository, branch: row.branch, count };
        found.entry(row.flag).or_default().push(entry);
    }
    Ok(found)
}

async fn removals(tx: &mut Tx, project: &str) -> Result<HashMap<String, Vec<RemovalRecord>>> {
    let rows = on!(tx, |c| sqlx::query_as::<_, RemovalRow>(REMOVALS).bind(project).fetch_all(c).await)?;
    let mut found: HashMap<String, Vec<RemovalRecord>> = HashMap::new();
    for row in rows {
        let removed_at = Timestamp::from_micros(row.removed_at);
        found.entry(row.flag).or_default().push(RemovalRecord { repository: row.repository, removed_at });
    }
    Ok(found)
}

fn by_flag<T>(records: Vec<T>, flag: impl Fn(&T) -> String) -> HashMap<String, Vec<T>> {
    let mut found: HashMap<String, Vec<T>> = HashMap::new();
    for record in records {
        found.entry(flag(&record)).or_default().push(record);
    }
    found
}
