//! The order of evaluation and its reasons.

use serde_json::{Value, json};

use crate::kit::{SALT, ask, context, flag, flag_when, show, snapshot, split};

/// Evaluates the flag `f` among others.
fn check(flags: &[Value], context_json: &Value, expected: &str) {
    let segment = json!({"key": "staff", "included": ["ann"], "when": {
        "attribute": "email", "operator": "ends_with", "values": ["@corp.example"]}});
    let snapshot = snapshot(flags, &[segment]);
    assert_eq!(show(&ask(&snapshot, "f", &context(context_json))), expected, "{flags:#?} {context_json}");
}

fn weights(on: u32) -> Value {
    json!([{"variant": "on", "weight": on}, {"variant": "off", "weight": 100_000 - on}])
}

#[test]
fn the_kill_switch_wins() {
    let off = |targeting: Value| {
        let mut targeting = targeting;
        targeting["enabled"] = json!(false);
        flag("f", targeting)
    };
    check(&[off(json!({}))], &json!({}), "off DISABLED -");
    check(&[off(json!({"default": {"variant": "on"}}))], &json!({}), "off DISABLED -");
    check(&[off(json!({"default": split(50_000)}))], &json!({"targetingKey": "a"}), "off DISABLED -");
}

#[test]
fn a_flag_without_decisions_is_static() {
    check(&[flag("f", json!({"default": {"variant": "on"}}))], &json!({}), "on STATIC -");
    check(&[flag("f", json!({"default": split(100_000)}))], &json!({}), "on STATIC -");
    check(&[flag("g", json!({}))], &json!({}), "- ERROR FLAG_NOT_FOUND");
}

#[test]
fn rules_decide_in_order() {
    let rule = |id: &str, plan: &str, serve: Value| {
        json!({"id": id, "serve": serve,
            "when": {"attribute": "plan", "operator": "equals", "values": [plan]}})
    };
    let flags = [flag(
        "f",
        json!({"rules": [
            rule("a", "pro", json!({"variant": "on"})),
            rule("b", "pro", json!({"variant": "off"})),
            rule("c", "trial", split(50_000)),
        ]}),
    )];
    check(&flags, &json!({"plan": "pro"}), "on TARGETING_MATCH -");
    // Buckets of the published table: 14632 and 67027.
    check(&flags, &json!({"plan": "trial", "targetingKey": "jane@company.com"}), "on SPLIT -");
    check(&flags, &json!({"plan": "trial", "targetingKey": "a"}), "off SPLIT -");
    check(&flags, &json!({"plan": "trial"}), "off DEFAULT -");
    check(&flags, &json!({"plan": "trial", "targetingKey": ""}), "off DEFAULT -");
    check(&flags, &json!({"plan": "free"}), "off DEFAULT -");
    check(&flags, &json!({}), "off DEFAULT -");
}

#[test]
fn the_default_may_be_a_split() {
    let flags = [flag("f", json!({"default": split(14_633)}))];
    check(&flags, &json!({"targetingKey": "jane@company.com"}), "on SPLIT -");
    check(&flags, &json!({}), "off DEFAULT -");
    let flags = [flag("f", json!({"default": split(14_632)}))];
    check(&flags, &json!({"targetingKey": "jane@company.com"}), "off SPLIT -");
}

#[test]
fn the_allocation_comes_after_the_rules() {
    let mut with_allocation = flag_when("f", &json!({"attribute": "plan", "operator": "is_true"}));
    with_allocation["allocation"] = json!({"rollout": "r-1", "salt": SALT, "entries": [
        {"audience": "staff", "weights": weights(100_000)},
        {"weights": weights(14_633)},
    ]});
    let flags = [with_allocation];
    check(&flags, &json!({"plan": true}), "on TARGETING_MATCH -");
    check(&flags, &json!({"targetingKey": "ann"}), "on TARGETING_MATCH -");
    check(&flags, &json!({"targetingKey": "a", "email": "x@corp.example"}), "on TARGETING_MATCH -");
    check(&flags, &json!({"targetingKey": "jane@company.com"}), "on SPLIT -");
    check(&flags, &json!({"targetingKey": "a"}), "off SPLIT -");
    check(&flags, &json!({}), "off DEFAULT -");
    let snapshot = snapshot(&flags, &[json!({"key": "staff", "included": ["ann"]})]);
    for (json, entry) in [
        (json!({"plan": true}), None),
        (json!({"targetingKey": "ann"}), Some(0)),
        (json!({"targetingKey": "a"}), Some(1)),
        (json!({}), None),
    ] {
        assert_eq!(ask(&snapshot, "f", &context(&json)).entry, entry, "{json}");
    }
}

/// `jane@company.com` has bucket 14,632 under the salt of the kit.
#[test]
fn an_entry_keeps_to_its_part() {
    let entry = |from: u32, to: u32| {
        let mut parted = flag("f", json!({}));
        let part = json!({"salt": SALT, "from": from, "to": to});
        parted["allocation"] = json!({"rollout": "r-1", "salt": "f".repeat(32), "entries": [
            {"audience": "staff", "weights": weights(100_000)},
            {"part": part, "weights": weights(100_000)},
        ]});
        parted
    };
    let jane = json!({"targetingKey": "jane@company.com"});
    for (from, to, inside) in [
        (0, 50_000, true),
        (14_632, 14_633, true),
        (0, 14_632, false),
        (14_633, 100_000, false),
        (50_000, 100_000, false),
    ] {
        let flags = [entry(from, to)];
        check(&flags, &jane, if inside { "on TARGETING_MATCH -" } else { "off DEFAULT -" });
        check(&flags, &json!({}), "off DEFAULT -");
        check(&flags, &json!({"targetingKey": "ann"}), "on TARGETING_MATCH -");
        let snapshot = snapshot(&flags, &[json!({"key": "staff", "included": ["ann"]})]);
        assert_eq!(ask(&snapshot, "f", &context(&jane)).entry.is_some(), inside, "{from}..{to}");
    }
}

#[test]
fn prerequisites_gate_the_flag() {
    let gated = flag(
        "f",
        json!({
            "default": {"variant": "on"},
            "prerequisites": [{"flag": "base", "variants": ["on"]}],
        }),
    );
    let base = |targeting: Value| flag("base", targeting);
    check(&[gated.clone(), base(json!({"default": {"variant": "on"}}))], &json!({}), "on DEFAULT -");
    check(&[gated.clone(), base(json!({}))], &json!({}), "off DEFAULT -");
    let off = json!({"enabled": false, "default": {"variant": "on"}});
    check(&[gated.clone(), base(off)], &json!({}), "off DEFAULT -");
    let by_split = base(json!({"default": split(50_000)}));
    check(&[gated.clone(), by_split.clone()], &json!({"targetingKey": "a"}), "off DEFAULT -");
    check(&[gated, by_split], &json!({"targetingKey": "{json}"}), "on DEFAULT -");
}
