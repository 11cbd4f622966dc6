//! Whether a rollback has reached everybody.

use hoist_eval::{Span, Timestamp};
use hoist_lifecycle::plan::{Plan, SafetyDraft};
use hoist_lifecycle::safety::{Look, Progress, Safety, SafetyReport, SafetyStatus, Straggler, Terms};

use crate::support::{T0, plan, seconds};

fn at(seconds: f64) -> Timestamp {
    T0.saturating_add(Span::from_micros((seconds * 1e6) as u64))
}

/// A server that answers by the new definition, asked a thousand times, with a thousand streams that know.
fn well(time: f64) -> Look {
    Look {
        at: at(time),
        is_current: true,
        may_serve: false,
        answers: 1_000,
        bad: 0,
        streams: 1_000,
        behind: Vec::new(),
        behind_unnamed: 0,
    }
}

fn report(looks: Vec<Look>) -> SafetyReport {
    named("a", looks)
}

fn named(server: &str, looks: Vec<Look>) -> SafetyReport {
    let mut progress = Progress::default();
    let reports = looks.into_iter().map(|look| progress.report(server, look, Terms::default()));
    reports.last().unwrap()
}

fn safety() -> Safety {
    Safety::begin("on", 7, T0, Terms::default())
}

fn status(reports: &[SafetyReport], time: f64) -> SafetyStatus {
    safety().look(reports, at(time)).next.status
}

fn safe(millis: u64) -> SafetyStatus {
    SafetyStatus::Safe { after: Span::from_millis(millis) }
}

#[test]
fn the_time_to_safety_is_that_of_the_last_server() {
    let old = |time| Look { is_current: false, ..well(time) };
    let first = named("a", vec![old(0.1), well(0.3), well(4.0)]);
    let second = named("b", vec![old(0.1), old(2.0), well(2.5), well(4.0)]);
    assert_eq!(status(&[first.clone(), second.clone()], 5.0), safe(2_500));
    assert_eq!(status(&[first], 5.0), safe(300));
    assert_eq!(status(std::slice::from_ref(&second), 3.0), SafetyStatus::Watching, "others may not have reported yet");
    assert_eq!(status(&[], 5.0), SafetyStatus::Watching, "nobody has said anything");
    assert_eq!(status(&[second, named("c", vec![old(4.0)])], 5.0), SafetyStatus::Watching);
}

#[test]
fn what_is_still_answered_counts_until_it_is_within_the_tolerance() {
    let asked = |time, answers, bad, is_current| Look { answers, bad, is_current, ..well(time) };
    // Before the swap everything answers the variant; ten answers in the first interval are still of before.
    let looks = vec![asked(0.0, 100, 100, false), asked(0.2, 1_100, 110, true)];
    let seen = report(looks.clone());
    assert_eq!((seen.still, seen.answered, seen.safe_at), (10, 1_000, None), "1 % is more than a thousandth");
    let one = report([looks.clone(), vec![asked(0.4, 2_100, 111, true)]].concat());
    assert_eq!((one.still, one.safe_at), (11, Some(at(0.4))), "a thousandth is tolerated");
    let two = report([looks.clone(), vec![asked(0.4, 2_100, 112, true)]].concat());
    assert_eq!(two.safe_at, None);
    let back = report([looks, vec![asked(0.4, 2_100, 110, true), asked(0.6, 3_100, 210, true)]].concat());
    assert_eq!(back.safe_at, None, "it was safe, and is not any more");
}

#[test]
fn a_variant_that_rules_may_give_is_no_sign_at_a_server_that_is_current() {
    let looks = |may_serve| {
        let look = |time, bad| Look { may_serve, answers: 10 * bad, bad, ..well(time) };
        vec![look(0.1, 10), look(0.2, 20)]
    };
    assert_eq!(report(looks(true)).still, 0);
    assert_eq!(report(looks(false)).still, 10);
    let old = looks(true).into_iter().map(|look| Look { is_current: false, ..look }).collect();
    assert_eq!(report(old).still, 10, "before the new definition every one of them counts");
}

#[test]
fn streams_that_were_not_told_are_waited_for_and_named() {
    let lagging = |streams| Look { behind: vec![("web".into(), streams)], ..well(1.0) };
    assert_eq!(status(&[report(vec![lagging(1)])], 5.0), safe(1_000), "one in a thousand is tolerated");
    let two = report(vec![lagging(2)]);
    let verification = safety().look(&[two], at(5.0));
    assert_eq!(verification.next.status, SafetyStatus::Watching);
    let found = verification.next.finding.unwrap();
    let expected = Straggler::Streams { server: "a".into(), token: "web".into(), streams: 2 };
    assert_eq!((found.behind, found.streams, found.stragglers), (2, 1_000, vec![expected]));
}

#[test]
fn streams_that_nobody_has_the_room_to_name_are_waited_for() {
    let lagging = |unnamed| Look { behind: vec![("web".into(), 1)], behind_unnamed: unnamed, ..well(1.0) };
    let rows = [(0, safe(1_000)), (1, SafetyStatus::Watching)];
    for (unnamed, expected) in rows {
        assert_eq!(status(&[report(vec![lagging(unnamed)])], 5.0), expected, "{unnamed} beside the one with a name");
    }
    let found = safety().look(&[report(vec![lagging(39)])], at(5.0)).next.finding.unwrap();
    assert_eq!((found.behind, found.stragglers.len()), (40, 1));
    // What a server of before has stored says nothing of them.
    let mut stored = serde_json::to_value(report(vec![lagging(0)])).unwrap();
    stored.as_object_mut().unwrap().remove("behind_unnamed");
    assert_eq!(serde_json::from_value::<SafetyReport>(stored).unwrap().behind_in_all(), 1);
}

#[test]
fn people_are_told_once_that_it_is_not_safe() {
    let old = report(vec![Look { is_current: false, ..well(1.0) }]);
    let early = safety().look(std::slice::from_ref(&old), at(59.0));
    assert!(!early.escalates && !early.settles);
    let late = early.next.look(std::slice::from_ref(&old), at(60.0));
    assert!(late.escalates && late.settles);
    assert_eq!(late.next.escalated_at, Some(at(60.0)));
    let again = late.next.look(&[old], at(61.0));
    assert!(!again.escalates && !again.settles && again.next.is_open());
    let found = again.next.look(&[report(vec![well(62.0)])], at(63.0));
    assert_eq!((found.next.status, found.settles), (safe(62_000), true));
}

#[test]
fn a_silent_server_is_safe_only_if_it_was() {
    let gone = named("b", vec![Look { is_current: false, ..well(1.0) }]);
    let verification = safety().look(&[report(vec![well(1.0)]), gone], at(30.0));
    let stragglers = verification.next.finding.unwrap().stragglers;
    assert_eq!(stragglers, [Straggler::Silent { server: "b".into() }]);
    assert_eq!(verification.next.status, SafetyStatus::Watching);
    assert_eq!(status(&[report(vec![well(1.0)])], 3_000.0), safe(1_000));
}

#[test]
fn nothing_is_watched_for_ever() {
    let old = report(vec![Look { is_current: false, ..well(1.0) }]);
    assert_eq!(status(&[old], 3_600.0), SafetyStatus::Unconfirmed);
}

#[test]
fn counts_that_begin_anew_are_not_subtracted() {
    let looks = vec![well(0.1), Look { answers: 5, ..well(0.2) }, Look { answers: 9, ..well(0.3) }];
    assert_eq!(report(looks).answered, 4);
}

#[test]
fn a_plan_says_what_is_safe() {
    let terms =
        |safety| Plan::parse(&hoist_lifecycle::plan::PlanDraft { safety, ..plan(vec![]) }).map(|plan| plan.safety());
    assert_eq!(terms(None).unwrap(), Terms { tolerance: 0.001, deadline: seconds(60) });
    let draft = |tolerance, deadline| Some(SafetyDraft { tolerance, deadline });
    assert_eq!(terms(draft(Some(0.01), None)).unwrap(), Terms { tolerance: 0.01, ..Terms::default() });
    assert_eq!(terms(draft(None, Some(seconds(5)))).unwrap().deadline, seconds(5));
    for (draft, path) in [
        (draft(Some(0.2), None), "safety.tolerance"),
        (draft(Some(f64::NAN), None), "safety.tolerance"),
        (draft(None, Some(seconds(4))), "safety.deadline"),
        (draft(None, Some(seconds(3_601))), "safety.deadline"),
    ] {
        assert_eq!(terms(draft).unwrap_err()[0].path, path);
    }
}
