//! A share that keeps the control where everyone would have the treatment, until the rollout completes.

use hoist_eval::draft::AllocationDraft;
use hoist_lifecycle::plan::{Plan, PlanDraft, StageDraft};
use hoist_lifecycle::rollout::allocation;
use hoist_lifecycle::rollout::decision::Effect;
use hoist_lifecycle::rollout::state::StageIndex;

use crate::control::{Arms, HEALTHY, against};
use crate::support::{Bench, is_rolled_back, plan, seconds, spec, stage};

fn of(stages: Vec<StageDraft>, holdback: f64) -> PlanDraft {
    PlanDraft { stages, holdback: Some(holdback), ..plan(vec![]) }
}

fn internal() -> StageDraft {
    StageDraft { audience: Some("internal".into()), ..stage("internal", 100.0, 40) }
}

fn shown(allocation: &AllocationDraft) -> String {
    let entry = |entry: &hoist_eval::draft::AllocationEntryDraft| {
        let weights: Vec<String> =
            entry.weights.iter().map(|weight| format!("{} {}", weight.variant, weight.weight)).collect();
        format!("{}: {}", entry.audience.as_deref().unwrap_or("*"), weights.join(" "))
    };
    allocation.entries.iter().map(entry).collect::<Vec<_>>().join("; ")
}

#[test]
fn it_is_taken_from_stages_that_would_leave_less() {
    let dark = StageDraft { variant: Some("dark".into()), ..stage("dark", 100.0, 40) };
    let rows: [(Vec<StageDraft>, f64, &[&str]); 3] = [
        (
            vec![stage("a", 50.0, 40), stage("b", 99.0, 40), stage("c", 100.0, 40)],
            2.0,
            &["*: on 50000 off 50000", "*: on 98000 off 2000", "*: on 98000 off 2000"],
        ),
        // Whom a stage for a segment has reached keeps what they have.
        (
            vec![internal(), stage("all", 100.0, 40)],
            0.5,
            &["internal: on 100000", "internal: on 100000; *: on 99500 off 500"],
        ),
        (
            vec![dark, stage("5 %", 5.0, 40), stage("all", 100.0, 40)],
            2.0,
            &["*: dark 98000 off 2000", "*: on 5000 dark 93000 off 2000", "*: on 98000 off 2000"],
        ),
    ];
    for (stages, holdback, expected) in rows {
        let spec = spec(of(stages, holdback));
        let found: Vec<String> =
            (0..).map_while(|index| allocation(&spec, StageIndex(index))).map(|found| shown(&found)).collect();
        assert_eq!(found, expected);
    }
}

#[test]
fn it_needs_everyone_to_be_held_back_from() {
    let check = |draft: PlanDraft, expected: &[&str]| {
        let found: Vec<String> = Plan::parse(&draft).err().unwrap_or_default().into_iter().map(|it| it.path).collect();
        assert_eq!(found, expected, "{:?}", draft.holdback);
    };
    for holdback in [0.001, 2.0, 20.0] {
        check(of(vec![stage("all", 100.0, 40)], holdback), &[]);
    }
    for holdback in [0.0, -1.0, 20.001, 0.0001, f64::NAN] {
        check(of(vec![stage("all", 100.0, 40)], holdback), &["holdback"]);
    }
    check(of(vec![stage("some", 98.0, 40)], 2.0), &["holdback"]);
    check(of(vec![internal()], 2.0), &["holdback"]);
}

/// When the rollout completes nobody is held back any more, whatever segments have had.
#[test]
fn it_ends_with_the_rollout() {
    let mut bench = Bench::started(of(vec![internal(), stage("all", 100.0, 40)], 2.0));
    let mut held = false;
    for _ in 0..20 {
        if bench.phase() == "completed" {
            break;
        }
        held |= bench.state.allocation.as_ref().is_some_and(|there| shown(there).ends_with("*: on 98000 off 2000"));
        bench.pass(seconds(10));
        bench.tick(&[]);
    }
    assert!(held, "the watch held somebody back");
    assert_eq!(bench.phase(), "completed");
    let concludes = matches!(bench.effects(), [Effect::Conclude { serve, .. }, ..] if serve.as_str() == "on");
    assert!(concludes && bench.state.allocation.is_none(), "{:?}", bench.effects());
}

/// At 98 % the two in a hundred are a control like any other: harm is found, and health lets the rollout complete.
#[test]
fn the_watch_is_judged_against_those_who_are_held_back() {
    let watch = |plan: &mut PlanDraft| {
        plan.guards = vec![against()];
        plan.stages = vec![stage("all", 100.0, 40)];
    };
    let arms = |harm: f64| [HEALTHY[2], HEALTHY[3] * harm, HEALTHY[0], HEALTHY[1]];
    let mut harmed = Arms::new(|plan| {
        watch(plan);
        plan.holdback = Some(2.0);
    });
    for _ in 0..400 {
        if is_rolled_back(&harmed.bench.state.phase) {
            break;
        }
        harmed.look(arms(3.0));
        assert_ne!(harmed.bench.phase(), "completed", "{}", harmed.bench.summary());
    }
    assert!(is_rolled_back(&harmed.bench.state.phase), "{}", harmed.bench.summary());

    let mut alone = Arms::new(watch);
    alone.looks(20, arms(3.0));
    let without = "without a control there is nothing to compare with";
    assert_eq!(alone.bench.phase(), "completed", "{without}: {}", alone.bench.summary());
}
