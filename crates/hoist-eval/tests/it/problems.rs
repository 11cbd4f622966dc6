//! Problems: every one at once, each with its path and code.

use hoist_eval::draft::{FlagDraft, SegmentDraft, SnapshotDraft};
use hoist_eval::{check_flag, check_segment};
use serde_json::{Value, json};

use crate::kit::{SALT, compile_json, draft, flag, flag_when, problem_lines};

/// Compiles flag `f` beside a sound flag `other` and a sound segment `staff`.
fn check(flag: Value, expected: &[&str]) {
    let others = [self::flag("other", json!({}))];
    let segments = [json!({"key": "staff", "included": ["ann"]})];
    let compiled = compile_json(&[&others[..], std::slice::from_ref(&flag)].concat(), &segments);
    assert_eq!(problem_lines(&compiled.problems), expected, "{flag:#}");
    for problem in &compiled.problems {
        assert_eq!(problem.flag.as_deref(), Some("f"));
        assert!(problem.message.len() > 10, "{problem:?}");
    }
    // Checking before a write finds the same.
    let written: FlagDraft = serde_json::from_value(flag).unwrap();
    assert_eq!(problem_lines(&check_flag(&written, &draft(&others, &segments))), expected);
}

fn check_test(test: Value, expected: &str) {
    check(flag_when("f", &test), &[expected]);
}

#[test]
fn every_problem_is_reported_at_once() {
    let weights = json!([{"variant": "on", "weight": 1}, {"variant": "nope", "weight": 2}]);
    let flag = json!({
        "key": "f", "kind": "boolean",
        "variants": [{"key": "on", "value": true}, {"key": "off", "value": "no"}, {"key": "on", "value": 1}, {"key": "-", "value": true}],
        "targeting": {
            "enabled": true, "off_variant": "gone", "default": {"variant": "gone"},
            "prerequisites": [{"flag": "unknown", "variants": ["on"]}, {"flag": "other", "variants": ["blue"]}, {"flag": "other", "variants": []}],
            "rules": [
                {"id": "r", "when": {"all": []}, "serve": {"variant": "gone"}},
                {"id": "r", "when": {"operator": "no_such"}, "serve": {"split": {"salt": "short", "weights": weights}}},
                {"id": "", "when": {"any": [{"none": [{"attribute": "a..b", "operator": "exists"}]}]}, "serve": {"variant": "on"}},
            ],
        },
        "allocation": {"rollout": "r-1", "salt": SALT, "entries": [
            {"audience": "nobody", "weights": weights},
            {"weights": [{"variant": "on", "weight": 50_000}, {"variant": "on", "weight": 50_000}]},
            {"part": {"salt": "short", "from": 5, "to": 5}, "weights": [{"variant": "on", "weight": 100_000}]},
            {"part": {"salt": SALT, "from": 5, "to": 100_001}, "weights": [{"variant": "on", "weight": 100_000}]},
        ]},
    });
    check(
        flag,
        &[
            "variants[1].value invalid_value",
            "variants[2].key duplicate_key",
            "variants[2].value invalid_value",
            "variants[3].key invalid_key",
            "off_variant unknown_variant",
            "prerequisites[0].flag unknown_flag",
            "prerequisites[1].variants[0] unknown_variant",
            "prerequisites[2].variants value_count",
            "rules[0].serve.variant unknown_variant",
            "rules[1].id duplicate_key",
            "rules[1].when.operator unknown_operator",
            "rules[1].serve.split.salt invalid_salt",
            "rules[1].serve.split.weights[1].variant unknown_variant",
            "rules[1].serve.split.weights invalid_weights",
            "rules[2].id invalid_key",
            "rules[2].when.any[0].none[0].attribute invalid_attribute",
            "allocation.entries[0].audience unknown_segment",
            "allocation.entries[0].weights[1].variant unknown_variant",
            "allocation.entries[0].weights invalid_weights",
            "allocation.entries[1].weights[1].variant duplicate_key",
            "allocation.entries[2].part.salt invalid_salt",
            "allocation.entries[2].part.to invalid_value",
            "allocation.entries[3].part.to invalid_value",
            "default.variant unknown_variant",
        ],
    );
}

#[test]
fn values_must_have_the_kind_of_the_flag() {
    for (kind, value, is_sound) in [
        ("boolean", json!(true), true),
        ("boolean", json!("true"), false),
        ("string", json!(""), true),
        ("string", json!(1), false),
        ("integer", json!(-9_007_199_254_740_991_i64), true),
        ("integer", json!(9_007_199_254_740_992_i64), false),
        ("integer", json!(1.0), false),
        ("float", json!(1), true),
        ("float", json!("1"), false),
        ("object", json!({"a": [1]}), true),
        ("object", json!([]), false),
        ("object", json!({"a": [{"constructor": 1}]}), false),
        ("object", json!(null), false),
    ] {
        let compiled = compile_json(
            &[json!({
                "key": "f", "kind": kind, "variants": [{"key": "v", "value": value}],
                "targeting": {"enabled": true, "off_variant": "v", "default": {"variant": "v"}},
            })],
            &[],
        );
        assert_eq!(compiled.problems.is_empty(), is_sound, "{kind} {value}");
    }
}

#[test]
fn operands_must_suit_the_operator() {
    let test = |operator: &str, values: Value| json!({"attribute": "a", "operator": operator, "values": values});
    for (operator, values, problem) in [
        ("equals", json!([]), "values value_count"),
        ("in", json!([null]), "values[0] invalid_value"),
        ("in", json!(["a", [1]]), "values[1] invalid_value"),
        ("in", json!([9_007_199_254_740_992_i64]), "values[0] invalid_value"),
        ("starts_with", json!([1]), "values[0] invalid_value"),
        ("contains", json!([""]), "values[0] invalid_value"),
        ("matches", json!(["("]), "values[0] invalid_pattern"),
        ("matches", json!(["a", "(?=b)"]), "values[1] invalid_pattern"),
        ("less_than", json!(["1"]), "values[0] invalid_value"),
        ("less_than", json!([1, 2]), "values value_count"),
        ("between", json!([1]), "values value_count"),
        ("between", json!([2, 1]), "values invalid_value"),
        ("between", json!(["2026-01-02", "2026-01-01"]), "values invalid_value"),
        ("between", json!(["2.0.0", "1.0.0"]), "values invalid_value"),
        ("before", json!(["tomorrow"]), "values[0] invalid_value"),
        ("before", json!([1]), "values[0] invalid_value"),
        ("semver_equals", json!(["1.2.3.4"]), "values[0] invalid_value"),
        ("semver_less_than", json!(["1", "2"]), "values value_count"),
        ("semver_matches_range", json!(["1.2.3"]), "values[0] invalid_value"),
        ("exists", json!([1]), "values value_count"),
        ("is_true", json!([true]), "values value_count"),
        ("array_size", json!([-1]), "values[0] invalid_value"),
        ("array_contains_all", json!([{}]), "values[0] invalid_value"),
        ("modulo", json!([0, 0]), "values invalid_value"),
        ("modulo", json!([3, 3]), "values invalid_value"),
        ("modulo", json!([3, 0.5]), "values[1] invalid_value"),
        ("ip_in_cidr", json!(["10.0.0.0/33"]), "values[0] invalid_value"),
        ("no_such", json!([1]), "operator unknown_operator"),
    ] {
        check_test(test(operator, values), &format!("rules[0].when.{problem}"));
    }
}

#[test]
fn references_and_modifiers_must_make_sense() {
    let when = |problem: &str| format!("rules[0].when.{problem}");
    check_test(json!({"operator": "equals", "values": [1]}), &when("attribute invalid_attribute"));
    check_test(json!({"attribute": "", "operator": "exists"}), &when("attribute invalid_attribute"));
    check_test(json!({"attribute": "a.__proto__", "operator": "exists"}), &when("attribute invalid_attribute"));
    check_test(
        json!({"attribute": "a", "operator": "in_segment", "values": ["staff"]}),
        &when("attribute invalid_attribute"),
    );
    check_test(json!({"operator": "in_segment", "values": ["gone"]}), &when("values[0] unknown_segment"));
    check_test(json!({"operator": "in_segment", "values": []}), &when("values value_count"));
    check_test(json!({"operator": "in_segment", "values": [1]}), &when("values[0] invalid_value"));
    check_test(json!({"operator": "flag_serves", "values": ["other"]}), &when("values[0] invalid_value"));
    check_test(
        json!({"operator": "flag_serves", "values": [{"flag": "gone", "variants": ["on"]}]}),
        &when("values[0].flag unknown_flag"),
    );
    let bucket = |range: Value| json!({"operator": "in_percentage", "values": [range]});
    check_test(bucket(json!({"salt": SALT, "from": 5, "to": 5})), &when("values[0].to invalid_value"));
    check_test(bucket(json!({"salt": SALT, "from": 5, "to": 100_001})), &when("values[0].to invalid_value"));
    check_test(bucket(json!({"salt": "x", "from": 5, "to": 6})), &when("values[0].salt invalid_salt"));
    check_test(bucket(json!({"salt": SALT, "from": 5})), &when("values[0] invalid_value"));
    check_test(
        json!({"attribute": "a", "operator": "less_than", "values": [1], "case_insensitive": true}),
        &when("case_insensitive not_applicable"),
    );
    check_test(json!({"attribute": "a", "operator": "exists", "absent": "match"}), &when("absent not_applicable"));
}

#[test]
fn cycles_are_found_wherever_they_close() {
    let gate = |key: &str, on: &str| flag(key, json!({"prerequisites": [{"flag": on, "variants": ["on"]}]}));
    let asks = |key: &str, on: &str| {
        flag_when(key, &json!({"operator": "flag_serves", "values": [{"flag": on, "variants": ["on"]}]}))
    };
    let lines = |flags: &[Value]| {
        let mut keys: Vec<String> = compile_json(flags, &[])
            .problems
            .iter()
            .filter(|problem| problem_lines(std::slice::from_ref(problem)) == ["prerequisites cycle"])
            .filter_map(|problem| problem.flag.clone())
            .collect();
        keys.sort_unstable();
        keys.join(" ")
    };
    assert_eq!(lines(&[gate("a", "a")]), "a");
    assert_eq!(lines(&[gate("a", "b"), asks("b", "a")]), "a b");
    assert_eq!(lines(&[gate("c", "a"), gate("a", "b"), gate("b", "a")]), "a b");
    assert_eq!(lines(&[gate("a", "b"), gate("b", "c"), flag("c", json!({}))]), "");

    let others = draft(&[gate("b", "a"), flag("a", json!({}))], &[]);
    let closing: FlagDraft = serde_json::from_value(gate("a", "b")).unwrap();
    assert_eq!(problem_lines(&check_flag(&closing, &others)), ["prerequisites cycle"]);
}

#[test]
fn segments_are_checked_like_flags() {
    let in_segment = |key: &str| json!({"operator": "in_segment", "values": [key]});
    let check = |segments: &[Value], expected: &[&str]| {
        let problems = compile_json(&[], segments).problems;
        let mut lines: Vec<String> = problems
            .iter()
            .map(|problem| {
                format!(
                    "{}: {}",
                    problem.segment.clone().unwrap_or_default(),
                    problem_lines(std::slice::from_ref(problem))[0]
                )
            })
            .collect();
        lines.sort_unstable();
        assert_eq!(lines, expected);
    };
    check(&[json!({"key": "a", "when": in_segment("b")}), json!({"key": "b", "included": ["x"]})], &[]);
    check(
        &[json!({"key": "a", "when": in_segment("b")}), json!({"key": "b", "when": in_segment("a")})],
        &["a: when cycle", "a: when.values[0] broken_segment", "b: when cycle", "b: when.values[0] broken_segment"],
    );
    check(&[json!({"key": "a", "included": [""]})], &["a: included[0] invalid_value"]);
    check(&[json!({"key": "a b"})], &[": segments[0].key invalid_key"]);
    check(&[json!({"key": "a"}), json!({"key": "a"})], &["a: key duplicate_key", "a: key duplicate_key"]);
    let flag_serves = json!({"operator": "flag_serves", "values": [{"flag": "f", "variants": ["on"]}]});
    check(&[json!({"key": "a", "when": flag_serves})], &["a: when.values not_applicable"]);

    let closing: SegmentDraft = serde_json::from_value(json!({"key": "b", "when": in_segment("a")})).unwrap();
    let others = draft(&[], &[json!({"key": "a", "when": in_segment("b")}), json!({"key": "b"})]);
    let lines = problem_lines(&check_segment(&closing, &others));
    assert!(lines.contains(&"when cycle".to_owned()), "{lines:?}");
}

#[test]
fn a_write_is_blamed_for_what_it_breaks_elsewhere() {
    let gated = flag("g", json!({"prerequisites": [{"flag": "f", "variants": ["on"]}]}));
    let others = draft(&[flag("f", json!({})), gated], &[]);
    let mut renamed = flag("f", json!({}));
    renamed["variants"][0]["key"] = json!("yes");
    let written: FlagDraft = serde_json::from_value(renamed).unwrap();
    let problems = check_flag(&written, &others);
    assert_eq!(problem_lines(&problems), ["prerequisites[0].variants[0] unknown_variant"]);
    assert_eq!(problems[0].flag.as_deref(), Some("g"));
}

#[test]
fn doubled_and_malformed_flags_are_named_by_place() {
    let flags = [flag("a", json!({})), flag("a", json!({})), flag("b c", json!({}))];
    let compiled = compile_json(&flags, &[]);
    let lines = problem_lines(&compiled.problems);
    assert_eq!(lines, ["key duplicate_key", "key duplicate_key", "flags[2].key invalid_key"]);
    assert_eq!(compiled.snapshot.len(), 1);
    assert!(compiled.snapshot.flag("a").unwrap().is_broken());
}

#[test]
fn groups_with_two_words_are_refused_when_read() {
    let both = json!({"all": [], "any": []});
    let read = serde_json::from_value::<SnapshotDraft>(json!({"flags": [flag_when("f", &both)], "segments": []}));
    assert!(read.is_err());
}
