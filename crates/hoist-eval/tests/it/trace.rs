//! Traces: what they say, and what they keep to themselves.

use hoist_eval::{Outcome, Trace, evaluate_traced};
use serde_json::{Value, json};

use crate::kit::{SALT, context, flag, snapshot};

fn trace(context_json: Value) -> Value {
    let rules = json!([
        {"id": "beta", "serve": {"variant": "on"}, "when": {"all": [
            {"attribute": "plan", "operator": "in", "values": ["pro", "team"]},
            {"any": [
                {"attribute": "user.country", "operator": "equals", "values": ["DE"], "negate": true},
                {"operator": "in_segment", "values": ["staff"]},
            ]},
        ]}},
    ]);
    let mut ramping = flag("f", json!({"rules": rules, "prerequisites": [{"flag": "base", "variants": ["on"]}]}));
    ramping["allocation"] = json!({"rollout": "r-1", "salt": SALT, "entries": [
        {"audience": "staff", "weights": [{"variant": "on", "weight": 100_000}]},
        {"weights": [{"variant": "on", "weight": 1_000}, {"variant": "off", "weight": 99_000}]},
    ]});
    let flags = [ramping, flag("base", json!({"default": {"variant": "on"}}))];
    let snapshot = snapshot(&flags, &[json!({"key": "staff", "included": ["ann"]})]);
    let context = context(&context_json);
    let (_, trace) = evaluate_traced(&snapshot, "f", &context);
    let written = serde_json::to_value(&trace).unwrap();
    assert_eq!(serde_json::from_value::<Trace>(written.clone()).unwrap(), trace);
    written
}

#[test]
fn a_trace_tells_the_whole_story() {
    let trace = trace(json!({"targetingKey": "user-1", "plan": "secret-plan", "email": "secret@example.com"}));
    insta::assert_json_snapshot!(trace);
    assert!(!trace.to_string().contains("secret"), "a trace holds names, never values");
}

#[test]
fn a_trace_names_what_decided() {
    let decided = |context: Value| trace(context)["decided_by"].clone();
    assert_eq!(
        decided(json!({"plan": "pro", "user": {"country": "FR"}})),
        json!({"by": "rule", "index": 0, "id": "beta"})
    );
    assert_eq!(decided(json!({"targetingKey": "ann"})), json!({"by": "allocation", "index": 0, "rollout": "r-1"}));
    assert_eq!(decided(json!({})), json!({"by": "allocation", "index": 1, "rollout": "r-1"}));
    assert_eq!(trace(json!({"targetingKey": "ann"}))["allocation"][0].get("part"), None);
    let nobody = json!({});
    let context = context(&nobody);
    let flags = [
        flag("off", json!({"enabled": false})),
        flag("gated", json!({"prerequisites": [{"flag": "off", "variants": ["on"]}]})),
        flag("plain", json!({})),
    ];
    let snapshot = snapshot(&flags, &[]);
    for (key, by) in [
        ("off", json!({"by": "kill_switch"})),
        ("gated", json!({"by": "prerequisite", "index": 0})),
        ("plain", json!({"by": "default"})),
        ("none", json!({"by": "unknown_flag"})),
    ] {
        let (_, trace) = evaluate_traced(&snapshot, key, &context);
        assert_eq!(serde_json::to_value(&trace).unwrap()["decided_by"], by, "{key}");
    }
}

#[test]
fn a_trace_says_that_a_unit_is_in_another_part() {
    let mut parted = flag("f", json!({}));
    parted["allocation"] = json!({"rollout": "r-1", "salt": SALT, "entries": [
        {"part": {"salt": SALT, "from": 0, "to": 50_000}, "weights": [{"variant": "on", "weight": 100_000}]},
    ]});
    let snapshot = snapshot(&[parted], &[]);
    let of = |json: Value| evaluate_traced(&snapshot, "f", &context(&json)).1.allocation[0].clone();
    let (inside, keyless) = (of(json!({"targetingKey": "jane@company.com"})), of(json!({})));
    let part = inside.part.clone().unwrap();
    assert_eq!((part.bucket, part.from, part.to, part.is_of_another()), (Some(14_632), 0, 50_000, false));
    assert_eq!((inside.outcome, keyless.outcome), (Outcome::True, Outcome::Absent));
    assert!(!keyless.part.unwrap().is_of_another());
    let outside =
        (0..100).map(|unit| of(json!({"targetingKey": unit.to_string()}))).find(|seen| seen.outcome == Outcome::False);
    assert!(outside.unwrap().part.unwrap().is_of_another());
}
