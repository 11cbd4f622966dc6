//! Applying a decision: all of it, or nothing.

use hoist_eval::Timestamp;
use hoist_eval::draft::AllocationDraft;
use hoist_lifecycle::rollout::decision::{Decision, Effect, Notice};
use hoist_lifecycle::rollout::evidence::Input;
use hoist_lifecycle::rollout::look;
use hoist_lifecycle::rollout::rationale::Action;
use hoist_lifecycle::rollout::state::{Phase, RolloutState};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::decisions::{self, Circumstances, is_notable};
use super::list::FIND;
use super::looks;
use super::record::{PhaseName, RolloutRecord, RolloutRow};
use super::safety;
use crate::audit::{Entry, append};
use crate::dialect::locking;
use crate::driver::{Tx, on};
use crate::error::{Result, StoreError};
use crate::failpoint::pass;
use crate::flags::{FlagChange, TargetingRow, apply_flag_change, standing};
use crate::json::{FORMAT, encode};
use crate::leases::{Fence, check_fence};
use crate::notify::Nudge;
use crate::outbox::{self, Event};
use crate::store::{Store, mutate};
use crate::write::{Version, Write};

/// A decision to be applied, and what it was based on.
#[derive(Debug, Clone, Copy)]
pub struct Applying<'a> {
    /// The rollout.
    pub rollout: &'a str,
    /// The version that the decision is based on.
    pub expected: Version,
    /// What the step was told.
    pub input: &'a Input,
    /// What it decided.
    pub decision: &'a Decision,
    /// The lease that the controller decided under; absent for a person's command.
    pub fence: Option<&'a Fence>,
}

/// What applying a decision came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    /// The version that the rollout has now.
    pub version: Version,
    /// The environment's new generation; absent if nothing that is served changed.
    pub generation: Option<u64>,
    /// The number of the recorded decision; absent for a step that only counted time and evidence.
    pub decision: Option<u64>,
}

const UPDATE: &str =
    "UPDATE rollouts SET state = $3, format = $4, phase = $5, active = $6, decisions = $7, wake_at = $8,
    changed_at = $9, ended_at = $10, version = version + 1 WHERE id = $1 AND version = $2";

impl Store {
    /// Applies a decision in one transaction: the rollout moves from the version that the decision is based on, the
    /// flag's allocation follows, and the decision, the audit record and the events are written. If the rollout has
    /// moved meanwhile, or the flag is not as the evidence says, nothing happens and the answer is a conflict.
    pub async fn apply_decision(&self, write: &Write<'_>, applying: Applying<'_>) -> Result<Applied> {
        mutate!(self, write, |tx| apply(tx, write, applying))
    }
}

pub(super) async fn apply(tx: &mut Tx, write: &Write<'_>, applying: Applying<'_>) -> Result<Applied> {
    let text = locking(tx, FIND);
    let row = on!(tx, |c| sqlx::query_as::<_, RolloutRow>(text).bind(applying.rollout).fetch_optional(c).await)?;
    let was = row.ok_or(StoreError::Missing { what: "rollout" })?.parse()?;
    if was.version != applying.expected || !was.is_active() {
        return Err(StoreError::Conflict { what: "rollout", current: was.version });
    }
    if let Some(fence) = applying.fence {
        check_fence(tx, fence).await?;
    }
    pass("decision.checked");
    let notable = is_notable(applying.input, applying.decision);
    let seq = was.decisions + u64::from(notable);
    move_rollout(tx, write, &was, &applying.decision.next, applying.decision.wake_at, seq).await?;
    pass("decision.rollout.written");
    let version = Version(was.version.0 + 1);
    let generation = change_flag(tx, write, &was, applying).await?;
    if generation.is_some() {
        pass("decision.flag.written");
    }
    if matches!(applying.decision.next.phase, Phase::RolledBack { .. }) {
        safety::begin(tx, write, &was, version, generation).await?;
        pass("decision.safety.written");
    }
    if let Some(look) = look(applying.input, applying.decision, write.now) {
        looks::keep(tx, &was.id, &look).await?;
        pass("decision.look.written");
    }
    if !notable {
        return Ok(Applied { version, generation, decision: None });
    }
    record(tx, write, &was, applying, seq, version, generation).await?;
    tx.nudges.push(Nudge::Rollout { rollout: was.id });
    Ok(Applied { version, generation, decision: Some(seq) })
}

async fn move_rollout(
    tx: &mut Tx,
    write: &Write<'_>,
    was: &RolloutRecord,
    next: &RolloutState,
    wake_at: Option<Timestamp>,
    decisions: u64,
) -> Result<()> {
    let state = encode(next)?;
    let phase = PhaseName::of(&next.phase);
    let now = write.now.as_micros();
    let rows = on!(tx, |c| sqlx::query(UPDATE)
        .bind(&was.id)
        .bind(was.version.to_row())
        .bind(&state)
        .bind(FORMAT)
        .bind(phase.as_str())
        .bind(phase.is_active())
        .bind(decisions as i64)
        .bind(wake_at.map(Timestamp::as_micros))
        .bind(now)
        .bind((!phase.is_active()).then_some(now))
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    if rows == 1 { Ok(()) } else { Err(StoreError::Conflict { what: "rollout", current: was.version }) }
}

/// Carries out the effects on the flag, through the one write path, and returns the environment's new generation.
async fn change_flag(
    tx: &mut Tx,
    write: &Write<'_>,
    was: &RolloutRecord,
    applying: Applying<'_>,
) -> Result<Option<u64>> {
    let mut generation = None;
    for (change, assumed) in applying.decision.effects.iter().filter_map(flag_change) {
        let standing = standing(tx, &was.project, &was.environment, &was.flag).await?;
        if let Assumed::Standing(allocation) = assumed {
            check_standing(&standing, allocation, applying.input)?;
        }
        let (changed, _) = apply_flag_change(tx, write, &was.project, standing, &change).await?;
        if changed.changed {
            generation = Some(changed.generation);
        }
    }
    Ok(generation)
}

/// What an effect assumes of the flag.
enum Assumed<'a> {
    /// Nothing: it is carried out whatever the flag serves.
    Nothing,
    /// That the allocation is still this.
    Standing(Option<&'a AllocationDraft>),
}

/// Refuses to move a flag that does not stand where the decision saw it. The next tick sees what happened.
fn check_standing(standing: &TargetingRow, assumed: Option<&AllocationDraft>, input: &Input) -> Result<()> {
    let switched = matches!(input, Input::Tick(seen) if seen.enabled != standing.enabled);
    if switched || standing.read_allocation()?.as_ref() != assumed {
        return Err(StoreError::Conflict { what: "flag", current: Version::from_row(standing.version) });
    }
    Ok(())
}

fn flag_change(effect: &Effect) -> Option<(FlagChange, Assumed<'_>)> {
    Some(match effect {
        Effect::SetAllocation { from, to } => {
            (FlagChange::Allocation(to.as_deref().cloned()), Assumed::Standing(from.as_deref()))
        }
        Effect::ForceAllocation { to } => (FlagChange::Allocation(to.as_deref().cloned()), Assumed::Nothing),
        Effect::Conclude { from, serve } => {
            (FlagChange::Conclude { serve: serve.as_str().to_owned() }, Assumed::Standing(from.as_deref()))
        }
        Effect::Notify { .. } => return None,
    })
}

/// Writes what is kept about a notable decision: the audit record, the decision, and the events.
async fn record(
    tx: &mut Tx,
    write: &Write<'_>,
    was: &RolloutRecord,
    applying: Applying<'_>,
    seq: u64,
    version: Version,
    generation: Option<u64>,
) -> Result<()> {
    let Applying { input, decision, fence, .. } = applying;
    let after = json!({ "phase": decision.next.phase, "rationale": decision.rationale, "decision": seq,
                        "flag": was.flag });
    let entry = Entry::new(action(decision.rationale.action), "rollout", &was.id)
        .environment(&was.project, &was.environment)
        .changed(&json!({ "phase": was.state.phase }), &after);
    let audit_seq = append(tx, write, entry).await?;
    pass("decision.audit.written");
    let at = Circumstances { rollout: &was.id, seq: seq as i64, version, generation, audit_seq };
    decisions::insert(tx, write, &at, input, &was.state, decision).await?;
    pass("decision.history.written");
    let notices = decision.effects.iter().filter_map(|effect| match effect {
        Effect::Notify { notice } => Some(notice),
        Effect::SetAllocation { .. } | Effect::ForceAllocation { .. } | Effect::Conclude { .. } => None,
    });
    for (index, notice) in (0..).zip(notices) {
        let event = Event {
            topic: topic(notice),
            stream: outbox::stream(&was.project, &was.environment, &was.flag),
            payload: payload(write.now, was, decision, notice),
        };
        outbox::put(tx, write.now, audit_seq, index, &event, fence).await?;
        pass("decision.event.written");
    }
    Ok(())
}

/// Returns what the audit log calls a decision: what was done, whoever did it.
fn action(action: Action) -> &'static str {
    match action {
        Action::Hold => "rollout.hold",
        Action::Start => "rollout.enter",
        Action::Advance => "rollout.advance",
        Action::StepBack => "rollout.step_back",
        Action::Pause => "rollout.pause",
        Action::Resume => "rollout.resume",
        Action::Promote => "rollout.promote",
        Action::RollBack => "rollout.rollback",
        Action::Complete => "rollout.complete",
        Action::Cancel => "rollout.cancel",
        Action::Part => "rollout.part",
    }
}

fn topic(notice: &Notice) -> &'static str {
    match notice {
        Notice::StageEntered { .. } => "rollout.stage_entered",
        Notice::Paused { .. } => "rollout.paused",
        Notice::AwaitingApproval { .. } => "rollout.awaiting_approval",
        Notice::Breach { .. } => "rollout.breach",
        Notice::RolledBack { .. } => "rollout.rolled_back",
        Notice::Completed => "rollout.completed",
        Notice::Cancelled => "rollout.cancelled",
    }
}

fn payload(now: Timestamp, was: &RolloutRecord, decision: &Decision, notice: &Notice) -> Value {
    json!({
        "project": was.project, "environment": was.environment, "flag": was.flag, "rollout": was.id, "plan": was.plan,
        "notice": notice, "summary": decision.rationale.summary(), "at": now,
    })
}
