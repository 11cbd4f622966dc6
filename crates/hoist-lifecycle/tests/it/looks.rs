//! What looks leave for the curves of guards.

use hoist_lifecycle::plan::LimitDraft;
use hoist_lifecycle::rollout::decision::Verdict;
use hoist_lifecycle::rollout::evidence::{Input, Reading};
use hoist_lifecycle::rollout::{GuardPoint, Look, look, step};

use crate::control::{Arms, HEALTHY, patient, same};
use crate::support::{Bench, guard, pause, plan, seconds};

/// Returns what the next look at a rollout leaves.
fn left(bench: &Bench, readings: &[(&str, Reading)]) -> Option<Look> {
    let input = Input::Tick(bench.evidence(readings));
    let decision = step(&bench.spec, &bench.state, &input, bench.now).unwrap();
    look(&input, &decision, bench.now)
}

#[test]
fn a_point_has_both_arms_the_band_and_the_limit() {
    let mut arms = Arms::new(patient);
    arms.looks(40, HEALTHY);
    arms.bench.pass(seconds(10));
    arms.add("errors", [100.0, 1.0, 9_900.0, 99.0]);
    let found = left(&arms.bench, &arms.readings()).unwrap();
    assert_eq!((found.at, found.stage), (arms.bench.now, 0));
    let [point] = found.guards.as_slice() else { panic!("{found:?}") };
    assert_eq!(point.guard, arms.guard().guard);
    same(point.treatment.unwrap(), 0.01, "treated");
    same(point.control.unwrap(), 0.01, "control");
    let (lower, upper) = (point.lower.unwrap(), point.upper.unwrap());
    assert!(0.0 < lower && lower < 0.01 && 0.01 < upper && upper < 0.03, "{lower} to {upper}");
    same(
        point.limit.unwrap(),
        0.01 * arms.guard().compared.as_ref().unwrap().test.margin(),
        "the margin beside control",
    );

    let text = serde_json::to_string(&found).unwrap();
    assert_eq!(serde_json::from_str::<Look>(&text).unwrap(), found);
}

#[test]
fn a_fixed_limit_has_the_value_alone() {
    let mut bench = Bench::started(plan(vec![guard()]));
    bench.pass(seconds(60));
    let reading = Reading::Value { value: 0.004, sampled_at: bench.now };
    let found = left(&bench, &[("errors", reading)]).unwrap();
    let limit = match guard().limit {
        LimitDraft::Above(limit) | LimitDraft::Below(limit) => Some(limit),
        LimitDraft::Control(_) => None,
    };
    let point = GuardPoint {
        guard: "errors".parse().unwrap(),
        verdict: Verdict::Pass,
        treatment: Some(0.004),
        control: None,
        lower: None,
        upper: None,
        limit,
        judged: None,
    };
    assert_eq!(found.guards, [point]);
}

#[test]
fn where_nothing_was_asked_there_is_no_point() {
    let bench = Bench::started(plan(vec![guard()]));
    assert_eq!(left(&bench, &[]), None, "no guard was due");
    let input = Input::Command(pause());
    let decision = step(&bench.spec, &bench.state, &input, bench.now).unwrap();
    assert_eq!(look(&input, &decision, bench.now), None, "a person looked at nothing");
}
