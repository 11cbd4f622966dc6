//! The rollout controller: looks at every rollout that is due, asks its guards' metrics, and applies what the step
//! decides.
//!
//! It keeps nothing that matters between two activations. Everything it acts on is read anew, a decision and all its
//! effects are one transaction that compares the rollout's version, and whoever loses that comparison forgets what it
//! wanted: the next activation sees the new world. That is why it may be dropped or killed at any instruction, why two
//! of them do no harm, and why an operator's command needs no lock.

mod look;

use std::collections::HashMap;

use futures::StreamExt as _;
use hoist_eval::{Span, Timestamp};
use hoist_store::failpoint::pass;
use hoist_store::{Actor, ActorKind, Epoch, RolloutRecord, Store, StoreError};

use super::Nudges;
use super::board::Status;
use super::driver::{Outcome, Task};
use super::lease::Leadership;
use crate::clock::Clock;
use crate::evidence::Intake;
use crate::limits::{CONTROLLER_BATCH_MAX, CONTROLLER_CONCURRENT_MAX, CONTROLLER_POLL};
use crate::metrics::{MetricSource, Silences};
use crate::snapshots::Snapshots;

use look::{Look, Looked};

/// What looking at rollouts takes.
#[derive(Debug, Clone)]
pub struct Tools {
    /// Where rollouts are kept.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Where guards get their numbers.
    pub source: MetricSource,
    /// Where guards without data are told.
    pub silences: Silences,
    /// What units do, for guards on tracked metrics.
    pub intake: Intake,
    /// What is served, which knows how many units were treated.
    pub snapshots: Snapshots,
    /// Whom to wake after a decision.
    pub nudges: Nudges,
    /// Names this process among observers. Monotonic clocks of two processes do not compare.
    pub process: u64,
}

/// The controller.
#[derive(Debug)]
pub struct Controller {
    tools: Tools,
    leadership: Leadership,
    tick_floor: Span,
    /// When rollouts want to be looked at again. A memory aid that may be empty: the store knows it too.
    wakes: HashMap<String, Timestamp>,
}

impl Controller {
    /// Returns a controller that decides while `leadership` is held, and lets at least `tick_floor` pass between two
    /// looks that nobody asked for.
    pub fn new(tools: Tools, leadership: Leadership, tick_floor: Span) -> Self {
        Self { tools, leadership, tick_floor, wakes: HashMap::new() }
    }

    /// Returns the rollouts to look at, and the history that they are in.
    async fn due(&self, now: Timestamp) -> Result<(Vec<RolloutRecord>, Epoch), StoreError> {
        let store = &self.tools.store;
        Ok((store.due_rollouts(now, CONTROLLER_BATCH_MAX).await?, store.epoch().await?))
    }

    /// Returns when to look again: at the first appointment, and at the latest after the poll that finds rollouts
    /// which others started or moved.
    fn next_look(&mut self, looks: &[Looked], now: Timestamp) -> Timestamp {
        for look in looks {
            match look.wake_at {
                Some(at) => self.wakes.insert(look.rollout.clone(), at),
                None => self.wakes.remove(&look.rollout),
            };
        }
        self.wakes.retain(|_, at| *at > now);
        let poll = now.saturating_add(CONTROLLER_POLL);
        let first = self.wakes.values().min().copied().unwrap_or(poll);
        first.min(poll).max(now.saturating_add(self.tick_floor))
    }
}

impl Task for Controller {
    fn name(&self) -> &'static str {
        "controller"
    }

    async fn activate(&mut self, now: Timestamp) -> Outcome {
        let later = Some(now.saturating_add(CONTROLLER_POLL));
        let Some(fence) = self.leadership.fence() else {
            return Outcome { status: Status::well("stands by"), wake_at: later };
        };
        pass("controller.read.before");
        let (due, epoch) = match self.due(now).await {
            Ok(found) => found,
            Err(error) => return Outcome { status: Status::ailing(error.to_string()), wake_at: later },
        };
        pass("controller.read.after");
        let actor = Actor::new(ActorKind::Controller, "controller");
        let look = Look { tools: &self.tools, leadership: &self.leadership, actor: &actor, fence: &fence, epoch, now };
        let full = due.len() >= CONTROLLER_BATCH_MAX as usize;
        let looks: Vec<Looked> = futures::stream::iter(due)
            .map(|rollout| async move { look.at(&rollout).await })
            .buffer_unordered(CONTROLLER_CONCURRENT_MAX)
            .collect()
            .await;
        let status = match looks.iter().find_map(|look| look.trouble.as_deref()) {
            Some(trouble) => Status::ailing(trouble),
            None => Status::well(format!("{} rollouts looked at", looks.len())),
        };
        // A full batch means that more may be due.
        let next = self.next_look(&looks, now);
        Outcome { status, wake_at: Some(if full { now } else { next }) }
    }
}
