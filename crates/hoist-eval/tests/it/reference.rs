//! The page docs/operators.md lists every operator, and its examples come out as it says.

use hoist_eval::Operator;
use serde_json::{Value, json};

use crate::kit::{compile_json, context, flag, flag_when, snapshot};

const PAGE: &str = include_str!("../../../../docs/operators.md");

/// Returns the sections of the page: the operator that each names, and its text.
fn sections() -> Vec<(&'static str, &'static str)> {
    let headed = |section: &'static str| section.split_once("`\n");
    PAGE.split("\n### `").skip(1).map(|section| headed(section).expect("a name between backticks")).collect()
}

/// Returns the JSON between the two marks.
fn json_between(text: &str, before: &str, after: &str) -> Value {
    let between = text.split_once(before).and_then(|(_, rest)| rest.split_once(after));
    serde_json::from_str(between.expect(text).0).expect(text)
}

#[test]
fn the_page_lists_every_operator() {
    let mut listed: Vec<&str> = sections().into_iter().map(|(name, _)| name).collect();
    let mut known: Vec<&str> = Operator::ALL.iter().map(|operator| operator.as_str()).collect();
    listed.sort_unstable();
    known.sort_unstable();
    assert_eq!(listed, known);
}

#[test]
fn every_example_comes_out_as_written() {
    let staff = json!({"key": "staff", "included": ["ann"], "excluded": ["bob"]});
    let checkout = flag_when("new-checkout", &json!({"operator": "in_segment", "values": ["staff"]}));
    for (name, text) in sections() {
        let condition = json_between(text, "```json\n", "\n```");
        assert_eq!(condition["operator"], name);
        // The negated flag tells false from absent.
        let mut negated = condition.clone();
        negated["negate"] = json!(true);
        let flags = [checkout.clone(), flag_when("asked", &condition), flag_when("negated", &negated)];
        let snapshot = snapshot(&flags, std::slice::from_ref(&staff));
        for (before, expected) in [("True for `", ("on", "off")), ("false for `", ("off", "on"))] {
            let example = json_between(text, before, "`");
            let serves = |key: &str| {
                let resolution = crate::kit::ask(&snapshot, key, &context(&example));
                resolution.variant.map_or("-", |variant| variant.as_str()).to_owned()
            };
            let served = (serves("asked"), serves("negated"));
            assert_eq!(served, (expected.0.to_owned(), expected.1.to_owned()), "{name}: {example}");
        }
    }
}

#[test]
fn the_page_says_where_letters_may_compare_without_case() {
    for (name, text) in sections() {
        let operator = Operator::from_name(name).expect("a known operator");
        let says = text.contains("Takes\n`case_insensitive`") || text.contains("Takes `case_insensitive`");
        assert_eq!(says, operator.takes_case_insensitive() && name != "in", "{name}");
    }
}

/// Returns what is said about an operator of that name.
fn refusal(operator: &str) -> String {
    let condition = json!({"attribute": "a", "operator": operator, "values": ["x"]});
    let compiled = compile_json(&[flag_when("f", &condition), flag("other", json!({}))], &[]);
    compiled.problems.iter().map(|problem| problem.message.clone()).collect()
}

#[test]
fn an_unknown_operator_is_told_the_nearest() {
    for (wrong, nearest) in [
        ("equal", "equals"),
        ("EndsWith", "ends_with"),
        ("starts-with", "starts_with"),
        ("semver_gt", "semver_greater_than"),
        ("lessthan", "less_than"),
        ("array_contain_any", "array_contains_any"),
        ("in_segments", "in_segment"),
    ] {
        let message = refusal(wrong);
        assert!(message.contains(&format!("; did you mean {nearest}? all of")), "{wrong}: {message}");
    }
    for unlike in ["", "zzz", "%", &"equals".repeat(100)] {
        assert_eq!(refusal(unlike), "there is no such operator; all of them are in docs/operators.md");
    }
}
