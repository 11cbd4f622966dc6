//! What a stage is left on where a plan or a metric asks for more or less than the defaults: ratios by share, and relaxed limits.

use hoist_lifecycle::plan::{ControlLimitDraft, GuardDraft, LimitDraft, PlanDraft};
use hoist_lifecycle::rollout::decision::Rule;
use hoist_lifecycle::rollout::evidence::{FirstExposures, Input};
use hoist_lifecycle::rollout::rationale::GuardRationale;

use crate::control::{Arms, HEALTHY, against, same};
use crate::support::is_rolled_back;

/// What a metric asks for may depend on the share: up to which each ratio is for, and beyond the last the stage decides.
#[test]
fn a_metric_may_ask_by_share() {
    let mut arms = Arms::new(|plan| plan.guards[0] = GuardDraft { metric: "by-share".into(), ..against() });
    let asked = |arms: &Arms| arms.guard().compared.as_ref().unwrap().test.noninferiority();
    arms.looks(2, HEALTHY);
    assert_eq!(asked(&arms), Some(3.0), "at 1 %");
    while arms.bench.stage() == 0 {
        arms.look(HEALTHY);
    }
    arms.looks(2, [1_000.0, 10.0, 9_000.0, 90.0]);
    assert_eq!((arms.bench.stage(), asked(&arms)), (1, Some(1.2)), "at 10 %, what the stage says");
}

fn relaxed(relaxed: f64) -> impl FnOnce(&mut PlanDraft) {
    let limit = ControlLimitDraft { relaxed: Some(relaxed), ..ControlLimitDraft::default() };
    move |plan| plan.guards[0].limit = LimitDraft::Control(limit)
}

/// Looks until the first stage is left; returns how many that took, and how the guard stood when it was.
fn until_left(mut arms: Arms, more: [f64; 4]) -> (u32, GuardRationale, String) {
    for look in 1..300 {
        arms.look(more);
        if arms.bench.stage() > 0 {
            let summary = arms.bench.summary();
            return (look, arms.guard().clone(), summary);
        }
    }
    panic!("never left: {}", arms.bench.summary());
}

/// A relaxed limit lets a stage be left sooner, and says that it did, what was not shown, and what was.
#[test]
fn a_relaxed_limit_lets_a_stage_be_left_and_says_so() {
    let (strictly, guard, summary) = until_left(Arms::new(|_| {}), HEALTHY);
    assert!(guard.compared.as_ref().unwrap().relaxed.is_none() && !guard.is_relaxed());
    assert!(!summary.contains("relaxed"), "{summary}");
    let (sooner, guard, summary) = until_left(Arms::new(relaxed(4.0)), HEALTHY);
    assert!(sooner + 3 < strictly, "{sooner} is not sooner than {strictly}");
    let compared = guard.compared.as_ref().unwrap();
    assert!(guard.is_relaxed() && !compared.is_safe() && compared.log_safe < 20_f64.ln());
    let told = compared.relaxed.unwrap();
    same(told.limit, 4.0, "the limit");
    assert!(told.end.unwrap() <= 4.0, "{told:?}");
    for part in [
        "advanced from",
        "let through by its relaxed limit alone: the 95 % sequence ends at",
        "at most 4 is enough",
        "that it is not 2 times as much is not shown: evidence",
    ] {
        assert!(summary.contains(part), "{summary}");
    }
    let again: GuardRationale = serde_json::from_str(&serde_json::to_string(&guard).unwrap()).unwrap();
    assert_eq!(again, guard, "what was decided by is stored");
}

/// The sequence has to end within the limit: what may still be as bad is not let through by it.
#[test]
fn a_relaxed_limit_is_no_leave_for_what_may_be_as_bad() {
    let mut arms = Arms::new(relaxed(2.5));
    for look in 0..60 {
        arms.look([100.0, 2.0, 9_900.0, 99.0]);
        if is_rolled_back(&arms.bench.state.phase) {
            assert!(look > 10, "proven harm goes first");
            return;
        }
        assert_eq!(arms.bench.stage(), 0, "{}", arms.bench.summary());
    }
    panic!("twice the errors are harm: {}", arms.bench.summary());
}

/// Where less is harm it is the lower end, against the inverse of the limit.
#[test]
fn a_relaxed_limit_of_what_should_be_much_is_a_lower_one() {
    let fewer = |change: fn(&mut ControlLimitDraft)| {
        let mut limit = ControlLimitDraft { noninferiority: Some(1.2), ..ControlLimitDraft::default() };
        change(&mut limit);
        Arms::new(|plan| {
            plan.guards[0] = GuardDraft { metric: "orders".into(), limit: LimitDraft::Control(limit), ..against() };
        })
    };
    let often = [100.0, 20.0, 9_900.0, 1_980.0];
    let (strictly, ..) = until_left(fewer(|_| {}), often);
    let (sooner, guard, summary) = until_left(fewer(|limit| limit.relaxed = Some(2.0)), often);
    assert!(sooner + 3 < strictly, "{sooner} is not sooner than {strictly}");
    let told = guard.compared.as_ref().unwrap().relaxed.unwrap();
    assert!((told.limit - 0.5).abs() < 1e-12 && told.end.unwrap() >= 0.5 && told.end.unwrap() < 1.0, "{told:?}");
    assert!(summary.contains("at least 0.5 is enough") && summary.contains("1.2 times as little"), "{summary}");
}

/// What else holds a stage holds it beside a relaxed limit: units, bakes, suspicion.
#[test]
fn a_relaxed_limit_relaxes_nothing_else() {
    let held = |change: fn(&mut PlanDraft), looks: usize, more: [f64; 4]| {
        let mut arms = Arms::new(|plan| {
            relaxed(9.0)(plan);
            change(plan);
        });
        arms.looks(looks, more);
        let summary = arms.bench.summary();
        assert_eq!(arms.bench.stage(), 0, "{summary}");
        (arms.bench.rule(), summary)
    };
    let (rule, summary) = held(|plan| plan.stages[0].minimum_treated = u64::pow(10, 10), 40, HEALTHY);
    assert_eq!(rule, Rule::MinimumTreated, "{summary}");
    let (rule, summary) = held(|plan| plan.stages[0].bake = hoist_eval::Span::from_hours(24), 40, HEALTHY);
    assert_eq!(rule, Rule::Bake, "{summary}");
    // Held long before anything is proven.
    let (rule, summary) = held(|plan| plan.hold = Some(2.0), 10, [100.0, 2.0, 9_900.0, 99.0]);
    assert_eq!(rule, Rule::Suspect, "{summary}");
}

/// Where shares of units are doubted, what rests on them lets nobody through, relaxed or not.
#[test]
fn a_relaxed_limit_lets_nobody_through_on_doubted_shares() {
    let stages = |doubted: bool| {
        let mut arms = Arms::new(|plan| {
            relaxed(9.0)(plan);
            plan.guards[0].metric = "converted".into();
        });
        let mut relaxed = false;
        for look in 1..=12_u64 {
            let all = look as f64;
            arms.bench.pass(crate::support::seconds(10));
            arms.sums = vec![("errors", [60.0 * all, 40.0 * all, 5_940.0 * all, 3_960.0 * all])];
            let readings = arms.readings();
            let mut evidence = arms.bench.evidence(&readings);
            let treatment = if doubted { 118 * look } else { 100 * look };
            evidence.first_exposures = Some(FirstExposures { treatment, control: 9_900 * look, reporting: Vec::new() });
            arms.bench.play(&Input::Tick(evidence)).unwrap();
            if arms.bench.stage() > 0 {
                return (arms.bench.stage(), relaxed);
            }
            if let Some(compared) = &arms.guard().compared {
                relaxed |= compared.relaxed.is_some_and(|facts| facts.is_met(compared.test.direction()));
            }
        }
        (arms.bench.stage(), relaxed)
    };
    assert_eq!(stages(false).0, 1, "with shares as they are sent it is left");
    assert_eq!(stages(true), (0, true), "the sequence is within the limit, and the shares are in doubt");
}
