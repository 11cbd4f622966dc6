//! Conditions and rules that people write: sent as they are, and refused by the server with the field and the rule.

use crate::server::Server;

#[test]
fn a_wrong_condition_is_refused_by_field_and_rule() {
    let server = Server::start();
    server.ok(&["flag", "create", "f"]);
    let staff = |more: &str| format!(r#"{{"attribute": "email", "operator": "ends_with", {more}}}"#);
    for (when, says) in [
        (staff(r#""value": ["x"]"#), ": has a field that is not known: \"value\"; expected one of `all`"),
        (r#"{"attribute": "email", "op": "ends_with"}"#.to_owned(), ": has a field that is not known"),
        (staff(r#""values": "x""#), ".values: has the wrong type; expected a sequence"),
        (
            staff(r#""values": ["x"], "absent": "maybe""#),
            ".absent: is not a known value; expected `no_match` or `match`",
        ),
        (r#"{"attribute": 1, "operator": "exists"}"#.to_owned(), ".attribute: has the wrong type; expected a string"),
        (r#"{"attribute": "email", "operator": "like", "values": ["x"]}"#.to_owned(), "operator"),
        ("{}".to_owned(), ": must have exactly one of all, any, none and operator"),
        (r#"{"all": [], "values": ["x"]}"#.to_owned(), ": is a group, so it has no attribute, values or modifiers"),
        (format!(r#"{{"any": [{}]}}"#, staff(r#""value": 1"#)), ".any[0]: has a field that is not known"),
        ("x".to_owned(), ": has the wrong type; expected an object with `operator`"),
    ] {
        let segment = server.hoist(&["segment", "create", "s", "--when", &when]);
        let rule = format!(r#"{{"id": "a", "when": {when}, "serve": {{"variant": "on"}}}}"#);
        let rule = if when == "x" { rule.replace("\"when\": x", "\"when\": \"x\"") } else { rule };
        let good = r#"{"id": "z", "when": {"all": []}, "serve": {"variant": "on"}}"#;
        let targeting = format!(
            r#"{{"enabled": true, "off_variant": "off", "default": {{"variant": "off"}}, "rules": [{good}, {rule}]}}"#
        );
        server.write("targeting.json", &targeting);
        let flag = server.hoist(&["flag", "set", "f", "--env", "staging", "--targeting", "targeting.json"]);
        for (ran, place) in [(segment, "when"), (flag, "rules[1].when")] {
            assert_eq!(ran.code, 5, "{when}: {}", ran.err);
            let line = ran.err.lines().find(|line| line.contains(place)).unwrap_or_default();
            assert!(line.contains(says), "{when}: {}", ran.err);
            assert!(ran.err.contains("hint: a condition looks like"), "{when}: {}", ran.err);
        }
    }
}

#[test]
fn the_server_draws_the_salt_that_a_targeting_leaves_out() {
    let server = Server::start();
    server.ok(&["flag", "create", "f"]);
    let split = "{split: {weights: [{variant: on, weight: 1000}, {variant: off, weight: 99000}]}}";
    server.write("targeting.yaml", &format!("enabled: true\noff_variant: off\ndefault: {split}\n"));
    server.ok(&["flag", "set", "f", "--env", "staging", "--targeting", "targeting.yaml"]);
    let salt = || {
        let shown = server.json(&["flag", "show", "f", "--env", "staging"]).to_string();
        shown.split("\"salt\":\"").nth(1).and_then(|rest| rest.split('"').next()).map(str::to_owned)
    };
    let drawn = salt();
    assert_eq!(drawn.as_ref().map(String::len), Some(32));
    server.ok(&["flag", "set", "f", "--env", "staging", "--targeting", "targeting.yaml"]);
    assert_eq!(salt(), drawn, "an edit does not draw again");
}
