//! What guards on values promise, measured through the whole machine: few false alarms although units go on adding values
//! and are looked at all the time, whichever way the tail lies; and harm that is found.

use hoist_eval::Timestamp;
use hoist_lifecycle::metric::{Direction, MetricDraft, MetricSourceDraft};
use hoist_lifecycle::plan::{ControlLimitDraft, GuardMode, LimitDraft, OnBreach, OnNoData};
use hoist_lifecycle::rollout::evidence::{ArmSums, Evidence, GuardReading, Input, Observer, Reading, ValueSums};
use hoist_lifecycle::rollout::state::Phase;
use hoist_lifecycle::rollout::{RolloutSpec, RolloutSpecDraft, StartFacts, start, step};
use hoist_lifecycle::sequential::{BUCKETS, Clusters};

use crate::plans::{self, INTERVAL};
use crate::rng::Rng;

/// Looks at one rollout.
const LOOKS: u64 = 60;
/// Units that come between two looks, treated and others.
const COMERS: [usize; 2] = [40, 160];

/// What the units of a service do.
#[derive(Debug, Clone, Copy)]
struct World {
    direction: Direction,
    /// Whether values are divided by another event's, rather than by units.
    is_ratio: bool,
    /// How many times the values of the treatment are those of the control.
    effect: f64,
    /// Whether units are heard of again and again, each in its own way.
    is_lasting: bool,
}

/// One arm: groups of units, each with what it has above and below the line, and the units with what they are like.
struct Arm {
    groups: [(f64, f64); BUCKETS],
    units: Vec<(usize, f64)>,
}

impl Arm {
    fn hear(&mut self, unit: usize, world: World, effect: f64, rng: &mut Rng) {
        let (bucket, like) = self.units[unit];
        let group = &mut self.groups[bucket];
        // One visit in three buys something, for a sum with a long tail.
        if rng.percent(35) {
            group.0 += (-rng.unit().max(1e-9).ln() * like * effect).min(3.0);
        }
        if world.is_ratio {
            group.1 += 1.0;
        }
    }

    fn sums(&self) -> ArmSums {
        let n = self.units.len() as f64;
        let clusters = Clusters::of(n, self.groups.iter().copied());
        ArmSums { n, x: n, values: Some(ValueSums::from(clusters)), ..ArmSums::default() }
    }
}

fn spec(world: World) -> RolloutSpec {
    let mut guard = plans::guard("spent", GuardMode::Sequential, OnBreach::RollBack, OnNoData::Hold);
    guard.limit = LimitDraft::Control(ControlLimitDraft { margin: Some(1.0), ..ControlLimitDraft::default() });
    guard.plausible = None;
    let mut stage = plans::stage("20 %", 20.0);
    stage.bake = hoist_eval::Span::from_hours(24);
    stage.maximum_time = None;
    let source = if world.is_ratio {
        MetricSourceDraft::Ratio { event: "paid".into(), per: "visit".into() }
    } else {
        MetricSourceDraft::Mean { event: "paid".into() }
    };
    let metric = MetricDraft { direction: Some(world.direction), cap: Some(3.0), ..MetricDraft::new("spent", source) };
    let mut draft: RolloutSpecDraft = plans::spec(vec![stage], vec![]).to_draft();
    draft.metrics.push(metric);
    draft.plan.guards = vec![guard];
    draft.plan.alpha = Some(0.05);
    RolloutSpec::parse(&draft).unwrap()
}

/// Returns the look at which the rollout is rolled back, if it ever is.
fn looks(spec: &RolloutSpec, world: World, seed: u64) -> Option<u64> {
    let mut rng = Rng::new(seed);
    let variants = ["off", "on"].map(String::from).to_vec();
    let facts = StartFacts { variants, segments: Vec::new(), allocation: None, start_at: None };
    let mut state = start(spec, &facts, Timestamp::EPOCH).unwrap();
    let mut arms = [(); 2].map(|()| Arm { groups: [(0.0, 0.0); BUCKETS], units: Vec::new() });
    for look in 0..=LOOKS {
        let monotonic = INTERVAL.saturating_mul(look);
        let at = Timestamp::EPOCH.saturating_add(monotonic);
        let mut readings = Vec::new();
        if look > 0 {
            for (arm, (comers, effect)) in arms.iter_mut().zip(COMERS.into_iter().zip([world.effect, 1.0])) {
                for _ in 0..comers {
                    let bucket = rng.below(BUCKETS as u64) as usize;
                    arm.units.push((bucket, 0.5 + rng.unit()));
                    if !world.is_ratio {
                        arm.groups[bucket].1 += 1.0;
                    }
                    arm.hear(arm.units.len() - 1, world, effect, &mut rng);
                }
                let again = if world.is_lasting { arm.units.len() / 10 } else { 0 };
                for _ in 0..again {
                    let unit = rng.below(arm.units.len() as u64) as usize;
                    arm.hear(unit, world, effect, &mut rng);
                }
            }
            let [treatment, control] = [0, 1].map(|arm: usize| arms[arm].sums());
            let reading = Reading::Arms { treatment, control, sampled_at: at, dispersion: None, earlier: Vec::new() };
            readings.push(GuardReading { guard: "spent".parse().unwrap(), at, reading });
        }
        let evidence = Evidence {
            observer: Observer { process: 1, monotonic },
            entry: state.entry_id(),
            allocation: state.allocation.clone(),
            enabled: true,
            treated: 0,
            readings,
            first_exposures: None,
            waits_for: Vec::new(),
            candidates: Vec::new(),
        };
        state = step(spec, &state, &Input::Tick(evidence), at).unwrap().next;
        if matches!(state.phase, Phase::RolledBack { .. }) {
            return Some(look);
        }
    }
    None
}

fn rolled_back(world: World, runs: u64) -> Vec<u64> {
    let spec = spec(world);
    (0..runs).filter_map(|seed| looks(&spec, world, seed)).collect()
}

#[test]
fn healthy_values_are_rarely_rolled_back() {
    let runs = 120;
    let mut all = 0;
    for direction in [Direction::HigherIsWorse, Direction::LowerIsWorse] {
        for (is_ratio, is_lasting) in [(false, false), (false, true), (true, true)] {
            let world = World { direction, is_ratio, effect: 1.0, is_lasting };
            let alarms = rolled_back(world, runs).len();
            println!("{world:?}: {alarms} of {runs} rolled back");
            assert!(alarms <= 6, "{world:?}: {alarms} of {runs} at alpha 0.05");
            all += alarms;
        }
    }
    assert!(all > 0, "a guard that never alarms guards nothing");
}

#[test]
fn harmful_values_are_rolled_back() {
    for (direction, effect) in [(Direction::HigherIsWorse, 1.6), (Direction::LowerIsWorse, 0.5)] {
        for is_ratio in [false, true] {
            let world = World { direction, is_ratio, effect, is_lasting: true };
            let mut found = rolled_back(world, 20);
            found.sort_unstable();
            println!(
                "{world:?}: {} of 20 rolled back, half of them within {} looks",
                found.len(),
                found[found.len() / 2]
            );
            assert!(found.len() >= 19, "{world:?}: {} of 20", found.len());
        }
    }
}
