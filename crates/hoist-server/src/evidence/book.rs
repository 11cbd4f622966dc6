//! One rollout's ledger on this server, and what surrounds it.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

use hoist_eval::Timestamp;
use hoist_lifecycle::intake::{Aggregate, Event, Ledger, Outcome, TrackedMetric, Unit};
use hoist_lifecycle::limits::EVENT_SKEW_MAX;
use hoist_lifecycle::metric::Metric;
use hoist_lifecycle::rollout::{RolloutSpec, frozen_thresholds};
use hoist_store::RolloutRecord;

use super::reports::Served;
use super::seen::{SeenUnit, Serving};
use super::stay::{Draw, Drawn, Part, Stay};
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
    /// When the first sum came that goes on from the one before; nothing while all of them were deltas.
    pub(super) cumulative_since: Option<Timestamp>,
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
            cumulative_since: None,
        }
    }

    /// Takes note of where the rollout is.
    pub(super) fn place(&mut self, rollout: &RolloutRecord) {
        let Some(entry) = rollout.state.phase.entry() else { return };
        let spec = rollout.spec.within(&rollout.state);
        for (metric, threshold) in frozen_thresholds(&spec, &rollout.state) {
            self.ledger.freeze(metric, threshold);
        }
        let Some(stage) = spec.stage(entry.stage) else { return };
        if self.stays.last().is_some_and(|stay| stay.id >= entry.id) {
            return;
        }
        let allocation = rollout.state.allocation.clone();
        let population = spec.population(entry.stage);
        let deciding = population.as_ref().and_then(|population| population.entries.first());
        let deciding = deciding
            .zip(allocation.as_ref())
            .and_then(|(entry, allocation)| allocation.entries.get(usize::from(*entry)));
        let part = deciding.and_then(Part::of);
        let draw = deciding.zip(allocation.as_ref()).and_then(|(entry, allocation)| Draw::of(&allocation.salt, entry));
        if self.stays.len() >= STAYS_KNOWN_MAX {
            self.stays.remove(0);
        }
        self.stays.push(Stay {
            id: entry.id,
            since: entry.since,
            late_until: entry.since,
            allocation,
            treatment: stage.variant().to_string(),
            // Beside a stage that follows a dark one stands what that one serves, not the baseline.
            control: spec.control_at(entry.stage).unwrap_or(spec.control()).to_string(),
            population,
            part,
            draw,
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
        let drawn = seen.drawn.map_or(Drawn::Not, Drawn::By);
        let outcome = self.put(&stay, seen.unit, variant, drawn, now, now);
        if outcome == Outcome::NotSampled {
            seen.serving.sample(self.ledger.threshold());
        }
        Some(outcome)
    }

    /// Takes a unit that somebody else served, at a time of theirs.
    pub(super) fn expose_named(&mut self, served: &Served, now: Timestamp) -> Outcome {
        // Nobody says which allocation decided: it is the latest that had begun by then, as far as clocks agree.
        let begun = self.stays.iter().rposition(|stay| stay.since <= served.at);
        let position = begun.unwrap_or_default();
        let Some(stay) = self.stays.get_mut(position) else { return Outcome::Irrelevant };
        if begun.is_none() && stay.since > served.at.saturating_add(EVENT_SKEW_MAX) {
            return Outcome::Irrelevant;
        }
        if stay.is_unheard(served) || stay.leaves_out(&served.targeting_key) {
            return Outcome::Irrelevant;
        }
        let stay = stay.clone();
        let drawn = if served.drawn { Drawn::Somewhere } else { Drawn::Not };
        self.put(&stay, Unit::of(&served.targeting_key), &served.variant, drawn, served.at, now)
    }

    fn put(&mut self, stay: &Stay, unit: Unit, variant: &str, drawn: Drawn, at: Timestamp, now: Timestamp) -> Outcome {
        let Some(arm) = stay.arm(variant) else { return Outcome::Irrelevant };
        if !stay.compares(drawn) {
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

    /// Takes sums of those who had a variant, which began no earlier than `since`.
    pub(super) fn add(
        &mut self,
        variant: &str,
        event: &str,
        since: Timestamp,
        sums: Aggregate,
        now: Timestamp,
    ) -> Outcome {
        let Some(stay) = self.stays.last() else { return Outcome::Irrelevant };
        let Some(arm) = stay.arm(variant) else { return Outcome::Irrelevant };
        // What is told of everyone who has a variant is told of units of the other rollout as well.
        // So is it of audiences that are drawn by another share.
        let mixed = stay.population.as_ref().is_some_and(|population| !population.others.is_empty());
        if stay.part.is_some() || mixed {
            return Outcome::Irrelevant;
        }
        if since < stay.since {
            return Outcome::Superseded;
        }
        self.active_at = self.active_at.max(Some(now));
        self.ledger.aggregate(event, stay.id, arm, sums)
    }
}

/// Returns what is counted for a rollout: the metrics of its guards and goals whose numbers are events.
fn tracked(spec: &RolloutSpec) -> Vec<TrackedMetric> {
    let drafts = spec.to_draft().metrics;
    drafts.iter().filter_map(|draft| TrackedMetric::of(&Metric::parse(draft).ok()?)).collect()
}
