//! What is told before a rollout starts, by the real server with a metric source of this test.

use hoist_eval::Span;
use hoist_server::config::Prometheus;
use serde_json::{Value, json};

use crate::egress_kit::{Reply, Server};
use crate::harness::{START, TestApp};

const PROJECT: &str = "/api/v1/projects/default";

/// Answers for the control only: 1,000 requests a second, of which 1 % are errors.
fn shop(request: &str) -> Reply {
    let line = request.lines().next().unwrap_or_default();
    let sample = |value: f64| {
        let at = START.as_seconds();
        format!(
            r#"{{"status":"success","data":{{"resultType":"vector","result":[{{"metric":{{}},"value":[{at},"{value}"]}}]}}}}"#
        )
    };
    let nothing = r#"{"status":"success","data":{"resultType":"vector","result":[]}}"#.to_owned();
    let is_earlier = line.contains(&format!("time={}", START.as_seconds() - 3_600));
    let requests = if is_earlier { 0.0 } else { 3_600_000.0 };
    Reply::json(match () {
        () if line.contains("refused") => r#"{"status":"error","error":"parse error"}"#.to_owned(),
        () if line.contains("on") && line.contains("%22on%22") => nothing,
        () if line.contains("errors_total") => sample(requests / 100.0),
        () => sample(requests),
    })
}

async fn app(source: &Server) -> TestApp {
    let prometheus = Prometheus { url: source.url().parse().unwrap(), token: None };
    TestApp::builder().config(|config| config.metric_sources.prometheus = Some(prometheus)).start().await
}

async fn post(app: &TestApp, token: &str, path: &str, body: Value) -> Value {
    let answer = app.ask("POST", path).token(token).json(&body).send().await;
    assert!(answer.status < 300, "{path}: {}", answer.text());
    answer.json()
}

async fn prepare(app: &TestApp, root: &str) {
    post(app, root, &format!("{PROJECT}/flags"), json!({"key": "f", "kind": "boolean"})).await;
    post(app, root, &format!("{PROJECT}/flags/f/environments/staging/on"), json!({})).await;
    let counts = |events: &str| {
        json!({"kind": "promql_counts", "events": format!("{events}{{variant=\"{{{{variant}}}}\"}}"),
               "total": "requests_total{variant=\"{{variant}}\"}"})
    };
    for (key, source) in [
        ("errors", counts("errors_total")),
        ("odd", json!({"kind": "promql_value", "query": "refused"})),
        ("tracked", json!({"kind": "affected_units", "event": "crash"})),
    ] {
        post(app, root, &format!("{PROJECT}/metrics"), json!({"key": key, "source": source})).await;
    }
}

fn plan() -> Value {
    let guard = |key: &str, limit: Value| json!({"key": key, "metric": key, "limit": limit});
    json!({"key": "p", "treatment": "on",
        "stages": [{"name": "one", "percentage": 1.0, "bake": "10m"}, {"name": "all", "percentage": 100.0, "bake": "1m"}],
        "guards": [guard("errors", json!({"control": {"margin": 1.0}})), guard("odd", json!({"above": 1.0})),
                   guard("tracked", json!({"control": {}}))]})
}

#[tokio::test]
async fn a_preview_tells_times_answers_and_what_is_not_known() {
    let source = Server::start("127.0.0.1", 0, shop).await;
    let app = app(&source).await;
    let root = app.root().await;
    prepare(&app, &root).await;
    let body = json!({"flag": "f", "environment": "staging", "plan": plan(), "reason": "of a start"});
    let told = post(&app, &root, &format!("{PROJECT}/rollouts/preview"), body).await;

    let errors = &told["guards"][0];
    assert_eq!((errors["per_second"].as_f64(), errors["rate"].as_f64()), (Some(1_000.0), Some(0.01)), "{told}");
    assert_eq!(errors["now"]["counters"]["total"].as_f64(), Some(3_600_000.0));
    assert_eq!(errors["treatment"], json!({"missing": {}}));
    assert_eq!(told["guards"][1]["now"], json!({"failed": "rejected"}));
    assert_eq!(told["guards"][2]["unknown"], "counted_while_exposed");
    let first = &told["stages"][0]["guards"][0];
    assert_eq!(first["judged"], "against_control");
    assert!(first["smallest"].as_f64().is_some_and(|smallest| smallest > 1.0), "{first}");
    assert_eq!(told["stages"][1]["guards"][0]["judged"], "no_control");
    let note = |severity: &str, guard: &str| {
        let notes = told["notes"].as_array().unwrap();
        notes.iter().any(|note| note["severity"] == severity && note["guard"] == guard)
    };
    assert!(note("blocks", "odd") && note("unknown", "tracked"), "{told}");

    // Nothing was written, and the flag may be off.
    let rollouts = app.ask("GET", &format!("{PROJECT}/rollouts")).token(&root).send().await.expect(200);
    assert_eq!(rollouts["items"], json!([]));
    post(&app, &root, &format!("{PROJECT}/flags/f/environments/staging/off"), json!({"reason": "quiet"})).await;
    let body = json!({"flag": "f", "environment": "staging", "plan": "canary"});
    post(&app, &root, &format!("{PROJECT}/rollouts/preview"), body).await;

    for (body, status, code) in [
        (json!({"flag": "none", "environment": "staging", "plan": "canary"}), 422, "start_refused"),
        (json!({"flag": "f", "environment": "staging", "plan": "canary", "regression": 1.0}), 422, "invalid"),
        (json!({"flag": "f", "environment": "nowhere", "plan": "canary"}), 404, "not_found"),
    ] {
        let answer = app.ask("POST", &format!("{PROJECT}/rollouts/preview")).token(&root).json(&body).send().await;
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{body}: {}", answer.text());
    }
}

#[tokio::test]
async fn a_preview_knows_the_traffic_that_the_server_answered() {
    let source = Server::start("127.0.0.1", 0, shop).await;
    let app = app(&source).await;
    let root = app.root().await;
    prepare(&app, &root).await;
    let preview = async || {
        let body = json!({"flag": "f", "environment": "staging", "plan": "fast"});
        post(&app, &root, &format!("{PROJECT}/rollouts/preview"), body).await
    };
    assert_eq!(preview().await["evaluations_per_second"], Value::Null, "nobody has watched yet");

    let state = app.server.app();
    let id = hoist_server::snapshots::EnvironmentId {
        project: "default".parse().unwrap(),
        environment: "staging".parse().unwrap(),
    };
    let generation = app.store.targeting("default", "staging", "f").await.unwrap().unwrap().generation;
    let mut positions = state.snapshots.slot(&id).unwrap().watch();
    positions.wait_for(|position| position.generation >= generation).await.unwrap();
    state.pace.look(&state.snapshots, app.clock.now());
    let client = app.token(hoist_server::auth::TokenKind::Server, None, Some("default"), Some("staging")).await;
    for unit in 0..30 {
        let body = json!({"context": {"targetingKey": format!("u{unit}")}});
        app.ask("POST", "/ofrep/v1/evaluate/flags/f").token(&client).json(&body).send().await.expect(200);
    }
    app.advance(Span::from_seconds(60));
    let told = preview().await;
    assert_eq!(told["evaluations_per_second"].as_f64(), Some(0.5), "{told}");
    assert_eq!(told["stages"][0]["requests_per_hour"].as_f64(), Some(180.0), "a tenth of 1,800");
}

/// A service of the flag has its guards watched, also by a built-in plan; a guard of the plan's own stands instead.
#[tokio::test]
async fn guards_of_services_are_inherited() {
    let source = Server::start("127.0.0.1", 0, shop).await;
    let app = app(&source).await;
    let root = app.root().await;
    prepare(&app, &root).await;
    let guard = |metric: &str| json!({"key": "errors", "metric": metric, "limit": {"control": {}}});
    let unknown = json!({"key": "shop", "guards": [guard("nothing")]});
    let refused = app.ask("POST", &format!("{PROJECT}/services")).token(&root).json(&unknown).send().await;
    assert_eq!(refused.expect(422)["errors"][0]["path"], "guards[0].metric");
    let mut staged = guard("errors");
    staged["stages"] = json!(["all"]);
    let staged = json!({"key": "shop", "guards": [staged]});
    let refused = app.ask("POST", &format!("{PROJECT}/services")).token(&root).json(&staged).send().await;
    assert_eq!(refused.expect(422)["errors"][0]["path"], "guards[0].stages[0]");

    let kept =
        post(&app, &root, &format!("{PROJECT}/services"), json!({"key": "shop", "guards": [guard("errors")]})).await;
    assert_eq!(kept["service"]["guards"][0]["metric"], "errors");
    let linked = app.ask("PUT", &format!("{PROJECT}/flags/f/services/shop")).token(&root).json(&json!({})).send().await;
    assert_eq!(linked.status, 204);
    let preview = async |plan: Value| {
        let body = json!({"flag": "f", "environment": "staging", "plan": plan, "reason": "of a start"});
        post(&app, &root, &format!("{PROJECT}/rollouts/preview"), body).await
    };
    let told = preview(json!("canary")).await;
    assert_eq!((&told["guards"][0]["guard"], &told["guards"][0]["service"]), (&json!("errors"), &json!("shop")));
    let told = preview(plan()).await;
    assert_eq!((told["guards"].as_array().unwrap().len(), &told["guards"][0]["service"]), (3, &Value::Null), "{told}");

    let body = json!({"flag": "f", "environment": "staging", "plan": "canary", "reason": "go"});
    let started = post(&app, &root, &format!("{PROJECT}/rollouts"), body).await;
    assert_eq!(started["rollout"]["plan"]["guards"][0]["metric"], "errors", "{started}");
    let gone = json!({"key": "shop"});
    let put = app.ask("PUT", &format!("{PROJECT}/services/shop")).token(&root).header("if-match", "\"1\"").json(&gone);
    put.send().await.expect(200);
    let id = started["rollout"]["id"].as_str().unwrap();
    let seen = app.ask("GET", &format!("{PROJECT}/rollouts/{id}")).token(&root).send().await.expect(200);
    assert_eq!(seen["plan"]["guards"][0]["metric"], "errors", "what a rollout started with stays: {seen}");
}

#[tokio::test]
async fn guards_that_nobody_can_answer_are_told_at_the_preview_and_at_the_start() {
    let app = TestApp::start().await;
    let root = app.root().await;
    prepare(&app, &root).await;
    let body = json!({"flag": "f", "environment": "staging", "plan": plan()});
    let told = post(&app, &root, &format!("{PROJECT}/rollouts/preview"), body.clone()).await;
    let says = |told: &Value| {
        let text = told.to_string();
        text.contains("this server has no metric source, so the guards errors, odd never have data")
            && text.contains("--prometheus-url")
    };
    assert!(says(&told["notes"][0]) && told["notes"][0]["severity"] == "blocks", "{told}");
    let started = post(&app, &root, &format!("{PROJECT}/rollouts"), body.clone()).await;
    assert!(says(&started["warnings"]), "{started}");

    // The rollout that has begun is what stands in the way of another, and no overlap with itself.
    let told = post(&app, &root, &format!("{PROJECT}/rollouts/preview"), body.clone()).await;
    let notes = told["notes"].to_string();
    assert!(told["notes"][0]["message"].as_str().unwrap().contains("is not over"), "{notes}");
    assert!(!notes.contains("--accept"), "{notes}");
    post(&app, &root, &format!("{PROJECT}/flags/f/environments/staging/off"), json!({"reason": "quiet"})).await;
    for body in [
        body.clone(),
        json!({"flag": "f", "environment": "staging", "plan": "nope"}),
        json!({"flag": "f", "environment": "staging", "plan": plan(), "overlap": {"kind": "accept", "reason": "small"}}),
    ] {
        let answer = app.ask("POST", &format!("{PROJECT}/rollouts")).token(&root).json(&body).send().await;
        assert_eq!((answer.status, answer.code()), (409, "rollout_active".to_owned()), "{body}: {}", answer.text());
    }
}

#[tokio::test]
async fn only_guards_that_ask_a_source_want_one() {
    let app = TestApp::start().await;
    let root = app.root().await;
    prepare(&app, &root).await;
    let mut tracked = plan();
    tracked["guards"] = json!([tracked["guards"][2]]);
    let body = json!({"flag": "f", "environment": "staging", "plan": tracked});
    let start =
        || app.ask("POST", &format!("{PROJECT}/rollouts")).token(&root).header("idempotency-key", "k").json(&body);
    let started = start().send().await.expect(201);
    assert!(!started["warnings"].to_string().contains("no metric source"), "{started}");
    assert_eq!(
        start().send().await.expect(201)["rollout"]["id"],
        started["rollout"]["id"],
        "asked twice, started once"
    );
}
