//! From readings to verdicts: everything odd holds, and only what is fresh, finite and within the limit passes.

use hoist_eval::{Span, Timestamp};
use hoist_lifecycle::plan::{GuardDraft, GuardMode, LimitDraft, OnBreach};
use hoist_lifecycle::rollout::decision::{Rule, Verdict};
use hoist_lifecycle::rollout::evidence::{InvalidReading, Reading, SourceFault};
use hoist_lifecycle::rollout::{NoDataCause, due_guards, standing};

use crate::support::{Bench, guard, is_rolled_back, pause, plan, resume, seconds};

fn bench(change: impl FnOnce(&mut GuardDraft)) -> Bench {
    let mut guard = guard();
    change(&mut guard);
    Bench::started(plan(vec![guard]))
}

/// A bench whose first stage takes a day, so that all readings fall into one stay.
fn patient(change: impl FnOnce(&mut GuardDraft)) -> Bench {
    let mut guard = guard();
    change(&mut guard);
    let mut plan = plan(vec![guard]);
    plan.stages[0].bake = Span::from_hours(24);
    Bench::started(plan)
}

fn verdict(bench: &Bench) -> Verdict {
    bench.last.as_ref().unwrap().rationale.guards[0].verdict
}

fn value(value: f64, sampled_at: Timestamp) -> Reading {
    Reading::Value { value, sampled_at }
}

fn ago(bench: &Bench, span: Span) -> Timestamp {
    bench.now.saturating_sub(span)
}

/// Makes an odd reading that suits the moment.
type Odd = fn(&Bench) -> Reading;

#[test]
fn odd_readings_neither_pass_nor_breach() {
    use NoDataCause as Why;
    let rows: Vec<(&str, Why, Odd)> = vec![
        ("missing", Why::Absent, |_| Reading::Missing),
        ("not a number, said", Why::NotANumber, |_| Reading::Invalid(InvalidReading::NotANumber)),
        ("many series", Why::ManySeries, |_| Reading::Invalid(InvalidReading::ManySeries)),
        ("partial", Why::Partial, |_| Reading::Invalid(InvalidReading::Partial)),
        ("malformed", Why::Malformed, |_| Reading::Invalid(InvalidReading::Malformed)),
        ("infinite, said", Why::Infinite, |_| Reading::Invalid(InvalidReading::Infinite)),
        ("unreachable", Why::Unreachable, |_| Reading::Failed(SourceFault::Unreachable)),
        ("timeout", Why::Timeout, |_| Reading::Failed(SourceFault::Timeout)),
        ("credentials refused", Why::Unauthorized, |_| Reading::Failed(SourceFault::Unauthorized)),
        ("an error", Why::Rejected, |_| Reading::Failed(SourceFault::Rejected)),
        ("too large", Why::TooLarge, |_| Reading::Failed(SourceFault::TooLarge)),
        ("address refused", Why::Forbidden, |_| Reading::Failed(SourceFault::Forbidden)),
        ("not a number, slipped through", Why::NotANumber, |bench| value(f64::NAN, bench.now)),
        ("infinite, slipped through", Why::Implausible, |bench| value(f64::INFINITY, bench.now)),
        ("implausible", Why::Implausible, |bench| value(7.0, bench.now)),
        ("negative infinity", Why::Implausible, |bench| value(f64::NEG_INFINITY, bench.now)),
        ("stale", Why::Stale, |bench| value(0.9, ago(bench, seconds(31)))),
        ("from the future", Why::Ahead, |bench| value(0.9, bench.now.saturating_add(seconds(6)))),
        ("from before the stay", Why::Stale, |bench| value(0.9, ago(bench, Span::from_hours(1)))),
        ("ten years old", Why::Stale, |bench| value(0.9, ago(bench, Span::from_hours(87_600)))),
        ("another kind", Why::Malformed, |bench| Reading::Counters { events: 9.0, total: 9.0, sampled_at: bench.now }),
    ];
    for mode in [GuardMode::Sequential, GuardMode::Immediate] {
        for (name, why, reading) in &rows {
            let mut bench = bench(|guard| {
                guard.mode = mode;
                guard.plausible = Some((0.0, 1.0));
            });
            for _ in 0..30 {
                bench.pass(seconds(10));
                let reading = reading(&bench);
                bench.tick(&[("errors", reading)]);
                assert_eq!(verdict(&bench), Verdict::NoData, "{name}");
                let seen = &bench.last.as_ref().unwrap().rationale.guards[0];
                assert_eq!(seen.cause, Some(*why), "{name}");
                assert!(seen.summary().starts_with(&format!("guard errors has no data: {} (", why.words())), "{name}");
            }
            assert_eq!((bench.phase(), bench.stage()), ("progressing", 0), "{name}");
            assert_eq!(bench.entry().baked, Span::ZERO, "{name}");
        }
    }
}

#[test]
fn a_silence_is_news_once_and_its_cause_goes_with_it() {
    let mut bench = patient(|guard| guard.mode = GuardMode::Immediate);
    let mut look = |reading: Reading| {
        bench.pass(seconds(10));
        let reading = match reading {
            Reading::Value { value, .. } => Reading::Value { value, sampled_at: bench.now },
            odd => odd,
        };
        bench.tick(&[("errors", reading)]);
        let last = bench.last.as_ref().unwrap();
        (last.notable, bench.entry().guards[0].cause)
    };
    let (away, slow) = (Reading::Failed(SourceFault::Unreachable), Reading::Failed(SourceFault::Timeout));
    let sound = Reading::Value { value: 0.001, sampled_at: Timestamp::from_seconds(0) };
    assert_eq!(look(away.clone()), (true, Some(NoDataCause::Unreachable)), "no data before, and now it is known why");
    assert_eq!(look(slow), (false, Some(NoDataCause::Timeout)), "the cause follows; a flapping one fills no history");
    assert_eq!(look(sound), (true, None));
    assert_eq!(look(away), (true, Some(NoDataCause::Unreachable)));
    bench.pass(seconds(5));
    bench.tick(&[]);
    let standing = standing(&bench.spec, &bench.state).unwrap();
    assert_eq!(standing.guards[0].cause, Some(NoDataCause::Unreachable), "what is shown between two looks");
    let shown = serde_json::to_value(&standing.guards[0]).unwrap();
    assert_eq!((&shown["cause"], &shown["because"]), (&"unreachable".into(), &"the source cannot be reached".into()));
    assert!(shown["next"].as_str().unwrap().contains("certificate"), "{shown}");
}

#[test]
fn every_cause_has_its_row_in_the_guide() {
    let guide = include_str!("../../../../docs/guards.md");
    for cause in NoDataCause::ALL {
        let row = format!("| `{}` | {} |", cause.as_str(), cause.words());
        assert!(guide.contains(&row), "docs/guards.md lacks {row}");
        assert_eq!(serde_json::to_value(cause).unwrap(), cause.as_str());
    }
}

#[test]
fn immediate_guards_break_at_once() {
    let rows = [
        (LimitDraft::Above(0.02), 0.021, true),
        (LimitDraft::Above(0.02), 0.02, false),
        (LimitDraft::Above(0.02), -5.0, false),
        (LimitDraft::Below(0.9), 0.89, true),
        (LimitDraft::Below(0.9), 0.9, false),
        (LimitDraft::Above(0.0), -0.0, false),
    ];
    for (limit, value, breaks) in rows {
        let mut bench = bench(|guard| {
            guard.limit = limit;
            guard.mode = GuardMode::Immediate;
        });
        bench.poll(value);
        assert_eq!(is_rolled_back(&bench.state.phase), breaks, "{limit:?} {value}");
    }
}

/// The figures that the documentation states, through the whole machine.
#[test]
fn sequential_guards_break_after_three_four_or_five_in_a_row() {
    for (good, expected) in [(0, 3), (10, 4), (60, 5)] {
        let mut bench = patient(|_| {});
        bench.polls(good, 0.0);
        let mut bad = 0;
        while bench.phase() == "progressing" {
            bench.poll(0.5);
            bad += 1;
        }
        assert!(is_rolled_back(&bench.state.phase));
        assert_eq!(bad, expected, "after {good} good polls");
    }
}

#[test]
fn mounting_evidence_holds() {
    let mut bench = patient(|_| {});
    bench.polls(2, 0.5);
    assert_eq!(verdict(&bench), Verdict::Inconclusive);
    bench.poll(0.0);
    assert_eq!(verdict(&bench), Verdict::Inconclusive, "one good poll does not clear evidence of 95 to 1");
    bench.polls(25, 0.0);
    assert_eq!(verdict(&bench), Verdict::Pass);
}

#[test]
fn repeated_and_early_readings_count_once() {
    let mut bench = bench(|_| {});
    bench.poll(0.5);
    let same = bench.now;
    for _ in 0..10 {
        // Asked again within the interval, asked twice at once, and asked later with a sample that has not moved.
        bench.tick(&[("errors", value(0.5, bench.now)), ("errors", value(0.5, bench.now))]);
    }
    bench.pass(seconds(10));
    bench.tick(&[("errors", value(0.5, same)), ("errors", value(0.5, same))]);
    bench.pass(seconds(10));
    bench.tick(&[("errors", value(0.5, same.saturating_sub(seconds(1))))]);
    assert_eq!(bench.phase(), "progressing");
    bench.poll(0.5);
    assert_eq!(bench.phase(), "progressing", "the second breach that counts");
    bench.poll(0.5);
    assert!(is_rolled_back(&bench.state.phase), "the third");
}

#[test]
fn a_verdict_ages_out() {
    let mut bench = bench(|_| {});
    bench.poll(0.0);
    for (after, expected) in [(20, Verdict::Pass), (10, Verdict::Pass), (1, Verdict::NoData)] {
        bench.pass(seconds(after));
        bench.tick(&[]);
        assert_eq!(verdict(&bench), expected);
    }
}

#[test]
fn guards_are_due_once_per_interval_and_after_the_stay_has_lasted_one() {
    let mut bench = bench(|_| {});
    let due = |bench: &Bench| due_guards(&bench.spec, &bench.state, bench.now).len();
    assert_eq!(due(&bench), 0, "its window would reach back before the stay");
    bench.pass(seconds(9));
    assert_eq!(due(&bench), 0);
    bench.pass(seconds(1));
    assert_eq!(due(&bench), 1);
    let guard = &due_guards(&bench.spec, &bench.state, bench.now)[0];
    assert_eq!(guard.entry, bench.state.entry_id());
    bench.tick(&[("errors", Reading::Missing)]);
    assert_eq!(due(&bench), 0, "asked and not answered is asked");
    bench.command(pause()).unwrap();
    bench.pass(seconds(10));
    assert_eq!(due(&bench), 1, "guards stay live while paused");
}

#[test]
fn guards_watch_the_stages_they_name() {
    let mut bench = bench(|guard| guard.stages = vec!["10 %".into()]);
    for _ in 0..5 {
        bench.pass(seconds(10));
        assert!(due_guards(&bench.spec, &bench.state, bench.now).is_empty());
        bench.tick(&[("errors", value(0.9, bench.now))]);
    }
    assert_eq!(bench.stage(), 1, "not watched at the first stage");
    bench.polls(3, 0.9);
    assert!(is_rolled_back(&bench.state.phase));
}

fn counts(change: impl FnOnce(&mut GuardDraft)) -> Bench {
    bench(|guard| {
        guard.metric = "error-counts".into();
        change(guard);
    })
}

/// Ten seconds later, a tick with a reading of both counters.
fn count(bench: &mut Bench, events: f64, total: f64) -> Verdict {
    bench.pass(seconds(10));
    bench.tick(&[("errors", Reading::Counters { events, total, sampled_at: bench.now })]);
    bench.last.as_ref().unwrap().rationale.guards[0].verdict
}

#[test]
fn counters_are_differenced_and_resets_dropped() {
    let mut bench = counts(|_| {});
    let rows = [
        (5_000.0, 10_000.0, Verdict::NoData, "the first reading only teaches, however bad it looks"),
        (5_001.0, 10_200.0, Verdict::Pass, "1 of 200"),
        (5_001.0, 10_200.0, Verdict::Pass, "the same sample, asked for again"),
        (5_001.0, 10_400.0, Verdict::Pass, "0 of 200"),
        (5_009.0, 10_400.0, Verdict::NoData, "8 of none: nothing to divide by"),
        (5_009.0, 10_600.0, Verdict::Inconclusive, "those 8 are of these 200"),
        (3.0, 300.0, Verdict::NoData, "both counters were reset"),
        (4.0, 500.0, Verdict::Pass, "1 of 200"),
        (0.0, 700.0, Verdict::NoData, "one counter was reset"),
        (10.0, 900.0, Verdict::Inconclusive, "10 of 200 is beyond the limit, and not yet sure"),
        (f64::NAN, 950.0, Verdict::NoData, "not a number"),
        (-1.0, 950.0, Verdict::NoData, "negative"),
    ];
    for (events, total, expected, why) in rows {
        assert_eq!(count(&mut bench, events, total), expected, "{why}");
    }
    assert_eq!(bench.phase(), "progressing");
}

/// Counters are sampled every 20 s and asked for every 10 s; the answers carry the time of the question.
#[test]
fn counters_asked_twice_between_two_samples_bake() {
    let mut bench = counts(|_| {});
    for poll in 0..7 {
        assert_eq!(bench.stage(), 0);
        count(&mut bench, 0.0, 200.0 * f64::from(poll / 2));
    }
    // Two readings of one sample only teach, the first verdict credits nothing, and four more bake 40 s.
    assert_eq!((bench.stage(), bench.rule()), (1, Rule::Advance), "{}", bench.summary());
}

#[test]
fn counters_that_stand_still_age_out() {
    let mut bench = counts(|_| {});
    count(&mut bench, 0.0, 100.0);
    count(&mut bench, 0.0, 200.0);
    let verdicts = [(); 5].map(|()| count(&mut bench, 0.0, 200.0));
    let expected = [Verdict::Pass, Verdict::Pass, Verdict::Pass, Verdict::NoData, Verdict::NoData];
    assert_eq!(verdicts, expected, "a sample is fresh for 30 s, however often it is repeated");
    assert_eq!(count(&mut bench, 0.0, 300.0), Verdict::Pass);
}

#[test]
fn a_rate_beyond_its_limit_breaks_and_one_within_bakes() {
    let mut bad = counts(|_| {});
    let mut bad_polls = 0;
    while bad.phase() == "progressing" {
        count(&mut bad, 20.0 * f64::from(bad_polls), 200.0 * f64::from(bad_polls));
        bad_polls += 1;
    }
    assert!((2..=3).contains(&bad_polls), "20 of 200 against 2 % took {bad_polls} readings");
    let mut good = counts(|_| {});
    for poll in 0..8 {
        count(&mut good, f64::from(poll), 200.0 * f64::from(poll));
    }
    assert!(good.stage() > 0);
}

#[test]
fn immediate_rates_break_on_one_interval() {
    let mut bench = counts(|guard| guard.mode = GuardMode::Immediate);
    count(&mut bench, 100.0, 100.0);
    assert_eq!(count(&mut bench, 102.0, 200.0), Verdict::Pass);
    count(&mut bench, 105.0, 300.0);
    assert!(is_rolled_back(&bench.state.phase));
}

#[test]
fn a_resume_keeps_the_evidence_of_guards_that_are_not_in_breach() {
    let mut bench = patient(|_| {});
    bench.polls(2, 0.5);
    bench.command(pause()).unwrap();
    bench.command(resume()).unwrap();
    assert_eq!((bench.entry().baked, bench.entry().guards[0].verdict), (Span::ZERO, Verdict::NoData));
    bench.poll(0.5);
    assert!(is_rolled_back(&bench.state.phase), "the third breach: {}", bench.summary());

    let mut bench = patient(|guard| guard.on_breach = OnBreach::Pause);
    bench.polls(3, 0.5);
    assert_eq!(bench.phase(), "paused");
    bench.command(resume()).unwrap();
    bench.polls(2, 0.5);
    assert_eq!(bench.phase(), "progressing", "a person has gone past the breach; its evidence is spent");
    bench.poll(0.5);
    assert_eq!(bench.phase(), "paused");
}

#[test]
fn evidence_goes_on_from_stage_to_stage() {
    let mut plan = plan(vec![guard()]);
    plan.stages[0].bake = seconds(10);
    let mut bench = Bench::started(plan);
    while bench.stage() == 0 {
        bench.poll(0.0);
    }
    let polls = |bench: &Bench| serde_json::to_value(&bench.entry().guards[0].process).unwrap()["polls"].as_u64();
    let before = polls(&bench);
    bench.poll(0.0);
    assert_eq!(polls(&bench), before.map(|polls| polls + 1));
    assert!(before > Some(0));
}
