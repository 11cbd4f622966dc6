//! One look at one rollout: gather the evidence, let the step decide, apply the decision.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures::{FutureExt as _, StreamExt as _};
use hoist_eval::Timestamp;
use hoist_lifecycle::rollout::decision::{Decision, Effect, Rule};
use hoist_lifecycle::rollout::evidence::{Evidence, GuardReading, Input, Observer};
use hoist_lifecycle::rollout::state::{Phase, RolloutState};
use hoist_lifecycle::rollout::{RolloutSpec, candidate, due_guards, step};
use hoist_store::failpoint::pass;
use hoist_store::{
    Actor, Applying, Epoch, Fence, FlagTargeting, PageRequest, Refusal, RolloutFilter, RolloutRecord, StoreError, Write,
};

use super::Tools;
use crate::limits::{GUARDS_CONCURRENT_MAX, PAGE_MAX};
use crate::metrics::Ask;
use crate::snapshots::{EnvironmentId, Position};
use crate::tasks::lease::Leadership;

/// The circumstances of every look of one activation.
#[derive(Clone, Copy)]
pub(super) struct Look<'a> {
    pub(super) tools: &'a Tools,
    pub(super) leadership: &'a Leadership,
    pub(super) actor: &'a Actor,
    pub(super) fence: &'a Fence,
    /// The history that the store is in.
    pub(super) epoch: Epoch,
    pub(super) now: Timestamp,
}

/// What came of a look.
#[derive(Debug)]
pub(super) struct Looked {
    pub(super) rollout: String,
    /// When to look again; absent leaves it to the poll.
    pub(super) wake_at: Option<Timestamp>,
    /// What stood in the way, for people.
    pub(super) trouble: Option<String>,
}

/// Why a look came to nothing.
#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the flag of rollout {0} is gone; cancel the rollout")]
    Flag(String),
    #[error(
        "judging it met a defect of Hoist, and what it served is served on: {0}; report it, with the rollout's explanation"
    )]
    Defect(String),
    #[error("the step refused a tick: {0}")]
    Step(#[from] hoist_lifecycle::rollout::decision::TransitionError),
}

impl Look<'_> {
    /// Looks at one rollout. Whatever goes wrong, the rollout stays where it is and is looked at again.
    pub(super) async fn at(&self, rollout: &RolloutRecord) -> Looked {
        let mut looked = Looked { rollout: rollout.id.clone(), wake_at: None, trouble: None };
        // A defect that one rollout meets must not keep the others from being judged and rolled back. Nothing is left
        // half done: what a look changes, it changes in one transaction at its end.
        let decided = AssertUnwindSafe(self.decide(rollout)).catch_unwind().await;
        match decided.unwrap_or_else(|panic| Err(Fault::Defect(message(panic.as_ref())))) {
            Ok(wake_at) => looked.wake_at = wake_at,
            Err(fault) => looked.trouble = self.forget(rollout, &fault),
        }
        looked
    }

    async fn decide(&self, rollout: &RolloutRecord) -> Result<Option<Timestamp>, Fault> {
        let spec = &rollout.spec;
        // Read after the rollout: if the rollout moves in between, this shows what it became, and the comparison of
        // versions refuses the decision.
        let store = &self.tools.store;
        let flag = store.targeting(&rollout.project, &rollout.environment, &rollout.flag).await?;
        let flag = flag.ok_or_else(|| Fault::Flag(rollout.id.clone()))?;
        let evidence = self.evidence(rollout, flag).await;
        let mut input = Input::Tick(evidence);
        let mut decision = step(spec, &rollout.state, &input, self.now)?;
        if matches!(decision.rationale.rule, Rule::Breach | Rule::Notified) && decision.notable {
            // Who else may have done it is looked up for those decisions alone that say so.
            input = self.beside(rollout, input).await;
            decision = step(spec, &rollout.state, &input, self.now)?;
        }
        pass("controller.step.after");
        // The answer of a source may have taken longer than the lease lives.
        if self.leadership.fence().as_ref() != Some(self.fence) {
            return Ok(None);
        }
        self.apply(rollout, &input, &decision).await?;
        Ok(decision.wake_at)
    }

    /// Returns the rollouts that are not over and that this one waits for. One that cannot be read is waited for.
    async fn waits_for(&self, rollout: &RolloutRecord) -> Vec<String> {
        let mut waits = Vec::new();
        // Whoever is kept apart from another waits for it once more, before the stage for everyone.
        if matches!(rollout.state.phase, Phase::Scheduled { .. }) || rollout.state.part.is_some() {
            for other in rollout.spec.waits_for() {
                let found = self.tools.store.rollout(other).await;
                if !matches!(&found, Ok(None))
                    && found.as_ref().map_or(true, |found| found.as_ref().is_some_and(RolloutRecord::is_active))
                {
                    waits.push(other.to_owned());
                }
            }
        }
        waits
    }

    /// Returns the input with the rollouts that run beside this one and are judged by the same metrics. Without them the
    /// decision is the same and says less, so a store that does not answer is no reason to wait.
    async fn beside(&self, rollout: &RolloutRecord, input: Input) -> Input {
        let Input::Tick(evidence) = input else { return input };
        let filter = RolloutFilter {
            project: Some(rollout.project.clone()),
            environment: Some(rollout.environment.clone()),
            active: Some(true),
            ..RolloutFilter::default()
        };
        let page = PageRequest { limit: Some(PAGE_MAX), cursor: None };
        let others = self.tools.store.list_rollouts(&filter, &page).await.map(|page| page.items).unwrap_or_default();
        let own = (&rollout.spec, &rollout.state);
        let candidates = others.iter().filter_map(|other| candidate(own, (&other.spec, &other.state)));
        Input::Tick(Evidence { candidates: candidates.collect(), ..evidence })
    }

    /// Gathers what the step must know.
    async fn evidence(&self, rollout: &RolloutRecord, flag: FlagTargeting) -> Evidence {
        let observer = Observer { process: self.tools.process, monotonic: self.tools.clock.monotonic() };
        pass("controller.query.before");
        let due = due_guards(&rollout.spec, &rollout.state, self.now);
        let entry = rollout.state.entry_id();
        let tracked = &self.tools.intake.look(&rollout.id, entry).await;
        let asking = due.into_iter().map(|guard| async move {
            let ask = Ask { at: self.now, lookback: Some(guard.maximum_staleness) };
            let reading =
                if guard.is_tracked() { tracked.read(&guard) } else { self.tools.source.ask(&guard, ask).await };
            GuardReading { guard: guard.guard, at: self.now, reading }
        });
        let readings = futures::stream::iter(asking).buffered(GUARDS_CONCURRENT_MAX).collect().await;
        pass("controller.query.after");
        Evidence {
            observer,
            entry,
            treated: self.treated(&rollout.spec, &rollout.state, &flag).unwrap_or(0),
            allocation: flag.allocation.map(Arc::new),
            enabled: flag.targeting.enabled,
            readings,
            first_exposures: tracked.first_exposures(),
            waits_for: self.waits_for(rollout).await,
            candidates: Vec::new(),
        }
    }

    /// Returns how many units this server has served the stage's variant under the allocation that the flag has now.
    /// Nothing while what is served may be older than that allocation: a snapshot of an earlier generation or of
    /// another history, or a new snapshot in which the flag has problems and is served in its earlier form.
    fn treated(&self, spec: &RolloutSpec, state: &RolloutState, flag: &FlagTargeting) -> Option<u64> {
        let stage = spec.stage(state.phase.entry()?.stage)?;
        let id = EnvironmentId { project: spec.project().clone(), environment: spec.environment().clone() };
        let slot = self.tools.snapshots.slot(&id)?;
        let served = slot.served();
        let Position { epoch, generation } = served.as_ref()?.position;
        if epoch != self.epoch.0 || generation < flag.generation {
            return None;
        }
        let card = served.as_ref()?.card_of(spec.flag().as_str())?;
        // The version counts every edit of the flag, so it says whether this form is served, and not since when the
        // allocation stands: counts go on over edits elsewhere in the flag.
        (card.version() >= flag.version.0).then(|| card.treated(stage.variant().as_str(), 0))
    }

    async fn apply(&self, rollout: &RolloutRecord, input: &Input, decision: &Decision) -> Result<(), StoreError> {
        let write = Write::new(self.actor, self.now);
        let applying =
            Applying { rollout: &rollout.id, expected: rollout.version, input, decision, fence: Some(self.fence) };
        pass("controller.apply.before");
        let applied = self.tools.store.apply_decision(&write, applying).await?;
        pass("controller.apply.after");
        self.tools.silences.tell(rollout, input, &decision.next);
        if applied.generation.is_some() {
            // The fast path: what was decided is served as soon as it is committed.
            self.tools.nudges.snapshots.nudge();
        }
        if decision.next.phase.is_terminal() {
            self.tools.nudges.safety.nudge();
        }
        if decision.effects.iter().any(|effect| matches!(effect, Effect::Notify { .. })) {
            self.tools.nudges.outbox.nudge();
        }
        pass("controller.nudge.after");
        Ok(())
    }

    /// Lets go of a decision that was not applied. Losing against someone else is no trouble.
    fn forget(&self, rollout: &RolloutRecord, fault: &Fault) -> Option<String> {
        match fault {
            Fault::Store(StoreError::Conflict { .. }) => {
                tracing::debug!(rollout = rollout.id, "someone else moved the rollout or its flag; looking again");
                None
            }
            Fault::Store(StoreError::Refused(Refusal::Fenced)) => {
                self.leadership.lose();
                None
            }
            fault => {
                tracing::warn!(rollout = rollout.id, %fault, "a rollout is held");
                Some(fault.to_string())
            }
        }
    }
}

/// Returns what a panic said.
fn message(panic: &(dyn Any + Send)) -> String {
    let said = panic.downcast_ref::<&str>().map(|said| (*said).to_owned());
    said.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic".to_owned())
}
