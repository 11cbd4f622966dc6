//! The ledger of one rollout on one server.

use std::collections::{BTreeMap, HashMap, VecDeque};

use hoist_eval::Timestamp;

use crate::limits::{INTAKE_STAYS_MAX, INTAKE_UNITS_MAX, TRACKED_METRICS_MAX};
use crate::metric::{EventName, MetricKey};
use crate::rollout::state::EntryId;
use crate::sequential::Edge;

use super::batch::Batch;
use super::book::{Exposed, MetricBook};
use super::firsts::Firsts;
use super::measure::{Measure, TrackedMetric};
use super::unit::{Arm, BuildSame, Unit};

/// Sums of one server, and the units that they are of.
#[derive(Debug)]
pub struct Ledger {
    pub(super) metrics: Vec<TrackedMetric>,
    /// For each of them, what its values are counted beyond by group of units, once that is known.
    pub(super) edges: Vec<Option<Edge>>,
    /// Which metrics an event concerns, and on which side.
    pub(super) index: HashMap<EventName, Vec<(usize, Side)>>,
    pub(super) stays: BTreeMap<EntryId, Stay>,
    pub(super) units: HashMap<Unit, Exposure, BuildSame>,
    pub(super) firsts: Firsts,
    /// Units whose hash is above this are not sampled.
    pub(super) threshold: u64,
    pub(super) capacity: usize,
    pub(super) waiting: VecDeque<(Event, Timestamp)>,
}

/// An event of a unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its name.
    pub name: EventName,
    /// The unit.
    pub unit: Unit,
    /// Its number, where it has one. An event that only occurs counts as 1.
    pub value: Option<f64>,
    /// When it happened, by whoever reports it.
    pub at: Timestamp,
}

/// What became of an exposure or an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Outcome {
    /// It was counted.
    Counted,
    /// It says what was known already: the unit was exposed at this stay, or has had this event.
    Repeated,
    /// The unit is not in the sample.
    NotSampled,
    /// No exposure of the unit is known yet. The event waits for one.
    Waits,
    /// No exposure of the unit came in time, or the event lies before it. It counts for nobody.
    Unattributed,
    /// It belongs to a stay that the unit has left, or to the other arm of the same stay.
    Superseded,
    /// No metric of this rollout is about such an event.
    Irrelevant,
}

/// On which side of a metric an event stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Event,
    Opportunity,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Exposure {
    pub(super) at: u32,
    pub(super) stay: EntryId,
    /// A bit per metric: the unit has had its first event.
    pub(super) seen: u32,
    /// A bit per metric: the unit's maturity is over.
    pub(super) matured: u32,
    /// A bit per metric: the unit was heard of again at this stay, by an opportunity of the metric.
    pub(super) reported: u32,
    /// A bit per metric: this ledger counted the first event here, or that the unit was heard of again.
    pub(super) counted: u32,
    pub(super) arm: Arm,
    /// Whether no earlier stay saw it.
    pub(super) first: bool,
    /// Whether it changed since the last flush.
    pub(super) fresh: bool,
    /// Whether this ledger counted the unit in where it is now, and so is the one to count it out.
    pub(super) owned: bool,
}

#[derive(Debug, Default)]
pub(super) struct Stay {
    pub(super) exposed: Exposed,
    pub(super) books: Vec<MetricBook>,
    pub(super) fresh: bool,
}

/// What a flush hands to the store, in one transaction.
#[derive(Debug, Clone, PartialEq)]
pub struct Flush {
    /// The units that changed.
    pub units: Batch,
    /// The stays whose sums changed, each with all of its sums so far.
    pub stays: Vec<FlushedSums>,
}

/// The sums of one stay on one server.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct FlushedSums {
    /// The stay.
    pub stay: EntryId,
    /// How many units came.
    pub exposed: Exposed,
    /// What they did, by metric.
    pub metrics: BTreeMap<MetricKey, MetricBook>,
}

impl Ledger {
    /// Returns an empty ledger for these metrics. Metrics beyond [`TRACKED_METRICS_MAX`] are left out; plans have fewer.
    pub fn new(metrics: Vec<TrackedMetric>) -> Self {
        Self::with_capacity(metrics, INTAKE_UNITS_MAX)
    }

    /// Returns an empty ledger that knows at most `capacity` units at a time.
    pub fn with_capacity(mut metrics: Vec<TrackedMetric>, capacity: usize) -> Self {
        metrics.truncate(TRACKED_METRICS_MAX);
        let mut index: HashMap<EventName, Vec<(usize, Side)>> = HashMap::new();
        for (position, metric) in metrics.iter().enumerate() {
            index.entry(metric.measure.event().clone()).or_default().push((position, Side::Event));
            if let Some(per) = metric.measure.per() {
                index.entry(per.clone()).or_default().push((position, Side::Opportunity));
            }
        }
        Self {
            edges: vec![None; metrics.len()],
            metrics,
            index,
            stays: BTreeMap::new(),
            units: HashMap::default(),
            firsts: Firsts::default(),
            threshold: u64::MAX,
            capacity: capacity.clamp(1, INTAKE_UNITS_MAX),
            waiting: VecDeque::new(),
        }
    }

    /// Returns the metrics that are counted.
    pub fn metrics(&self) -> &[TrackedMetric] {
        &self.metrics
    }

    /// Has values of a latency metric counted by group of units from now on: all of them, and those beyond this threshold.
    /// The first threshold of a metric holds, as guards on one metric have much the same; nothing for other metrics.
    pub fn freeze(&mut self, metric: &MetricKey, threshold: f64) {
        for (tracked, edge) in self.metrics.iter().zip(&mut self.edges) {
            if tracked.key == *metric && matches!(tracked.measure, Measure::LatencyQuantile { .. }) {
                edge.get_or_insert(Edge::of_value(threshold));
            }
        }
    }

    /// Returns whether some metric is about this event.
    pub fn wants(&self, event: &str) -> bool {
        self.index.contains_key(event)
    }

    /// Returns the name of an event that some metric is about.
    pub fn event(&self, name: &str) -> Option<EventName> {
        self.index.get_key_value(name).map(|(name, _)| name.clone())
    }

    /// Returns how many units are known.
    pub fn units(&self) -> usize {
        self.units.len()
    }

    /// Returns how many units came to the rollout at this stay, treated and control: each once, whichever servers saw it. Of
    /// others than this one, those that they have told about.
    pub fn firsts(&self, stay: EntryId) -> (u64, u64) {
        self.firsts.of(stay)
    }

    /// Returns the share of units that are sampled, 1 until the table has been full.
    pub fn sampled(&self) -> f64 {
        self.threshold as f64 / u64::MAX as f64
    }

    /// Returns the hash above which units are not sampled, so that callers need not bring them.
    pub fn threshold(&self) -> u64 {
        self.threshold
    }

    /// Takes note that a unit was served an arm's variant at a stay. Exposures may come late and in any order: the first
    /// arm of a stay holds, the earliest time of it counts, and an exposure at a stay that the unit has left is dropped.
    pub fn expose(&mut self, unit: Unit, stay: EntryId, arm: Arm, at: Timestamp) -> Outcome {
        let at = u32::try_from(at.as_seconds()).unwrap_or(0);
        if unit.hash() > self.threshold {
            return Outcome::NotSampled;
        }
        match self.units.get(&unit).copied() {
            None => self.admit(unit, stay, arm, at),
            Some(known) if known.stay < stay => self.relocate(unit, known, stay, arm, at),
            Some(known) if known.stay == stay && known.arm == arm => {
                if let Some(known) = self.units.get_mut(&unit).filter(|known| at < known.at) {
                    known.at = at;
                    known.fresh = true;
                }
                Outcome::Repeated
            }
            Some(_) => Outcome::Superseded,
        }
    }

    fn admit(&mut self, unit: Unit, stay: EntryId, arm: Arm, at: u32) -> Outcome {
        while self.units.len() >= self.capacity {
            self.halve();
        }
        if unit.hash() > self.threshold {
            return Outcome::NotSampled;
        }
        let (seen, matured, reported, counted) = (0, 0, 0, 0);
        let known = Exposure { at, stay, seen, matured, reported, counted, arm, first: true, fresh: true, owned: true };
        self.units.insert(unit, known);
        self.firsts.add(stay, arm);
        self.enter(unit, stay, arm, 0, true);
        Outcome::Counted
    }

    fn relocate(&mut self, unit: Unit, known: Exposure, stay: EntryId, arm: Arm, at: u32) -> Outcome {
        self.leave(&known);
        // A unit that has had its event is not followed up again: what it does later is not a first event.
        let (seen, matured, reported, counted) = (known.seen, known.seen, 0, 0);
        let moved =
            Exposure { at, stay, seen, matured, reported, counted, arm, first: false, fresh: true, owned: true };
        self.units.insert(unit, moved);
        self.enter(unit, stay, arm, known.seen, false);
        Outcome::Counted
    }

    /// Forgets the units in the upper half of the sample. Their events stay in the sums.
    pub(super) fn halve(&mut self) {
        self.threshold /= 2;
        let threshold = self.threshold;
        let gone: Vec<Exposure> =
            self.units.extract_if(|unit, _| unit.hash() > threshold).map(|(_, known)| known).collect();
        for known in gone.iter().filter(|known| known.owned) {
            self.leave(known);
            self.note_forgotten(known);
        }
    }

    /// Takes note that a unit was counted out where it still is.
    fn note_forgotten(&mut self, known: &Exposure) {
        let Some(stay) = self.stays.get_mut(&known.stay) else { return };
        for (position, book) in stay.books.iter_mut().enumerate() {
            let missing = u64::from(known.seen & bit(position) == 0);
            let book = book.arm_mut(known.arm);
            book.forgotten = book.forgotten.saturating_add(missing);
        }
    }

    /// Counts a unit in at a stay.
    fn enter(&mut self, unit: Unit, stay: EntryId, arm: Arm, seen: u32, first: bool) {
        let metrics = &self.metrics;
        let Some(entered) = open(&mut self.stays, stay, metrics.len()) else { return };
        entered.fresh = true;
        entered.exposed.count(arm, first);
        for (position, (book, metric)) in entered.books.iter_mut().zip(metrics).enumerate() {
            let book = book.arm_mut(arm);
            if seen & bit(position) == 0 {
                book.at_risk += 1;
            }
            if metric.measure.counts_units() {
                book.opportunities += 1;
                book.bucketed(unit.bucket(), 1.0, 0.0);
            }
        }
    }

    /// Counts a unit out of the stay that it was at.
    fn leave(&mut self, known: &Exposure) {
        let Some(left) = open(&mut self.stays, known.stay, self.metrics.len()) else { return };
        left.fresh = true;
        for (position, book) in left.books.iter_mut().enumerate() {
            if known.seen & bit(position) == 0 {
                book.arm_mut(known.arm).at_risk -= 1;
            }
        }
    }
}

/// Returns the stay, after opening it if need be. When there are too many the oldest is closed: what still comes for it
/// is counted nowhere.
pub(super) fn open(stays: &mut BTreeMap<EntryId, Stay>, stay: EntryId, metrics: usize) -> Option<&mut Stay> {
    if !stays.contains_key(&stay) && stays.len() >= INTAKE_STAYS_MAX {
        if stays.first_key_value().is_some_and(|(oldest, _)| *oldest > stay) {
            return None;
        }
        stays.pop_first();
    }
    let blank = || Stay { books: vec![MetricBook::default(); metrics], ..Stay::default() };
    Some(stays.entry(stay).or_insert_with(blank))
}

pub(super) fn bit(position: usize) -> u32 {
    u32::try_from(position).ok().and_then(|position| 1_u32.checked_shl(position)).unwrap_or(0)
}
