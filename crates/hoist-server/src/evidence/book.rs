//! One rollout's ledger on this server, and what surrounds it.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

use hoist_eval::Timestamp;
use hoist_eval::draft::AllocationDraft;
use hoist_lifecycle::intake::{Arm, Event, Ledger, Outcome, TrackedMetric, Unit};
use hoist_lifecycle::metric::Metric;
use hoist_lifecycle::rollout::RolloutSpec;
use hoist_lifecycle::rollout::state::EntryId;
use hoist_store::RolloutRecord;

use super::seen::{SeenUnit, Serving};
use crate::limits::STAYS_KNOWN_MAX;

/// A rollout that is counted.
#[derive(Debug)]
pub(super) struct Book {
    pub(super) ledger: Ledger,
    /// The stays that exposures may belong to, the latest last.
    stays: Vec<Stay>,
    /// Where units are told from, to be told what to leave out.
    servings: Vec<Weak<Serving>>,
    /// The number of this server's last flush.
    pub(super) sequence: u64,
    /// The last flush that is known of each other server.
    pub(super) known: BTreeMap<String, u64>,
    /// When a unit or an event came last.
    pub(super) active_at: Option<Timestamp>,
}

/// What a stay served.
#[derive(Debug, Clone)]
struct Stay {
    id: EntryId,
    allocation: Option<Arc<AllocationDraft>>,
    treatment: String,
    control: String,
    /// Whether the stage draws lots, so that there is a control in the same traffic.
    draws: bool,
}

impl Book {
    pub(super) fn new(spec: &RolloutSpec) -> Self {
        Self {
            ledger: Ledger::new(tracked(spec)),
            stays: Vec::new(),
            servings: Vec::new(),
            sequence: 0,
            known: BTreeMap::new(),
            active_at: None,
        }
    }

    /// Takes note of where the rollout is.
    pub(super) fn place(&mut self, rollout: &RolloutRecord) {
        let Some(entry) = rollout.state.phase.entry() else { return };
        let Some(stage) = rollout.spec.stage(entry.stage) else { return };
        if self.stays.last().is_some_and(|stay| stay.id >= entry.id) {
            return;
        }
        let audience = stage.audience().map(ToString::to_string);
        let allocation = rollout.state.allocation.clone();
        let draws = allocation.as_ref().is_some_and(|allocation| {
            let decides = |entry: &&hoist_eval::draft::AllocationEntryDraft| entry.audience == audience;
            allocation.entries.iter().find(decides).is_some_and(|entry| entry.weights.len() > 1)
        });
        if self.stays.len() >= STAYS_KNOWN_MAX {
            self.stays.remove(0);
        }
        self.stays.push(Stay {
            id: entry.id,
            allocation,
            treatment: stage.variant().to_string(),
            control: rollout.spec.control().to_string(),
            draws,
        });
        // The same allocation may serve another stay: every unit is to be told again.
        self.refresh();
    }

    /// Has every unit told again when it comes again, so that a rollout that is used shows that it is.
    pub(super) fn refresh(&mut self) {
        self.servings.retain(|serving| {
            serving.upgrade().is_some_and(|serving| {
                serving.forget();
                true
            })
        });
    }

    /// Takes a unit that evaluation served. Nothing if no stay is known that served so.
    pub(super) fn expose(&mut self, seen: &SeenUnit, now: Timestamp) -> Option<Outcome> {
        let served = |stay: &&Stay| stay.allocation.as_deref() == Some(&seen.serving.allocation);
        let stay = self.stays.iter().rev().find(served)?.clone();
        if !self.servings.iter().any(|known| std::ptr::eq(known.as_ptr(), Arc::as_ptr(&seen.serving))) {
            self.servings.push(Arc::downgrade(&seen.serving));
        }
        let variant = seen.serving.variants.get(seen.variant)?;
        let outcome = self.put(&stay, seen.unit, variant, seen.drawn, now, now);
        if outcome == Outcome::NotSampled {
            seen.serving.sample(self.ledger.threshold());
        }
        Some(outcome)
    }

    /// Takes a unit that somebody else served, at a time of theirs.
    pub(super) fn expose_named(&mut self, unit: Unit, variant: &str, at: Timestamp, now: Timestamp) -> Outcome {
        // Nobody says which allocation decided; where lots are drawn the variant tells the arm all the same.
        let Some(stay) = self.stays.last().cloned() else { return Outcome::Irrelevant };
        let drawn = stay.draws;
        self.put(&stay, unit, variant, drawn, at, now)
    }

    fn put(&mut self, stay: &Stay, unit: Unit, variant: &str, drawn: bool, at: Timestamp, now: Timestamp) -> Outcome {
        let arm = if variant == stay.treatment {
            Arm::Treatment
        } else if variant == stay.control && stay.draws {
            Arm::Control
        } else {
            return Outcome::Irrelevant;
        };
        // Those who have the variant without having been drawn, such as internal users, are no fair comparison.
        if stay.draws && !drawn {
            return Outcome::Irrelevant;
        }
        self.active_at = self.active_at.max(Some(now));
        self.ledger.expose(unit, stay.id, arm, at)
    }

    /// Takes an event.
    pub(super) fn record(&mut self, event: &Event, now: Timestamp) -> Outcome {
        let outcome = self.ledger.record(event, now);
        if matches!(outcome, Outcome::Counted | Outcome::Repeated) {
            self.active_at = self.active_at.max(Some(now));
        }
        outcome
    }

    /// Returns the stay and the arm of a variant now, for counts that have no units.
    pub(super) fn arm_of(&self, variant: &str) -> Option<(EntryId, Arm)> {
        let stay = self.stays.last()?;
        if variant == stay.treatment {
            Some((stay.id, Arm::Treatment))
        } else {
            (variant == stay.control).then_some((stay.id, Arm::Control))
        }
    }
}

/// Returns what is counted for a rollout: the metrics of its guards and goals whose numbers are events.
fn tracked(spec: &RolloutSpec) -> Vec<TrackedMetric> {
    let drafts = spec.to_draft().metrics;
    drafts.iter().filter_map(|draft| TrackedMetric::of(&Metric::parse(draft).ok()?)).collect()
}
