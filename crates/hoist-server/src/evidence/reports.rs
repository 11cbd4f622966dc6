//! The ways in for what others report: events, exposures, and sums without units.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use hoist_eval::Timestamp;
use hoist_lifecycle::intake::{Aggregate, Event, Outcome, Unit};

use super::event::TrackedEvent;
use super::intake::Intake;
use super::refused::{Received, Refused, Way};
use super::series::SumPoint;
use crate::snapshots::EnvironmentId;

/// A unit that another evaluator served, as it says.
#[derive(Debug, Clone, PartialEq)]
pub struct Served {
    /// The flag.
    pub flag: String,
    /// The variant that the unit got.
    pub variant: String,
    /// Whether it may have been drawn by a split, rather than given its variant with everyone of its kind.
    pub drawn: bool,
    /// The unit's targeting key.
    pub targeting_key: String,
    /// When.
    pub at: Timestamp,
}

/// What all those did who had one variant, without units.
#[derive(Debug, Clone, PartialEq)]
pub struct VariantSum {
    /// The flag.
    pub flag: String,
    /// The variant.
    pub variant: String,
    /// The name of the event.
    pub event: String,
    /// How often it happened.
    pub point: SumPoint,
    /// The group of units that stands for whoever reports it.
    pub bucket: usize,
}

/// What became of what was reported, by outcome.
pub type Taken = BTreeMap<Outcome, u64>;

impl Intake {
    /// Takes events of units, each for every rollout of the environment that counts such events.
    pub fn track(&self, environment: &EnvironmentId, events: &[TrackedEvent], now: Timestamp) -> Taken {
        self.drain(now);
        let mut outcomes = vec![Outcome::Irrelevant; events.len()];
        {
            let mut recent = self.0.recent.lock().unwrap_or_else(PoisonError::into_inner);
            let recent = recent.entry(environment.clone()).or_default();
            for (event, outcome) in events.iter().zip(&mut outcomes) {
                if event.id.as_deref().is_some_and(|id| !recent.is_new(id)) {
                    *outcome = Outcome::Repeated;
                }
            }
        }
        for counted in self.within(environment) {
            let mut book = counted.book();
            for (event, outcome) in events.iter().zip(&mut outcomes) {
                if *outcome == Outcome::Repeated {
                    continue;
                }
                let Some(name) = book.ledger.event(&event.name) else { continue };
                let unit = Unit::of(&event.targeting_key);
                let came = book.record(&Event { name, unit, value: event.value, at: event.at }, now);
                // One rollout that counts it is enough; a repetition for one must not hide it from the others.
                *outcome = if came == Outcome::Repeated { Outcome::Superseded } else { came }.min(*outcome);
            }
        }
        let mut taken = Taken::new();
        for outcome in outcomes {
            *taken.entry(outcome).or_default() += 1;
        }
        for (outcome, count) in &taken {
            self.0.tally.events(*outcome, *count);
        }
        self.note(environment, |received| add(&mut received.events, &taken));
        taken
    }

    /// Counts what was refused of a report.
    pub fn refuse(&self, environment: &EnvironmentId, way: Way, refused: &Refused, now: Timestamp) {
        if refused.is_empty() {
            return;
        }
        for (cause, count) in refused {
            self.0.tally.refused(way, *cause, *count);
        }
        self.note(environment, |received| {
            add(&mut received.refused, refused);
            received.refused_at = Some(now);
        });
    }

    /// Returns what this server was told for an environment since it started.
    pub fn received(&self, environment: &EnvironmentId) -> Received {
        let received = self.0.received.lock().unwrap_or_else(PoisonError::into_inner);
        received.get(environment).cloned().unwrap_or_default()
    }

    fn note(&self, environment: &EnvironmentId, note: impl FnOnce(&mut Received)) {
        let mut received = self.0.received.lock().unwrap_or_else(PoisonError::into_inner);
        note(received.entry(environment.clone()).or_default());
    }

    /// Takes units that another evaluator served: reports of `feature_flag.evaluation`.
    pub fn expose_all(&self, environment: &EnvironmentId, served: &[Served], now: Timestamp) -> Taken {
        let counted = self.within(environment);
        let mut taken = Taken::new();
        for served in served {
            let mut best = Outcome::Irrelevant;
            for counted in counted.iter().filter(|counted| counted.flag == served.flag) {
                best = best.min(counted.book().expose_named(served, now));
            }
            self.0.tally.exposure(best);
            *taken.entry(best).or_default() += 1;
        }
        taken
    }

    /// Takes one such unit, which was drawn.
    pub fn expose(
        &self,
        environment: &EnvironmentId,
        (flag, variant): (&str, &str),
        targeting_key: &str,
        at: Timestamp,
        now: Timestamp,
    ) -> Outcome {
        let (flag, variant, targeting_key) = (flag.to_owned(), variant.to_owned(), targeting_key.to_owned());
        let taken = self.expose_all(environment, &[Served { flag, variant, drawn: true, targeting_key, at }], now);
        taken.into_keys().next().unwrap_or(Outcome::Irrelevant)
    }

    /// Returns whether a running rollout of the flag counts events of this name that are told without units.
    pub fn counts_sums(&self, environment: &EnvironmentId, flag: &str, event: &str) -> bool {
        let counted = self.within(environment);
        counted.iter().any(|counted| counted.flag == flag && counted.book().ledger.event(event).is_some())
    }

    /// Takes sums that were reported for variants as a whole. What may have happened before the stay at which the rollout
    /// is now counts for nobody, in both arms alike.
    pub fn aggregate(&self, environment: &EnvironmentId, sums: Vec<VariantSum>, now: Timestamp) -> Taken {
        let counted = self.within(environment);
        let mut series = self.0.series.lock().unwrap_or_else(PoisonError::into_inner);
        let mut taken = Taken::new();
        for VariantSum { flag, variant, event, point, bucket } in sums {
            let mut best = Outcome::Repeated;
            let mut count = 1;
            if let Some(growth) = series.grow(&point) {
                best = Outcome::Irrelevant;
                count = growth.count;
                let since = Timestamp::from_micros(i64::try_from(growth.since / 1_000).unwrap_or(i64::MAX));
                let sums = Aggregate { count, sum: growth.sum, bucket };
                for counted in counted.iter().filter(|counted| counted.flag == flag) {
                    let mut book = counted.book();
                    let came = book.add(&variant, &event, since, sums, now);
                    if point.cumulative && came == Outcome::Counted {
                        book.cumulative_since.get_or_insert(now);
                    }
                    best = best.min(came);
                }
            }
            self.0.tally.events(best, count);
            *taken.entry(best).or_default() += 1;
        }
        taken
    }
}

fn add<K: Ord + Copy>(sums: &mut BTreeMap<K, u64>, more: &BTreeMap<K, u64>) {
    for (key, count) in more {
        let sum = sums.entry(*key).or_default();
        *sum = sum.saturating_add(*count);
    }
}
