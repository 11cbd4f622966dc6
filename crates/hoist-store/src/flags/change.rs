//! The one write path of what a flag serves.

use hoist_eval::draft::{AllocationDraft, ServeDraft, TargetingDraft};
use serde_json::{Value, json};

use super::asked::check_targeting;
use super::list::TARGETING;
use super::record::{Body, TargetingRow};
use super::{FlagChange, FlagChanged};
use crate::audit::{Entry, append};
use crate::dialect::{locking, locking_shared};
use crate::driver::{Tx, on};
use crate::environments::bump;
use crate::error::{Refusal, Result, StoreError};
use crate::failpoint::pass;
use crate::json::{FORMAT, encode};
use crate::outbox::{self, Event};
use crate::store::{Store, mutate};
use crate::write::{Version, Write, check_version};

pub(super) const LIVE: &str = "SELECT archived_at FROM flags WHERE project = $1 AND key = $2";
const SET_ENABLED: &str = "UPDATE targetings SET enabled = $4, version = version + 1, generation = $5, changed_at = $6
    WHERE project = $1 AND environment = $2 AND flag = $3";
const SET_ALL: &str = "UPDATE targetings SET enabled = $4, version = version + 1, generation = $5, changed_at = $6,
    off_variant = $7, body = $8, allocation = $9, format = $10
    WHERE project = $1 AND environment = $2 AND flag = $3";

impl Store {
    /// Changes what a flag serves in one environment. A change that changes nothing writes nothing.
    pub async fn apply_flag_change(
        &self,
        write: &Write<'_>,
        project: &str,
        environment: &str,
        flag: &str,
        change: &FlagChange,
    ) -> Result<FlagChanged> {
        mutate!(self, write, |tx| apply_and_tell(tx, write, project, environment, flag, change))
    }

    /// Changes what operators edit, as a whole.
    pub async fn set_targeting(
        &self,
        write: &Write<'_>,
        project: &str,
        environment: &str,
        flag: &str,
        targeting: TargetingDraft,
    ) -> Result<FlagChanged> {
        self.apply_flag_change(write, project, environment, flag, &FlagChange::Targeting(targeting)).await
    }

    /// Throws the kill switch, in either direction. Works even when the rest of the flag cannot be read.
    pub async fn set_enabled(
        &self,
        write: &Write<'_>,
        project: &str,
        environment: &str,
        flag: &str,
        enabled: bool,
    ) -> Result<FlagChanged> {
        self.apply_flag_change(write, project, environment, flag, &FlagChange::Enabled(enabled)).await
    }
}

/// Reads and locks what a flag serves. An archived flag is refused. Columns that hold JSON are read by whoever needs
/// them, so that a change which replaces one works whatever it holds.
pub(crate) async fn standing(tx: &mut Tx, project: &str, environment: &str, flag: &str) -> Result<TargetingRow> {
    let live = locking_shared(tx, LIVE);
    let archived =
        on!(tx, |c| sqlx::query_scalar::<_, Option<i64>>(live).bind(project).bind(flag).fetch_optional(c).await)?;
    match archived {
        None => return Err(StoreError::Missing { what: "flag" }),
        Some(Some(_)) => return Err(Refusal::Archived.into()),
        Some(None) => {}
    }
    let text = locking(tx, TARGETING);
    let row = on!(tx, |c| sqlx::query_as::<_, TargetingRow>(text)
        .bind(project)
        .bind(environment)
        .bind(flag)
        .fetch_optional(c)
        .await)?;
    row.ok_or(StoreError::Missing { what: "environment" })
}

async fn apply_and_tell(
    tx: &mut Tx,
    write: &Write<'_>,
    project: &str,
    environment: &str,
    flag: &str,
    change: &FlagChange,
) -> Result<FlagChanged> {
    let row = standing(tx, project, environment, flag).await?;
    check_version("flag", write, Version::from_row(row.version))?;
    let (changed, seq) = apply_flag_change(tx, write, project, row, change).await?;
    if let Some(seq) = seq {
        let event = Event {
            topic: "flag.changed",
            stream: outbox::stream(project, environment, flag),
            payload: json!({
                "project": project, "environment": environment, "flag": flag, "version": changed.version,
                "generation": changed.generation, "action": change.action(), "at": write.now,
            }),
        };
        outbox::put(tx, write.now, seq, 0, &event, None).await?;
    }
    Ok(changed)
}

/// Applies a change to a flag whose row is locked, bumps the generation and tells the audit log. Returns the number
/// of the audit record, or none if nothing changed.
pub(crate) async fn apply_flag_change(
    tx: &mut Tx,
    write: &Write<'_>,
    project: &str,
    row: TargetingRow,
    change: &FlagChange,
) -> Result<(FlagChanged, Option<u64>)> {
    let Some(effect) = Effect::of(&row, change)? else {
        let version = Version::from_row(row.version);
        return Ok((FlagChanged { version, generation: row.generation as u64, changed: false }, None));
    };
    if let FlagChange::Targeting(to_be) = change {
        let was = row.read_body().ok().map(|body| body.with(row.enabled, row.off_variant.clone()));
        check_targeting(tx, project, was.as_ref(), to_be).await?;
    }
    let generation = bump(tx, project, &row.environment).await?;
    pass("flag.generation.written");
    store(tx, write, project, &row, &effect, generation).await?;
    pass("flag.row.written");
    let entry = Entry::new(change.action(), "flag", &row.flag)
        .environment(project, &row.environment)
        .changed(&effect.before, &effect.after);
    let seq = append(tx, write, entry).await?;
    pass("flag.audit.written");
    let version = Version(Version::from_row(row.version).0 + 1);
    Ok((FlagChanged { version, generation, changed: true }, Some(seq)))
}

impl FlagChange {
    fn action(&self) -> &'static str {
        match self {
            Self::Targeting(_) => "flag.targeting",
            Self::Enabled(true) => "flag.on",
            Self::Enabled(false) => "flag.off",
            Self::Allocation(_) => "flag.allocation",
            Self::Conclude { .. } => "flag.conclude",
        }
    }
}

/// What a change comes to.
struct Effect {
    enabled: bool,
    /// The off variant, the body and the allocation as stored; absent if only the switch moves.
    rest: Option<(String, String, Option<String>)>,
    before: Value,
    after: Value,
}

impl Effect {
    /// Returns what the change comes to, or none if it changes nothing.
    fn of(row: &TargetingRow, change: &FlagChange) -> Result<Option<Self>> {
        let effect = match change {
            FlagChange::Enabled(enabled) => Self {
                enabled: *enabled,
                rest: None,
                before: json!({ "enabled": row.enabled }),
                after: json!({ "enabled": enabled }),
            },
            FlagChange::Targeting(targeting) => {
                // What cannot be read is replaced all the same: that is how it is repaired.
                let before = row.read_body().ok().map(|body| body.with(row.enabled, row.off_variant.clone()));
                Self {
                    enabled: targeting.enabled,
                    rest: Some((targeting.off_variant.clone(), encode(&Body::of(targeting))?, row.allocation.clone())),
                    before: json!(before),
                    after: json!(targeting),
                }
            }
            FlagChange::Allocation(allocation) => Self {
                enabled: row.enabled,
                rest: Some((row.off_variant.clone(), row.body.clone(), encoded(allocation.as_ref())?)),
                before: json!({ "allocation": shown(row) }),
                after: json!({ "allocation": allocation }),
            },
            FlagChange::Conclude { serve } => {
                let was = row.read_body()?;
                let mut body = was.clone();
                body.default = ServeDraft::Variant(serve.clone());
                Self {
                    enabled: row.enabled,
                    rest: Some((row.off_variant.clone(), encode(&body)?, None)),
                    before: json!({ "default": was.default, "allocation": shown(row) }),
                    after: json!({ "default": body.default, "allocation": null }),
                }
            }
        };
        Ok((effect.before != effect.after).then_some(effect))
    }
}

/// Returns the allocation for the audit log; one that cannot be read differs from every other.
fn shown(row: &TargetingRow) -> Value {
    row.read_allocation().map_or_else(|_| json!("unreadable"), |allocation| json!(allocation))
}

fn encoded(allocation: Option<&AllocationDraft>) -> Result<Option<String>> {
    allocation.map(encode).transpose()
}

async fn store(
    tx: &mut Tx,
    write: &Write<'_>,
    project: &str,
    row: &TargetingRow,
    effect: &Effect,
    generation: u64,
) -> Result<()> {
    let generation = generation as i64;
    let now = write.now.as_micros();
    match &effect.rest {
        None => on!(tx, |c| sqlx::query(SET_ENABLED)
            .bind(project)
            .bind(&row.environment)
            .bind(&row.flag)
            .bind(effect.enabled)
            .bind(generation)
            .bind(now)
            .execute(c)
            .await
            .map(drop))?,
        Some((off_variant, body, allocation)) => on!(tx, |c| sqlx::query(SET_ALL)
            .bind(project)
            .bind(&row.environment)
            .bind(&row.flag)
            .bind(effect.enabled)
            .bind(generation)
            .bind(now)
            .bind(off_variant)
            .bind(body)
            .bind(allocation)
            .bind(FORMAT)
            .execute(c)
            .await
            .map(drop))?,
    }
    Ok(())
}
