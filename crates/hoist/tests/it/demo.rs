//! The demo's story, once with its own metric source and once with Prometheus.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::harness::{command, run};

fn check(arguments: &[&str]) {
    let scratch = tempfile::tempdir().expect("a folder");
    let ran = run(command()
        .env("TMPDIR", scratch.path())
        .args(["demo", "--once", "--speed", "120", "--json"])
        .args(arguments));
    let document: Value =
        serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}{}", ran.out, ran.err));
    assert_eq!(ran.code, 0, "{document:#}{}", ran.err);
    assert_eq!(document["held"], true);
    assert_eq!(document["phase"], "completed");
    assert_eq!(document["evaluation_errors"], 0);
    assert_eq!(document["rollbacks"].as_array().map(Vec::len), Some(1));
    assert_eq!(document["rollbacks"][0]["guard"], "checkout-failures");
    assert_eq!(document["overlap"]["share"], 1.0);
    proven(&document);
    assert_eq!(document["time_to_safety_from"], "decided_at");
    let reloads = document["reloads_after_rollback"].as_u64().expect("a number");
    assert!(reloads > 0, "nobody asked for the new checkout while its end was watched for");
    let events = document["timeline"].as_array().expect("events");
    let entered = events.iter().filter(|event| event["event"] == "stage_entered");
    let stages: Vec<&str> = entered.map(|event| event["stage"].as_str().expect("a name")).collect();
    assert_eq!(stages, ["internal", "1 %", "5 %", "internal", "1 %", "5 %", "25 %", "100 %"]);
    let at = |event: &str| events.iter().find(|seen| seen["event"] == event).expect("it happened")["at_ms"].clone();
    let decided = document["rollbacks"][0]["decided_at_ms"].as_f64().expect("a time");
    assert_eq!(Some(decided), at("rolled_back").as_f64());
    let to_safety = document["time_to_safety_ms"].as_f64().expect("a time");
    let safe = at("safe").as_f64().expect("a time");
    assert!((to_safety - (safe - decided).max(0.0)).abs() < 2.0, "the clock runs from the decision: {document:#}");
    let left: Vec<_> = std::fs::read_dir(scratch.path()).expect("a folder").collect();
    assert!(left.is_empty(), "the demo clears everything away: {left:?}");
}

/// The rollback was decided against the old checkout, by evidence, and the report has the numbers.
fn proven(document: &Value) {
    let events = document["timeline"].as_array().expect("events");
    let rolled = events.iter().find(|event| event["event"] == "rolled_back").expect("a rollback");
    let number =
        |path: &str| rolled.pointer(path).and_then(Value::as_f64).unwrap_or_else(|| panic!("{path}: {rolled:#}"));
    assert!(number("/evidence/log_evidence") >= number("/evidence/log_needed"), "{rolled:#}");
    assert!((number("/evidence/log_needed") - 100_f64.ln()).abs() < 1e-9);
    assert!(number("/compared/ratio/lower") > 2.0, "the interval lies beyond the margin: {rolled:#}");
    assert!(rolled["cause"].as_str().is_some_and(|cause| cause.contains("times control")), "{rolled:#}");
}

#[test]
fn the_story_holds_with_the_built_in_metric_source() {
    check(&["--built-in-metrics"]);
}

#[test]
fn the_story_holds_with_prometheus() {
    let installed = hoist::demo::prometheus::installed();
    assert!(installed.is_some(), "Prometheus is not installed; `scripts/setup.sh test` installs it");
    check(&[]);
}

#[test]
fn an_interrupted_demo_clears_everything_away() {
    let scratch = tempfile::tempdir().expect("a folder");
    let mut demo = Command::new(env!("CARGO_BIN_EXE_hoist"))
        .args(["demo", "--built-in-metrics"])
        .env_clear()
        .env("TMPDIR", scratch.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the executable runs");
    let told = BufReader::new(demo.stdout.take().expect("standard output is a pipe"));
    let begun = told.lines().map_while(Result::ok).any(|line| line.contains("internal: 100 %"));
    assert!(begun, "the story begins");
    let pid = demo.id().to_string();
    Command::new("kill").args(["-INT", &pid]).status().expect("kill runs");
    assert_eq!(demo.wait().expect("it ends").code(), Some(1), "the story was not told to its end");
    let left: Vec<_> = std::fs::read_dir(scratch.path()).expect("a folder").collect();
    assert!(left.is_empty(), "{left:?}");
}
