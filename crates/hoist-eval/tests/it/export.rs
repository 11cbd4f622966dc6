//! Exporting to flagd: the published schema, what the documents hold, and what is refused.
//!
//! That the documents answer as we do is tested against the official evaluators, in `tests/differential`.

use hoist_eval::flagd::{self, DEVIATIONS, Exported};
use jsonschema::{Registry, Validator};
use serde_json::{Value, json};

use crate::kit::{SALT, draft, flag, flag_when, split};

const SCHEMAS: [(&str, &str); 2] = [
    ("https://flagd.dev/schema/v0/flags.json", include_str!("../data/flagd-schemas/flags.json")),
    ("https://flagd.dev/schema/v0/targeting.json", include_str!("../data/flagd-schemas/targeting.json")),
];

fn check_schema(document: &Value) {
    let schemas = SCHEMAS.map(|(id, text)| (id, serde_json::from_str::<Value>(text).unwrap()));
    let mut registry = Registry::new();
    for (id, schema) in &schemas {
        registry = registry.add(*id, schema.clone()).unwrap();
    }
    let registry = registry.prepare().unwrap();
    let options = jsonschema::options().with_registry(&registry).with_base_uri(SCHEMAS[0].0);
    let validator: Validator = options.build(&schemas[0].1).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(document).map(|error| format!("{} at {}", error, error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}\n{document:#}");
}

fn export(flags: &[Value], segments: &[Value]) -> Exported {
    flagd::export(&draft(flags, segments))
}

/// Exports what can be exported.
fn document(flags: &[Value], segments: &[Value]) -> Value {
    let exported = export(flags, segments);
    assert_eq!(exported.refused, []);
    check_schema(&exported.document);
    exported.document
}

#[test]
fn every_exportable_shape_meets_the_schema() {
    let test = |operator: &str, values: Value| json!({"attribute": "a.b", "operator": operator, "values": values});
    let tests = [
        test("equals", json!(["x"])),
        test("in", json!(["x", "y", 0, 1, 2.5, true, false])),
        test("starts_with", json!(["x", "ü"])),
        test("ends_with", json!(["x"])),
        test("contains", json!(["x"])),
        test("less_than", json!([1])),
        test("less_than_or_equal", json!([1.5])),
        test("greater_than", json!([1])),
        test("greater_than_or_equal", json!([1])),
        test("between", json!([1, 2])),
        test("between", json!(["1.0", "2.0"])),
        test("modulo", json!([3, 1])),
        test("semver_equals", json!(["v1", "1.2.3-rc.1+7"])),
        test("semver_matches_range", json!(["^1.2", "~1.2.3"])),
        json!({"attribute": "a", "operator": "exists"}),
        json!({"attribute": "targetingKey", "operator": "exists", "negate": true}),
        json!({"attribute": "a", "operator": "is_true", "absent": "match"}),
        test("array_contains_any", json!([1, "x"])),
        test("array_contains_all", json!([1, "x"])),
        test("array_size", json!([1, 2])),
        json!({"operator": "before", "values": ["2026-01-01T00:00:00.5Z"]}),
        json!({"operator": "between", "values": ["2026-01-01", "2027-01-01"]}),
        json!({"operator": "in_segment", "values": ["s", "t"], "negate": true}),
        json!({"operator": "in_percentage", "values": [{"salt": SALT, "from": 0, "to": 1000}]}),
    ];
    let mut flags: Vec<Value> = tests.iter().enumerate().map(|(at, test)| flag_when(&format!("f{at}"), test)).collect();
    flags.push(flag_when("groups", &json!({"all": [{"any": tests}, {"none": tests}, {"all": []}]})));
    let mut ramping = flag("ramping", json!({"default": split(10)}));
    ramping["allocation"] = json!({"rollout": "r-1", "salt": SALT, "entries": [
        {"audience": "s", "weights": [{"variant": "on", "weight": 100_000}]},
        {"part": {"salt": SALT, "from": 0, "to": 50_000},
         "weights": [{"variant": "on", "weight": 1_000}, {"variant": "off", "weight": 99_000}]},
    ]});
    flags.push(ramping);
    flags.push(json!({
        "key": "object", "kind": "object", "variants": [{"key": "v", "value": {"a": [1, {"b": null}]}}],
        "targeting": {"enabled": true, "off_variant": "v", "default": {"variant": "v"}},
    }));
    let segments = [
        json!({"key": "s", "included": ["u1"], "excluded": ["u2"], "when": tests[0]}),
        json!({"key": "t", "included": ["käse"]}),
    ];
    let document = document(&flags, &segments);
    let evaluators: Vec<&String> = document["$evaluators"].as_object().unwrap().keys().collect();
    // Only plain ASCII may stand behind a reference, so the second segment is written out.
    assert_eq!(evaluators, ["hoistGen", "hoistIn.s", "hoistKey", "hoistOut.s"]);
}

#[test]
fn a_split_is_exported_by_the_generation_neutral_rule() {
    let document = document(&[flag("f", json!({"default": split(25_000)}))], &[]);
    let targeting = json!({"if": [false, null, {"if": [
        {"and": [{"!!": [{"var": "targetingKey"}]}, {"!=": [{"$ref": "hoistGen"}, "?"]}]},
        {"fractional": [{"cat": [{"$ref": "hoistGen"}, SALT, {"$ref": "hoistKey"}]}, ["on", 25_000], ["off", 75_000]]},
        null,
    ]}]});
    assert_eq!(document["flags"]["f"]["targeting"], targeting);
    assert_eq!(document["flags"]["f"]["defaultVariant"], "off");
    let probe =
        json!([{"cat": ["hoist-gen-probe-", "996"]}, ["?", 1970], ["x`", 10], ["?", 6015], ["", 10], ["?", 1995]]);
    assert_eq!(document["$evaluators"]["hoistGen"], json!({ "fractional": probe }));
    let window = json!({"substr": [{"cat": ["~".repeat(64), {"var": "targetingKey"}]}, -64]});
    assert_eq!(document["$evaluators"]["hoistKey"], window);
}

#[test]
fn off_is_a_default_without_targeting() {
    let off = json!({"enabled": false, "default": {"variant": "on"}});
    let document = document(&[flag("f", off), flag("g", json!({"default": {"variant": "on"}}))], &[]);
    let expected = |default: &str, metadata: Value| json!({"state": "ENABLED", "variants": {"on": true, "off": false}, "defaultVariant": default, "metadata": metadata});
    assert_eq!(document["flags"]["f"], expected("off", json!({"version": 7, "enabled": false})));
    assert_eq!(document["flags"]["g"], expected("on", json!({"version": 7})));
    assert!(document.get("$evaluators").is_none());
}

/// Exports flag `f` with that condition; it must be refused at that path.
fn check_refused(condition: Value, path: &str) {
    let segment = json!({"key": "s", "when": {"attribute": "a", "operator": "matches", "values": ["x"]}});
    let flags = [flag_when("f", &condition), flag("other", json!({})), flag_when("g", &condition)];
    let exported = export(&flags, &[segment]);
    let keys: Vec<&String> = exported.document["flags"].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["other"]);
    let refused: Vec<(&str, &str)> =
        exported.refused.iter().map(|problem| (problem.flag.as_deref().unwrap(), problem.path.as_str())).collect();
    assert_eq!(refused, [("f", path), ("g", path)], "{condition}");
    assert!(exported.refused.iter().all(|problem| json!(problem.code) == "not_exportable"));
}

#[test]
fn what_cannot_be_said_exactly_is_refused_with_its_path() {
    let test = |operator: &str, values: Value| json!({"attribute": "a", "operator": operator, "values": values});
    check_refused(test("matches", json!(["x"])), "rules[0].when.operator");
    check_refused(test("ip_in_cidr", json!(["10.0.0.0/8"])), "rules[0].when.operator");
    check_refused(test("before", json!(["2026-01-01"])), "rules[0].when.operator");
    check_refused(test("starts_with", json!(["😀"])), "rules[0].when.values");
    let folded = json!({"attribute": "a", "operator": "in", "values": ["x"], "case_insensitive": true});
    check_refused(folded, "rules[0].when.values");
    let serves = json!({"operator": "flag_serves", "values": [{"flag": "other", "variants": ["on"]}]});
    check_refused(serves, "rules[0].when.operator");
    let nested = json!({"all": [{"none": [test("matches", json!(["x"]))]}]});
    check_refused(nested, "rules[0].when.all[0].none[0].operator");
    check_refused(json!({"operator": "in_segment", "values": ["s"]}), "rules[0].when.values[0]");
    for name in ["a b", "ä", "a\\.b", "a/b", "$flagd.flagKey", "user.length", "user.0"] {
        check_refused(json!({"attribute": name, "operator": "exists"}), "rules[0].when.attribute");
    }
}

#[test]
fn prerequisites_references_and_problems_are_refused() {
    let gated = flag("f", json!({"prerequisites": [{"flag": "g", "variants": ["on"]}]}));
    let reference = json!({
        "key": "g", "kind": "object", "variants": [{"key": "on", "value": {"x": [{"$ref": "hoistGen"}]}}],
        "targeting": {"enabled": true, "off_variant": "on", "default": {"variant": "on"}},
    });
    let broken = flag_when("h", &json!({"operator": "no_such"}));
    let exported = export(&[gated, reference, broken], &[]);
    assert_eq!(exported.document["flags"], json!({}));
    let paths: Vec<String> = exported
        .refused
        .iter()
        .map(|problem| format!("{} {}", problem.flag.as_deref().unwrap(), problem.path))
        .collect();
    assert_eq!(paths, ["h rules[0].when.operator", "f prerequisites", "g variants[0].value"]);
}

#[test]
fn deviations_are_documented_once_each() {
    let mut ids: Vec<&str> = DEVIATIONS.iter().map(|deviation| deviation.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), DEVIATIONS.len());
}
