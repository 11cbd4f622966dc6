//! What the guards promise, measured through the whole machine: few false alarms however long one looks, and a bound on
//! how long a real breach goes on.

use hoist_eval::{Span, Timestamp};
use hoist_lifecycle::plan::{GuardMode, OnBreach, OnNoData};
use hoist_lifecycle::rollout::evidence::{Evidence, GuardReading, Input, Observer, Reading};
use hoist_lifecycle::rollout::state::{Phase, RolloutState};
use hoist_lifecycle::rollout::{RolloutSpec, StartFacts, start, step};

use crate::plans::{self, INTERVAL};
use crate::rng::Rng;

/// One stage that takes all day, watched by one sequential guard.
fn watched(metric: &str, alpha: f64) -> RolloutSpec {
    let mut guard = plans::guard(metric, GuardMode::Sequential, OnBreach::RollBack, OnNoData::Hold);
    guard.alpha = Some(alpha);
    let mut stage = plans::stage("all", 100.0);
    stage.bake = Span::from_hours(24);
    stage.maximum_time = None;
    plans::spec(vec![stage], vec![guard])
}

/// Polls until the rollout is rolled back; `None` if it never is.
fn polls(spec: &RolloutSpec, most: u64, mut reading: impl FnMut(u64, Timestamp) -> Reading) -> Option<u64> {
    let facts = StartFacts {
        variants: ["off", "on"].map(String::from).to_vec(),
        segments: Vec::new(),
        allocation: None,
        start_at: None,
    };
    let mut state = start(spec, &facts, Timestamp::EPOCH).unwrap();
    tick(spec, &mut state, 0, None);
    for poll in 1..=most {
        let sampled_at = Timestamp::EPOCH.saturating_add(INTERVAL.saturating_mul(poll));
        tick(spec, &mut state, poll, Some(reading(poll, sampled_at)));
        if matches!(state.phase, Phase::RolledBack { .. }) {
            return Some(poll);
        }
    }
    None
}

fn tick(spec: &RolloutSpec, state: &mut RolloutState, poll: u64, reading: Option<Reading>) {
    let monotonic = INTERVAL.saturating_mul(poll);
    let at = Timestamp::EPOCH.saturating_add(monotonic);
    let guard = spec.watches()[0].guard().key().clone();
    let evidence = Evidence {
        observer: Observer { process: 1, monotonic },
        entry: state.entry_id(),
        allocation: state.allocation.clone(),
        enabled: true,
        treated: 0,
        readings: reading.into_iter().map(|reading| GuardReading { guard: guard.clone(), at, reading }).collect(),
        first_exposures: None,
        waits_for: Vec::new(),
        candidates: Vec::new(),
    };
    *state = step(spec, state, &Input::Tick(evidence), at).unwrap().next;
}

fn poll(beyond: bool) -> impl Fn(Timestamp) -> Reading {
    move |sampled_at| Reading::Value { value: if beyond { 0.5 } else { 0.001 }, sampled_at }
}

/// A service whose polls are beyond the limit a little less often than a healthy one's may be.
#[test]
fn healthy_services_are_rarely_rolled_back() {
    let alpha = 0.01;
    let spec = watched("errors", alpha);
    let runs = 3_000;
    let alarms = (0..runs).filter(|seed| {
        let mut rng = Rng::new(*seed);
        polls(&spec, 400, |_, at| poll(rng.unit() < 0.049)(at)).is_some()
    });
    let share = alarms.count() as f64 / runs as f64;
    println!("healthy service, 400 polls, alpha {alpha}: {:.2} % rolled back", share * 100.0);
    assert!(share <= alpha, "{share} of healthy rollouts were rolled back");
    assert!(share > 0.0, "a guard that never alarms guards nothing");
}

/// The price of a healthy past is a few polls, however long it was.
#[test]
fn breaches_are_found_within_the_stated_polls() {
    let spec = watched("errors", 0.01);
    let bounds = [(0, 3), (1, 4), (10, 4), (60, 5), (100, 6), (400, 7), (1_000, 7)];
    for (good, most) in bounds {
        let found = polls(&spec, good + 20, |poll_number, at| poll(poll_number > good)(at)).unwrap() - good;
        println!("after {good} good polls a breach takes {found}");
        assert!(found <= most, "{found} polls after {good} good ones");
        assert!(found >= 3);
    }
}

/// Counters of a service: `rate` of 200 requests fail in each interval.
fn counters(seed: u64, rate: impl Fn(u64) -> f64) -> impl FnMut(u64, Timestamp) -> Reading {
    let mut rng = Rng::new(seed);
    let (mut events, mut total) = (0.0, 0.0);
    move |poll, sampled_at| {
        events += (0..200).filter(|_| rng.unit() < rate(poll)).count() as f64;
        total += 200.0;
        Reading::Counters { events, total, sampled_at }
    }
}

#[test]
fn rates_at_their_limit_are_rarely_rolled_back() {
    let alpha = 0.05;
    let spec = watched("counts", alpha);
    let runs = 500;
    let alarms = (0..runs).filter(|seed| polls(&spec, 200, counters(*seed, |_| 0.02)).is_some()).count();
    println!("rate at its limit, 200 intervals, alpha {alpha}: {alarms} of {runs} rolled back");
    assert!(alarms as f64 <= alpha * runs as f64, "{alarms} of {runs} were rolled back");
}

#[test]
fn rates_beyond_their_limit_are_found() {
    let spec = watched("counts", 0.001);
    // (healthy intervals before, rate, intervals within which nineteen of twenty are found)
    for (good, rate, most) in [(0, 0.04, 14), (0, 0.1, 3), (0, 0.5, 2), (60, 0.04, 12), (60, 0.1, 2)] {
        let mut found: Vec<u64> = (0..200)
            .map(|seed| {
                let rate = |poll| if poll > good { rate } else { 0.005 };
                polls(&spec, good + 200, counters(seed, rate)).unwrap_or(u64::MAX).saturating_sub(good)
            })
            .collect();
        found.sort_unstable();
        println!("rate {rate} after {good} intervals: median {}, 95 % within {}", found[100], found[190]);
        assert!(found[190] <= most, "95 % within {} intervals, not {most}", found[190]);
    }
}
