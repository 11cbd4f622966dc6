//! Whether the comparison itself can be trusted: arms that fall silent, and events that come late.

use hoist_lifecycle::plan::{OnDeficit, SampleRatioDraft};
use hoist_lifecycle::rollout::decision::Rule;
use hoist_lifecycle::rollout::evidence::{ArmSums, EarlierArms, FirstExposures, Input, Reading, Reporting};
use hoist_lifecycle::rollout::state::EntryId;

use crate::control::{Arms, HEALTHY, patient};
use crate::support::{is_rolled_back, promote, seconds};

/// Ten seconds later, so many of 100 treated units per look and of 9,900 others have been heard of.
fn heard(arms: &mut Arms, look: u64, treatment: u64, control: u64, more: [f64; 4]) {
    let metric = "error-counts".parse().unwrap();
    let (of_treatment, of_control) = (100 * look, 9_900 * look);
    let (treatment, control) = (treatment * look, control * look);
    let reporting = vec![Reporting { metric, treatment, control, of_treatment, of_control }];
    let exposures = FirstExposures { treatment: of_treatment, control: of_control, reporting };
    arms.bench.pass(seconds(10));
    arms.add("errors", more);
    let readings = arms.readings();
    let mut evidence = arms.bench.evidence(&readings);
    evidence.first_exposures = Some(exposures);
    arms.bench.play(&Input::Tick(evidence)).unwrap();
}

#[test]
fn arms_that_are_heard_of_alike_are_trusted() {
    for (treatment, control) in [(90, 8_910), (9, 891), (100, 9_900), (0, 0)] {
        let mut arms = Arms::new(|_| {});
        for look in 1..40 {
            heard(&mut arms, look, treatment, control, HEALTHY);
        }
        assert!(arms.bench.stage() > 0, "{treatment} of 100: {}", arms.bench.summary());
    }
}

#[test]
fn an_arm_that_falls_silent_holds_and_never_stops_a_rollback() {
    for (treatment, control, who) in [(60, 8_910, "treated units"), (90, 6_000, "units of the control")] {
        let mut arms = Arms::new(|_| {});
        for look in 1..40 {
            heard(&mut arms, look, treatment, control, HEALTHY);
        }
        assert_eq!((arms.bench.rule(), arms.bench.stage()), (Rule::Unhealthy, 0), "{}", arms.bench.summary());
        let summary = arms.bench.summary();
        assert!(
            summary.contains(&format!("{who} are heard of less than the others: metric error-counts")),
            "{summary}"
        );
        for look in 40..160 {
            if !is_rolled_back(&arms.bench.state.phase) {
                heard(&mut arms, look, treatment, control, [100.0, 5.0, 9_900.0, 99.0]);
            }
        }
        assert!(is_rolled_back(&arms.bench.state.phase));
    }
}

#[test]
fn treated_units_that_fall_silent_do_what_the_plan_says() {
    for (deficit, treatment, control, phase) in [
        (OnDeficit::Hold, 60, 8_910, "progressing"),
        (OnDeficit::Pause, 60, 8_910, "paused"),
        (OnDeficit::RollBack, 60, 8_910, "rolled_back"),
        (OnDeficit::RollBack, 90, 6_000, "progressing"),
    ] {
        let mut arms = Arms::new(|plan| plan.srm = Some(SampleRatioDraft { alpha: None, deficit }));
        for look in 1..60 {
            if arms.bench.phase() == "progressing" {
                heard(&mut arms, look, treatment, control, HEALTHY);
            }
        }
        assert_eq!(arms.bench.phase(), phase, "{deficit:?} with {treatment} and {control}");
    }
}

/// Units affected so far, out of so many at risk.
fn sums(at_risk: f64, affected: f64) -> ArmSums {
    ArmSums { n: at_risk, x: affected, values: None, ..ArmSums::default() }
}

/// A rollout at its second stage, judged by affected units, that was healthy at the first.
fn second_stage() -> Arms {
    let mut arms = Arms::new(|plan| {
        plan.guards[0].metric = "units".into();
        patient(plan);
        plan.stages[1].bake = plan.stages[0].bake;
    });
    arms.sums = vec![("errors", [0.0; 4])];
    for look in 1..4 {
        arms.sums = vec![("errors", [100.0 * f64::from(look), 2.0, 9_900.0 * f64::from(look), 200.0])];
        arms.look([0.0; 4]);
    }
    arms.bench.command(promote()).unwrap();
    arms.look([0.0; 4]);
    assert_eq!(arms.bench.stage(), 1);
    arms
}

/// Ten seconds later the second stage has had nothing amiss, and so many units of the first are affected by now: treated ones,
/// and others.
fn late_look(arms: &mut Arms, entry: u64, [treated, others]: [f64; 2]) {
    arms.bench.pass(seconds(10));
    let (treatment, control) = (sums(300.0 - treated, treated), sums(29_900.0 - others, others));
    let earlier = vec![EarlierArms { entry: EntryId(entry), treatment, control }];
    let reading = Reading::Arms {
        treatment: sums(1_000.0, 0.0),
        control: sums(9_000.0, 0.0),
        sampled_at: arms.bench.now,
        dispersion: None,
        earlier,
    };
    arms.bench.tick(&[("errors", reading)]);
}

#[test]
fn events_that_come_after_their_stage_are_judged() {
    let mut arms = second_stage();
    late_look(&mut arms, 1, [2.0, 200.0]);
    assert!(arms.guard().compared.as_ref().unwrap().late.treatment <= 0.0, "what was read before is not late");
    for affected in [20.0, 40.0, 60.0] {
        if !is_rolled_back(&arms.bench.state.phase) {
            late_look(&mut arms, 1, [affected, 200.0]);
        }
    }
    assert!(is_rolled_back(&arms.bench.state.phase), "{}", arms.bench.summary());
    let summary = arms.guard().summary();
    assert!(summary.contains("events of earlier stays that came late"), "{summary}");
    assert!(arms.guard().compared.as_ref().unwrap().strata.iter().any(|stratum| stratum.stage == 0));
}

/// Of two servers that counted the same unit one takes its own back, which shows in a small arm alone.
#[test]
fn late_events_that_are_taken_back_were_judged_once() {
    let mut arms = second_stage();
    for affected in [[6.0, 600.0], [4.0, 800.0], [6.0, 1_000.0], [7.0, 1_100.0]] {
        late_look(&mut arms, 1, affected);
    }
    let late = arms.guard().compared.as_ref().unwrap().late;
    assert_eq!((late.treatment, late.control), (5.0, 900.0));
}

/// Nobody knows what of a stay was judged that this guard never read.
#[test]
fn stays_that_were_never_read_are_left_out() {
    let mut arms = second_stage();
    for affected in [2.0, 100.0, 200.0] {
        late_look(&mut arms, 9, [affected, 200.0]);
    }
    assert_eq!(arms.bench.phase(), "progressing");
    assert!(arms.guard().compared.as_ref().unwrap().late.treatment <= 0.0);
}
