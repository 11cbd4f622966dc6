//! Hoist.

use std::hint::black_box;
use std::sync::Arc;

use hoist_eval::draft::SnapshotDraft;
use hoist_eval::{EvaluationContext, FlagValue, Generation, Snapshot, Timestamp, compile, evaluate, evaluate_index};
use serde_json::{Value, json};

use super::find_user;
use crate::measure::Work;
use crate::scenario::{COUNTRIES, Kind, Scenario, bulk_flags, members, single_flags, unit};

fn flag((name, kind): &(String, Kind)) -> Value {
    let test = |attribute: &str, operator: &str, values: Value| json!({"attribute": attribute, "operator": operator, "values": values});
    let rule = |id: &str, when: Value, variant: &str| json!({"id": id, "when": when, "serve": {"variant": variant}});
    let (default, rules) = match kind {
        Kind::Plain => (json!({"variant": "on"}), json!([])),
        Kind::Percentage => {
            let salt = format!("{:032x}", name.bytes().fold(7_u128, |salt, byte| salt * 131 + u128::from(byte)));
            let weights = json!([{"variant": "on", "weight": 50_000}, {"variant": "off", "weight": 50_000}]);
            (json!({"split": {"salt": salt, "weights": weights}}), json!([]))
        }
        Kind::FiveRules => {
            let pair = json!([test("plan", "equals", json!(["enterprise"])), test("country", "equals", json!(["DE"]))]);
            let last = json!([
                test("country", "equals", json!(["DE"])),
                test("version", "semver_greater_than", json!(["1.0.0"]))
            ]);
            let rules = json!([
                rule("r1", test("email", "ends_with", json!(["@corp.example"])), "off"),
                rule("r2", test("country", "in", json!(COUNTRIES)), "off"),
                rule("r3", test("version", "semver_greater_than", json!(["5.0.0"])), "off"),
                rule("r4", json!({ "all": pair }), "off"),
                rule("r5", json!({ "all": last }), "on"),
            ]);
            (json!({"variant": "off"}), rules)
        }
        Kind::Segment => {
            let when = json!({"operator": "in_segment", "values": ["members"]});
            (json!({"variant": "off"}), json!([rule("r1", when, "on")]))
        }
    };
    json!({
        "key": name, "kind": "boolean",
        "variants": [{"key": "on", "value": true}, {"key": "off", "value": false}],
        "targeting": {"enabled": true, "off_variant": "off", "default": default, "rules": rules},
    })
}

fn snapshot(flags: &[(String, Kind)]) -> Arc<Snapshot> {
    let flags: Vec<Value> = flags.iter().map(flag).collect();
    let segments = json!([{"key": "members", "included": members()}]);
    let draft: SnapshotDraft = serde_json::from_value(json!({"flags": flags, "segments": segments})).expect("a draft");
    let compiled = compile(&draft, Generation(1), None);
    assert!(compiled.problems.is_empty(), "{:?}", compiled.problems);
    Arc::new(compiled.snapshot)
}

fn context(unit: String) -> EvaluationContext<'static> {
    EvaluationContext::builder(Timestamp::EPOCH)
        .targeting_key(unit)
        .attribute("email", "ann@shop.example")
        .attribute("country", "DE")
        .attribute("version", "2.3.1")
        .attribute("plan", "pro")
        .build()
        .expect("a context")
}

fn is_on(value: Option<&FlagValue>) -> u64 {
    u64::from(matches!(value, Some(FlagValue::Boolean(true))))
}

fn bulk() -> Work {
    let snapshot = snapshot(&bulk_flags());
    let context = context(unit(Scenario::Bulk, 1));
    Box::new(move |repeats| {
        let all =
            || snapshot.flags_ahead().map(|flag| is_on(evaluate_index(&snapshot, flag.index(), black_box(&context)).value));
        (0..repeats).map(|_| all().sum::<u64>()).sum()
    })
}

fn ready(scenario: Scenario) -> (Arc<Snapshot>, EvaluationContext<'static>) {
    let snapshot = snapshot(&single_flags());
    let includes =
        |user| is_on(evaluate(&snapshot, "percentage", &context(unit(Scenario::Percentage, user))).value) == 1;
    let context = context(unit(scenario, find_user(includes)));
    (snapshot, context)
}

pub fn by_name(scenario: Scenario) -> Option<Work> {
    if scenario == Scenario::Bulk {
        return Some(bulk());
    }
    let (snapshot, context) = ready(scenario);
    Some(Box::new(move |repeats| {
        let once = || is_on(evaluate(&snapshot, black_box(scenario.flag()), black_box(&context)).value);
        (0..repeats).map(|_| once()).sum()
    }))
}

pub fn by_index(scenario: Scenario) -> Option<Work> {
    if scenario == Scenario::Bulk {
        return None;
    }
    let (snapshot, context) = ready(scenario);
    let index = snapshot.flag_index(scenario.flag())?;
    Some(Box::new(move |repeats| {
        let once = || is_on(evaluate_index(&snapshot, black_box(index), black_box(&context)).value);
        (0..repeats).map(|_| once()).sum()
    }))
}
