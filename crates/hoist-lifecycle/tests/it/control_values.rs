//! Guards on values, through the whole machine: means and ratios, what rolls back, what a stage is left on.

use hoist_lifecycle::metric::{Direction, MetricDraft, MetricSourceDraft};
use hoist_lifecycle::plan::{ControlLimitDraft, GuardDraft, LimitDraft};
use hoist_lifecycle::rollout::decision::Verdict;
use hoist_lifecycle::rollout::evidence::{ArmSums, Capped, Reading, ValueSums};
use hoist_lifecycle::rollout::rationale::GuardRationale;
use hoist_lifecycle::rollout::state::RolloutState;
use hoist_lifecycle::rollout::{Method, RolloutSpec, RolloutSpecDraft, start};
use hoist_lifecycle::sequential::{BUCKETS, Clusters};

use crate::support::{Bench, T0, facts, guard, is_rolled_back, pause, plan, resume, seconds, spec_draft};

/// One arm so far: what its groups of units have above the line, and units.
#[derive(Debug, Clone)]
struct Arm {
    units: f64,
    groups: Vec<(f64, f64)>,
}

impl Arm {
    fn new() -> Self {
        Self { units: 0.0, groups: vec![(0.0, 0.0); BUCKETS] }
    }

    /// So many more units come, spread evenly, with a value of `level` on average that differs from group to group.
    fn come(&mut self, units: f64, level: f64) {
        self.units += units;
        for (index, (above, below)) in self.groups.iter_mut().enumerate() {
            let part = units / BUCKETS as f64;
            *below += part;
            *above += part * level * (1.0 + 0.3 * (7.0 * index as f64).sin());
        }
    }

    fn sums(&self) -> ArmSums {
        let clusters = Clusters::of(self.units, self.groups.iter().copied());
        ArmSums { n: self.units, x: self.units, values: Some(ValueSums::from(clusters)), ..ArmSums::default() }
    }
}

struct Values {
    bench: Bench,
    treatment: Arm,
    control: Arm,
    stay: u64,
}

impl Values {
    /// A rollout whose first stage lasts.
    fn new(direction: Direction) -> Self {
        Self::baking(direction, 86_400)
    }

    fn baking(direction: Direction, bake: u64) -> Self {
        Self::by(Method::default(), direction, bake)
    }

    fn by(method: Method, direction: Direction, bake: u64) -> Self {
        let limit = LimitDraft::Control(ControlLimitDraft::default());
        let mut plan = plan(vec![GuardDraft { metric: "spent".into(), limit, ..guard() }]);
        plan.stages[0].bake = seconds(bake);
        plan.stages[0].maximum_time = None;
        let metric = MetricDraft {
            direction: Some(direction),
            cap: Some(500.0),
            unit: "EUR".into(),
            ..MetricDraft::new("spent", MetricSourceDraft::Mean { event: "purchase".into() })
        };
        let spec = RolloutSpec::parse(&RolloutSpecDraft { metrics: vec![metric], method, ..spec_draft(plan.clone()) })
            .unwrap();
        let state = start(&spec, &facts(), T0).unwrap();
        let bench = Bench::new(hoist_lifecycle::plan::PlanDraft { guards: vec![], ..plan });
        let mut bench = Bench { spec, state, ..bench };
        bench.tick(&[]);
        Self { bench, treatment: Arm::new(), control: Arm::new(), stay: 1 }
    }

    /// Ten seconds later 100 treated units more have come and 9,900 others, and both arms are read.
    fn look(&mut self, treatment: f64, control: f64) {
        let stay = self.bench.state.entry_id().0;
        if stay != self.stay {
            (self.treatment, self.control, self.stay) = (Arm::new(), Arm::new(), stay);
        }
        self.treatment.come(100.0, treatment);
        self.control.come(9_900.0, control);
        self.bench.pass(seconds(10));
        let reading = self.reading();
        self.bench.tick(&[("errors", reading)]);
    }

    fn reading(&self) -> Reading {
        Reading::Arms {
            treatment: self.treatment.sums(),
            control: self.control.sums(),
            sampled_at: self.bench.now,
            dispersion: None,
            earlier: Vec::new(),
        }
    }

    fn guard(&self) -> &GuardRationale {
        &self.bench.last.as_ref().unwrap().rationale.guards[0]
    }

    fn log_harm(&self) -> f64 {
        self.guard().compared.as_ref().unwrap().log_harm
    }

    fn is_over(&self) -> bool {
        self.bench.state.phase.is_terminal()
    }

    /// A look at which nobody new comes, and everyone's values grow so many times.
    fn grow(&mut self, treatment: f64, control: f64) {
        for (arm, times) in [(&mut self.treatment, treatment), (&mut self.control, control)] {
            arm.groups.iter_mut().for_each(|(above, _)| *above *= times);
        }
        self.bench.pass(seconds(10));
        let reading = self.reading();
        self.bench.tick(&[("errors", reading)]);
    }
}

/// Units that have only just come have spent next to nothing, and what is derived from them is far too small.
#[test]
fn values_that_come_long_after_their_units_are_judged() {
    for (method, finds) in [(Method::Second, false), (Method::Third, true)] {
        let mut values = Values::by(method, Direction::HigherIsWorse, 86_400);
        for _ in 0..5 {
            values.look(0.1, 0.1);
        }
        // They spend a thousand times as much later on, and the treated ones two thirds more.
        values.grow(1_660.0, 1_000.0);
        assert_eq!(values.is_over(), finds, "{method:?}: {}", values.guard().summary());
    }
}

#[test]
fn a_mean_that_is_worse_is_rolled_back_whichever_way_is_worse() {
    let check = |direction, level: f64| {
        let mut values = Values::new(direction);
        let mut looks = 0;
        while !values.is_over() && looks < 60 {
            values.look(level, 100.0);
            looks += 1;
        }
        assert!(is_rolled_back(&values.bench.state.phase), "{level}: {}", values.bench.summary());
        assert!(looks >= 4, "{level} after {looks} looks: 400 treated units are needed at least");
    };
    check(Direction::HigherIsWorse, 140.0);
    check(Direction::LowerIsWorse, 60.0);
}

#[test]
fn a_mean_that_is_not_worse_lets_the_stage_be_left() {
    let check = |direction, level: f64| {
        let mut values = Values::baking(direction, 40);
        for _ in 0..60 {
            if values.bench.state.phase.entry().is_some_and(|entry| entry.stage.0 == 0) {
                values.look(level, 100.0);
            }
        }
        assert_eq!(values.bench.stage(), 1, "{level}: {}", values.bench.summary());
    };
    for level in [100.0, 60.0] {
        check(Direction::HigherIsWorse, level);
    }
    for level in [100.0, 140.0] {
        check(Direction::LowerIsWorse, level);
    }
}

#[test]
fn the_figures_are_told_in_the_metrics_unit() {
    let mut values = Values::new(Direction::HigherIsWorse);
    values.look(100.0, 100.0);
    values.look(110.0, 100.0);
    assert_eq!(values.guard().verdict, Verdict::Collecting);
    insta::assert_snapshot!(values.guard().summary());
    for _ in 0..4 {
        values.look(110.0, 100.0);
    }
    insta::assert_snapshot!(values.guard().summary());
}

/// Ten processes are ten groups, whatever they count: the rationale says what is missing, and not that values are.
#[test]
fn too_few_groups_are_named() {
    let mut values = Values::new(Direction::HigherIsWorse);
    for _ in 0..20 {
        values.look(110.0, 100.0);
        values.treatment.groups.truncate(10);
    }
    let told = values.guard().summary();
    assert!(told.contains("30 groups of units, or processes that report sums, are needed in each arm"), "{told}");
    assert!(told.contains("there are 10 treated and"), "{told}");
}

/// A stay is told as a whole, so a reading that is lost costs nothing, and one that comes twice counts once.
#[test]
fn what_is_read_replaces_what_was_read() {
    let mut every = Values::new(Direction::HigherIsWorse);
    let mut some = Values::new(Direction::HigherIsWorse);
    for look in 0..3 {
        for _ in 0..2 {
            every.look(104.0 + f64::from(look), 100.0);
        }
        some.treatment.come(100.0, 104.0 + f64::from(look));
        some.control.come(9_900.0, 100.0);
        some.look(104.0 + f64::from(look), 100.0);
    }
    assert!(every.log_harm() != 0.0);
    assert!((every.log_harm() - some.log_harm()).abs() < 1e-9);
    let before = some.log_harm();
    some.bench.pass(seconds(10));
    let reading = some.reading();
    some.bench.tick(&[("errors", reading)]);
    assert_eq!(some.log_harm().to_bits(), before.to_bits());
}

/// A pause by a person ends a stay; what was seen in it is still evidence.
#[test]
fn evidence_survives_a_pause() {
    let mut values = Values::new(Direction::HigherIsWorse);
    for _ in 0..6 {
        values.look(106.0, 100.0);
    }
    let before = values.log_harm();
    values.bench.command(pause()).unwrap();
    values.bench.command(resume()).unwrap();
    values.look(106.0, 100.0);
    assert!((values.log_harm() - before).abs() < 1.0, "{} after {before}", values.log_harm());
    assert!(before.abs() > 0.1);
}

#[test]
fn values_that_cannot_be_are_no_data() {
    let check = |change: fn(&mut ValueSums)| {
        let mut values = Values::new(Direction::HigherIsWorse);
        values.treatment.come(100.0, 100.0);
        values.control.come(9_900.0, 100.0);
        values.bench.pass(seconds(10));
        let mut reading = values.reading();
        if let Reading::Arms { treatment: ArmSums { values: Some(sums), .. }, .. } = &mut reading {
            change(sums);
        }
        values.bench.tick(&[("errors", reading)]);
        values.guard().verdict
    };
    assert_eq!(check(|_| ()), Verdict::Collecting);
    assert_eq!(check(|sums| sums.sum_y = f64::NAN), Verdict::NoData);
    assert_eq!(check(|sums| sums.sum_xx = f64::INFINITY), Verdict::NoData);
    assert_eq!(check(|sums| sums.sum_x = 0.0), Verdict::NoData);
}

#[test]
fn what_is_stored_comes_back_as_it_was() {
    let mut values = Values::new(Direction::HigherIsWorse);
    for _ in 0..6 {
        values.look(103.0, 100.0);
    }
    let stored = serde_json::to_string(&values.bench.state).unwrap();
    assert_eq!(serde_json::from_str::<RolloutState>(&stored).unwrap(), values.bench.state);
    let rationale = serde_json::to_value(values.guard()).unwrap();
    assert_eq!(serde_json::from_value::<GuardRationale>(rationale.clone()).unwrap(), *values.guard());
    assert!(rationale["compared"]["ratio"]["lower"].as_f64().unwrap() < 1.03);
    assert!(rationale["compared"]["ratio"]["upper"].as_f64().unwrap() > 1.03);
}

/// The cap hides what it cuts, so the share of what it cut is told for each arm.
#[test]
fn the_share_of_values_that_were_cut_is_told_for_each_arm() {
    let mut values = Values::new(Direction::LowerIsWorse);
    values.look(100.0, 100.0);
    let shown = |values: &Values| serde_json::to_value(values.guard().compared.as_ref().unwrap()).unwrap();
    assert!(shown(&values)["values"].get("capped").is_none(), "a reading of a build that did not tell");
    values.treatment.come(100.0, 100.0);
    values.bench.pass(seconds(10));
    let mut reading = values.reading();
    if let Reading::Arms { treatment, control, .. } = &mut reading {
        treatment.values.as_mut().unwrap().capped = Capped { values: 200.0, cut: 4.0 };
        control.values.as_mut().unwrap().capped = Capped { values: 9_900.0, cut: 99.0 };
    }
    values.bench.tick(&[("errors", reading)]);
    let shown = shown(&values);
    assert_eq!(
        (&shown["values"]["treatment_capped_share"], &shown["values"]["control_capped_share"]),
        (&0.02.into(), &0.01.into())
    );
    let summary = values.guard().summary();
    let expected = "; cut at the cap: 4 of 200 treated values (2 %), 99 of 9,900 of the control (1 %)";
    assert!(summary.contains(expected), "{summary}");
    let stored = serde_json::to_string(&values.bench.state).unwrap();
    let read: RolloutState = serde_json::from_str(&stored).unwrap();
    assert_eq!(read, values.bench.state);
}
