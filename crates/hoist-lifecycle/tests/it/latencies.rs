//! Latencies of units, from what each of them sends to what becomes of the rollout.

use hoist_lifecycle::intake::{
    Arm, ArmBook, Event, FlushedSums, Ledger, Measure, MetricBook, Outcome, TrackedMetric, Unit, dispersion_of,
};
use hoist_lifecycle::rollout::evidence::{ArmSums, Reading};
use hoist_lifecycle::rollout::state::EntryId;
use hoist_lifecycle::rollout::{Method, frozen_thresholds};
use hoist_lifecycle::sequential::Edge;

use crate::control::{Arms, patient};
use crate::support::{is_rolled_back, seconds};

const STAY: EntryId = EntryId(1);
/// Units of each arm, treated ones first, and looks of ten seconds.
const UNITS: [usize; 2] = [100, 900];
const LOOKS: usize = 25;

fn slow() -> TrackedMetric {
    let event = "checkout seconds".parse().unwrap();
    TrackedMetric { key: "slow".parse().unwrap(), measure: Measure::LatencyQuantile { event } }
}

fn book(ledger: &Ledger) -> MetricBook {
    ledger.sums(STAY).unwrap().metrics.remove("slow").unwrap()
}

/// What happens to the treatment.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Treatment {
    /// Nothing.
    Same,
    /// Each request takes a fifth longer.
    Slower,
    /// One client sends three requests a second, and each takes 5 s.
    OneSlowClient,
}

/// A rollout that is judged by what units send.
struct Traffic {
    arms: Arms,
    ledger: Ledger,
}

impl Traffic {
    fn new(method: Method) -> Self {
        let arms = Arms::by(method, |plan| {
            plan.guards[0].metric = "slow".into();
            patient(plan);
        });
        Self { arms, ledger: Ledger::new(vec![slow()]) }
    }

    fn send(&mut self, unit: &str, value: f64) {
        let (now, name) = (self.arms.bench.now, slow().measure.event().clone());
        let event = Event { name, unit: Unit::of(unit), value: Some(value), at: now };
        assert_eq!(self.ledger.record(&event, now), Outcome::Counted);
    }

    /// Every unit sends one request, whose length is drawn evenly from 0.1 to 1.1 s.
    fn look(&mut self, look: usize, treatment: Treatment) {
        self.arms.bench.pass(seconds(10));
        let now = self.arms.bench.now;
        for (arm, count) in [Arm::Treatment, Arm::Control].into_iter().zip(UNITS) {
            for unit in (0..count).map(|number| format!("{arm:?} {number}")) {
                self.ledger.expose(Unit::of(&unit), STAY, arm, now);
                let value = 0.1 + (Unit::of(&format!("{unit} {look}")).hash() % 1_000) as f64 / 1_000.0;
                let is_slower = treatment == Treatment::Slower && arm == Arm::Treatment;
                self.send(&unit, if is_slower { 1.2 * value } else { value });
            }
        }
        if treatment == Treatment::OneSlowClient {
            (0..30).for_each(|_| self.send("Treatment 7", 5.0));
        }
        let reading = self.reading();
        self.arms.bench.tick(&[("errors", reading)]);
        for (metric, threshold) in frozen_thresholds(&self.arms.bench.spec, &self.arms.bench.state) {
            self.ledger.freeze(metric, threshold);
        }
    }

    fn reading(&self) -> Reading {
        let (book, sampled_at) = (book(&self.ledger), self.arms.bench.now);
        let Some((_, threshold)) = frozen_thresholds(&self.arms.bench.spec, &self.arms.bench.state).next() else {
            let values = book.control.values.unwrap();
            let (control_n, value) = (values.len() as f64, values.quantile(0.95).unwrap().value());
            return Reading::Quantile { control_n, value, sampled_at };
        };
        let beyond = |arm: &ArmBook| {
            let values = arm.values.as_ref().unwrap();
            let x = values.above(Edge::of_value(threshold)) as f64;
            ArmSums { n: values.len() as f64, x, ..ArmSums::default() }
        };
        Reading::Arms {
            treatment: beyond(&book.treatment),
            control: beyond(&book.control),
            sampled_at,
            dispersion: dispersion_of(&slow().measure, &book),
            earlier: Vec::new(),
        }
    }
}

#[test]
fn one_slow_client_does_not_roll_a_rollout_back() {
    for (method, treatment, expected) in [
        (Method::Second, Treatment::Same, false),
        (Method::Second, Treatment::OneSlowClient, true),
        (Method::Third, Treatment::Same, false),
        (Method::Third, Treatment::OneSlowClient, false),
        (Method::Third, Treatment::Slower, true),
    ] {
        let mut traffic = Traffic::new(method);
        for look in 0..LOOKS {
            if !traffic.arms.bench.state.phase.is_terminal() {
                traffic.look(look, treatment);
            }
        }
        let bench = &traffic.arms.bench;
        assert_eq!(is_rolled_back(&bench.state.phase), expected, "{method:?} {treatment:?}: {}", bench.summary());
    }
}

#[test]
fn values_are_grouped_from_their_threshold_on() {
    let mut traffic = Traffic::new(Method::Third);
    let now = traffic.arms.bench.now;
    for (unit, arm) in [("ann", Arm::Treatment), ("bob", Arm::Control)] {
        traffic.ledger.expose(Unit::of(unit), STAY, arm, now);
        traffic.send(unit, 9.0);
    }
    let before = traffic.ledger.sums(STAY).unwrap();
    assert_eq!(before.metrics["slow"].treatment.buckets, None);
    assert_eq!(dispersion_of(&slow().measure, &before.metrics["slow"]), None);
    traffic.ledger.freeze(&"slow".parse().unwrap(), 1.0);
    traffic.ledger.freeze(&"slow".parse().unwrap(), 8.0);
    for value in [0.5, 0.9, 3.0, 4.0, f64::NAN] {
        traffic.send("ann", value);
    }
    traffic.send("bob", 3.0);
    // What another server told before it knew the threshold, and what one of an earlier version has stored.
    let stored = serde_json::to_string(&before).unwrap();
    assert!(!stored.contains("buckets"), "{stored}");
    let told: FlushedSums = serde_json::from_str(&stored).unwrap();
    let mut all = book(&traffic.ledger);
    all.merge(&told.metrics["slow"]);
    let treated = all.treatment.buckets.as_ref().unwrap();
    let group = Unit::of("ann").bucket();
    assert_eq!((treated.n[group], treated.x[group]), (4.0, 2.0), "those of the unit, beyond the first threshold");
    assert_eq!((treated.n.iter().sum::<f64>(), treated.x.iter().sum::<f64>()), (4.0, 2.0));
    assert_eq!(all.treatment.values.as_ref().unwrap().len(), 6, "and all of them in the histogram");
    assert_eq!(dispersion_of(&slow().measure, &all).unwrap().events, Some(3.0));
}
