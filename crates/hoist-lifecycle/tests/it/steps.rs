//! The rules of a step, one by one and in their order.

use hoist_eval::Span;
use hoist_lifecycle::plan::{Gate, OnBreach, OnMaximumTime, OnNoData, PlanDraft, StageDraft};
use hoist_lifecycle::rollout::decision::{Effect, Notice, Rule, TransitionError};
use hoist_lifecycle::rollout::evidence::{Command, Input, Reading};
use hoist_lifecycle::rollout::rationale::Action;
use hoist_lifecycle::rollout::state::{EntryId, PauseReason, Phase, RollbackCause};

use crate::support::{
    Bench, T0, cancel, facts, guard, is_rolled_back, pause, plan, promote, resume, roll_back, seconds, spec, stage,
};

fn guarded(change: impl FnOnce(&mut hoist_lifecycle::plan::GuardDraft)) -> PlanDraft {
    let mut guard = guard();
    change(&mut guard);
    plan(vec![guard])
}

/// Plays good polls until the stage is `stage`.
fn climb_to(bench: &mut Bench, stage: usize) {
    for _ in 0..100 {
        if bench.stage() == stage {
            return;
        }
        bench.poll(0.001);
    }
    panic!("never reached stage {stage}: {}", bench.summary());
}

#[test]
fn a_healthy_rollout_climbs_and_concludes() {
    let mut bench = Bench::new(guarded(|_| {}));
    assert_eq!(bench.phase(), "scheduled");
    bench.tick(&[]);
    assert_eq!((bench.stage(), bench.rule()), (0, Rule::Start));
    climb_to(&mut bench, 1);
    climb_to(&mut bench, 2);
    for _ in 0..10 {
        if bench.phase() == "completed" {
            break;
        }
        bench.poll(0.0);
    }
    assert_eq!(bench.phase(), "completed");
    assert!(
        matches!(bench.effects(), [Effect::Conclude { serve, .. }, Effect::Notify { .. }] if serve.as_str() == "on")
    );
    assert_eq!(bench.state.allocation, None);
}

/// Four good observations are needed for a bake of four ticks after the first one, which credits nothing.
#[test]
fn bake_counts_from_the_second_good_observation() {
    let mut bench = Bench::started(guarded(|_| {}));
    let mut baked = Vec::new();
    for _ in 0..6 {
        bench.poll(0.0);
        baked.push((bench.stage(), bench.entry().baked.as_seconds_f64() as u64));
    }
    assert_eq!(baked, [(0, 0), (0, 10), (0, 20), (0, 30), (1, 0), (1, 0)]);
}

#[test]
fn a_gap_is_credited_with_two_ticks_at_most() {
    let mut bench = Bench::started(guarded(|_| {}));
    bench.poll(0.0);
    bench.pass(Span::from_hours(50));
    bench.poll(0.0);
    assert_eq!(bench.entry().baked, seconds(20));
}

#[test]
fn another_process_begins_with_nothing() {
    let mut bench = Bench::started(guarded(|_| {}));
    bench.polls(2, 0.0);
    assert_eq!(bench.entry().baked, seconds(10));
    bench.process = 2;
    bench.monotonic = Span::from_hours(1_000);
    bench.poll(0.0);
    assert_eq!(bench.entry().baked, seconds(10));
    bench.poll(0.0);
    assert_eq!(bench.entry().baked, seconds(20));
}

#[test]
fn an_interval_with_a_bad_end_does_not_bake() {
    let mut bench = Bench::started(guarded(|_| {}));
    bench.polls(2, 0.0);
    bench.pass(seconds(10));
    bench.tick(&[("errors", Reading::Missing)]);
    assert_eq!(bench.rule(), Rule::NoData);
    assert!(!bench.summary().contains("grace"), "{}", bench.summary());
    bench.poll(0.0);
    assert_eq!(bench.entry().baked, seconds(10), "the first good observation after a bad one credits nothing");
}

#[test]
fn breaches_follow_their_policy() {
    for (policy, phase) in
        [(OnBreach::RollBack, "rolled_back"), (OnBreach::StepBack, "paused"), (OnBreach::Pause, "paused")]
    {
        let mut bench = Bench::started(guarded(|guard| guard.on_breach = policy));
        climb_to(&mut bench, 1);
        let mut polls = 0;
        while bench.phase() == "progressing" {
            bench.poll(0.5);
            polls += 1;
        }
        assert_eq!(polls, 4, "four breaches after a handful of good polls");
        assert_eq!((bench.phase(), bench.rule()), (phase, Rule::Breach));
        match policy {
            OnBreach::StepBack => assert_eq!(bench.stage(), 0),
            OnBreach::Pause => assert_eq!(bench.stage(), 1),
            _ => assert_eq!(bench.state.allocation, bench.state.baseline),
        }
    }
}

#[test]
fn notify_tells_once_and_holds_until_promoted() {
    let mut bench = Bench::started(guarded(|guard| guard.on_breach = OnBreach::Notify));
    let mut told = 0;
    for _ in 0..10 {
        bench.poll(0.5);
        let breach = |effect: &&Effect| matches!(effect, Effect::Notify { notice: Notice::Breach { .. } });
        told += bench.effects().iter().filter(breach).count();
    }
    assert_eq!((told, bench.rule(), bench.stage()), (1, Rule::Notified, 0));
    bench.polls(20, 0.0);
    assert_eq!((bench.rule(), bench.stage()), (Rule::Notified, 0), "a breach stands");
    bench.command(promote()).unwrap();
    bench.poll(0.0);
    assert_eq!(bench.stage(), 1);
    climb_to(&mut bench, 2);
}

#[test]
fn a_second_breach_after_a_step_back_goes_to_the_baseline() {
    let mut bench = Bench::started(guarded(|guard| guard.on_breach = OnBreach::StepBack));
    climb_to(&mut bench, 2);
    while bench.stage() == 2 {
        bench.poll(0.5);
    }
    assert!(matches!(&bench.state.phase, Phase::Paused { reason: PauseReason::Breach { .. }, .. }));
    // Still paused, still bad, still guarded.
    for _ in 0..5 {
        bench.poll(0.5);
    }
    assert!(is_rolled_back(&bench.state.phase), "{}", bench.summary());
}

#[test]
fn the_first_stage_steps_back_to_the_baseline() {
    let mut bench = Bench::started(guarded(|guard| guard.on_breach = OnBreach::StepBack));
    bench.polls(3, 0.5);
    assert!(is_rolled_back(&bench.state.phase));
}

#[test]
fn paused_rollouts_stay_guarded() {
    let mut bench = Bench::started(guarded(|_| {}));
    bench.command(pause()).unwrap();
    bench.polls(2, 0.5);
    assert_eq!((bench.phase(), bench.rule()), ("paused", Rule::Paused));
    bench.poll(0.5);
    assert!(is_rolled_back(&bench.state.phase));
}

#[test]
fn a_pause_credits_nothing_and_a_resume_begins_anew() {
    let mut bench = Bench::started(guarded(|_| {}));
    bench.polls(3, 0.0);
    let before = bench.entry().id;
    bench.command(pause()).unwrap();
    bench.polls(20, 0.0);
    assert_eq!(bench.entry().baked, seconds(20));
    bench.command(resume()).unwrap();
    assert_eq!((bench.entry().baked, bench.stage()), (Span::ZERO, 0));
    assert!(bench.entry().id > before);
}

#[test]
fn flag_off_and_drift_pause() {
    let mut bench = Bench::started(guarded(|_| {}));
    bench.enabled = false;
    bench.poll(0.0);
    assert!(matches!(&bench.state.phase, Phase::Paused { reason: PauseReason::FlagOff, .. }));

    let mut bench = Bench::started(guarded(|_| {}));
    bench.pass(seconds(10));
    bench.drifted_tick();
    assert!(matches!(&bench.state.phase, Phase::Paused { reason: PauseReason::Drift, .. }));
    bench.command(resume()).unwrap();
    assert!(
        matches!(bench.effects(), [Effect::ForceAllocation { to: Some(_) }]),
        "a resume puts the stage's share back"
    );
}

#[test]
fn nothing_starts_while_the_flag_is_off_or_changed() {
    let mut bench = Bench::new(guarded(|_| {}));
    bench.enabled = false;
    bench.tick(&[]);
    assert_eq!((bench.phase(), bench.rule()), ("scheduled", Rule::FlagOff));
    assert_eq!(bench.last.as_ref().unwrap().wake_at, Some(T0.saturating_add(seconds(10))), "one tick of the plan");
    bench.enabled = true;
    let mut evidence = bench.evidence(&[]);
    evidence.allocation = Bench::started(plan(vec![])).state.allocation;
    bench.play(&Input::Tick(evidence)).unwrap();
    assert_eq!((bench.phase(), bench.rule()), ("scheduled", Rule::Drift));
}

#[test]
fn silence_follows_its_policy_after_the_grace() {
    let policies = [
        (OnNoData::Hold, "progressing", 1),
        (OnNoData::Pause, "paused", 1),
        (OnNoData::StepBack, "paused", 0),
        (OnNoData::RollBack, "rolled_back", 9),
    ];
    for (policy, phase, stage) in policies {
        let mut bench = Bench::started(guarded(|guard| guard.on_no_data = policy));
        climb_to(&mut bench, 1);
        for tick in 1..=20 {
            bench.pass(seconds(10));
            bench.tick(&[("errors", Reading::Missing)]);
            if bench.phase() != "progressing" {
                assert_eq!(tick, 7, "the grace of 60 s is over at the seventh tick");
                break;
            }
        }
        assert_eq!(bench.phase(), phase);
        assert_eq!(bench.state.phase.entry().map_or(9, |entry| entry.stage.0), stage);
    }
}

#[test]
fn the_maximum_time_pauses_what_is_stuck_and_not_what_waits_for_a_person() {
    let limited = |change: fn(&mut StageDraft)| {
        let mut plan = guarded(|_| {});
        plan.stages[0].maximum_time = Some(seconds(100));
        change(&mut plan.stages[0]);
        Bench::started(plan)
    };
    let mut stuck = limited(|stage| stage.minimum_treated = u64::pow(10, 10));
    stuck.polls(11, 0.0);
    assert!(
        matches!(&stuck.state.phase, Phase::Paused { reason: PauseReason::MaximumTime, .. }),
        "{}",
        stuck.summary()
    );
    let mut waiting = limited(|stage| stage.gate = Gate::Approval);
    waiting.polls(30, 0.0);
    assert_eq!(waiting.rule(), Rule::Approval);
}

/// What has taken too long goes back instead, where its stage says so: from this stage alone, never while only a person or a
/// window is missing, and with its cause wherever a rollback has one.
#[test]
fn the_maximum_time_rolls_back_where_the_stage_says_so() {
    let limited = |stage: usize, change: fn(&mut StageDraft)| {
        let mut plan = guarded(|_| {});
        for (position, draft) in plan.stages.iter_mut().enumerate() {
            draft.maximum_time = Some(seconds(100));
            draft.on_maximum_time = if position == stage { OnMaximumTime::RollBack } else { OnMaximumTime::Pause };
        }
        change(&mut plan.stages[0]);
        Bench::started(plan)
    };
    let stuck = |stage: &mut StageDraft| stage.minimum_treated = u64::pow(10, 10);
    let mut back = limited(0, stuck);
    back.polls(10, 0.0);
    assert_eq!((back.phase(), back.rule()), ("progressing", Rule::MinimumTreated), "{}", back.summary());
    back.poll(0.0);
    let cause = |phase: &Phase| matches!(phase, Phase::RolledBack { cause: RollbackCause::MaximumTime, .. });
    assert!(cause(&back.state.phase), "{}", back.summary());
    let last = back.last.as_ref().unwrap();
    assert_eq!((last.rationale.rule, last.rationale.action), (Rule::MaximumTime, Action::RollBack));
    let told = |effect: &Effect| {
        matches!(effect, Effect::Notify { notice: Notice::RolledBack { cause: RollbackCause::MaximumTime } })
    };
    assert!(last.effects.iter().any(told), "{:?}", last.effects);
    assert!(back.summary().contains("maximum time, after which it rolls back"), "{}", back.summary());
    let mut waits = limited(1, stuck);
    waits.polls(11, 0.0);
    assert_eq!(
        (waits.phase(), waits.rule()),
        ("paused", Rule::MaximumTime),
        "another stage's policy is not this one's"
    );
    let mut approved = limited(0, |stage| stage.gate = Gate::Approval);
    approved.polls(30, 0.0);
    assert_eq!(approved.rule(), Rule::Approval);
    // One missing answer is not what the stage has been waiting for.
    approved.pass(seconds(10));
    approved.tick(&[("errors", Reading::Missing)]);
    assert_eq!((approved.phase(), approved.rule()), ("progressing", Rule::NoData), "{}", approved.summary());
    approved.poll(0.0);
    assert_eq!(approved.rule(), Rule::Approval, "{}", approved.summary());
    // What is missing for longer is: time goes on where it stood when the stage was complete.
    for _ in 0..20 {
        if approved.phase() == "progressing" {
            approved.pass(seconds(10));
            approved.tick(&[("errors", Reading::Missing)]);
        }
    }
    assert!(cause(&approved.state.phase), "{}", approved.summary());
}

#[test]
fn minimum_treated_holds() {
    let mut plan = guarded(|_| {});
    plan.stages[0].minimum_treated = 500;
    let mut bench = Bench::started(plan);
    bench.treated = 499;
    bench.polls(10, 0.0);
    assert_eq!((bench.rule(), bench.stage()), (Rule::MinimumTreated, 0));
    bench.treated = 500;
    bench.poll(0.0);
    assert_eq!(bench.stage(), 1);
}

#[test]
fn approval_is_asked_for_once_and_given_by_promotion() {
    let mut plan = guarded(|_| {});
    plan.stages[0].gate = Gate::Approval;
    let mut bench = Bench::started(plan);
    let mut asked = 0;
    for poll in 0..20 {
        bench.poll(if poll == 12 { 0.5 } else { 0.0 });
        let asks = |effect: &&Effect| matches!(effect, Effect::Notify { notice: Notice::AwaitingApproval { .. } });
        asked += bench.effects().iter().filter(asks).count();
    }
    assert_eq!((asked, bench.stage(), bench.rule()), (1, 0, Rule::Approval));
    bench.command(promote()).unwrap();
    assert_eq!(bench.stage(), 0, "a promotion is carried out by the next tick");
    assert_eq!(bench.last.as_ref().unwrap().wake_at, Some(bench.now));
    bench.poll(0.0);
    assert_eq!((bench.stage(), bench.rule()), (1, Rule::Promoted));
    assert!(bench.summary().contains("approved by a person: looks fine"), "{}", bench.summary());
}

#[test]
fn a_promotion_overrides_what_is_missing_and_says_so() {
    let mut bench = Bench::started(guarded(|_| {}));
    bench.poll(0.0);
    bench.command(promote()).unwrap();
    bench.pass(seconds(10));
    bench.tick(&[("errors", Reading::Missing)]);
    assert_eq!(bench.stage(), 1);
    let summary = bench.summary();
    assert!(summary.contains("overridden by a person: looks fine (missing: baked 0s of 40s"), "{summary}");
}

#[test]
fn a_promotion_does_not_get_past_a_breach_a_kill_or_an_edit() {
    let mut bench = Bench::started(guarded(|_| {}));
    bench.polls(2, 0.5);
    bench.command(promote()).unwrap();
    bench.poll(0.5);
    assert!(is_rolled_back(&bench.state.phase));

    let mut bench = Bench::started(guarded(|_| {}));
    bench.command(promote()).unwrap();
    bench.enabled = false;
    bench.poll(0.0);
    assert_eq!((bench.phase(), bench.stage()), ("paused", 0));
    bench.enabled = true;
    bench.command(resume()).unwrap();
    bench.poll(0.0);
    assert_eq!(bench.stage(), 0, "a pause forgets the promotion");

    let mut bench = Bench::started(guarded(|_| {}));
    bench.command(promote()).unwrap();
    bench.pass(seconds(10));
    bench.drifted_tick();
    assert_eq!((bench.phase(), bench.stage()), ("paused", 0));
}

#[test]
fn evidence_of_another_stay_changes_nothing() {
    let mut bench = Bench::started(guarded(|_| {}));
    bench.polls(3, 0.0);
    let mut late = bench.evidence(&[("errors", Reading::Value { value: 0.9, sampled_at: bench.now })]);
    late.entry = EntryId(7);
    late.treated = u64::MAX;
    late.enabled = false;
    let before = bench.entry().clone();
    bench.play(&Input::Tick(late)).unwrap();
    assert_eq!(bench.rule(), Rule::OtherEntry);
    let after = bench.entry().clone();
    assert_eq!((after.baked, after.treated, &after.guards), (before.baked, before.treated, &before.guards));
    bench.poll(0.0);
    assert_eq!(bench.entry().baked, before.baked, "and credit begins anew");
}

#[test]
fn rollback_restores_the_baseline_whatever_the_flag_has() {
    let mut facts = facts();
    let earlier = Bench::started(plan(vec![])).state.allocation;
    facts.allocation = earlier.as_deref().cloned();
    let spec = spec(plan(vec![]));
    let state = hoist_lifecycle::rollout::start(&spec, &facts, T0).unwrap();
    let mut bench = Bench { spec, state, ..Bench::new(plan(vec![])) };
    bench.tick(&[]);
    bench.command(roll_back()).unwrap();
    assert!(matches!(bench.effects(), [Effect::ForceAllocation { to }, Effect::Notify { .. }] if *to == earlier));
    assert_eq!(bench.state.allocation, earlier);
    assert!(matches!(&bench.state.phase, Phase::RolledBack { cause: RollbackCause::Command { .. }, .. }));
}

#[test]
fn terminal_phases_absorb() {
    let endings: [fn(&mut Bench); 3] = [
        |bench| assert!(bench.command(roll_back()).is_ok()),
        |bench| assert!(bench.command(cancel()).is_ok()),
        |bench| bench.polls(60, 0.0),
    ];
    for end in endings {
        let mut bench = Bench::started(guarded(|_| {}));
        end(&mut bench);
        assert!(bench.state.phase.is_terminal());
        let (phase, allocation) = (bench.state.phase.clone(), bench.state.allocation.clone());
        for command in [pause(), resume(), promote(), roll_back(), cancel()] {
            assert!(matches!(bench.command(command), Err(TransitionError::Terminal { .. })));
        }
        bench.polls(5, 0.9);
        assert_eq!((bench.rule(), bench.effects().len()), (Rule::Terminal, 0));
        assert_eq!((bench.state.phase, bench.state.allocation), (phase, allocation));
    }
}

#[test]
fn commands_need_their_phase() {
    type Row = (&'static str, fn() -> Bench, Command, TransitionError);
    let rows: [Row; 6] = [
        ("pause before", || Bench::new(plan(vec![])), pause(), TransitionError::NotStarted),
        ("promote before", || Bench::new(plan(vec![])), promote(), TransitionError::NotStarted),
        ("resume running", || Bench::started(plan(vec![])), resume(), TransitionError::NotPaused),
        ("pause twice", paused, pause(), TransitionError::AlreadyPaused),
        ("promote paused", paused, promote(), TransitionError::Paused),
        (
            "promote another stay",
            || Bench::started(plan(vec![])),
            Command::Promote { reason: String::new(), entry: Some(EntryId(2)) },
            TransitionError::MovedOn,
        ),
    ];
    for (name, bench, command, error) in rows {
        assert_eq!(bench().command(command).unwrap_err(), error, "{name}");
    }
}

fn paused() -> Bench {
    let mut bench = Bench::started(plan(vec![]));
    bench.command(pause()).unwrap();
    bench
}

#[test]
fn a_plan_that_ends_below_everyone_leaves_its_allocation() {
    let mut draft = plan(vec![]);
    draft.stages = vec![stage("25 %", 25.0, 40)];
    let mut bench = Bench::started(draft);
    for _ in 0..6 {
        bench.pass(seconds(10));
        bench.tick(&[]);
    }
    assert_eq!(bench.phase(), "completed");
    assert!(bench.state.allocation.is_some());
    assert!(!bench.effects().iter().any(|effect| matches!(effect, Effect::Conclude { .. })));
}

#[test]
fn only_news_is_notable() {
    let mut bench = Bench::started(guarded(|_| {}));
    let mut notable = Vec::new();
    for value in [0.0, 0.0, 0.0, 0.5, 0.5, 0.0, 0.0, 0.0] {
        bench.poll(value);
        notable.push(bench.last.as_ref().unwrap().notable);
    }
    // The first verdict; baking; baking; cannot say yet; the same; passes again; baking; the next stage.
    assert_eq!(notable, [true, false, false, true, false, true, false, true]);
}

#[test]
fn every_refused_command_names_a_way_out() {
    let refusals = [
        TransitionError::Terminal { phase: "completed".to_owned() },
        TransitionError::NotPaused,
        TransitionError::AlreadyPaused,
        TransitionError::Paused,
        TransitionError::NotStarted,
        TransitionError::MovedOn,
    ];
    for refusal in refusals {
        let said = refusal.to_string();
        let (what, way_out) = said.split_once("; ").unwrap_or((&said, ""));
        assert!(what.starts_with("the rollout"), "{said}");
        let verbs = ["start", "resume", "roll it back", "cancel", "promote", "look again"];
        assert!(verbs.iter().any(|verb| way_out.contains(verb)), "{said}");
    }
}
