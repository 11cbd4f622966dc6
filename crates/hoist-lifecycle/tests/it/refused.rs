//! Intervals that are refused because their counts cannot be: counted, and beyond one in a hundred a reason to hold.

use hoist_lifecycle::limits::REFUSED_OF_MIN;
use hoist_lifecycle::plan::{GuardDraft, LimitDraft, OnNoData, PlanDraft};
use hoist_lifecycle::rollout::decision::{Rule, Verdict};
use hoist_lifecycle::rollout::{Intervals, Method, NoDataCause};

use crate::control::{Arms, HEALTHY, patient};
use crate::support::{guard, is_rolled_back, pause, resume};

/// Ten seconds in which everybody had an error, which the guard calls implausible.
const ABSURD: [f64; 4] = [100.0, 100.0, 9_900.0, 99.0];

fn arms() -> Arms {
    Arms::new(|plan: &mut PlanDraft| {
        patient(plan);
        plan.guards[0].plausible = Some((0.0, 0.5));
    })
}

fn seen(arms: &Arms) -> (Verdict, Option<NoDataCause>, Intervals) {
    let guard = arms.guard();
    (guard.verdict, guard.cause, guard.intervals)
}

#[test]
fn the_share_is_of_a_hundred_intervals_at_least() {
    for (judged, refused, expected) in [
        (0, 0, false),
        (0, 1, false),
        (2, 1, false),
        (0, 2, true),
        (50, 2, true),
        (197, 2, true),
        (198, 2, false),
        (297, 3, false),
        (296, 3, true),
        (u64::MAX, 2, false),
        (0, u64::MAX, true),
    ] {
        assert_eq!(
            Intervals { judged, refused, ..Intervals::default() }.are_corrupt(),
            expected,
            "{refused} refused beside {judged}"
        );
    }
}

#[test]
fn refused_intervals_are_counted_and_the_second_of_a_few_holds() {
    let mut arms = arms();
    arms.looks(20, HEALTHY);
    assert_eq!(seen(&arms), (Verdict::Pass, None, Intervals { judged: 19, refused: 0, ..Intervals::default() }));
    arms.look(ABSURD);
    let once = Intervals { judged: 19, refused: 1, ..Intervals::default() };
    assert_eq!(seen(&arms), (Verdict::NoData, Some(NoDataCause::Implausible), once), "a refused interval is no data");
    arms.look(HEALTHY);
    assert_eq!(seen(&arms).0, Verdict::Pass, "one refused interval is soon forgiven");
    let harm = arms.combined().log_evidence;
    arms.look(ABSURD);
    assert!((arms.combined().log_evidence - harm).abs() < 1e-12, "what is refused says nothing of harm");
    let baked = arms.bench.entry().baked;
    arms.looks(30, HEALTHY);
    let twice = Intervals { judged: 50, refused: 2, ..Intervals::default() };
    assert_eq!(seen(&arms), (Verdict::NoData, Some(NoDataCause::Refused), twice), "two of the first hundred hold");
    assert_eq!((arms.bench.rule(), arms.bench.entry().baked), (Rule::NoData, baked));
    let summary = arms.guard().summary();
    for part in ["has no data: more than 1 % of its intervals were refused", "; 2 of 52 intervals refused)"] {
        assert!(summary.contains(part), "{summary}");
    }
    let shown = serde_json::to_value(arms.guard()).unwrap();
    assert_eq!(shown["intervals"], serde_json::json!({ "judged": 50, "refused": 2 }));
    arms.looks(usize::try_from(2 * REFUSED_OF_MIN).unwrap() - 52, HEALTHY);
    assert!(matches!(seen(&arms).0, Verdict::Collecting | Verdict::Pass), "one in a hundred is borne");
}

#[test]
fn a_hold_for_refused_intervals_lets_nothing_proceed_and_harm_is_acted_on() {
    let mut arms = Arms::new(|plan| {
        plan.guards[0].plausible = Some((0.0, 0.5));
    });
    arms.look(HEALTHY);
    arms.looks(2, ABSURD);
    arms.looks(90, HEALTHY);
    assert_eq!((arms.bench.stage(), arms.bench.rule()), (0, Rule::NoData), "{}", arms.bench.summary());
    let mut looks = 0;
    while !is_rolled_back(&arms.bench.state.phase) && looks < 60 {
        arms.look([100.0, 8.0, 9_900.0, 99.0]);
        looks += 1;
    }
    assert!(is_rolled_back(&arms.bench.state.phase), "{}", arms.bench.summary());
}

/// The guard hears of everything and holds; only where nothing sound comes any more is it silent.
#[test]
fn what_is_distrusted_is_not_silent() {
    let arms = |method| {
        Arms::by(method, |plan| {
            patient(plan);
            plan.guards[0].plausible = Some((0.0, 0.5));
            plan.guards[0].on_no_data = OnNoData::RollBack;
        })
    };
    let mut held = arms(Method::Third);
    held.look(HEALTHY);
    held.looks(2, ABSURD);
    held.looks(30, HEALTHY);
    assert_eq!(seen(&held).1, Some(NoDataCause::Refused));
    assert_eq!((held.bench.phase(), held.bench.rule()), ("progressing", Rule::NoData), "{}", held.bench.summary());
    for _ in 0..20 {
        if held.bench.phase() == "progressing" {
            held.bench.pass(crate::support::seconds(10));
            held.bench.tick(&[]);
        }
    }
    assert!(is_rolled_back(&held.bench.state.phase), "what falls silent is: {}", held.bench.summary());
    for method in [Method::First, Method::Second] {
        let mut earlier = arms(method);
        earlier.look(HEALTHY);
        earlier.looks(2, ABSURD);
        earlier.look(HEALTHY);
        assert!(seen(&earlier).0.bakes(), "{method:?} judges what comes after: {}", earlier.bench.summary());
    }
}

/// The same impossible sample is asked for again and again.
#[test]
fn impossible_sums_are_refused_once() {
    let mut arms = arms();
    arms.looks(2, HEALTHY);
    let sound = arms.sums[0].1;
    arms.sums[0].1[1] = -7.0;
    arms.looks(5, [0.0; 4]);
    assert_eq!(seen(&arms).2.refused, 1);
    arms.sums[0].1 = sound;
    arms.look(HEALTHY);
    assert_eq!(seen(&arms).2, Intervals { judged: 2, refused: 1, ..Intervals::default() });
}

#[test]
fn a_resumed_rollout_counts_anew() {
    let mut arms = arms();
    arms.look(HEALTHY);
    arms.looks(2, ABSURD);
    arms.look(HEALTHY);
    assert_eq!(seen(&arms).1, Some(NoDataCause::Refused));
    arms.bench.command(pause()).unwrap();
    arms.bench.command(resume()).unwrap();
    arms.looks(2, HEALTHY);
    assert_eq!(seen(&arms), (Verdict::Collecting, None, Intervals { judged: 1, refused: 0, ..Intervals::default() }));
}

#[test]
fn impossible_sums_are_refused_and_a_counter_that_began_anew_is_not() {
    let mut arms = arms();
    arms.looks(2, HEALTHY);
    arms.sums[0].1 = [50.0, 1.0, 5_000.0, 50.0];
    arms.look(HEALTHY);
    assert_eq!(
        seen(&arms).2,
        Intervals { judged: 1, refused: 0, ..Intervals::default() },
        "a restart of the service is nobody's fault"
    );
    arms.sums[0].1[1] = -7.0;
    arms.look([0.0; 4]);
    let refused = Intervals { judged: 1, refused: 1, ..Intervals::default() };
    assert_eq!(seen(&arms), (Verdict::NoData, Some(NoDataCause::Implausible), refused));
}

/// A limit that is a number has intervals, too; a goal is in nobody's way.
#[test]
fn limits_that_are_numbers_hold_and_goals_do_not() {
    let mut arms = Arms::new(|plan| {
        patient(plan);
        plan.guards = vec![GuardDraft {
            metric: "error-counts".into(),
            limit: LimitDraft::Above(0.9),
            plausible: Some((0.0, 0.5)),
            ..guard()
        }];
    });
    let look = |arms: &mut Arms, more: [f64; 4]| {
        arms.bench.pass(crate::support::seconds(10));
        arms.add("errors", more);
        let [events, total] = [arms.sums[0].1[1], arms.sums[0].1[0]];
        let reading =
            hoist_lifecycle::rollout::evidence::Reading::Counters { events, total, sampled_at: arms.bench.now };
        arms.bench.tick(&[("errors", reading)]);
    };
    look(&mut arms, HEALTHY);
    look(&mut arms, HEALTHY);
    assert_eq!(seen(&arms), (Verdict::Pass, None, Intervals { judged: 1, refused: 0, ..Intervals::default() }));
    look(&mut arms, ABSURD);
    look(&mut arms, ABSURD);
    look(&mut arms, HEALTHY);
    assert_eq!(
        seen(&arms),
        (Verdict::NoData, Some(NoDataCause::Refused), Intervals { judged: 2, refused: 2, ..Intervals::default() })
    );
    let mut arms = Arms::new(|plan| {
        patient(plan);
        plan.guards.clear();
        plan.goals = vec!["error-counts".into()];
    });
    let goal = arms.bench.spec.watches()[0].guard().key().clone();
    for _ in 0..5 {
        arms.bench.pass(crate::support::seconds(10));
        arms.add("errors", [-2e6, 0.0, 0.0, 0.0]);
        let (_, reading) = arms.readings().remove(0);
        arms.bench.tick(&[(goal.as_str(), reading)]);
    }
    assert_eq!(seen(&arms).0, Verdict::NotJudged);
    assert!(seen(&arms).2.are_corrupt());
}
