//! Every operator, row by row: `T` true, `F` false, `A` absent.

use hoist_eval::Operator;
use serde_json::{Value, json};

use crate::kit::{SALT, outcome};

/// Tests the attribute `a`, set to `value` unless that is null.
fn check(operator: &str, values: Value, value: Value, expected: &str) {
    let mut test = json!({"attribute": "a", "operator": operator});
    if values != json!([]) {
        test["values"] = values;
    }
    check_test(test, json!({ "a": value }), expected);
}

fn check_test(test: Value, context: Value, expected: &str) {
    let segments = [json!({"key": "staff", "included": ["ann"], "excluded": ["bob"], "when": {
        "attribute": "a", "operator": "is_true"}})];
    assert_eq!(outcome(&test, &context, &segments), expected, "{test} on {context}");
    // Turning a test round swaps true and false and leaves absent alone.
    let turned = match expected {
        "T" => "F",
        "F" => "T",
        absent => absent,
    };
    let mut negated = test.clone();
    negated["negate"] = json!(true);
    assert_eq!(outcome(&negated, &context, &segments), turned, "{negated} on {context}");
    if test["operator"] != "exists" {
        for (test, expected) in [(test, expected), (negated, turned)] {
            let mut matching = test;
            matching["absent"] = json!("match");
            let expected = if expected == "A" { "T" } else { expected };
            assert_eq!(outcome(&matching, &context, &segments), expected, "{matching} on {context}");
        }
    }
}

#[test]
fn equality_knows_types() {
    for operator in ["equals", "in"] {
        check(operator, json!(["x"]), json!("x"), "T");
        check(operator, json!(["x"]), json!("X"), "F");
        check(operator, json!(["x", "y"]), json!("y"), "T");
        check(operator, json!(["1"]), json!(1), "F");
        check(operator, json!([1]), json!("1"), "F");
        check(operator, json!([1]), json!(1.0), "T");
        check(operator, json!([0]), json!(-0.0), "T");
        check(operator, json!([1]), json!(true), "F");
        check(operator, json!([true]), json!(1), "F");
        check(operator, json!([true]), json!(true), "T");
        check(operator, json!([false]), json!(true), "F");
        check(operator, json!(["x", 2, false]), json!(false), "T");
        check(operator, json!([9_007_199_254_740_991_i64]), json!(9_007_199_254_740_992_i64), "F");
        check(operator, json!(["x"]), json!({"x": "x"}), "F");
        check(operator, json!(["x"]), json!(null), "A");
    }
    let many: Vec<String> = (0..500).map(|number| format!("user-{number}")).collect();
    check("in", json!(many), json!("user-499"), "T");
    check("in", json!(many), json!("user-500"), "F");
}

#[test]
fn scalar_operators_hold_for_any_element() {
    check("equals", json!(["x"]), json!(["a", "x"]), "T");
    check("equals", json!(["x"]), json!(["a", null, [["x"]]]), "F");
    check("equals", json!(["x"]), json!([]), "F");
    check("ends_with", json!(["x"]), json!([1, "ax"]), "T");
    check("less_than", json!([3]), json!([7, 2]), "T");
    check("before", json!(["2026-01-01"]), json!(["2027-01-01", "2025-12-31"]), "T");
    check("semver_equals", json!(["1.2.3"]), json!(["9", "1.2.3"]), "T");
    check("is_true", json!([]), json!([false, true]), "T");
    check("ip_in_cidr", json!(["10.0.0.0/8"]), json!(["1.1.1.1", "10.1.1.1"]), "T");
}

#[test]
fn texts() {
    check("starts_with", json!(["ab"]), json!("abc"), "T");
    check("starts_with", json!(["b", "a"]), json!("abc"), "T");
    check("starts_with", json!(["ab"]), json!("Abc"), "F");
    check("ends_with", json!(["@corp.example"]), json!("ann@corp.example"), "T");
    check("ends_with", json!(["@corp.example"]), json!("ann@corp.example.org"), "F");
    check("contains", json!(["orp"]), json!("corp"), "T");
    check("contains", json!(["orp"]), json!(""), "F");
    for operator in ["starts_with", "ends_with", "contains", "matches"] {
        check(operator, json!(["1"]), json!(1), "F");
        check(operator, json!(["true"]), json!(true), "F");
        check(operator, json!(["x"]), json!({}), "F");
        check(operator, json!(["x"]), json!(null), "A");
    }
    check("matches", json!(["^a.c$"]), json!("abc"), "T");
    check("matches", json!(["b"]), json!("abc"), "T");
    check("matches", json!(["^b", "c$"]), json!("abc"), "T");
    check("matches", json!(["^b"]), json!("abc"), "F");
}

#[test]
fn letters_compare_without_case_when_asked() {
    for (operator, value, expected) in [
        ("equals", "STRASSE", "F"),
        ("equals", "STRAßE", "T"),
        ("in", "straße", "T"),
        ("starts_with", "STRAßENBAHN", "T"),
        ("ends_with", "HAUPTstraße", "T"),
        ("contains", "xSTRaßEx", "T"),
        ("matches", "straßE", "T"),
        ("array_contains_any", "x", "F"),
    ] {
        let test = json!({"attribute": "a", "operator": operator, "values": ["Straße"], "case_insensitive": true});
        check_test(test, json!({ "a": value }), expected);
    }
    let many: Vec<String> = (0..50).map(|number| format!("USER-{number}")).collect();
    let test = json!({"attribute": "a", "operator": "in", "values": many, "case_insensitive": true});
    check_test(test.clone(), json!({"a": "user-49"}), "T");
    check_test(test, json!({"a": "user-50"}), "F");
}

#[test]
fn numbers_are_read_from_texts_of_json_form() {
    for (operator, below, at, above) in [
        ("less_than", "T", "F", "F"),
        ("less_than_or_equal", "T", "T", "F"),
        ("greater_than", "F", "F", "T"),
        ("greater_than_or_equal", "F", "T", "T"),
    ] {
        check(operator, json!([18]), json!(17.999), below);
        check(operator, json!([18]), json!(18), at);
        check(operator, json!([18]), json!(19), above);
        check(operator, json!([18]), json!("17"), below);
        check(operator, json!([18]), json!("18.0"), at);
        check(operator, json!([18]), json!("1.9e1"), above);
        check(operator, json!([18]), json!(true), "F");
        check(operator, json!([18]), json!(null), "A");
        for text in
            ["", " 17", "17 ", "+17", "0x11", "017", "1_7", "seventeen", "inf", "NaN", ".5", "5.", "1.e1", "1e999"]
        {
            check(operator, json!([18]), json!(text), "F");
        }
    }
    check("between", json!([1, 3]), json!(1), "T");
    check("between", json!([1, 3]), json!("3"), "T");
    check("between", json!([1, 3]), json!(3.1), "F");
}

#[test]
fn modulo_counts_up_from_zero() {
    check("modulo", json!([3, 1]), json!(7), "T");
    check("modulo", json!([3, 1]), json!("7"), "T");
    check("modulo", json!([3, 1]), json!(6), "F");
    check("modulo", json!([3, 2]), json!(-1), "T");
    check("modulo", json!([3, 0]), json!(-3), "T");
    check("modulo", json!([3, 1]), json!(7.5), "F");
    check("modulo", json!([3, 1]), json!(1e300), "F");
}

#[test]
fn times_are_rfc_3339_dates_or_milliseconds() {
    let noon = json!(["2026-01-01T12:00:00Z"]);
    for (operator, before, at, after) in [
        ("before", "T", "F", "F"),
        ("before_or_at", "T", "T", "F"),
        ("after", "F", "F", "T"),
        ("after_or_at", "F", "T", "T"),
    ] {
        check(operator, noon.clone(), json!("2026-01-01T11:59:59.999999Z"), before);
        check(operator, noon.clone(), json!("2026-01-01T13:00:00+01:00"), at);
        check(operator, noon.clone(), json!(1_767_268_800_000_i64), at);
        check(operator, noon.clone(), json!("2026-01-02"), after);
        check(operator, noon.clone(), json!("2026-01-02[UTC]"), "F");
        check(operator, noon.clone(), json!("noon"), "F");
        check(operator, noon.clone(), json!(1e300), "F");
        check(operator, noon.clone(), json!(null), "A");
    }
    check("between", json!(["2026-01-01", "2026-02-01"]), json!("2026-01-15"), "T");
    check("between", json!(["2026-01-01", "2026-02-01"]), json!("2026-02-02"), "F");
}

#[test]
fn without_an_attribute_the_evaluation_time_counts_in_whole_seconds() {
    // The time of the tests is 2026-11-21T12:00:00Z.
    for (operator, values, expected) in [
        ("before", json!(["2026-11-21T12:00:01Z"]), "T"),
        ("before", json!(["2026-11-21T12:00:00Z"]), "F"),
        ("before_or_at", json!(["2026-11-21T12:00:00Z"]), "T"),
        ("after", json!(["2026-11-21T12:00:00Z"]), "F"),
        ("after_or_at", json!(["2026-11-21T12:00:00Z"]), "T"),
        ("after", json!(["2026-11-21"]), "T"),
        ("between", json!(["2026-11-21", "2026-11-22"]), "T"),
    ] {
        check_test(json!({"operator": operator, "values": values}), json!({}), expected);
    }
}

#[test]
fn versions_are_read_as_flagd_reads_them() {
    for (operator, below, at, above) in [
        ("semver_equals", "F", "T", "F"),
        ("semver_less_than", "T", "F", "F"),
        ("semver_less_than_or_equal", "T", "T", "F"),
        ("semver_greater_than", "F", "F", "T"),
        ("semver_greater_than_or_equal", "F", "T", "T"),
    ] {
        check(operator, json!(["1.10.0"]), json!("1.9.9"), below);
        check(operator, json!(["1.10.0"]), json!("1.10.0-rc.1"), below);
        check(operator, json!(["1.10.0"]), json!("1.10.0+build.7"), at);
        check(operator, json!(["v1.10"]), json!("V1.10.0"), at);
        check(operator, json!(["1.10.0"]), json!("2"), above);
        check(operator, json!(["1.10.0"]), json!("1.10.1-alpha"), above);
        check(operator, json!(["1.10.0"]), json!(null), "A");
        for malformed in [
            json!("1.2.3.4"),
            json!("1.02.3"),
            json!("x"),
            json!(""),
            json!(2),
            json!("1.2-rc"),
            json!("1.2.3-"),
            json!(" 1.2.3"),
            json!("1.2.3+"),
        ] {
            check(operator, json!(["1.10.0"]), malformed, "F");
        }
    }
    check("semver_equals", json!(["1.0.0", "2.0.0"]), json!("2"), "T");
    check("semver_matches_range", json!(["^1.5.0"]), json!("1.2.0"), "T");
    check("semver_matches_range", json!(["^1.5.0"]), json!("2.0.0"), "F");
    check("semver_matches_range", json!(["~1.5.9"]), json!("1.5.0"), "T");
    check("semver_matches_range", json!(["~1.5.0", "^3"]), json!("3.1.0"), "T");
    check("between", json!(["1.0.0", "2.0.0"]), json!("1.9"), "T");
    check("between", json!(["1.0.0", "2.0.0"]), json!("2.0.1"), "F");
}

#[test]
fn presence_and_truth() {
    for value in [json!(0), json!(""), json!(false), json!([]), json!({})] {
        check("exists", json!([]), value.clone(), "T");
        check("is_true", json!([]), value, "F");
    }
    check("exists", json!([]), json!(null), "F");
    check("is_true", json!([]), json!(true), "T");
    check("is_true", json!([]), json!("true"), "F");
    check("is_true", json!([]), json!(null), "A");
    check_test(json!({"attribute": "a.b", "operator": "exists"}), json!({"a": {"b": 1}}), "T");
    check_test(json!({"attribute": "a.b", "operator": "exists"}), json!({"a.b": 1}), "F");
    check_test(json!({"attribute": "a.length", "operator": "exists"}), json!({"a": "text"}), "F");
    check_test(json!({"attribute": "targetingKey", "operator": "exists"}), json!({"targetingKey": ""}), "F");
    check_test(
        json!({"attribute": "targetingKey", "operator": "equals", "values": ["x"]}),
        json!({"targetingKey": "x"}),
        "T",
    );
    check_test(
        json!({"attribute": "targetingKey", "operator": "equals", "values": ["x"]}),
        json!({"targetingKey": null}),
        "A",
    );
}

#[test]
fn lists() {
    check("array_contains_any", json!(["x", 1]), json!(["a", 1]), "T");
    check("array_contains_any", json!(["x"]), json!(["a"]), "F");
    check("array_contains_any", json!(["x"]), json!("x"), "F");
    check("array_contains_all", json!(["x", "y"]), json!(["y", "z", "x"]), "T");
    check("array_contains_all", json!(["x", "y"]), json!(["x"]), "F");
    check("array_contains_all", json!(["x"]), json!("x"), "F");
    check("array_size", json!([2]), json!([null, 1]), "T");
    check("array_size", json!([0, 3]), json!([]), "T");
    check("array_size", json!([2]), json!("ab"), "F");
    for operator in ["array_contains_any", "array_contains_all", "array_size"] {
        check(operator, json!([1]), json!(null), "A");
    }
}

#[test]
fn addresses() {
    check("ip_in_cidr", json!(["10.0.0.0/8"]), json!("10.255.0.1"), "T");
    check("ip_in_cidr", json!(["10.0.0.0/8"]), json!("11.0.0.1"), "F");
    check("ip_in_cidr", json!(["10.0.0.0/8"]), json!("::ffff:10.0.0.1"), "T");
    check("ip_in_cidr", json!(["10.0.0.1"]), json!("10.0.0.1"), "T");
    check("ip_in_cidr", json!(["2001:db8::/32"]), json!("2001:db8::1"), "T");
    check("ip_in_cidr", json!(["2001:db8::/32"]), json!("10.0.0.1"), "F");
    check("ip_in_cidr", json!(["0.0.0.0/0"]), json!("10.0.0"), "F");
    check("ip_in_cidr", json!(["0.0.0.0/0"]), json!(null), "A");
}

#[test]
fn segments_flags_and_buckets() {
    let staff = json!({"operator": "in_segment", "values": ["staff"]});
    check_test(staff.clone(), json!({"targetingKey": "ann"}), "T");
    check_test(staff.clone(), json!({"targetingKey": "bob", "a": true}), "F");
    check_test(staff.clone(), json!({"targetingKey": "cleo", "a": true}), "T");
    check_test(staff.clone(), json!({"targetingKey": "cleo", "a": false}), "F");
    check_test(staff.clone(), json!({"targetingKey": "cleo"}), "A");
    // Without a targeting key nobody knows whether the unit is excluded.
    check_test(staff.clone(), json!({"a": true}), "A");
    check_test(staff, json!({"a": false}), "A");

    let serves =
        |variant: &str| json!({"operator": "flag_serves", "values": [{"flag": "other", "variants": [variant]}]});
    check_test(serves("on"), json!({}), "T");
    check_test(serves("off"), json!({}), "F");

    // Bucket 28811 by the published table.
    let bucket =
        |from: u32, to: u32| json!({"operator": "in_percentage", "values": [{"salt": SALT, "from": from, "to": to}]});
    check_test(bucket(0, 28_811), json!({"targetingKey": "user-1"}), "F");
    check_test(bucket(0, 28_812), json!({"targetingKey": "user-1"}), "T");
    check_test(bucket(28_811, 100_000), json!({"targetingKey": "user-1"}), "T");
    check_test(bucket(0, 100_000), json!({}), "A");
}

#[test]
fn operator_names_are_unique_and_round_trip() {
    for operator in Operator::ALL {
        assert_eq!(Operator::from_name(operator.as_str()), Some(*operator));
        assert_eq!(json!(operator), json!(operator.as_str()));
    }
    assert_eq!(Operator::ALL.len(), 31);
    assert_eq!(Operator::from_name("EQUALS"), None);
}
