//! Starting a rollout.

use hoist_eval::Timestamp;
use hoist_lifecycle::rollout::RolloutSpecDraft;
use serde_json::json;

use super::apply::{Applying, apply};
use super::list::find;
use super::needs::check_all_there;
use super::overlaps::{Compared, check_known};
use super::record::{NewRollout, PhaseName, RolloutRecord};
use crate::audit::{Entry, append};
use crate::driver::{Tx, on};
use crate::error::{Refusal, Result, StoreError, is_taken};
use crate::flags::{lock_project, standing};
use crate::json::{FORMAT, encode};
use crate::notify::Nudge;
use crate::outbox::{self, Event};
use crate::store::{Store, mutate};
use crate::write::{Version, Write};

const ACTIVE: &str = "SELECT id FROM rollouts WHERE project = $1 AND environment = $2 AND flag = $3 AND active = $4";
const INSERT: &str = "INSERT INTO rollouts (id, project, environment, flag, plan, spec, state, format, phase, active,
    decisions, version, wake_at, started_by, started_at, changed_at)
    SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 1, $11, $12, $13, $13
    WHERE EXISTS (SELECT 1 FROM environments WHERE project = $2 AND key = $3)";

impl Store {
    /// Starts a rollout. A flag has at most one active rollout in an environment, and what it serves there must still
    /// be what the rollout took for its baseline. Every rollout that it overlaps with must be named by its
    /// specification: whoever starts one has to know.
    pub async fn start_rollout(&self, write: &Write<'_>, new: &NewRollout) -> Result<RolloutRecord> {
        let compared = self.compare(&new.spec).await?;
        mutate!(self, write, |tx| start(tx, write, new, &compared))
    }

    /// Starts a rollout as [`Store::start_rollout`] does, and applies a decision about another one, which is kept apart from it:
    /// both, or neither. If the other one has moved meanwhile, the answer is a conflict.
    pub async fn start_rollout_apart(
        &self,
        write: &Write<'_>,
        new: &NewRollout,
        other: Applying<'_>,
    ) -> Result<RolloutRecord> {
        let compared = self.compare(&new.spec).await?;
        mutate!(self, write, |tx| start_apart(tx, write, new, other, &compared))
    }
}

async fn start_apart(
    tx: &mut Tx,
    write: &Write<'_>,
    new: &NewRollout,
    other: Applying<'_>,
    compared: &Compared,
) -> Result<RolloutRecord> {
    let spec = new.spec.to_draft();
    // Whatever is told comes last: the audit log is behind one lock, which everybody takes after those of what they change.
    take_place(tx, write, new, &spec, compared).await?;
    apply(tx, write, other).await?;
    tell(tx, write, new, &spec).await
}

async fn start(tx: &mut Tx, write: &Write<'_>, new: &NewRollout, compared: &Compared) -> Result<RolloutRecord> {
    let spec = new.spec.to_draft();
    take_place(tx, write, new, &spec, compared).await?;
    tell(tx, write, new, &spec).await
}

/// Writes a rollout down where nothing stands in its way.
async fn take_place(
    tx: &mut Tx,
    write: &Write<'_>,
    new: &NewRollout,
    spec: &RolloutSpecDraft,
    compared: &Compared,
) -> Result<()> {
    // One start of a project at a time: it sees whatever was started before it.
    if lock_project(tx, &spec.project).await?.is_none() {
        return Err(StoreError::Missing { what: "project" });
    }
    if let Some(rollout) = active(tx, spec).await? {
        return Err(Refusal::ActiveRollout { rollout }.into());
    }
    check_known(tx, &new.spec, compared).await?;
    // The rollout's row first, then the flag's: the order in which decisions take them too.
    insert(tx, write, new, spec).await?;
    let standing = standing(tx, &spec.project, &spec.environment, &spec.flag).await?;
    if standing.read_allocation()?.as_ref() != new.state.baseline.as_deref() {
        return Err(StoreError::Conflict { what: "flag", current: Version::from_row(standing.version) });
    }
    check_all_there(tx, spec, new.state.baseline.as_deref()).await
}

/// Tells of a rollout that was written down, and returns it.
async fn tell(tx: &mut Tx, write: &Write<'_>, new: &NewRollout, spec: &RolloutSpecDraft) -> Result<RolloutRecord> {
    let entry = Entry::new("rollout.start", "rollout", &spec.rollout)
        .environment(&spec.project, &spec.environment)
        .created(json!({ "spec": spec, "state": new.state }));
    let seq = append(tx, write, entry).await?;
    let event = Event {
        topic: "rollout.started",
        stream: outbox::stream(&spec.project, &spec.environment, &spec.flag),
        payload: json!({
            "project": spec.project, "environment": spec.environment, "flag": spec.flag, "rollout": spec.rollout,
            "plan": spec.plan.key, "at": write.now,
        }),
    };
    outbox::put(tx, write.now, seq, 0, &event, None).await?;
    tx.nudges.push(Nudge::Rollout { rollout: spec.rollout.clone() });
    find(tx, &spec.rollout).await?.ok_or(StoreError::Missing { what: "rollout" })
}

async fn active(tx: &mut Tx, spec: &RolloutSpecDraft) -> Result<Option<String>> {
    Ok(on!(tx, |c| sqlx::query_scalar::<_, String>(ACTIVE)
        .bind(&spec.project)
        .bind(&spec.environment)
        .bind(&spec.flag)
        .bind(true)
        .fetch_optional(c)
        .await)?)
}

async fn insert(tx: &mut Tx, write: &Write<'_>, new: &NewRollout, spec: &RolloutSpecDraft) -> Result<()> {
    let text = encode(spec)?;
    let state = encode(&new.state)?;
    let phase = PhaseName::of(&new.state.phase);
    let result = on!(tx, |c| sqlx::query(INSERT)
        .bind(&spec.rollout)
        .bind(&spec.project)
        .bind(&spec.environment)
        .bind(&spec.flag)
        .bind(&spec.plan.key)
        .bind(&text)
        .bind(&state)
        .bind(FORMAT)
        .bind(phase.as_str())
        .bind(phase.is_active())
        .bind(new.wake_at.map(Timestamp::as_micros))
        .bind(&write.actor.id)
        .bind(write.now.as_micros())
        .execute(c)
        .await
        .map(|done| done.rows_affected()));
    match result {
        // Someone else started one at the same moment, or the id was used before.
        Err(error) if is_taken(&error) => Err(StoreError::Exists { what: "rollout" }),
        Err(error) => Err(error.into()),
        Ok(0) => Err(StoreError::Missing { what: "environment" }),
        Ok(_) => Ok(()),
    }
}
