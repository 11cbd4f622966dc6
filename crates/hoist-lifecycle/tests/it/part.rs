//! Two rollouts at once, each with its part of the units.

use std::sync::Arc;

use hoist_eval::draft::{
    AllocationDraft, BucketRangeDraft, FlagDraft, ServeDraft, SnapshotDraft, TargetingDraft, VariantDraft,
};
use hoist_eval::{EvaluationContext, Generation, Snapshot, Timestamp, ValueKind, compile, evaluate};
use hoist_lifecycle::intake::{Exposed, FlushedSums, MetricBook};
use hoist_lifecycle::metric::{MetricDraft, MetricKey, MetricSourceDraft};
use hoist_lifecycle::plan::{ControlLimitDraft, Gate, GuardDraft, LimitDraft, OnBreach, PlanDraft, StageDraft};
use hoist_lifecycle::rollout::decision::{Effect, Rule, TransitionError, Verdict};
use hoist_lifecycle::rollout::evidence::{Command, Input};
use hoist_lifecycle::rollout::rationale::Action;
use hoist_lifecycle::rollout::state::{EntryId, RolloutState, StageIndex};
use hoist_lifecycle::rollout::{
    Beside, Inseparable, KnownOverlap, Overlap, OverlapChoice, Parted, RolloutSpec, RolloutSpecDraft, candidate,
    keep_apart, overlap, start, without_units,
};

use crate::support::{Bench, SALT, facts, guard, pause, plan, promote, resume, roll_back, seconds, spec_draft, stage};

const OTHER_SALT: &str = "ffeeddccbbaa99887766554433221100";

fn units(from: u32, to: u32) -> BucketRangeDraft {
    BucketRangeDraft { salt: SALT.into(), from, to }
}

/// A guard on errors that Hoist counts itself, against control.
fn tracked() -> GuardDraft {
    GuardDraft { metric: "failures".into(), limit: LimitDraft::Control(ControlLimitDraft::default()), ..guard() }
}

fn watched(plan: PlanDraft) -> RolloutSpecDraft {
    let mut draft = spec_draft(PlanDraft { guards: vec![tracked()], ..plan });
    let source = MetricSourceDraft::EventRate { event: "failure".into(), per: Some("request".into()) };
    draft.metrics.push(MetricDraft::new("failures", source));
    draft
}

/// The rollout that runs: 1, 10, 100 %.
fn first(change: impl FnOnce(&mut RolloutSpecDraft)) -> RolloutSpec {
    let mut draft = watched(plan(vec![]));
    change(&mut draft);
    RolloutSpec::parse(&draft).unwrap()
}

/// The one that starts: 5, 40, 100 %.
fn second(change: impl FnOnce(&mut RolloutSpecDraft)) -> RolloutSpec {
    let stages = vec![stage("5 %", 5.0, 40), stage("40 %", 40.0, 40), stage("100 %", 100.0, 40)];
    let mut draft = watched(PlanDraft { stages, ..plan(vec![]) });
    (draft.rollout, draft.flag, draft.salt) = ("r-2".into(), "search".into(), OTHER_SALT.into());
    change(&mut draft);
    RolloutSpec::parse(&draft).unwrap()
}

fn state(spec: &RolloutSpec, part: Option<(u32, u32)>, with: &str) -> RolloutState {
    let mut state = start(spec, &facts(), Timestamp::from_seconds(1)).unwrap();
    let with = Beside { rollout: with.into(), flag: "other".into() };
    state.part = part.map(|(from, to)| Parted { units: units(from, to), with, since: Timestamp::from_seconds(1) });
    state
}

fn refused(new: &RolloutSpec, first: (&RolloutSpec, &RolloutState), over: bool) -> Option<Inseparable> {
    let shared = overlap(new, first.0).unwrap();
    keep_apart(new, first, &shared, over).err()
}

#[test]
fn sums_without_units_cannot_be_divided() {
    let metric: MetricKey = "failures".parse().unwrap();
    let sums = |treatment: bool, control: bool, metric: &MetricKey| {
        let mut book = MetricBook::default();
        (book.treatment.aggregated, book.control.aggregated) = (treatment, control);
        FlushedSums { stay: EntryId(1), exposed: Exposed::default(), metrics: [(metric.clone(), book)].into() }
    };
    let refusal = Err(Inseparable::Sums { flag: "checkout".into(), guard: "errors".into() });
    let other = "others".parse().unwrap();
    let rows = [
        ("units alone", vec![sums(false, false, &metric)], Ok(())),
        ("nothing counted", vec![], Ok(())),
        ("of another metric", vec![sums(true, true, &other)], Ok(())),
        ("one server's control", vec![sums(false, false, &metric), sums(false, true, &metric)], refusal.clone()),
        ("the treatment", vec![sums(true, false, &metric)], refusal),
    ];
    for (name, told, expected) in rows {
        assert_eq!(without_units(&first(|_| {}), &told), expected, "{name}");
    }
    let goal = first(|draft| {
        draft.plan.goals.push("failures".into());
        draft.plan.guards.clear();
    });
    assert_eq!(without_units(&goal, &[sums(true, true, &metric)]), Ok(()), "goals never roll back");
}

#[test]
fn what_cannot_be_kept_apart_is_refused() {
    let plain = first(|_| {});
    let scheduled = state(&plain, None, "");
    assert_eq!(refused(&second(|_| {}), (&plain, &scheduled), false), None);
    let parts =
        keep_apart(&second(|_| {}), (&plain, &scheduled), &overlap(&second(|_| {}), &plain).unwrap(), false).unwrap();
    assert_eq!((parts.first, parts.second), (units(0, 50_000), units(50_000, 100_000)));
    let with_stages = |stages: Vec<StageDraft>| move |draft: &mut RolloutSpecDraft| draft.plan.stages = stages;
    let internal = || StageDraft { audience: Some("internal".into()), ..stage("staff", 100.0, 40) };
    let dark = || StageDraft { variant: Some("dark".into()), ..stage("dark", 100.0, 40) };
    let holdback = |draft: &mut RolloutSpecDraft| draft.plan.holdback = Some(5.0);
    let full = || stage("100 %", 100.0, 40);
    let held = |stages: Vec<StageDraft>| {
        move |draft: &mut RolloutSpecDraft| (draft.plan.stages, draft.plan.holdback) = (stages, Some(5.0))
    };
    let prometheus = |draft: &mut RolloutSpecDraft| {
        draft.plan.guards.push(GuardDraft { key: "counters".into(), metric: "error-counts".into(), ..tracked() });
    };
    let value = |draft: &mut RolloutSpecDraft| draft.plan.guards.push(GuardDraft { key: "value".into(), ..guard() });
    let stage_of = |flag: &str, stage: &str| Some(Inseparable::Stage { flag: flag.into(), stage: stage.into() });
    let counters = |flag: &str, guard: &str| Some(Inseparable::Counters { flag: flag.into(), guard: guard.into() });
    let rows: Vec<(RolloutSpec, RolloutSpec, Option<Inseparable>)> = vec![
        (second(with_stages(vec![stage("49.999 %", 49.999, 40), full()])), first(|_| {}), None),
        (second(with_stages(vec![stage("half", 50.0, 40), full()])), first(|_| {}), stage_of("search", "half")),
        (second(|_| {}), first(with_stages(vec![stage("half", 50.0, 40), full()])), stage_of("checkout", "half")),
        (second(with_stages(vec![internal(), stage("5 %", 5.0, 40), full()])), first(|_| {}), None),
        (second(with_stages(vec![dark(), stage("5 %", 5.0, 40), full()])), first(|_| {}), stage_of("search", "dark")),
        (second(with_stages(vec![full()])), first(|_| {}), None),
        (second(holdback), first(|_| {}), None),
        (second(held(vec![stage("48 %", 48.0, 40), full()])), first(|_| {}), stage_of("search", "48 %")),
        (second(|_| {}), first(holdback), Some(Inseparable::Holdback("checkout".into()))),
        (second(prometheus), first(|_| {}), counters("search", "counters")),
        (second(|_| {}), first(prometheus), counters("checkout", "counters")),
        (second(value), first(|_| {}), None),
        (second(value), first(value), counters("checkout", "value")),
        (second(|draft| draft.salt = SALT.into()), first(|_| {}), Some(Inseparable::Salt)),
    ];
    for (new, running, expected) in rows {
        let scheduled = state(&running, None, "");
        assert_eq!(refused(&new, (&running, &scheduled), false), expected, "{:?}", new.plan().stages());
    }
    let third = Some(Inseparable::Third("r-1".into()));
    for (part, over, expected) in
        [((0, 50_000), false, third.clone()), ((0, 50_000), true, None), ((50_000, 100_000), true, third)]
    {
        let parted = state(&plain, Some(part), "r-9");
        assert_eq!(refused(&second(|_| {}), (&plain, &parted), over), expected, "{part:?} {over}");
    }
}

#[test]
fn stages_that_are_over_need_not_fit_but_for_the_last() {
    let mut bench = Bench::new(plan(vec![]));
    let stages =
        vec![stage("1 %", 1.0, 10), stage("half", 50.0, 10), stage("60 %", 60.0, 10), stage("100 %", 100.0, 10)];
    bench.spec = first(|draft| (draft.plan.stages, draft.plan.guards) = (stages, vec![tracked()]));
    let fits = |bench: &Bench| refused(&second(|_| {}), (&bench.spec, &bench.state), false);
    assert!(fits(&bench).is_some());
    bench.tick(&[]);
    for stage in ["half", "60 %"] {
        bench.command(promote()).unwrap();
        bench.pass(seconds(10));
        bench.tick(&[]);
        assert!(fits(&bench).is_some(), "{stage}");
    }
    bench.command(promote()).unwrap();
    bench.pass(seconds(10));
    bench.tick(&[]);
    assert!(
        matches!(fits(&bench), Some(Inseparable::Stage { stage, .. }) if stage == "60 %"),
        "a step back leads there"
    );
}

fn snapshot(allocation: &AllocationDraft) -> Snapshot {
    let variant = |key: &str| VariantDraft { key: key.into(), value: key.into() };
    let targeting = TargetingDraft {
        enabled: true,
        off_variant: "off".into(),
        default: ServeDraft::Variant("off".into()),
        rules: Vec::new(),
        prerequisites: Vec::new(),
    };
    let flag = FlagDraft {
        key: "flag".into(),
        kind: ValueKind::String,
        variants: ["off", "dark", "on"].map(variant).to_vec(),
        targeting,
        allocation: Some(allocation.clone()),
        version: 1,
    };
    let compiled = compile(&SnapshotDraft { flags: vec![flag], ..SnapshotDraft::default() }, Generation(1), None);
    assert!(compiled.problems.is_empty(), "{:?}", compiled.problems);
    compiled.snapshot
}

/// In which arm each unit is: treated, control, or neither.
fn arms(allocation: &AllocationDraft, count: usize) -> Vec<Option<bool>> {
    let snapshot = snapshot(allocation);
    let arm = |unit: usize| {
        let context =
            EvaluationContext::builder(Timestamp::EPOCH).targeting_key(format!("unit-{unit}")).build().unwrap();
        let served = evaluate(&snapshot, "flag", &context);
        served.entry.is_some().then(|| served.variant.unwrap().as_str() == "on")
    };
    (0..count).map(arm).collect()
}

#[test]
fn the_arms_of_both_share_nobody() {
    const UNITS: usize = 100_000;
    let (a, b) = (first(|_| {}), second(|_| {}));
    let (a_state, b_state) = (state(&a, Some((0, 50_000)), "r-2"), state(&b, Some((50_000, 100_000)), "r-1"));
    let arms_of = |spec: &RolloutSpec, state: &RolloutState, stage| {
        arms(spec.within(state).allocation(StageIndex(stage)).unwrap(), UNITS)
    };
    let whole = arms(a.allocation(StageIndex(0)).unwrap(), UNITS);
    let ours: Vec<_> = [0, 1].map(|stage| arms_of(&a, &a_state, stage)).into();
    let theirs: Vec<_> = [0, 1].map(|stage| arms_of(&b, &b_state, stage)).into();
    for (ours, theirs) in ours.iter().flat_map(|ours| theirs.iter().map(move |theirs| (ours, theirs))) {
        assert!(
            ours.iter().zip(theirs).all(|(ours, theirs)| ours.is_some() != theirs.is_some()),
            "each has one rollout"
        );
    }
    for (unit, arm) in whole.iter().enumerate().filter(|(_, arm)| **arm == Some(true)) {
        assert_eq!(*arm, ours[0][unit], "nobody loses what the first has given");
    }
    let count = |arms: &[Option<bool>], which| arms.iter().filter(|arm| **arm == which).count() as f64 / UNITS as f64;
    for (arms, share) in [(&ours[0], 0.01), (&ours[1], 0.1), (&theirs[0], 0.05), (&theirs[1], 0.4)] {
        let (treated, part) = (count(arms, Some(true)), 1.0 - count(arms, None));
        assert!((treated - share).abs() < 0.005 && (part - 0.5).abs() < 0.005, "{treated} of {share}, part {part}");
    }
    for (spec, state, stage, share) in
        [(&a, &a_state, 0, 0.02), (&a, &a_state, 1, 0.2), (&b, &b_state, 0, 0.1), (&b, &b_state, 1, 0.8)]
    {
        assert_eq!(spec.within(state).treated_share(StageIndex(stage)), Some(share), "of the part");
    }
    for (spec, state) in [(&a, &a_state), (&b, &b_state)] {
        assert!(arms_of(spec, state, 2).iter().all(|arm| *arm == Some(true)), "everyone is everyone");
    }
}

fn part() -> Command {
    let with = Beside { rollout: "r-2".into(), flag: "search".into() };
    Command::Part { units: units(0, 50_000), with }
}

fn running() -> Bench {
    let mut bench = Bench::new(plan(vec![]));
    bench.spec = first(|_| {});
    bench.tick(&[]);
    bench
}

#[test]
fn the_first_keeps_its_stage_with_a_new_stay() {
    let mut bench = running();
    let (before, stay) = (bench.state.allocation.clone(), bench.entry().clone());
    let decision = bench.command(part()).unwrap().clone();
    assert_eq!(decision.rationale.action, Action::Part);
    assert_eq!(
        bench.summary(),
        "kept to half of the units at stage 1 of 3 \"1 %\": rollout r-2 of search starts, and has the other half"
    );
    assert_eq!((bench.stage(), bench.entry().id.0), (0, stay.id.0 + 1));
    let to = bench.state.allocation.clone();
    assert!(to.as_ref().unwrap().entries.iter().all(|entry| entry.part == Some(units(0, 50_000))));
    assert_eq!(decision.effects, [Effect::SetAllocation { from: before, to: to.clone() }]);
    let written = serde_json::to_string(&bench.state).unwrap();
    assert_eq!(serde_json::from_str::<RolloutState>(&written).unwrap(), bench.state);
    assert_eq!(serde_json::from_str::<Command>(&serde_json::to_string(&part()).unwrap()).unwrap(), part());
    // Another partner, once that one is over, changes nothing that is served; another half is refused.
    let again = Command::Part { units: units(0, 50_000), with: Beside { rollout: "r-3".into(), flag: "cart".into() } };
    assert!(bench.command(again).unwrap().effects.is_empty());
    assert_eq!((bench.entry().id.0, bench.state.allocation.clone()), (stay.id.0 + 1, to));
    let other =
        Command::Part { units: units(50_000, 100_000), with: Beside { rollout: "r-3".into(), flag: "cart".into() } };
    assert_eq!(bench.command(other).unwrap_err(), TransitionError::Parted);
    bench.command(promote()).unwrap();
    bench.pass(seconds(10));
    bench.tick(&[]);
    assert!(bench.state.allocation.as_ref().unwrap().entries[0].part.is_some(), "the next stage keeps to it as well");
    bench.command(roll_back()).unwrap();
    assert_eq!(bench.state.allocation, None);
    assert!(bench.command(part()).is_err(), "what is over is not divided");
}

#[test]
fn before_the_first_stage_and_in_a_pause_a_rollout_can_be_parted() {
    let mut bench = Bench::new(plan(vec![]));
    bench.spec = first(|_| {});
    assert!(bench.command(part()).unwrap().effects.is_empty());
    bench.tick(&[]);
    assert!(bench.state.allocation.as_ref().unwrap().entries[0].part.is_some());
    let mut bench = running();
    bench.command(pause()).unwrap();
    bench.command(part()).unwrap();
    assert_eq!((bench.phase(), bench.effects().len()), ("paused", 1));
    bench.command(resume()).unwrap();
    assert_eq!(bench.phase(), "progressing");
    // An edit is a person's: it is left alone until they resume.
    let mut bench = running();
    bench.drifted_tick();
    assert_eq!(bench.phase(), "paused");
    bench.command(part()).unwrap();
    assert!(bench.effects().is_empty());
    bench.command(resume()).unwrap();
    let to = bench.state.allocation.clone();
    assert_eq!(bench.effects(), [Effect::ForceAllocation { to: to.clone() }]);
    assert!(to.unwrap().entries[0].part.is_some());
}

#[test]
fn a_breach_stands_when_the_units_are_divided() {
    let mut bench = Bench::started(plan(vec![GuardDraft { on_breach: OnBreach::Pause, ..guard() }]));
    bench.polls(4, 0.5);
    assert_eq!((bench.phase(), bench.entry().guards[0].verdict), ("paused", Verdict::Breach));
    let evidence = bench.entry().guards[0].process.clone();
    bench.command(part()).unwrap();
    assert_eq!((bench.entry().guards[0].verdict, &bench.entry().guards[0].process), (Verdict::Breach, &evidence));
}

/// The second rollout, kept apart from `r-1`.
fn excluding(change: impl FnOnce(&mut RolloutSpecDraft)) -> Bench {
    let mut bench = Bench::new(plan(vec![]));
    let shared =
        Overlap { rollout: "r-1".into(), flag: "checkout".into(), certain: true, metrics: vec!["failures".into()] };
    bench.spec = second(|draft| {
        draft.overlaps = vec![KnownOverlap { overlap: shared, choice: OverlapChoice::Exclude }];
        // Nothing is judged, so that what is waited for is the other rollout alone.
        draft.plan.guards.clear();
        change(draft);
    });
    bench.state = state(&bench.spec, Some((50_000, 100_000)), "r-1");
    bench.now = Timestamp::from_seconds(1);
    bench
}

fn look(bench: &mut Bench, over: bool) -> Rule {
    bench.pass(seconds(20));
    let mut evidence = bench.evidence(&[]);
    evidence.waits_for = if over { Vec::new() } else { vec!["r-1".into()] };
    bench.play(&Input::Tick(evidence)).unwrap();
    bench.rule()
}

#[test]
fn the_stage_for_everyone_waits_for_the_first() {
    let mut bench = excluding(|_| {});
    assert_eq!(bench.spec.waits_for().collect::<Vec<_>>(), ["r-1"]);
    while bench.state.phase.entry().is_none_or(|entry| entry.stage.0 < 1) {
        look(&mut bench, false);
    }
    for _ in 0..20 {
        look(&mut bench, false);
    }
    assert_eq!((bench.stage(), bench.rule()), (1, Rule::Excluded));
    assert_eq!(
        bench.summary(),
        "holding at stage 2 of 3 \"40 %\": the next stage is for everyone, and waits until rollout r-1 of other is over"
    );
    assert_eq!(look(&mut bench, true), Rule::Advance);
    let entries = &bench.state.allocation.as_ref().unwrap().entries;
    assert!(entries.iter().all(|entry| entry.part.is_none()));
}

#[test]
fn a_person_may_go_on_before_the_first_is_over_and_it_is_written_down() {
    let mut bench = excluding(|_| {});
    while bench.state.last_rule != Some(Rule::Excluded) {
        look(&mut bench, false);
    }
    bench.command(promote()).unwrap();
    assert_eq!(look(&mut bench, false), Rule::Promoted);
    assert!(bench.summary().contains("missing: rollout r-1 of other is not over"), "{}", bench.summary());
    // Where the promotion is the approval that was asked for, it does not lift the wait.
    let mut bench = excluding(|draft| draft.plan.stages[1].gate = Gate::Approval);
    while bench.state.last_rule != Some(Rule::Approval) {
        look(&mut bench, false);
    }
    bench.command(promote()).unwrap();
    assert_eq!((look(&mut bench, false), look(&mut bench, false)), (Rule::Excluded, Rule::Excluded));
    assert_eq!(look(&mut bench, true), Rule::Promoted);
}

#[test]
fn a_plan_of_everyone_waits_before_it_begins() {
    let mut bench = excluding(|draft| draft.plan.stages = vec![stage("100 %", 100.0, 40)]);
    assert_eq!(look(&mut bench, false), Rule::Excluded);
    assert_eq!(bench.phase(), "scheduled");
    assert_eq!(look(&mut bench, true), Rule::Start);
}

#[test]
fn those_apart_are_no_candidates_until_everyone_is_reached() {
    let (a, b) = (first(|_| {}), second(|_| {}));
    let at = |spec: &RolloutSpec, part, with: &str, stage: usize| {
        let mut found = state(spec, Some(part), with);
        let mut bench = running();
        bench.command(promote()).unwrap();
        found.allocation = spec.within(&found).allocation(StageIndex(stage)).map(Arc::clone);
        found.phase = bench.state.phase.clone();
        found
    };
    let (ours, theirs) = (at(&a, (0, 50_000), "r-2", 0), at(&b, (50_000, 100_000), "r-1", 1));
    assert_eq!(candidate((&a, &ours), (&b, &theirs)), None);
    assert_eq!(candidate((&b, &theirs), (&a, &ours)), None);
    let everyone = at(&b, (50_000, 100_000), "r-1", 2);
    assert!(candidate((&a, &ours), (&b, &everyone)).is_some());
    let third = at(&b, (50_000, 100_000), "r-9", 1);
    assert!(candidate((&a, &ours), (&b, &third)).is_some(), "apart from another");
}
