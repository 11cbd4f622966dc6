//! Events of units: whose they are, and what they add to.

use hoist_eval::{Span, Timestamp};

use crate::limits::{EVENT_SKEW_MAX, WAITING_EVENTS_MAX, WAITING_TIME_MAX};
use crate::rollout::state::EntryId;
use crate::sequential::Edge;

use super::ledger::{Event, Exposure, Ledger, Outcome, Side, bit, open};
use super::measure::{Measure, TrackedMetric};
use super::unit::Arm;

/// What the server of a unit-less count knows of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Aggregate {
    /// How many events.
    pub count: u64,
    /// The sum of their values; for events that only occur, the count.
    pub sum: f64,
    /// The group of units that stands for whoever reported it, so that one reporter that goes wrong shows.
    pub bucket: usize,
}

impl Ledger {
    /// Counts an event for the arm and the stay of its unit's exposure. An event whose unit is not known yet waits for
    /// its exposure until [`Ledger::settle`] gives it up.
    pub fn record(&mut self, event: &Event, now: Timestamp) -> Outcome {
        if !self.wants(event.name.as_str()) {
            return Outcome::Irrelevant;
        }
        if event.unit.hash() > self.threshold {
            return Outcome::NotSampled;
        }
        if !self.units.contains_key(&event.unit) {
            if self.waiting.len() >= WAITING_EVENTS_MAX {
                return Outcome::Unattributed;
            }
            self.waiting.push_back((event.clone(), now));
            return Outcome::Waits;
        }
        self.attribute(event)
    }

    /// Tries the events that wait for an exposure again, and gives up those that have waited for too long. Returns how
    /// many were counted and how many given up.
    pub fn settle(&mut self, now: Timestamp) -> (u64, u64) {
        let (mut counted, mut given_up) = (0, 0);
        for _ in 0..self.waiting.len() {
            let Some((event, since)) = self.waiting.pop_front() else { break };
            if self.units.contains_key(&event.unit) {
                match self.attribute(&event) {
                    Outcome::Unattributed => given_up += 1,
                    _ => counted += 1,
                }
            } else if event.unit.hash() > self.threshold || now.since(since) > WAITING_TIME_MAX {
                given_up += 1;
            } else {
                self.waiting.push_back((event, since));
            }
        }
        self.mature(now);
        (counted, given_up)
    }

    /// Counts events that were reported for an arm as a whole, without units.
    pub fn aggregate(&mut self, name: &str, stay: EntryId, arm: Arm, sums: Aggregate) -> Outcome {
        let Some(sides) = self.index.get(name) else { return Outcome::Irrelevant };
        let Some(stay) = open(&mut self.stays, stay, self.metrics.len()) else { return Outcome::Superseded };
        stay.fresh = true;
        let mut outcome = Outcome::Irrelevant;
        for (position, side) in sides {
            let Some((metric, book)) = self.metrics.get(*position).zip(stay.books.get_mut(*position)) else { continue };
            if metric.measure.is_once_per_unit() {
                continue;
            }
            let book = book.arm_mut(arm);
            book.aggregated = true;
            let edge = self.edges.get(*position).copied().flatten();
            add(metric, edge, book, *side, sums, false);
            outcome = Outcome::Counted;
        }
        outcome
    }

    fn attribute(&mut self, event: &Event) -> Outcome {
        let Self { units, index, stays, metrics, edges, .. } = self;
        let Some(known) = units.get_mut(&event.unit) else { return Outcome::Unattributed };
        let exposed = Timestamp::from_seconds(i64::from(known.at));
        if event.at.saturating_add(EVENT_SKEW_MAX) < exposed {
            return Outcome::Unattributed;
        }
        let Some(stay) = open(stays, known.stay, metrics.len()) else { return Outcome::Superseded };
        let mut outcome = Outcome::Repeated;
        for (position, side) in index.get(&event.name).map(Vec::as_slice).unwrap_or_default() {
            let Some((metric, book)) = metrics.get(*position).zip(stay.books.get_mut(*position)) else { continue };
            let book = book.arm_mut(known.arm);
            if metric.measure.is_once_per_unit() {
                if known.seen & bit(*position) == 0 {
                    known.seen |= bit(*position);
                    known.counted |= bit(*position);
                    known.fresh = true;
                    book.at_risk -= 1;
                    book.events += 1;
                    outcome = Outcome::Counted;
                }
                continue;
            }
            let is_heard = *side == Side::Opportunity || matches!(metric.measure, Measure::LatencyQuantile { .. });
            if is_heard && known.reported & bit(*position) == 0 {
                known.reported |= bit(*position);
                known.counted |= bit(*position);
                known.fresh = true;
                book.reporting += 1;
            }
            let (value, capped) = capped(metric, event.value);
            let edge = edges.get(*position).copied().flatten();
            add(metric, edge, book, *side, Aggregate { count: 1, sum: value, bucket: event.unit.bucket() }, capped);
            outcome = Outcome::Counted;
        }
        stay.fresh |= outcome == Outcome::Counted;
        outcome
    }

    /// Closes the follow-up of units whose maturity is over.
    fn mature(&mut self, now: Timestamp) {
        let Self { units, stays, metrics, .. } = self;
        for (position, metric) in metrics.iter().enumerate() {
            let Measure::Conversion { maturity: Some(maturity), .. } = metric.measure else { continue };
            let Some(last) = last_mature(now, maturity) else { continue };
            for known in units.values_mut().filter(|known| known.at <= last && known.matured & bit(position) == 0) {
                known.matured |= bit(position);
                close(stays, known, position, metrics.len());
            }
        }
    }
}

/// Returns the last second at which a unit was exposed whose outcome is known for good by now.
pub(super) fn last_mature(now: Timestamp, maturity: Span) -> Option<u32> {
    u32::try_from(now.saturating_sub(maturity).as_seconds()).ok()
}

fn close(
    stays: &mut std::collections::BTreeMap<EntryId, super::ledger::Stay>,
    known: &Exposure,
    position: usize,
    metrics: usize,
) {
    let Some(stay) = open(stays, known.stay, metrics) else { return };
    let Some(book) = stay.books.get_mut(position) else { return };
    let book = book.arm_mut(known.arm);
    book.matured += 1;
    book.matured_events += u64::from(known.seen & bit(position) != 0);
    stay.fresh = true;
}

fn capped(metric: &TrackedMetric, value: Option<f64>) -> (f64, bool) {
    let value = value.unwrap_or(1.0);
    match metric.measure {
        Measure::Mean { cap: Some(cap), .. } | Measure::Ratio { cap: Some(cap), .. } => {
            (value.clamp(-cap, cap), value.abs() > cap)
        }
        _ => (value, false),
    }
}

fn add(
    metric: &TrackedMetric,
    edge: Option<Edge>,
    book: &mut super::book::ArmBook,
    side: Side,
    sums: Aggregate,
    capped: bool,
) {
    let Aggregate { count, sum, bucket } = sums;
    book.capped = book.capped.saturating_add(u64::from(capped));
    match (&metric.measure, side) {
        (Measure::EventRate { .. }, Side::Event) => {
            book.events = book.events.saturating_add(count);
            book.bucketed(bucket, 0.0, count as f64);
        }
        (Measure::EventRate { .. }, Side::Opportunity) => {
            book.opportunities = book.opportunities.saturating_add(count);
            book.bucketed(bucket, count as f64, 0.0);
        }
        (Measure::Mean { .. } | Measure::Ratio { .. }, Side::Event) => {
            book.events = book.events.saturating_add(count);
            book.bucketed(bucket, 0.0, sum);
        }
        (Measure::Ratio { .. }, Side::Opportunity) => {
            book.opportunities = book.opportunities.saturating_add(count);
            book.bucketed(bucket, sum, 0.0);
        }
        // Only single values have a size; a sum of several says nothing about any of them.
        (Measure::LatencyQuantile { .. }, Side::Event) if count == 1 => {
            book.opportunities = book.opportunities.saturating_add(1);
            book.values.get_or_insert_default().record(sum);
            if let Some(edge) = edge.filter(|_| !sum.is_nan()) {
                book.bucketed(bucket, 1.0, f64::from(u8::from(edge.is_exceeded_by(sum))));
            }
        }
        // A mean has no event of opportunities, and units are counted where they are attributed.
        (
            Measure::Mean { .. }
            | Measure::LatencyQuantile { .. }
            | Measure::AffectedUnits { .. }
            | Measure::Conversion { .. },
            _,
        ) => {}
    }
}
