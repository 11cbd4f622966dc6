//! When a stage may be entered.

use hoist_eval::Timestamp;
use hoist_lifecycle::plan::{Day, Gate, WindowDraft};
use hoist_lifecycle::rollout::decision::Rule;
use hoist_lifecycle::rollout::evidence::Reading;

use crate::support::{Bench, T0, facts, guard, plan, promote, seconds, spec};

fn at(text: &str) -> Timestamp {
    Timestamp::from_micros(text.parse::<jiff::Timestamp>().unwrap().as_microsecond())
}

/// Checks when a rollout whose first stage has this window would start if it were asked at `now`.
fn check(days: &[Day], from: &str, to: &str, zone: &str, now: &str, expected: &str) {
    let mut draft = plan(vec![]);
    let zone = Some(zone.to_owned());
    draft.stages[0].windows = vec![WindowDraft { days: days.to_vec(), from: from.into(), to: to.into(), zone }];
    let mut bench = Bench::new(draft);
    bench.now = at(now).max(T0);
    bench.tick(&[]);
    let decision = bench.last.as_ref().unwrap();
    if now == expected {
        assert_eq!(decision.rationale.rule, Rule::Start, "{now}");
        return;
    }
    assert_eq!(decision.rationale.until, Some(at(expected)), "{now}");
    bench.now = at(expected).saturating_sub(seconds(1));
    bench.tick(&[]);
    assert_eq!(bench.phase(), "scheduled");
    bench.now = at(expected);
    bench.tick(&[]);
    assert_eq!(bench.phase(), "progressing");
}

const WEEK: [Day; 4] = [Day::Mon, Day::Tue, Day::Wed, Day::Thu];

#[test]
fn windows_open_in_their_zone() {
    // 2025-01-06 is a Monday.
    check(&WEEK, "09:00", "16:00", "UTC", "2025-01-06T09:00:00Z", "2025-01-06T09:00:00Z");
    check(&WEEK, "09:00", "16:00", "UTC", "2025-01-06T15:59:59Z", "2025-01-06T15:59:59Z");
    check(&WEEK, "09:00", "16:00", "UTC", "2025-01-06T16:00:00Z", "2025-01-07T09:00:00Z");
    check(&WEEK, "09:00", "16:00", "UTC", "2025-01-09T16:00:00Z", "2025-01-13T09:00:00Z");
    check(&WEEK, "09:00", "16:00", "Europe/Berlin", "2025-01-06T07:00:00Z", "2025-01-06T08:00:00Z");
    check(&WEEK, "09:00", "16:00", "Europe/Berlin", "2025-07-07T06:00:00Z", "2025-07-07T07:00:00Z");
    check(&[Day::Mon], "09:00", "10:00", "Pacific/Kiritimati", "2025-01-12T18:59:00Z", "2025-01-12T19:00:00Z");
    check(&[Day::Sun], "22:00", "24:00", "America/New_York", "2025-01-13T04:59:59Z", "2025-01-13T04:59:59Z");
}

#[test]
fn windows_survive_clock_changes() {
    // 2025-03-30 has no 02:30 in Berlin; 2025-10-26 has it twice.
    check(&[Day::Sun], "02:30", "04:00", "Europe/Berlin", "2025-03-30T00:00:00Z", "2025-03-30T01:30:00Z");
    check(&[Day::Sun], "02:30", "04:00", "Europe/Berlin", "2025-10-26T00:00:00Z", "2025-10-26T00:30:00Z");
    // A window that lies wholly within the missing hour opens an hour later.
    check(&[Day::Sun], "02:10", "02:50", "Europe/Berlin", "2025-03-30T00:00:00Z", "2025-03-30T01:10:00Z");
}

#[test]
fn a_start_waits_for_its_time() {
    let mut facts = facts();
    facts.start_at = Some(T0.saturating_add(seconds(100)));
    let spec = spec(plan(vec![]));
    let state = hoist_lifecycle::rollout::start(&spec, &facts, T0).unwrap();
    let mut bench = Bench { spec, state, ..Bench::new(plan(vec![])) };
    assert_eq!(bench.tick(&[]).wake_at, Some(T0.saturating_add(seconds(60))));
    bench.pass(seconds(60));
    assert_eq!(bench.tick(&[]).wake_at, Some(T0.saturating_add(seconds(100))));
    assert_eq!(bench.summary(), "waiting before the first stage: starts at 2025-01-06T00:01:40Z");
    bench.pass(seconds(40));
    bench.tick(&[]);
    assert_eq!(bench.phase(), "progressing");
}

#[test]
fn bake_and_window_must_both_hold() {
    let mut draft = plan(vec![]);
    let zone = None;
    draft.stages[1].windows =
        vec![WindowDraft { days: vec![Day::Mon], from: "00:05".into(), to: "00:10".into(), zone }];
    let mut bench = Bench::started(draft);
    for _ in 0..29 {
        bench.pass(seconds(10));
        bench.tick(&[]);
        assert_eq!(bench.stage(), 0);
    }
    assert_eq!(bench.rule(), Rule::Window);
    bench.pass(seconds(10));
    bench.tick(&[]);
    assert_eq!(bench.stage(), 1);
}

/// A bench at a stage with this gate, before one that opens five minutes after the start.
fn before_a_window(gate: Gate) -> Bench {
    let mut draft = plan(vec![guard()]);
    draft.stages[0].gate = gate;
    draft.stages[1].windows =
        vec![WindowDraft { days: vec![Day::Mon], from: "00:05".into(), to: "00:10".into(), zone: None }];
    Bench::started(draft)
}

#[test]
fn an_approval_waits_for_the_window() {
    let mut bench = before_a_window(Gate::Approval);
    bench.polls(10, 0.0);
    assert_eq!(bench.rule(), Rule::Approval);
    bench.command(promote()).unwrap();
    bench.poll(0.0);
    assert_eq!((bench.stage(), bench.rule()), (0, Rule::Window), "{}", bench.summary());
    assert_eq!(bench.last.as_ref().unwrap().wake_at, Some(bench.now.saturating_add(seconds(10))));
    bench.pass(seconds(10));
    bench.tick(&[("errors", Reading::Missing)]);
    assert_eq!((bench.stage(), bench.rule()), (0, Rule::NoData), "an approval is no override of what comes later");
    while bench.now < T0.saturating_add(seconds(290)) {
        bench.poll(0.0);
        assert_eq!((bench.stage(), bench.rule()), (0, Rule::Window));
    }
    bench.poll(0.0);
    assert_eq!((bench.stage(), bench.rule()), (1, Rule::Promoted));
    assert!(bench.summary().ends_with("approved by a person: looks fine"), "{}", bench.summary());
}

#[test]
fn a_promotion_overrides_a_window_and_says_so() {
    let unbaked: fn(&mut Bench) = |_| {};
    let baked: fn(&mut Bench) = |bench| bench.polls(10, 0.0);
    let approved: fn(&mut Bench) = |bench| {
        bench.polls(10, 0.0);
        bench.command(promote()).unwrap();
        bench.poll(0.0);
    };
    for (gate, reach) in [(Gate::Approval, unbaked), (Gate::Automatic, baked), (Gate::Approval, approved)] {
        let mut bench = before_a_window(gate);
        reach(&mut bench);
        bench.command(promote()).unwrap();
        bench.poll(0.0);
        assert_eq!((bench.stage(), bench.rule()), (1, Rule::Promoted));
        let summary = bench.summary();
        assert!(summary.contains("overridden by a person: looks fine (missing: "), "{summary}");
        assert!(summary.contains("the next stage opens at 2025-01-06T00:05:00Z"), "{summary}");
    }
}
