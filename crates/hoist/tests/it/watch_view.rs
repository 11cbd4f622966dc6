//! The watch view: what is drawn for what is known, what keys do, and when a watch ends.

use hoist::exit::Exit;
use hoist::limits::WATCH_REASON_CHARS_MAX;
use hoist::watch::keys::{Act, Key, Question, Verb, act};
use hoist::watch::model::model;
use hoist::watch::outcome::{Until, outcome};
use hoist::watch::parting::{Seen, hint};
use hoist::watch::rollout::{Decided, Rollout};
use hoist::watch::text;
use hoist::watch::view::{Shown, draw};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use serde_json::{Value, json};

fn rollout(changes: Value) -> Rollout {
    let mut body = json!({
        "id": "rol-1", "flag": "new-checkout", "environment": "production", "phase": "progressing",
        "changed_at": "2026-11-21T22:05:00.000000Z",
        "plan": {
            "key": "checkout", "treatment": "on",
            "stages": [
                { "name": "internal", "audience": "internal", "percentage": 100.0, "bake": "5m" },
                { "name": "5 %", "percentage": 5.0, "bake": "10m" },
                { "name": "100 %", "percentage": 100.0, "bake": "1h" }
            ],
            "guards": [{ "key": "checkout-failures", "metric": "failures", "limit": { "above": 0.03 } }]
        },
        "stage": {
            "entry": 7, "index": 1, "name": "5 %", "baked": "3m20s300ms", "bake": "10m", "treated": 240,
            "minimum_treated": 30,
            "guards": [{ "guard": "checkout-failures", "verdict": "pass", "value": 0.004 }]
        }
    });
    for (key, value) in changes.as_object().expect("changes are an object") {
        body[key] = value.clone();
    }
    Rollout::read(body).expect("a rollout")
}

fn decided(seq: u64, rule: &str, action: &str, guard: Value) -> Decided {
    let body = json!({
        "seq": seq, "at": format!("2026-11-21T22:0{seq}:00.000000Z"), "phase": "progressing",
        "summary": format!("decision {seq}"),
        "rationale": {
            "rule": rule, "action": action, "guard": null, "reason": null, "until": null,
            "stage": {
                "name": "5 %", "number": 2, "of": 3, "baked": "3m20s", "bake": "10m", "treated": 240,
                "minimum_treated": 30, "gate": "automatic"
            },
            "guards": [guard]
        }
    });
    serde_json::from_value(body).expect("a decision")
}

fn passing() -> Value {
    json!({
        "guard": "checkout-failures", "verdict": "pass", "value": 0.004, "limit": { "above": 0.03 }, "unit": "ratio",
        "log_evidence": 1.2, "log_needed": 4.6
    })
}

fn breaching() -> Value {
    json!({
        "guard": "checkout-failures", "verdict": "breach", "value": 0.41, "limit": { "above": 0.03 }, "unit": "ratio",
        "log_evidence": 9.0, "log_needed": 4.6
    })
}

fn drawn(shown: &Shown) -> String {
    let mut terminal = Terminal::new(TestBackend::new(100, 24)).expect("a terminal");
    terminal.draw(|frame| draw(frame, shown)).expect("it draws");
    terminal.backend().to_string()
}

fn shown(rollout: &Rollout, decisions: &[Decided]) -> Shown {
    Shown { model: Some(model(rollout, decisions)), question: None, notice: None, colour: false }
}

#[test]
fn draws_a_rollout_that_progresses() {
    let decisions = [decided(2, "bake", "hold", passing()), decided(1, "advance", "advance", passing())];
    insta::assert_snapshot!(drawn(&shown(&rollout(json!({})), &decisions)));
}

#[test]
fn draws_a_rollout_that_was_rolled_back() {
    let rollout = rollout(json!({
        "phase": "rolled_back", "stage": null, "cause": { "kind": "breach", "guard": "checkout-failures" }
    }));
    insta::assert_snapshot!(drawn(&shown(&rollout, &[decided(3, "breach", "roll_back", breaching())])));
}

#[test]
fn draws_a_question_and_a_notice() {
    let mut shown = shown(&rollout(json!({})), &[decided(2, "bake", "hold", passing())]);
    shown.question = Some(Question::Sure(Verb::RollBack));
    shown.notice = Some("the stream broke off; trying again".to_owned());
    insta::assert_snapshot!(drawn(&shown));
}

#[test]
fn draws_the_end_of_a_reason_that_is_typed() {
    let mut shown = shown(&rollout(json!({})), &[decided(2, "bake", "hold", passing())]);
    for (typed, says) in [
        ("", "│> _ "),
        ("seen by two people", "│> seen by two people_ "),
        (&format!("{}the end", "long ".repeat(40)), "long long the end_│"),
    ] {
        shown.question = Some(Question::Why(Verb::Promote, typed.to_owned()));
        let drawn = drawn(&shown).replace('"', "│");
        assert!(drawn.contains("Why may new-checkout leave its stage now, whatever is missing?"), "{drawn}");
        assert!(drawn.contains(says), "{typed:?}: {drawn}");
    }
}

#[test]
fn draws_before_anything_is_known() {
    let shown = Shown { model: None, question: None, notice: None, colour: false };
    assert!(drawn(&shown).contains("Waiting for the server"));
}

#[test]
fn draws_in_any_size_without_a_panic() {
    let shown = shown(&rollout(json!({})), &[decided(2, "bake", "hold", breaching())]);
    for (width, height) in [(1, 1), (2, 30), (10, 3), (40, 10), (300, 100)] {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a terminal");
        terminal.draw(|frame| draw(frame, &shown)).expect("it draws");
    }
}

#[test]
fn colour_changes_no_letter() {
    let mut shown = shown(&rollout(json!({})), &[decided(2, "bake", "hold", breaching())]);
    let plain = drawn(&shown);
    shown.colour = true;
    assert_eq!(drawn(&shown), plain);
}

#[test]
fn writes_a_status_and_an_explanation() {
    let model = model(&rollout(json!({})), &[decided(2, "bake", "hold", passing())]);
    let mut status = Vec::new();
    text::write_status(&mut status, &model).expect("it writes");
    text::write_explanation(&mut status, &model).expect("it writes");
    let status = String::from_utf8(status).expect("text");
    let plain: String = anstream::adapter::strip_str(&status).to_string();
    insta::assert_snapshot!(plain);
}

#[test]
fn what_is_shown_is_the_rollout_and_not_its_last_decision() {
    let decisions = [decided(2, "bake", "hold", passing())];
    let at = |baked: &str, treated: u64, verdict: &str, value: Value| {
        let stage = json!({
            "index": 1, "name": "5 %", "baked": baked, "bake": "10m", "treated": treated, "minimum_treated": 300,
            "guards": [{ "guard": "checkout-failures", "verdict": verdict, "value": value }]
        });
        model(&rollout(json!({ "stage": stage })), &decisions)
    };
    let place = "holding at stage 2 of 3 \"5 %\": ";
    for (baked, treated, verdict, value, now) in [
        (
            "7m",
            240,
            "pass",
            json!(0.02),
            "baked 7m of 10m; guard checkout-failures passes (2 %, limit 3 %); 240 of 300 units served",
        ),
        (
            "7m",
            300,
            "no_data",
            json!(0.02),
            "baked 7m of 10m; guard checkout-failures has no data (last seen 2 %, limit 3 %)",
        ),
        ("10m", 300, "inconclusive", json!(0.04), "guard checkout-failures cannot say yet (4 %, limit 3 %)"),
        ("10m", 240, "pass", json!(0.02), "240 of 300 units served"),
    ] {
        let model = at(baked, treated, verdict, value);
        assert_eq!(model.now, format!("{place}{now}"));
        assert_eq!(model.guards[0].evidence, None, "evidence of another value is not shown");
    }
    assert_eq!(at("7m", 240, "pass", json!(0.004)).guards[0].evidence, Some(1.2 / 4.6));
    assert_eq!(at("7m", 240, "pass", json!(0.004)).guards[0].odds, Some(("3.3".to_owned(), "99".to_owned())));
    assert_eq!(at("7m", 240, "breach", json!(0.5)).guards[0].value.as_deref(), Some("50 %"));
}

#[test]
fn a_promotion_names_the_stay_that_was_seen() {
    let entry = rollout(json!({})).entry();
    assert_eq!(Verb::Promote.body("fine", entry), json!({ "reason": "fine", "entry": 7 }));
    assert_eq!(Verb::Promote.body("fine", None), json!({ "reason": "fine" }));
    assert_eq!(Verb::Pause.body("lunch", entry), json!({ "reason": "lunch" }));
}

#[test]
fn keys_ask_before_they_act() {
    for (key, verb) in [('p', Verb::Pause), ('r', Verb::Resume), ('k', Verb::RollBack)] {
        let asked = Question::Sure(verb);
        assert_eq!(act(Key::Typed(key), None), Act::Ask(asked.clone()));
        assert_eq!(act(Key::Typed('y'), Some(&asked)), Act::Confirm(verb, "from the watch view".to_owned()));
        for other in [Key::Typed(key), Key::Typed('q'), Key::Enter, Key::Escape] {
            assert_eq!(act(other, Some(&asked)), Act::Dismiss);
        }
        assert_eq!(act(Key::Interrupt, Some(&asked)), Act::Quit);
    }
    for key in [Key::Typed('q'), Key::Escape, Key::Interrupt] {
        assert_eq!(act(key, None), Act::Quit);
    }
    for key in [Key::Typed('y'), Key::Enter, Key::Backspace] {
        assert_eq!(act(key, None), Act::Ignore);
    }
}

/// Returns what comes of keys that are pressed one after the other: `<` takes back, `!` enters, `~` escapes.
fn pressed(keys: &str) -> Vec<Act> {
    let mut open: Option<Question> = None;
    let press = |key: char| {
        let key = match key {
            '<' => Key::Backspace,
            '!' => Key::Enter,
            '~' => Key::Escape,
            typed => Key::Typed(typed),
        };
        let act = act(key, open.as_ref());
        match &act {
            Act::Ask(question) => open = Some(question.clone()),
            Act::Ignore => {}
            _ => open = None,
        }
        act
    };
    keys.chars().map(press).collect()
}

#[test]
fn a_promotion_asks_for_its_reason() {
    let why = |typed: &str| Act::Ask(Question::Why(Verb::Promote, typed.to_owned()));
    let confirmed = |reason: &str| Act::Confirm(Verb::Promote, reason.to_owned());
    for (keys, last) in [
        ("a", why("")),
        ("ay", why("y")),
        ("aq", why("q")),
        ("aq<", why("")),
        ("a<", why("")),
        ("aé<k", why("k")),
        ("a!", Act::Ignore),
        ("a  !", Act::Ignore),
        ("a\u{7}", Act::Ignore),
        ("a~", Act::Dismiss),
        ("aseen~", Act::Dismiss),
        ("aseen by two !", confirmed("seen by two")),
        ("aseen~!", Act::Ignore),
    ] {
        assert_eq!(pressed(keys).last(), Some(&last), "{keys:?}");
    }
    let long = "x".repeat(WATCH_REASON_CHARS_MAX);
    assert_eq!(pressed(&format!("a{long}!")).last(), Some(&confirmed(&long)));
    assert_eq!(pressed(&format!("a{long}x")).last(), Some(&Act::Ignore));
}

#[test]
fn a_watch_ends_when_there_is_nothing_more_to_see() {
    let paused = |kind: &str| json!({ "phase": "paused", "cause": { "kind": kind } });
    let over = |phase: &str| json!({ "phase": phase, "stage": null });
    let stage = |name: &str| Until::Stage(name.to_owned());
    for (changes, until, attended, expected) in [
        (json!({}), Until::Finished, false, None),
        (over("scheduled"), Until::Finished, false, None),
        (over("completed"), Until::Finished, false, Some(Exit::Success)),
        (over("completed"), stage("nowhere"), true, Some(Exit::Success)),
        (over("rolled_back"), Until::Finished, false, Some(Exit::RolledBack)),
        (over("rolled_back"), Until::Paused, true, Some(Exit::RolledBack)),
        (over("cancelled"), Until::Finished, false, Some(Exit::Killed)),
        (paused("breach"), Until::Finished, false, Some(Exit::Waiting)),
        (paused("flag_off"), Until::Finished, false, Some(Exit::Killed)),
        (paused("breach"), Until::Finished, true, None),
        (paused("flag_off"), Until::Finished, true, None),
        (paused("breach"), Until::Paused, true, Some(Exit::Success)),
        (json!({}), stage("5 %"), false, Some(Exit::Success)),
        (json!({}), stage("100 %"), false, None),
    ] {
        assert_eq!(outcome(&rollout(changes.clone()), &until, attended), expected, "{changes} {until:?} {attended}");
    }
}

/// A guard against control that has seen 500 treated requests at 1 %, and what the server says of it.
fn standing() -> Value {
    json!({
        "guards": [{
            "guard": "errors", "verdict": "collecting", "value": 0.01, "limit": { "control": {} }, "unit": "ratio",
            "log_evidence": null, "log_needed": null,
            "compared": {
                "stage": 1,
                "test": { "kind": "rate", "grid": "error", "direction": "higher", "margin": 1.05, "noninferiority": 2.0 },
                "strata": [
                    { "stage": 1, "n_treatment": 500.0, "n_control": 49500.0, "x_treatment": 5.0, "x_control": 495.0 }
                ],
                "log_harm": -0.5, "log_safe": 0.6, "log_safe_needed": 2.995_732_273_553_991, "weight": 1.0,
                "contribution": 1.0, "alpha": 0.01, "observed": "50s", "maturity": "0s"
            }
        }],
        "combined": { "log_evidence": -0.5, "log_needed": 4.605, "log_hold": 2.303, "suspect": false, "guard": "errors" },
        "shares": null
    })
}

#[test]
fn an_explanation_says_what_is_needed_and_when() {
    let stage = json!({
        "entry": 7, "index": 1, "name": "5 %", "baked": "10m", "bake": "10m", "treated": 240, "minimum_treated": 30,
        "guards": [{ "guard": "errors", "verdict": "collecting", "value": 0.01 }], "standing": standing()
    });
    let rollout = rollout(json!({ "stage": stage }));
    let mut explained = Vec::new();
    text::write_explanation(&mut explained, &model(&rollout, &[])).expect("it is written");
    let explained = String::from_utf8(explained).expect("text");
    for part in [
        "holding at stage 2 of 3 \"5 %\": guard errors collects evidence",
        "treated 5 of 500 (1 %), control 495 of 49,500 (1 %): 1 times control",
        "evidence that it is not 2 times as much 1.82, needed 20: about ",
        " more treated, ",
        " at today's traffic",
    ] {
        assert!(explained.contains(part), "{part}\n{explained}");
    }
}

#[test]
fn a_guard_without_data_says_why_and_what_to_do() {
    let standing = json!({
        "guards": [{
            "guard": "errors", "verdict": "no_data", "value": 0.01, "limit": { "above": 0.03 }, "unit": "ratio",
            "log_evidence": null, "log_needed": null, "cause": "many_series"
        }],
        "combined": null, "shares": null
    });
    let stage = json!({
        "entry": 7, "index": 1, "name": "5 %", "baked": "10m", "bake": "10m", "treated": 240, "minimum_treated": 30,
        "guards": [{ "guard": "errors", "verdict": "no_data", "value": 0.01 }], "standing": standing
    });
    let rollout = rollout(json!({ "stage": stage }));
    let model = model(&rollout, &[]);
    let (mut status, mut explained) = (Vec::new(), Vec::new());
    text::write_status(&mut status, &model).expect("it is written");
    text::write_explanation(&mut explained, &model).expect("it is written");
    let (status, explained) = (String::from_utf8(status).expect("text"), String::from_utf8(explained).expect("text"));
    let why = "the answer has more than one series";
    assert!(status.contains(&format!("at most 3 %  {why}")), "{status}");
    assert!(explained.contains(&format!("guard errors has no data: {why} (last seen 1 %, limit 3 %)")), "{explained}");
    assert!(explained.contains("hint: aggregate in the query"), "{explained}");
    let shown = Shown { model: Some(model), question: None, notice: None, colour: false };
    assert!(drawn(&shown).contains(why), "{}", drawn(&shown));
}

#[test]
fn an_explanation_says_that_units_do_not_arrive_as_sent() {
    let mut standing = standing();
    standing["shares"] = json!({
        "treatment": 40, "control": 9900, "expected": 0.01, "log_evidence": 12.0, "log_needed": 8.0, "is_deficit": true
    });
    let stage = json!({
        "entry": 7, "index": 1, "name": "5 %", "baked": "1m", "bake": "10m", "treated": 240, "minimum_treated": 30,
        "standing": standing
    });
    let now = model(&rollout(json!({ "stage": stage })), &[]).now;
    assert!(now.contains("units do not arrive as they are sent: 40 of 9,940 units treated"), "{now}");
}

#[test]
fn a_watch_says_last_where_the_rollout_is_and_what_can_be_done() {
    for (phase, exit, says) in [
        ("rolled_back", Exit::RolledBack, "`hoist rollout explain new-checkout --env production` says why"),
        ("cancelled", Exit::Killed, "`hoist flag show new-checkout`"),
        ("completed", Exit::Success, "`hoist stale`"),
        ("paused", Exit::Waiting, "`hoist rollout resume new-checkout --env production` goes on"),
        ("progressing", Exit::TimedOut, "the time is up"),
        ("progressing", Exit::Success, "the rollout goes on; `hoist rollout watch new-checkout --env production`"),
        ("scheduled", Exit::Success, "the rollout goes on"),
    ] {
        let told = hint(&rollout(json!({ "phase": phase })), exit);
        assert!(told.contains(says), "{phase}: {told}");
    }
    let cause = json!({ "kind": "breach", "guard": "checkout-failures" });
    let seen = Seen {
        rollout: rollout(json!({ "phase": "rolled_back", "stage": null, "cause": cause })),
        decisions: vec![decided(3, "breach", "roll_back", passing())],
    };
    assert_eq!(
        seen.lines(),
        [
            "new-checkout in production: rolled back: guard checkout-failures is in breach",
            "2026-11-21 22:03:00  new-checkout  progressing  decision 3",
        ]
    );
}
