//! Two rollouts at once that share a metric and nobody: started over the API, served over OFREP.

use std::time::Duration;

use hoist_eval::Span;
use hoist_lifecycle::intake::Outcome;
use hoist_lifecycle::limits::EVALUATOR_LAG;
use hoist_server::auth::TokenKind;
use hoist_server::snapshots::EnvironmentId;
use serde_json::{Value, json};

use crate::harness::TestApp;

const PROJECT: &str = "/api/v1/projects/default";
const UNITS: usize = 2_000;

async fn post(app: &TestApp, token: &str, path: &str, body: Value) -> Value {
    let answer = app.ask("POST", &format!("{PROJECT}{path}")).token(token).json(&body).send().await;
    assert!(answer.status < 300, "{path}: {}", answer.text());
    answer.json()
}

async fn get(app: &TestApp, token: &str, path: &str) -> Value {
    app.ask("GET", &format!("{PROJECT}{path}")).token(token).send().await.expect(200)
}

/// Looks at a rollout until it is as wished; the server's tasks run by real time, and its clock when it is told.
async fn until(app: &TestApp, token: &str, id: &str, wished: impl Fn(&Value) -> bool) -> Value {
    let looks = async {
        loop {
            let seen = get(app, token, &format!("/rollouts/{id}")).await;
            if wished(&seen) {
                return seen;
            }
            app.advance(Span::from_millis(50));
            app.server.app().nudges.changed();
        }
    };
    tokio::time::timeout(Duration::from_mins(1), looks).await.expect("the rollout gets there")
}

/// Two flags and a metric that both are judged by.
async fn shop(app: &TestApp, root: &str) {
    let source = json!({"kind": "event_rate", "event": "failure", "per": "request"});
    post(app, root, "/metrics", json!({"key": "failures", "source": source})).await;
    let source = json!({"kind": "promql_value", "query": "up"});
    post(app, root, "/metrics", json!({"key": "up", "source": source})).await;
    for flag in ["checkout", "search"] {
        post(app, root, "/flags", json!({"key": flag, "kind": "boolean"})).await;
        post(app, root, &format!("/flags/{flag}/environments/staging/on"), json!({})).await;
    }
}

fn body(flag: &str, percentage: f64, overlap: &Value) -> Value {
    let plan = json!({"key": "p", "treatment": "on",
        "stages": [{"name": "some", "percentage": percentage, "bake": "10m"}, {"name": "all", "percentage": 100.0, "bake": "1m"}],
        "guards": [{"key": "g", "metric": "failures", "limit": {"control": {}}}]});
    json!({"flag": flag, "environment": "staging", "plan": plan, "overlap": overlap, "reason": "both this week"})
}

/// Returns which arm of which flag each unit is in: its variant where it was drawn.
async fn served(app: &TestApp, token: &str) -> Vec<[Option<bool>; 2]> {
    let mut arms = Vec::new();
    for unit in 0..UNITS {
        let context = json!({"context": {"targetingKey": format!("unit-{unit}")}});
        let answer = app.ask("POST", "/ofrep/v1/evaluate/flags").token(token).json(&context).send().await.expect(200);
        let arm = |key: &str| {
            let flags = answer["flags"].as_array().unwrap();
            let flag = flags.iter().find(|flag| flag["key"] == key).unwrap();
            (flag["reason"] == "SPLIT").then(|| flag["value"] == true)
        };
        arms.push(["checkout", "search"].map(arm));
    }
    arms
}

/// Waits until the evaluator has heard of a flag's allocation: what the store has is served a moment later.
async fn until_served(app: &TestApp, token: &str, flag: usize) {
    let looks = async { while !served(app, token).await.iter().any(|arms| arms[flag].is_some()) {} };
    tokio::time::timeout(Duration::from_mins(1), looks).await.expect("the allocation is served");
}

#[tokio::test]
async fn two_rollouts_at_once_share_nobody() {
    TestApp::on_both(share_nobody).await;
}

async fn share_nobody(app: TestApp) {
    let root = app.root().await;
    shop(&app, &root).await;
    let token = app.token(TokenKind::Server, None, Some("default"), Some("staging")).await;
    let started = post(&app, &root, "/rollouts", body("checkout", 20.0, &Value::Null)).await;
    let first = started["rollout"]["id"].as_str().unwrap().to_owned();
    until(&app, &root, &first, |seen| seen["phase"] == "progressing").await;
    until_served(&app, &token, 0).await;
    let before = served(&app, &token).await;
    assert!(before.iter().all(|[checkout, _]| checkout.is_some()));

    let refused = app.ask("POST", &format!("{PROJECT}/rollouts")).token(&root);
    let refused = refused.json(&body("search", 50.0, &json!({"kind": "exclude"}))).send().await.expect(422);
    assert_eq!(refused["errors"][0]["code"], "inseparable", "{refused}");
    assert!(refused["errors"][0]["message"].as_str().unwrap().contains("less than 50 %"), "{refused}");
    assert_eq!(get(&app, &root, &format!("/rollouts/{first}")).await.get("part"), None, "nothing has happened");

    for (choice, severity, words) in [
        (Value::Null, Some("blocks"), "--exclude"),
        (json!({"kind": "exclude"}), Some("doubt"), "the other rollout has half of the units"),
        (json!({"kind": "accept", "reason": "both this week"}), None, "of checkout"),
        (json!({"kind": "serialise"}), None, "of checkout"),
    ] {
        let told = post(&app, &root, "/rollouts/preview", body("search", 20.0, &choice)).await;
        let notes = told["notes"].as_array().unwrap();
        let found = notes.iter().find(|note| note["message"].as_str().unwrap().contains(words));
        assert_eq!(found.map(|note| note["severity"].as_str().unwrap()), severity, "{choice}: {told}");
    }
    let started = post(&app, &root, "/rollouts", body("search", 20.0, &json!({"kind": "exclude"}))).await;
    let second = started["rollout"]["id"].as_str().unwrap().to_owned();
    assert_eq!(started["rollout"]["overlaps"][0]["choice"], json!({"kind": "exclude"}));
    assert_eq!(
        (&started["rollout"]["part"]["rollout"], &started["rollout"]["part"]["percentage"]),
        (&json!(first), &json!(50.0))
    );
    let parted = get(&app, &root, &format!("/rollouts/{first}")).await;
    assert_eq!((&parted["part"]["rollout"], &parted["part"]["flag"]), (&json!(second), &json!("search")), "{parted}");
    assert_eq!(parted["allocation"]["entries"][0]["part"], json!({"from": 0, "to": 50_000}));
    until(&app, &root, &second, |seen| seen["phase"] == "progressing").await;

    until_served(&app, &token, 1).await;
    let after = served(&app, &token).await;
    for (unit, ([was, _], [checkout, search])) in before.iter().zip(&after).enumerate() {
        assert!(checkout.is_some() != search.is_some(), "unit {unit} has one rollout: {checkout:?} {search:?}");
        assert!(*was != Some(true) || *checkout == Some(true), "unit {unit} lost what it had");
    }
    let share = |which: usize| after.iter().filter(|arms| arms[which] == Some(true)).count() as f64 / UNITS as f64;
    assert!((share(0) - 0.2).abs() < 0.03 && (share(1) - 0.2).abs() < 0.03, "{} {}", share(0), share(1));

    // Whoever says that it served a unit of the other part is not counted, whatever it says.
    let environment = EnvironmentId { project: "default".parse().unwrap(), environment: "staging".parse().unwrap() };
    let now = app.clock.now();
    app.server.app().intake.refresh(now).await.unwrap();
    for (unit, [checkout, _]) in after.iter().enumerate().take(50) {
        let key = format!("unit-{unit}");
        let intake = &app.server.app().intake;
        let variant = if *checkout == Some(true) { "on" } else { "off" };
        let outcome = |at| intake.expose(&environment, ("checkout", variant), &key, at, at);
        assert_eq!(outcome(now), Outcome::Irrelevant, "the evaluator may not have heard of the stay");
        let heard = outcome(now.saturating_add(EVALUATOR_LAG));
        assert_eq!(heard == Outcome::Irrelevant, checkout.is_none(), "{unit}: {heard:?}");
    }

    let audit = app.ask("GET", "/api/v1/audit").token(&root).send().await.expect(200);
    let records = audit["items"].as_array().unwrap();
    let of = |action: &str, subject: &str| {
        records.iter().find(|record| record["action"] == action && record.to_string().contains(subject)).cloned()
    };
    let part = of("rollout.part", &first).expect("a record of the first");
    assert!(part.to_string().contains("both this week"), "{part}");
    assert!(of("rollout.start", &second).is_some_and(|record| record.to_string().contains("\"exclude\"")));

    // A third one finds two.
    post(&app, &root, "/flags", json!({"key": "cart", "kind": "boolean"})).await;
    post(&app, &root, "/flags/cart/environments/staging/on", json!({})).await;
    let third = app.ask("POST", &format!("{PROJECT}/rollouts")).token(&root);
    let third = third.json(&body("cart", 5.0, &json!({"kind": "exclude"}))).send().await.expect(422);
    assert!(third["errors"].to_string().contains("between two at a time"), "{third}");
}
