//! Evaluation does not allocate. A target of its own, because it counts every allocation of the process.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on should stop")]
#![expect(clippy::needless_pass_by_value, reason = "drafts read better without references")]

use allocation_counter::measure;
use hoist_eval::draft::SnapshotDraft;
use hoist_eval::{EvaluationContext, FlagRef, Generation, Snapshot, Timestamp, compile, evaluate, evaluate_index};
use serde_json::{Value, json};

const SALT: &str = "9f86d081884c7d659a2feaa0c55ad015";

fn flag(key: &str, default: Value, rules: Value) -> Value {
    json!({
        "key": key, "kind": "boolean",
        "variants": [{"key": "on", "value": true}, {"key": "off", "value": false}],
        "targeting": {"enabled": true, "off_variant": "off", "default": default, "rules": rules},
    })
}

fn rule(id: &str, when: Value) -> Value {
    json!({"id": id, "when": when, "serve": {"variant": "on"}})
}

fn test(attribute: &str, operator: &str, values: Value) -> Value {
    json!({"attribute": attribute, "operator": operator, "values": values})
}

fn snapshot() -> Snapshot {
    let off = json!({"variant": "off"});
    let split = json!({"split": {"salt": SALT, "weights": [
        {"variant": "on", "weight": 30_000}, {"variant": "off", "weight": 70_000}]}});
    let countries: Vec<String> = (0..100).map(|number| format!("country-{number}")).collect();
    let rules = json!([
        rule("a", test("email", "ends_with", json!(["@corp.example"]))),
        rule("b", test("country", "in", json!(countries))),
        rule("c", test("version", "semver_greater_than", json!(["2.0.0"]))),
        rule("d", json!({"all": [test("age", "less_than", json!([18])), test("plan", "equals", json!(["pro"]))]})),
        rule("e", json!({"operator": "in_segment", "values": ["big"]})),
    ]);
    let mut ramping = flag("ramping", off.clone(), json!([]));
    ramping["allocation"] = json!({"rollout": "r-1", "salt": SALT, "entries": [
        {"audience": "big", "weights": [{"variant": "on", "weight": 30_000}, {"variant": "off", "weight": 70_000}]}]});
    let keys: Vec<String> = (0..1_000).map(|number| format!("user-{number}")).collect();
    let mut gated = flag("gated", split.clone(), json!([]));
    gated["targeting"]["prerequisites"] = json!([{"flag": "split", "variants": ["on", "off"]}]);
    let draft: SnapshotDraft = serde_json::from_value(json!({
        "flags": [flag("plain", off.clone(), json!([])), flag("split", split, json!([])), flag("rules", off, rules), ramping, gated],
        "segments": [{"key": "big", "included": keys}],
    }))
    .unwrap();
    let compiled = compile(&draft, Generation(1), None);
    assert_eq!(compiled.problems, []);
    compiled.snapshot
}

#[test]
fn evaluation_does_not_allocate() {
    let snapshot = snapshot();
    let texts = [
        json!({"targetingKey": "user-999", "email": "a@b.example", "country": "x", "version": "1.2.3", "age": 30, "plan": "pro"}),
        json!({"targetingKey": "a key with ünïcödé letters and more than sixty-four characters, which are cut off", "age": [1, 2]}),
        json!({"version": "10.2.3-rc.1+build"}),
        json!({}),
    ];
    for text in &texts {
        let context = EvaluationContext::from_value(text, Timestamp::EPOCH).unwrap();
        assert!(snapshot.flags_ahead().map(FlagRef::index).eq(snapshot.flags().map(FlagRef::index)));
        for flag in snapshot.flags() {
            let key = flag.key().as_str();
            let counted = measure(|| {
                assert!(evaluate(&snapshot, key, &context).error.is_none());
                assert!(evaluate_index(&snapshot, flag.index(), &context).error.is_none());
                assert!(evaluate(&snapshot, "no such flag", &context).error.is_some());
            });
            assert_eq!(counted.count_total, 0, "{key} for {text}");
        }
        let all = || snapshot.flags_ahead().map(|flag| evaluate_index(&snapshot, flag.index(), &context));
        let counted = measure(|| assert!(all().all(|resolution| resolution.error.is_none())));
        assert_eq!(counted.count_total, 0, "all flags for {text}");
    }
}
