//! The store: one row of a rollout beside the flag that it changes, written in one step or not at all.

use std::rc::Rc;
use std::sync::Arc;

use hoist_eval::Timestamp;
use hoist_eval::draft::AllocationDraft;
use hoist_lifecycle::rollout::decision::{Decision, Effect, Rule};
use hoist_lifecycle::rollout::rationale::{Action, Rationale};
use hoist_lifecycle::rollout::state::RolloutState;

/// How long a lease lasts by the store's clock.
const LEASE_MICROS: i64 = 15_000_000;

/// What the store forgets to check. A correct store checks everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Checks {
    pub(crate) version: bool,
    pub(crate) fence: bool,
    pub(crate) flag: bool,
}

impl Checks {
    pub(crate) const ALL: Self = Self { version: true, fence: true, flag: true };
}

/// The flag, as far as a rollout touches it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Flag {
    pub(crate) enabled: bool,
    pub(crate) allocation: Option<Arc<AllocationDraft>>,
    /// Whether the default is the treatment.
    pub(crate) concluded: bool,
}

#[derive(Debug)]
pub(crate) struct Store {
    pub(crate) version: u64,
    /// The last applied decision; its `next` is the state.
    last: Rc<Decision>,
    pub(crate) flag: Flag,
    holder: Option<usize>,
    fence: u64,
    lease_until: i64,
}

impl Store {
    pub(crate) fn new(state: RolloutState, flag: Flag, wake_at: Timestamp) -> Self {
        let rationale = Rationale {
            rule: Rule::Command,
            action: Action::Hold,
            stage: None,
            guard: None,
            reason: None,
            until: None,
            guards: Vec::new(),
            combined: None,
            shares: None,
            telemetry: None,
            candidates: Vec::new(),
            beside: None,
        };
        let effects = Vec::new();
        let last = Rc::new(Decision { next: state, effects, rationale, wake_at: Some(wake_at), notable: true });
        Self { version: 1, last, flag, holder: None, fence: 0, lease_until: 0 }
    }

    /// The decision that led to the present state.
    pub(crate) fn last(&self) -> &Rc<Decision> {
        &self.last
    }

    pub(crate) fn state(&self) -> &RolloutState {
        &self.last.next
    }

    /// Takes or renews the lease at the store's time. `None` while another holds it.
    pub(crate) fn acquire(&mut self, node: usize, now: i64) -> Option<u64> {
        let expired = now >= self.lease_until || self.lease_until - now > LEASE_MICROS;
        if self.holder != Some(node) {
            if self.holder.is_some() && !expired {
                return None;
            }
            self.holder = Some(node);
            self.fence += 1;
        }
        self.lease_until = now.saturating_add(LEASE_MICROS);
        Some(self.fence)
    }

    /// Applies a decision made about `version`. `false` is a conflict: nothing has happened.
    pub(crate) fn apply(&mut self, version: u64, fence: Option<u64>, decision: &Rc<Decision>, checks: Checks) -> bool {
        let stale = checks.version && version != self.version;
        let fenced = checks.fence && fence.is_some_and(|fence| fence != self.fence);
        let changed = decision.effects.iter().any(|effect| match effect {
            Effect::SetAllocation { from, .. } | Effect::Conclude { from, .. } => *from != self.flag.allocation,
            _ => false,
        });
        if stale || fenced || (checks.flag && changed) {
            return false;
        }
        for effect in &decision.effects {
            match effect {
                Effect::SetAllocation { to, .. } | Effect::ForceAllocation { to } => {
                    self.flag.allocation.clone_from(to);
                }
                Effect::Conclude { .. } => {
                    self.flag.allocation = None;
                    self.flag.concluded = true;
                }
                Effect::Notify { .. } => {}
            }
        }
        self.version += 1;
        self.last = Rc::clone(decision);
        true
    }
}
