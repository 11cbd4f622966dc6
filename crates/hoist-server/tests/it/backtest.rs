//! What is told of the past before a rollout starts, by the real server: from a real Prometheus, and from recordings.

use hoist_eval::Span;
use hoist_server::config::Prometheus;
use serde_json::{Value, json};

use crate::controller_kit;
use crate::evidence_prometheus::Past;
use crate::harness::{START, TestApp};

const PROJECT: &str = "/api/v1/projects/default";
const BACKTEST: &str = "/api/v1/projects/default/rollouts/backtest";
/// Hours of the past that Prometheus has.
const HOURS: u64 = 4;

async fn post(app: &TestApp, token: &str, path: &str, body: Value) -> Value {
    let answer = app.ask("POST", path).token(token).json(&body).send().await;
    assert!(answer.status < 300, "{path}: {}", answer.text());
    answer.json()
}

/// 100 requests a second to what everyone has, of which one in fifty fails; nobody has the treatment.
async fn past() -> Past {
    Past::start(HOURS, |_| (None, 0.0, 100.0, 0.02)).await
}

fn counts(events: &str, total: &str) -> Value {
    let of = |name: &str| format!("sum({name}{{variant=\"{{{{variant}}}}\"}})");
    json!({"kind": "promql_counts", "events": of(events), "total": of(total)})
}

/// An app at the end of that past, with a flag and metrics: one that is there, one that is not, two that are wrong.
async fn app(url: &str) -> (TestApp, String) {
    let prometheus = Prometheus { url: url.parse().unwrap(), token: None };
    let app = TestApp::builder().config(|config| config.metric_sources.prometheus = Some(prometheus)).start().await;
    let end = controller_kit::START.saturating_add(Span::from_hours(HOURS)).saturating_sub(Span::from_seconds(15));
    app.clock.set_wall(end);
    let root = app.root().await;
    post(&app, &root, &format!("{PROJECT}/flags"), json!({"key": "f", "kind": "boolean"})).await;
    for (key, source) in [
        ("failures", counts("failures_total", "requests_total")),
        ("gone", counts("nothing_total", "requests_total")),
        ("broken", json!({"kind": "promql_value", "query": "sum("})),
        ("many", json!({"kind": "promql_value", "query": "{__name__=~\"requests_total|failures_total\"}"})),
        (
            "share",
            json!({"kind": "promql_value", "query":
            "sum(increase(failures_total{variant=\"{{variant}}\"}[1m])) / sum(increase(requests_total{variant=\"{{variant}}\"}[1m]))"}),
        ),
        ("tracked", json!({"kind": "affected_units", "event": "crash"})),
    ] {
        post(&app, &root, &format!("{PROJECT}/metrics"), json!({"key": key, "source": source})).await;
    }
    (app, root)
}

fn plan(guards: &[(&str, Value)]) -> Value {
    let stage = |name: &str, percentage: f64| json!({"name": name, "percentage": percentage, "bake": "10m"});
    let guards: Vec<Value> = guards
        .iter()
        .map(|(key, limit)| json!({"key": key, "metric": key, "limit": limit, "interval": "30s"}))
        .collect();
    json!({"key": "p", "treatment": "on", "stages": [stage("one", 1.0), stage("ten", 10.0), stage("all", 100.0)],
        "guards": guards})
}

fn note(told: &Value, guard: &str) -> Option<(String, String)> {
    let text = |note: &Value, field: &str| note[field].as_str().unwrap_or_default().to_owned();
    let note = told["notes"].as_array().unwrap().iter().find(|note| note["guard"] == guard)?;
    Some((text(note, "severity"), text(note, "message")))
}

#[tokio::test]
async fn a_plan_is_played_through_what_prometheus_has() {
    let past = past().await;
    let (app, root) = app(&past.url).await;
    let against = json!({"control": {"margin": 1.0}});
    let plan = plan(&[
        ("failures", against.clone()),
        ("share", json!({"above": 0.1})),
        ("gone", against.clone()),
        ("broken", json!({"above": 1.0})),
        ("many", json!({"above": 1.0})),
        ("tracked", against),
    ]);
    let body = json!({"flag": "f", "environment": "staging", "plan": plan, "since": "3h30m", "replays": 60,
        "regression": 3.0});
    let told = post(&app, &root, BACKTEST, body.clone()).await;
    assert_eq!((told["step"].as_str(), told["regression"].as_f64()), (Some("30s"), Some(3.0)));
    let (healthy, harmed) = (&told["healthy"], &told["harmed"]);
    let count = |outcomes: &Value, field: &str| outcomes[field].as_u64().unwrap();
    assert_eq!(count(healthy, "replays"), 60);
    assert!(count(healthy, "alarmed") <= 3, "one in a hundred is promised: {healthy}");
    assert!(count(healthy, "completed") >= 55, "{healthy}");
    assert_eq!(count(harmed, "alarmed"), 60, "three times as many failures are always found");
    assert_eq!(harmed["alarms"][0]["guard"], "failures");
    assert!(count(&harmed["stages"][0], "alarmed") >= 50, "most are found at 1 %: {harmed}");
    for (guard, severity, words) in [
        ("gone", "doubt", "nothing was recorded"),
        ("broken", "blocks", "the query failed"),
        ("many", "blocks", "not answer one number"),
        ("tracked", "unknown", "Hoist counts the metric itself"),
    ] {
        let told = note(&told, guard).unwrap_or_else(|| panic!("no note about {guard} in {told}"));
        assert!(told.0 == severity && told.1.contains(words), "{guard}: {told:?}");
    }
    assert_eq!(note(&told, "share"), None, "a query with one number for each moment is played");
    assert_eq!(post(&app, &root, BACKTEST, body).await, told, "the same past has the same answer");

    let rollouts = app.ask("GET", &format!("{PROJECT}/rollouts")).token(&root).send().await.expect(200);
    assert_eq!(rollouts["items"], json!([]), "nothing was written");
}

/// What the preview says about queries, asked of a real Prometheus and not of a text that a test wrote.
#[tokio::test]
async fn a_preview_reads_a_real_prometheus_as_it_means() {
    let past = past().await;
    let (app, root) = app(&past.url).await;
    let against = json!({"control": {"margin": 1.0}});
    let plan = plan(&[
        ("failures", against.clone()),
        ("gone", against),
        ("broken", json!({"above": 1.0})),
        ("many", json!({"above": 1.0})),
    ]);
    let body = json!({"flag": "f", "environment": "staging", "plan": plan});
    let told = post(&app, &root, &format!("{PROJECT}/rollouts/preview"), body).await;
    let [failures, gone, broken, many] = [0, 1, 2, 3].map(|index| &told["guards"][index]);
    let (per_second, rate) = (failures["per_second"].as_f64().unwrap(), failures["rate"].as_f64().unwrap());
    assert!((per_second - 100.0).abs() < 2.0 && (rate - 0.02).abs() < 0.002, "{failures}");
    assert_eq!(failures["treatment"], json!({"missing": {}}), "nobody has it yet");
    assert_eq!(gone["now"], json!({"missing": {}}));
    assert_eq!(gone["unknown"], "no_answer");
    assert_eq!(broken["now"], json!({"failed": "rejected"}));
    assert_eq!(many["now"], json!({"invalid": "many_series"}));
    for (guard, severity) in [("gone", "blocks"), ("broken", "blocks"), ("many", "blocks")] {
        assert_eq!(note(&told, guard).map(|note| note.0).as_deref(), Some(severity), "{guard}: {}", told["notes"]);
    }
    let found = told["stages"][0]["guards"][0]["detection"]["time"].as_str().unwrap();
    let found: Span = found.parse().unwrap();
    assert!(found > Span::from_minutes(5) && found < Span::from_minutes(30), "2 to 4 % at one a second: {found}");
}

fn recording(counts: &[(f64, f64, f64)]) -> Value {
    json!({ "errors": counts })
}

#[tokio::test]
async fn a_recording_takes_the_place_of_queries_and_bad_input_is_named() {
    let app = TestApp::start().await;
    let root = app.root().await;
    post(&app, &root, &format!("{PROJECT}/flags"), json!({"key": "f", "kind": "boolean"})).await;
    let source = json!({"kind": "event_rate", "event": "error", "per": "request"});
    post(&app, &root, &format!("{PROJECT}/metrics"), json!({"key": "errors", "source": source})).await;
    let plan = plan(&[("errors", json!({"control": {}}))]);
    let body = |more: Value| {
        let mut body = json!({"flag": "f", "environment": "staging", "plan": plan, "replays": 20, "regression": 2.0});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let hour: Vec<(f64, f64, f64)> = (0..360).map(|index| (f64::from(index) * 10.0, 10_000.0, 200.0)).collect();
    let told = post(&app, &root, BACKTEST, body(json!({"recorded": recording(&hour)}))).await;
    assert_eq!((told["step"].as_str(), told["harmed"]["alarmed"].as_u64()), (Some("10s"), Some(20)), "{told}");
    assert!(told["healthy"]["completed"].as_u64() >= Some(18), "{told}");

    let nothing = post(&app, &root, BACKTEST, body(json!({}))).await;
    assert_eq!(
        note(&nothing, "errors").map(|note| note.0).as_deref(),
        Some("unknown"),
        "no source, no past: {nothing}"
    );

    let at = |seconds: i64| json!(format!("{}", jiff::Timestamp::from_second(START.as_seconds() + seconds).unwrap()));
    for (more, field) in [
        (json!({"regression": 1.0}), "regression"),
        (json!({"replays": 0}), "replays"),
        (json!({"replays": 1_000_000}), "replays"),
        (json!({"since": "7d", "from": at(-3_600)}), "since"),
        (json!({"since": "200d"}), "since"),
        (json!({"since": "0s"}), "since"),
        (json!({"to": at(3_600)}), "to"),
        (json!({"from": at(-60), "to": at(-3_600)}), "from"),
        (json!({"recorded": {}}), "recorded"),
        (json!({"recorded": recording(&hour), "since": "1d"}), "recorded"),
        (json!({"recorded": recording(&hour[..1])}), "recorded"),
        (json!({"recorded": {"no key": [[0, 1, 1], [9, 1, 1]]}}), "recorded"),
        (json!({"recorded": recording(&[(0.0, 5.0, 1.0), (9.0, -5.0, 1.0)])}), "recorded.errors[1]"),
    ] {
        let answer = app.ask("POST", BACKTEST).token(&root).json(&body(more.clone())).send().await;
        let named = answer.json()["error"]["problems"].to_string() + &answer.text();
        assert_eq!((answer.status, answer.code().as_str()), (422, "invalid"), "{more}: {}", answer.text());
        assert!(named.contains(&format!("\"{field}\"")), "{more}: {}", answer.text());
    }
    let unknown = body(json!({"flag": "none"}));
    let answer = app.ask("POST", BACKTEST).token(&root).json(&unknown).send().await;
    assert_eq!((answer.status, answer.code().as_str()), (422, "start_refused"), "{}", answer.text());
}
