//! After a rollback: looks at what this server still answers and which streams lag, says so, and, on the server that
//! leads, makes one finding of what all servers said.
//!
//! Each look starts from the store, so a server that was restarted goes on where it was; what it counted before is gone,
//! and its new counts begin at zero, which errs on no side: what matters is what is answered now.

use std::collections::HashMap;

use hoist_eval::draft::{AllocationDraft, ServeDraft, TargetingDraft, WeightDraft};
use hoist_eval::{Span, Timestamp};
use hoist_lifecycle::safety::{Look, Progress, Safety, SafetyReport, Straggler};
use hoist_store::{Actor, ActorKind, RolloutRecord, StoreError, Write};

use super::board::Status;
use super::driver::{Outcome, Task};
use super::lease::Leadership;
use crate::app::App;
use crate::limits::{SAFETY_LOOK, SAFETY_POLL, SAFETY_TOKENS_MAX};
use crate::snapshots::{EnvironmentId, Position};

/// Verifies rollbacks.
#[derive(Debug)]
pub(super) struct SafetyWatch {
    app: App,
    leadership: Leadership,
    /// This server's name.
    server: String,
    /// What was seen of each rollback that is watched. Forgotten with it.
    progress: HashMap<String, Progress>,
}

impl SafetyWatch {
    /// Returns the task of the server of that name, which judges while `leadership` is held.
    pub(super) fn new(app: &App, leadership: Leadership, server: String) -> Self {
        Self { app: app.clone(), leadership, server, progress: HashMap::new() }
    }

    async fn look(&mut self, now: Timestamp) -> Result<(Status, Span), StoreError> {
        let watched = self.app.store.watched_rollbacks().await?;
        let overdue = |safety: &Safety| now.since(safety.since) > safety.terms.deadline;
        let is_late = watched.iter().all(|rollout| rollout.safety.as_deref().is_some_and(overdue));
        self.progress.retain(|id, _| watched.iter().any(|rollout| rollout.id == *id));
        let mut failed = None;
        for rollout in &watched {
            let Some(safety) = &rollout.safety else { continue };
            if let Err(error) = self.verify(rollout, safety).await {
                // The others have a right to be verified all the same.
                tracing::warn!(rollout = rollout.id, %error, "could not look at a rollback; trying again");
                failed = Some(error);
            }
        }
        let pause = if is_late || failed.is_some() { SAFETY_POLL } else { SAFETY_LOOK };
        let status = match (watched.len(), failed) {
            (_, Some(error)) => Status::ailing(error.to_string()),
            (0, None) => Status::well("no rollback is being verified"),
            (watched, None) => Status::well(format!("{watched} rollbacks are being verified")),
        };
        Ok((status, pause))
    }

    /// Reports what this server sees after one rollback, and judges it.
    async fn verify(&mut self, rollout: &RolloutRecord, safety: &Safety) -> Result<(), StoreError> {
        if let Some(look) = self.observe(rollout, safety).await? {
            let progress = self.progress.entry(rollout.id.clone()).or_default();
            let report = progress.report(&self.server, look, safety.terms);
            self.app.store.report_safety(&rollout.id, &report).await?;
        }
        self.judge(rollout, safety).await
    }

    /// Looks at what this server serves of the flag; nothing if it does not serve the environment.
    async fn observe(&self, rollout: &RolloutRecord, safety: &Safety) -> Result<Option<Look>, StoreError> {
        let (Ok(project), Ok(environment)) = (rollout.project.parse(), rollout.environment.parse()) else {
            return Ok(None);
        };
        let Some(slot) = self.app.snapshots.slot(&EnvironmentId { project, environment }) else { return Ok(None) };
        let (store, epoch) = (&self.app.store, self.app.store.epoch().await?);
        let flag = store.targeting(&rollout.project, &rollout.environment, &rollout.flag).await?;
        let target = Position { epoch: epoch.0, generation: safety.generation };
        // What is measured is a time: the moment of the swap is worth waiting for.
        let mut positions = slot.watch();
        drop(tokio::time::timeout(SAFETY_LOOK.into(), positions.wait_for(|position| *position >= target)).await);
        let served = slot.served();
        let Some(served) = served.as_ref() else { return Ok(None) };
        let (card, Some(flag)) = (served.card_of(&rollout.flag), flag) else { return Ok(None) };
        let is_current = served.position >= target && card.is_none_or(|card| card.version() >= flag.version.0);
        let mut behind = slot.fanout.acks().behind(target);
        let rest = behind.split_off(behind.len().min(SAFETY_TOKENS_MAX));
        Ok(Some(Look {
            at: self.app.clock.now(),
            is_current,
            may_serve: may_serve(&flag.targeting, flag.allocation.as_ref(), &safety.variant),
            answers: card.map_or(0, |card| card.counts.answers().map(|(_, _, count)| count).sum()),
            bad: card.map_or(0, |card| card.counts.of_variant(&safety.variant)),
            streams: slot.fanout.acks().len(),
            behind: self.named(behind).await?,
            behind_unnamed: rest.into_iter().map(|(_, streams)| streams).sum(),
        }))
    }

    /// Puts the titles of tokens in place of their ids, which tell people nothing.
    async fn named(&self, behind: Vec<(String, u64)>) -> Result<Vec<(String, u64)>, StoreError> {
        let mut named = Vec::new();
        for (token, streams) in behind {
            let title = self.app.store.token(&token).await?.map(|record| record.title);
            named.push((title.filter(|title| !title.is_empty()).unwrap_or(token), streams));
        }
        Ok(named)
    }

    async fn judge(&self, rollout: &RolloutRecord, safety: &Safety) -> Result<(), StoreError> {
        let now = self.app.clock.now();
        let Some(fence) = self.leadership.fence() else { return Ok(()) };
        let reports: Vec<SafetyReport> = self.app.store.safety_reports(&rollout.id).await?;
        let verification = safety.look(&reports, now);
        let actor = Actor::new(ActorKind::Controller, "controller");
        let write = Write::new(&actor, now);
        let store = &self.app.store;
        match store.verify_rollback(&write, &rollout.id, rollout.version, &verification, Some(&fence)).await {
            // Someone else settled it first.
            Err(StoreError::Conflict { .. }) => return Ok(()),
            other => other?,
        }
        if verification.settles {
            Self::tell(rollout, &verification.next);
            self.app.nudges.outbox.nudge();
        }
        Ok(())
    }

    fn tell(rollout: &RolloutRecord, safety: &Safety) {
        let (flag, environment) = (&rollout.flag, &rollout.environment);
        let finding = safety.finding.as_ref();
        let still = finding.map_or(0, |finding| finding.still);
        if let Some(after) = finding.and_then(|finding| finding.safe_after) {
            tracing::info!(rollout = rollout.id, flag, environment, %after, still, "a rollback has reached everybody");
            return;
        }
        let stragglers: &[Straggler] = finding.map_or(&[], |finding| &finding.stragglers);
        tracing::error!(
            rollout = rollout.id,
            flag,
            environment,
            still,
            ?stragglers,
            "a rollback has not reached everybody within its deadline; switch the flag off, and look at the servers and \
             streams that lag (`hoist rollout status`)"
        );
    }
}

impl Task for SafetyWatch {
    fn name(&self) -> &'static str {
        "safety"
    }

    async fn activate(&mut self, now: Timestamp) -> Outcome {
        let (status, pause) =
            self.look(now).await.unwrap_or_else(|error| (Status::ailing(error.to_string()), SAFETY_POLL));
        Outcome { status, wake_at: Some(now.saturating_add(pause)) }
    }
}

/// Returns whether a definition may give the variant to anybody: by a rule, by its default, or by an allocation.
fn may_serve(targeting: &TargetingDraft, allocation: Option<&AllocationDraft>, variant: &str) -> bool {
    let weighted =
        |weights: &[WeightDraft]| weights.iter().any(|weight| weight.variant == variant && weight.weight > 0);
    let serves = |serve: &ServeDraft| match serve {
        ServeDraft::Variant(served) => served == variant,
        ServeDraft::Split(split) => weighted(&split.weights),
    };
    targeting.off_variant == variant
        || serves(&targeting.default)
        || targeting.rules.iter().any(|rule| serves(&rule.serve))
        || allocation.is_some_and(|allocation| allocation.entries.iter().any(|entry| weighted(&entry.weights)))
}
