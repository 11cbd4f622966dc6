//! What people are told of a comparison, where the figures alone would puzzle them.

use hoist_lifecycle::plan::PlanDraft;
use hoist_lifecycle::rollout::Method;
use hoist_lifecycle::rollout::evidence::{Dispersion, Reading};
use hoist_lifecycle::sequential::{Direction, Ends, Grid, Stakes, ratio_sequence, tempered_ratio_sequence};

use crate::control::{Arms, HEALTHY, patient};
use crate::support::{promote, seconds};

fn on(metric: &'static str) -> impl FnOnce(&mut PlanDraft) {
    move |plan| {
        plan.guards[0].metric = metric.into();
        patient(plan);
        plan.stages[1].bake = plan.stages[0].bake;
    }
}

/// One look at more of both arms, whose events vary so much.
fn look(arms: &mut Arms, more: [f64; 4], varied: Dispersion) {
    arms.bench.pass(seconds(10));
    arms.add("errors", more);
    let (guard, mut reading) = arms.readings().remove(0);
    if let Reading::Arms { dispersion, .. } = &mut reading {
        *dispersion = Some(varied);
    }
    arms.bench.tick(&[(guard, reading)]);
}

const LOOPING: Dispersion = Dispersion { control: 1.2, treatment: 90.0, treatment_sd: 0.2, events: None };
const UNEQUAL: Dispersion = Dispersion { control: 2.5, treatment: 2.6, treatment_sd: 0.2, events: None };
const USUAL: Dispersion = Dispersion { control: 1.0, treatment: 1.0, treatment_sd: 0.2, events: None };

/// Many times the control's errors pass where one client has them all; the interval says so, and the words say why.
#[test]
fn clusters_widen_the_interval_and_are_named() {
    let told = |method, varied| {
        let mut arms = Arms::by(method, on("rate"));
        arms.sums = vec![("errors", [0.0; 4])];
        for _ in 0..6 {
            look(&mut arms, [120.0, 2.0, 9_900.0, 99.0], varied);
        }
        let compared = arms.guard().compared.clone().unwrap();
        (compared.ratio(), compared.here(), arms.guard().summary())
    };
    let ends = Ends::of(Stakes::Early, Direction::Higher, 0.01);
    for (method, varied, dispersion, words) in [
        (
            Method::Third,
            LOOPING,
            90.0,
            Some("; few treated units have many of the events, so that 90 of them count as one"),
        ),
        (Method::Third, UNEQUAL, 2.5, Some("; some units have many events, so that 2.5 of them count as one")),
        (Method::Third, Dispersion { control: 1.2, ..USUAL }, 1.2, None),
        (Method::Third, USUAL, 1.0, None),
        (Method::Second, LOOPING, 1.0, None),
    ] {
        let (shown, here, summary) = told(method, varied);
        assert_eq!(shown, tempered_ratio_sequence(&[here], Grid::Error, ends, dispersion), "{method:?}, {varied:?}");
        assert_eq!(summary.contains("count as one"), words.is_some(), "{summary}");
        assert!(words.is_none_or(|words| summary.contains(words)), "{summary}");
        let plain = ratio_sequence(&[here], Grid::Error, ends);
        assert_eq!(shown.lower < plain.lower, dispersion > 1.0, "{method:?}, {varied:?}");
    }
}

/// The dispersion of a stage is that of all its stays, as its totals are.
#[test]
fn a_pause_does_not_narrow_the_interval() {
    let mut arms = Arms::new(on("rate"));
    arms.sums = vec![("errors", [0.0; 4])];
    for _ in 0..6 {
        look(&mut arms, [120.0, 21.0, 9_900.0, 99.0], LOOPING);
    }
    arms.bench.command(crate::support::pause()).unwrap();
    arms.bench.command(crate::support::resume()).unwrap();
    arms.sums = vec![("errors", [0.0; 4])];
    for _ in 0..40 {
        look(&mut arms, HEALTHY, USUAL);
    }
    let ratio = arms.guard().compared.as_ref().unwrap().ratio();
    assert!(ratio.lower.is_none_or(|lower| lower < 1.0), "{ratio:?}");
}

/// The ratio is that of the stage, and where the evidence is of others they are named.
#[test]
fn evidence_of_other_stages_is_named() {
    let mut arms = Arms::new(on("error-counts"));
    arms.look([0.0; 4]);
    arms.looks(7, [100.0, 2.5, 9_900.0, 99.0]);
    let summary = arms.guard().summary();
    assert!(summary.contains("2.5 times control, ") && !summary.contains("stage"), "{summary}");
    arms.bench.command(promote()).unwrap();
    arms.looks(2, [0.0; 4]);
    arms.look([300.0, 3.0, 2_700.0, 27.0]);
    let summary = arms.guard().summary();
    assert!(summary.contains(": 1 times control at this stage, "), "{summary}");
    let named = "most of the evidence of harm is of other stages, with 18 treated events and 693 of the control, 2.5 times control";
    assert!(summary.contains(named), "{summary}");
    arms.look([1_000.0, 10.0, 9_000.0, 90.0]);
    arms.looks(6, [1_000.0, 10.0, 9_000.0, 90.0]);
    let summary = arms.guard().summary();
    assert!(!summary.contains("other stages"), "little is left of it: {summary}");
}

/// Fewer units came than were sent, and convert more often; what they are held against has to be said.
#[test]
fn what_is_held_against_the_allocation_says_so() {
    let told = |method| {
        let mut arms = Arms::by(method, on("converted"));
        arms.sums = vec![("errors", [45.0, 17.0, 17_500.0, 6_300.0])];
        arms.look([0.0; 4]);
        arms.guard().summary()
    };
    let summary = told(Method::Third);
    let words = "17 of 62 units (27.42 %), control 6,300 of 23,800 units (26.47 %); 0.26912 % of the events are treated where 1 % \
                 of the units are sent: 0.26714 times control";
    assert!(summary.contains(words), "{summary}");
    let summary = told(Method::Second);
    assert!(!summary.contains("are sent"), "what was stored says nothing of it: {summary}");
}

/// What only is shown is no guard.
#[test]
fn a_goal_is_called_one() {
    let mut arms = Arms::new(|plan| {
        plan.goals = vec!["other-counts".into()];
        patient(plan);
    });
    for _ in 0..9 {
        arms.add("other-counts", [300.0, 200.0, 29_700.0, 297.0]);
        arms.looks(3, HEALTHY);
    }
    let summary = arms.bench.last.as_ref().unwrap().rationale.guards[1].summary();
    assert!(summary.starts_with("goal other-counts is shown and decides nothing (treated "), "{summary}");
}
