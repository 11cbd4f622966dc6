//! Documents that people write: what is read, and what is said about what is wrong.

use std::path::Path;

use hoist::failure::Failure;
use hoist::files;
use hoist_eval::draft::{SegmentDraft, TargetingDraft};
use hoist_lifecycle::plan::PlanDraft;
use serde::de::DeserializeOwned;

use crate::harness::{command, hoist_in, run};

fn refused<T: DeserializeOwned + std::fmt::Debug>(text: &str) -> Failure {
    files::value(text, "file").and_then(files::shape_named::<T>("file")).expect_err("this is wrong")
}

fn check<T: DeserializeOwned + std::fmt::Debug>(text: &str, path: &str, says: &str) {
    let failure = refused::<T>(text);
    let found = failure.problems.first().map(|problem| (problem.path.as_str(), problem.message.as_str()));
    let (at, message) = found.unwrap_or(("", &failure.message));
    assert_eq!(at, path, "{text:?}: {message}");
    assert!(message.contains(says), "{text:?} should say {says:?}, and said {message:?}");
}

#[test]
fn text_that_is_no_document_is_refused() {
    check::<PlanDraft>("{", "", "`file` is not valid JSON");
    check::<PlanDraft>("[1,]", "", "`file` is not valid JSON");
    check::<PlanDraft>("", "", "`file` is empty");
    check::<PlanDraft>("# nothing", "", "`file` is empty");
    check::<PlanDraft>("a: b: c", "", "`file` is not valid YAML");
    check::<PlanDraft>("key: a\nkey: b", "", "`file` is not valid YAML");
    check::<PlanDraft>("---\na: 1\n---\nb: 2", "", "`file` is not valid YAML");
    check::<PlanDraft>(&"[".repeat(200), "", "`file` is not valid JSON");
    check::<PlanDraft>(&format!("a: {}", "[".repeat(200)), "", "`file` is not valid YAML");
}

#[test]
fn the_bad_field_is_named() {
    check::<PlanDraft>("key: x\ntreatment: on", "", "missing field `stages`");
    check::<PlanDraft>("key: x\ntreatment: true\nstages: []", "treatment", "has the wrong type; expected a string");
    check::<PlanDraft>("key: x\ntreatment: on\nstages: none", "stages", "has the wrong type; expected a sequence");
    let stage = |line: &str| format!("key: x\ntreatment: on\nstages:\n  - name: one\n    percentage: 1\n  - {line}");
    check::<PlanDraft>(&stage("name: two"), "stages[1]", "missing field `percentage`");
    check::<PlanDraft>(
        &stage("{name: two, percentage: lots}"),
        "stages[1].percentage",
        "has the wrong type; expected f64",
    );
    check::<PlanDraft>(
        &stage("{name: two, percentage: 5, bake: soon}"),
        "stages[1].bake",
        "a duration is a number and a unit",
    );
    check::<PlanDraft>(
        &stage("{name: two, percentage: 5, step: 2}"),
        "stages[1]",
        "has a field that is not known: \"step\"",
    );
    check::<PlanDraft>(&stage("{name: two, percentge: 5}"), "stages[1]", "; did you mean `percentage`?");
    check::<PlanDraft>(
        &stage("{name: two, percentage: 5, gate: open}"),
        "stages[1].gate",
        "is not a known value; expected `automatic` or `approval`",
    );
    let targeting = |rest: &str| format!("enabled: true\noff_variant: off\n{rest}");
    check::<TargetingDraft>(
        "enabled: yes\noff_variant: off\ndefault: {variant: off}",
        "enabled",
        "has the wrong type; expected a boolean",
    );
    check::<TargetingDraft>(&targeting("default: {variant: on, split: {}}"), "default", "");
    check::<TargetingDraft>(&targeting("default: {variant: 1}"), "default.variant", "has the wrong type");
    check::<TargetingDraft>(&targeting("default: {variant: on}\nrules: [{id: a}]"), "rules[0]", "missing field `when`");
    check::<SegmentDraft>("key: s\nincluded: [1]", "included[0]", "has the wrong type");
    let when = |rest: &str| {
        targeting(&format!("default: {{variant: on}}\nrules: [{{id: a, serve: {{variant: on}}, when: {rest}}}]"))
    };
    check::<TargetingDraft>(
        &when("{all: [{operator: exists, atribute: a}]}"),
        "rules[0].when.all[0]",
        "did you mean `attribute`?",
    );
    check::<TargetingDraft>(&when("{operator: exists, negate: 1}"), "rules[0].when.negate", "expected a boolean");
    check::<TargetingDraft>(&when("{}"), "rules[0].when", "must have exactly one of all, any, none and operator");
    check::<SegmentDraft>("key: s\nwhen: {any: [], operator: exists}", "when", "must have exactly one of");
    check::<SegmentDraft>("key: s\nwhen: {any: [], absent: match}", "when", "is a group, so it has no");
    check::<SegmentDraft>("key: s\nwhen: x", "when", "expected an object with `operator`");
}

/// Somebody who pastes a secret into the wrong file does not find it in the log of the build.
#[test]
fn what_is_wrong_is_not_repeated() {
    let stage = |line: &str| format!("key: x\ntreatment: on\nstages:\n  - {line}");
    for text in [
        "hst_secret".to_owned(),
        "key: hst_secret: hst_secret".to_owned(),
        "hst_secret: 1\nhst_secret: 2".to_owned(),
        "key: \"hst_secret".to_owned(),
        "key: *hst_secret".to_owned(),
        "key: !hst_secret x".to_owned(),
        "key: [hst_secret".to_owned(),
        "{\"key\": hst_secret}".to_owned(),
        "{\"key\": \"hst_secret}".to_owned(),
        "{\"hst_secret\": 1}".to_owned(),
        "key: x\ntreatment: on\nhst_secret: []".to_owned(),
        "key: x\ntreatment: on\nstages: hst_secret".to_owned(),
        stage("hst_secret"),
        stage("{name: a, percentage: hst_secret}"),
        stage("{name: a, percentage: 5, hst_secret: 1}"),
        stage("{name: a, percentage: 5, gate: hst_secret}"),
        stage("{name: a, percentage: 5, bake: hst_secret}"),
        stage("{name: a, percentage: 5}\nguards: [{key: g, metric: m, limit: {hst_secret: 1}}]"),
        stage("{name: a, percentage: 5}\nguards: [{key: g, metric: m, limit: hst_secret}]"),
    ] {
        let told = format!("{:?}", refused::<PlanDraft>(&text));
        assert!(!told.contains("hst_secret"), "{text:?}: {told}");
    }
}

#[test]
fn words_are_not_booleans() {
    let value = files::value("country: no\nvariant: on\nanswer: y\nreal: true", "file").expect("it is a document");
    assert_eq!(value, serde_json::json!({ "country": "no", "variant": "on", "answer": "y", "real": true }));
}

#[test]
fn json_and_yaml_mean_the_same() {
    let yaml = "key: x\ntreatment: on\nstages:\n  - {name: all, percentage: 100, bake: 1h30m}";
    let json = r#"{"key":"x","treatment":"on","stages":[{"name":"all","percentage":100,"bake":"1h30m"}]}"#;
    let read =
        |text: &str| files::value(text, "file").and_then(files::shape_named::<PlanDraft>("file")).expect("a plan");
    assert_eq!(read(yaml), read(json));
}

#[test]
fn what_is_written_is_read_back() {
    let plan: PlanDraft = files::value("{\"key\":\"no\",\"treatment\":\"on\",\"description\":\"a: b # c\",\"stages\":[{\"name\":\"1 %\",\"percentage\":1,\"bake\":\"90s\"}]}", "file")
        .and_then(files::shape_named("file"))
        .expect("a plan");
    let text = hoist::output::yaml(&plan).expect("YAML");
    let again: PlanDraft = files::value(&text, "file").and_then(files::shape_named("file")).expect("a plan");
    assert_eq!(again, plan, "{text}");
}

#[test]
fn files_that_cannot_be_read_say_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let run =
        |file: &str| hoist_in(folder.path(), &["plan", "create", "x", "--file", file, "--url", "http://127.0.0.1:1"]);
    std::fs::write(folder.path().join("binary.yaml"), [0xff, 0xfe]).expect("a file");
    std::fs::write(folder.path().join("list.yaml"), "- a\n- b").expect("a file");
    for (file, code, says) in [
        ("missing.yaml", 3, "there is no file `missing.yaml`"),
        ("list.yaml/x", 3, "there is no file `list.yaml/x`"),
        ("binary.yaml", 5, "`binary.yaml` is not UTF-8 text"),
        ("list.yaml", 5, "`list.yaml` does not hold a document with fields"),
        (".", 1, "hint: name a file in that folder"),
    ] {
        let ran = run(file);
        assert_eq!(ran.code, code, "{file}: {}", ran.err);
        assert!(ran.err.contains(says), "{file}: {}", ran.err);
    }
    assert!(files::read(Path::new("/dev/zero")).expect_err("it has no end").message.contains("is larger than"));
}

#[test]
fn a_file_that_is_missing_ends_every_command_alike() {
    let folder = tempfile::tempdir().expect("a folder");
    for arguments in [
        ["plan", "create", "x", "--file", "nowhere"].as_slice(),
        &["segment", "create", "x", "--file", "nowhere"],
        &["metric", "create", "x", "--file", "nowhere"],
        &["flag", "create", "x", "--file", "nowhere"],
        &["rollout", "start", "x", "--env", "e", "--plan", "./nowhere"],
        &["eval", "x", "--snapshot", "nowhere"],
        &["eval", "x", "--env", "e", "--context", "@nowhere"],
        &["audit", "verify", "--file", "nowhere"],
        &["restore", "nowhere"],
        &["cleanup", "x", "--value", "true", "--offline", "nowhere"],
        &["cleanup", "x", "--value", "true", "--offline", "--commit", "nowhere"],
        &["flag", "list", "--token-file", "nowhere"],
    ] {
        let ran =
            run(command().current_dir(&folder).env("HOIST_URL", "http://127.0.0.1:1").args(arguments).arg("--json"));
        assert_eq!(ran.code, 3, "{arguments:?}: {}", ran.err);
        let told: serde_json::Value = serde_json::from_str(&ran.err).expect("one JSON document");
        assert_eq!(told["code"], "no_file", "{arguments:?}: {told}");
        assert!(told["message"].as_str().is_some_and(|says| says.contains("nowhere`")), "{told}");
        assert!(told["hint"].is_string(), "{arguments:?}: {told}");
    }
}

#[test]
fn the_first_fault_of_each_part_of_a_plan_is_named() {
    let text = "
key: x
treatment: on
surprise: 1
stages:
  - {name: a, percentage: 5, bake: 10x, gate: shut}
  - {name: b, percentage: 10}
  - seven
guards:
  - {key: g, metric: m, limit: soon}
";
    let document = files::value(text, "plan.yaml").expect("a document");
    let failure = hoist::cli::plan::shape(document, "plan.yaml").expect_err("this is wrong");
    let paths: Vec<&str> = failure.problems.iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(paths, ["stages[0].bake", "stages[2]", "guards[0].limit", ""], "{:?}", failure.problems);
}

#[test]
fn a_plan_that_cannot_be_carried_out_is_refused_with_every_fault() {
    let folder = tempfile::tempdir().expect("a folder");
    let plan = "key: x\ntreatment: on\nstages:\n  - {name: a, percentage: 50}\n  - {name: a, percentage: 120}\n";
    std::fs::write(folder.path().join("plan.yaml"), plan).expect("a file");
    let ran = hoist_in(folder.path(), &["plan", "create", "x", "--file", "plan.yaml", "--url", "http://127.0.0.1:1"]);
    assert_eq!(ran.code, 5);
    insta::assert_snapshot!(ran.err);
}
