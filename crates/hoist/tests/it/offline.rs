//! Commands that need no server.

use serde_json::{Value, json};

use crate::harness::{command, hoist, hoist_in, run};

fn snapshot() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let document = json!({
        "flags": [{
            "key": "new-checkout",
            "kind": "boolean",
            "variants": [{ "key": "on", "value": true }, { "key": "off", "value": false }],
            "targeting": {
                "enabled": true,
                "off_variant": "off",
                "default": { "variant": "off" },
                "rules": [{
                    "id": "staff",
                    "when": { "all": [{ "operator": "in_segment", "values": ["internal"] }] },
                    "serve": { "variant": "on" }
                }]
            }
        }],
        "segments": [{ "key": "internal", "when": { "attribute": "email", "operator": "ends_with", "values": ["@example.org"] } }]
    });
    std::fs::write(folder.path().join("flags.json"), document.to_string()).expect("a file");
    std::fs::write(folder.path().join("staff.yaml"), "targetingKey: user-1\nemail: a@example.org\n").expect("a file");
    folder
}

#[test]
fn evaluates_from_a_snapshot() {
    let folder = snapshot();
    let ran = hoist_in(
        folder.path(),
        &["eval", "new-checkout", "--snapshot", "flags.json", "--context", "@staff.yaml", "--trace"],
    );
    assert_eq!(ran.code, 0, "{}", ran.err);
    insta::assert_snapshot!(ran.out);
    let ran = hoist_in(folder.path(), &["eval", "new-checkout", "--snapshot", "flags.json", "--json"]);
    let answer: Value = serde_json::from_str(&ran.out).expect("one JSON document");
    assert_eq!((&answer["value"], &answer["variant"]), (&json!(false), &json!("off")));
    assert_eq!(answer.get("trace"), None);
    let ran = hoist_in(folder.path(), &["eval", "new-checkout", "--snapshot", "flags.json", "-o", "name"]);
    assert_eq!(ran.out, "off\n");
}

#[test]
fn refuses_what_cannot_be_evaluated() {
    let folder = snapshot();
    std::fs::write(folder.path().join("twice.json"), "{\"a\": 1, \"a\": 2}").expect("a file");
    for (flag, context, code, says) in [
        ("new-chekout", "{}", 3, "did you mean `new-checkout`?"),
        ("zzz", "{}", 3, "the document has no flag `zzz`"),
        ("new-checkout", "{", 5, "the context is not valid JSON"),
        ("new-checkout", "{\"a\": 1, \"a\": 2}", 5, "a key stands twice in one object, at line 1, column"),
        ("new-checkout", "@twice.json", 5, "a key stands twice in one object, at line 1, column"),
        ("new-checkout", "[]", 5, "the context must be a JSON object"),
        ("new-checkout", "{\"targetingKey\": 1}", 5, "targetingKey must be a string"),
        ("new-checkout", "@nowhere.json", 3, "there is no file `nowhere.json`"),
        ("new-checkout", "@flags.json/x", 3, "there is no file `flags.json/x`"),
    ] {
        let ran = hoist_in(folder.path(), &["eval", flag, "--snapshot", "flags.json", "--context", context]);
        assert_eq!(ran.code, code, "{flag} {context}: {}", ran.err);
        assert!(ran.err.contains(says), "{flag} {context}: {}", ran.err);
        assert!(flag == "zzz" || ran.err.contains("hint: "), "{flag} {context}: {}", ran.err);
    }
}

#[test]
fn templates_can_be_shown_and_given_back() {
    for template in ["canary", "fast", "dark-launch", "kill-switch-only"] {
        let ran = hoist(&["plan", "show", template]);
        assert_eq!(ran.code, 0, "{template}: {}", ran.err);
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("plan.yaml"), &ran.out).expect("a file");
        let arguments = ["plan", "create", template, "--file", "plan.yaml", "--url", "http://127.0.0.1:1"];
        let ran = hoist_in(folder.path(), &arguments);
        assert_eq!(ran.code, 7, "{template} is a plan, so the server is asked: {}", ran.err);
    }
    insta::assert_snapshot!(hoist(&["plan", "show", "canary"]).out);
}

#[test]
fn completions_and_manual_pages_are_generated() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = hoist(&["completions", shell]);
        assert_eq!(ran.code, 0);
        assert!(ran.out.contains("rollback"), "{shell}");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let ran = run(command().args(["man", "--dir"]).arg(folder.path()));
    assert_eq!(ran.code, 0, "{}", ran.err);
    for page in ["hoist.1", "hoist-flag-off.1", "hoist-rollout-watch.1", "hoist-demo.1"] {
        assert!(folder.path().join(page).is_file(), "{page}");
    }
    assert!(hoist(&["man"]).out.contains(".TH hoist 1"));
}

const COUNTS: &str = r#"{
  "guards": [{ "metric": "errors", "kind": "event_rate" }],
  "flushes": [
    { "at": 10, "share": 0.01, "metric": "errors", "n_treatment": 100, "n_control": 9900, "x_treatment": 1, "x_control": 99 },
    { "at": 20, "share": 0.01, "metric": "errors", "n_treatment": 100, "n_control": 9900, "x_treatment": 40, "x_control": 99 }
  ]
}"#;

#[test]
fn recorded_counts_are_judged_in_every_form() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("counts.json"), COUNTS).expect("a file");
    let lines = hoist_in(folder.path(), &["analyze", "counts.json"]);
    assert_eq!(lines.code, 0, "{}", lines.err);
    let documents: Vec<Value> = lines.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(documents.len(), 3);
    assert_eq!((&documents[0]["at"], &documents[0]["decision"]), (&json!(10), &json!("collecting")));
    assert_eq!(documents[2]["summary"]["decision"], "rollback");
    assert_eq!(hoist_in(folder.path(), &["analyze", "counts.json", "--json"]).out, lines.out);
    let named = hoist_in(folder.path(), &["analyze", "counts.json", "-o", "name"]);
    assert_eq!(named.out, "rollback\n");
    let table = hoist_in(folder.path(), &["analyze", "counts.json", "-o", "table"]);
    assert!(table.out.contains("rollback since 20 s"), "{}", table.out);
}

#[test]
fn recordings_that_cannot_be_judged_name_the_place() {
    let folder = tempfile::tempdir().expect("a folder");
    for (from, to, says) in [
        ("\"x_control\": 99 }\n", "\"x_control\": -1 }\n", "flushes[1].x_control: must be a finite number"),
        ("\"at\": 20", "\"at\": \"noon\"", "flushes[1].at: has the wrong type"),
        ("event_rate", "p99", "guards[0].kind: is not a known value"),
        ("\"guards\"", "\"guard\"", "did you mean `guards`?"),
    ] {
        std::fs::write(folder.path().join("counts.json"), COUNTS.replacen(from, to, 1)).expect("a file");
        let ran = hoist_in(folder.path(), &["analyze", "counts.json"]);
        assert_eq!(ran.code, 5, "{to}: {}", ran.out);
        assert!(ran.err.contains(says), "{to}: {}", ran.err);
    }
    assert_eq!(hoist_in(folder.path(), &["analyze", "nowhere.json"]).code, 3);
}
