//! After a rollback: the real server verifies that nobody has the bad variant any more.

use std::time::Duration;

use hoist_eval::{Span, Timestamp};
use hoist_lifecycle::safety::SafetyReport;
use hoist_server::auth::TokenKind;
use hoist_store::testing::damage_safety_reports;
use serde_json::{Value, json};

use crate::harness::TestApp;

const PROJECT: &str = "/api/v1/projects/default";

async fn post(app: &TestApp, token: &str, path: &str, body: Value) -> Value {
    let answer = app.ask("POST", path).token(token).json(&body).send().await;
    assert!(answer.status < 300, "{path}: {}", answer.text());
    answer.json()
}

async fn rollout(app: &TestApp, token: &str, id: &str) -> Value {
    app.ask("GET", &format!("{PROJECT}/rollouts/{id}")).token(token).send().await.expect(200)
}

/// Looks at the rollout until it is as wished; the server's tasks run by real time, and its clock when it is told.
async fn until(app: &TestApp, token: &str, id: &str, wished: impl Fn(&Value) -> bool) -> Value {
    let looks = async {
        loop {
            let seen = rollout(app, token, id).await;
            if wished(&seen) {
                return seen;
            }
            app.advance(Span::from_millis(50));
            app.server.app().nudges.changed();
        }
    };
    tokio::time::timeout(Duration::from_mins(1), looks).await.expect("the rollout gets there")
}

async fn started(app: &TestApp, root: &str) -> String {
    started_for(app, root, "f").await
}

/// Returns a rollout of a new flag that is on its way.
async fn started_for(app: &TestApp, root: &str, flag: &str) -> String {
    started_at(app, root, flag, json!({"name": "all", "percentage": 100.0, "bake": "10m"})).await
}

async fn started_at(app: &TestApp, root: &str, flag: &str, stage: Value) -> String {
    post(app, root, &format!("{PROJECT}/flags"), json!({"key": flag, "kind": "boolean"})).await;
    post(app, root, &format!("{PROJECT}/flags/{flag}/environments/staging/on"), json!({})).await;
    let plan = json!({"key": "p", "treatment": "on", "safety": {"deadline": "30s"}, "stages": [stage]});
    let body = json!({"flag": flag, "environment": "staging", "plan": plan});
    let id = post(app, root, &format!("{PROJECT}/rollouts"), body).await["rollout"]["id"].as_str().unwrap().to_owned();
    until(app, root, &id, |seen| seen["phase"] == "progressing").await;
    id
}

/// What a server says that has not heard of the rollback.
fn lagging(server: &str, at: Timestamp) -> SafetyReport {
    SafetyReport {
        server: server.into(),
        at,
        is_current: false,
        answered: 100,
        still: 40,
        recent_answered: 100,
        recent_still: 40,
        streams: 2,
        behind: vec![("web".into(), 2)],
        behind_unnamed: 0,
        safe_at: None,
    }
}

#[tokio::test]
async fn a_rollback_is_verified_and_its_time_recorded() {
    let app = TestApp::start().await;
    let root = app.root().await;
    let id = started(&app, &root).await;
    assert_eq!(rollout(&app, &root, &id).await["safety"], Value::Null);
    post(&app, &root, &format!("{PROJECT}/rollouts/{id}/rollback"), json!({"reason": "bad"})).await;
    let seen = until(&app, &root, &id, |seen| seen["safety"]["status"] == "safe").await;
    let safety = &seen["safety"];
    assert_eq!((safety["variant"].as_str(), safety["servers"].as_u64()), (Some("on"), Some(1)), "{safety}");
    assert!(safety["safe_after"].is_string() && safety["stragglers"].is_null(), "{safety}");
    let audit = app.ask("GET", "/api/v1/audit?action=rollout.verify").token(&root).send().await;
    assert!(audit.text().contains("rollout.verify"), "{}", audit.text());
    assert!(app.store.watched_rollbacks().await.unwrap().is_empty());
}

/// What has taken too long is rolled back like anything else: with its cause, a record, and a look at who still has it.
#[tokio::test]
async fn a_stage_that_takes_too_long_is_rolled_back_and_verified() {
    let app = TestApp::start().await;
    let root = app.root().await;
    let stage = json!({"name": "all", "percentage": 100.0, "bake": "1s", "minimum_treated": 1_000,
        "maximum_time": "2s", "on_maximum_time": "roll_back"});
    let id = started_at(&app, &root, "f", stage).await;
    let seen = until(&app, &root, &id, |seen| seen["safety"]["status"] == "safe").await;
    assert_eq!((&seen["phase"], &seen["cause"]["kind"]), (&json!("rolled_back"), &json!("maximum_time")), "{seen}");
    let decided = app.ask("GET", &format!("{PROJECT}/rollouts/{id}/decisions")).token(&root).send().await;
    assert!(decided.text().contains("reached its maximum time, after which it rolls back"), "{}", decided.text());
}

#[tokio::test]
async fn a_server_that_lags_is_named_and_people_are_told() {
    let app = TestApp::start().await;
    let root = app.root().await;
    let id = started(&app, &root).await;
    post(&app, &root, &format!("{PROJECT}/rollouts/{id}/rollback"), json!({"reason": "bad"})).await;
    // Another server over the same store.
    let lagging = lagging("other", app.clock.now());
    app.store.report_safety(&id, &lagging).await.unwrap();
    let seen = until(&app, &root, &id, |seen| seen["safety"]["escalated_at"].is_string()).await;
    let safety = &seen["safety"];
    assert_eq!((safety["status"].as_str(), safety["still"].as_u64()), (Some("watching"), Some(40)), "{safety}");
    let named = safety["stragglers"].to_string();
    assert!(named.contains("server other") && named.contains("2 streams of token web"), "{named}");
    let well =
        SafetyReport { is_current: true, recent_still: 0, behind: vec![], safe_at: Some(app.clock.now()), ..lagging };
    app.store.report_safety(&id, &well).await.unwrap();
    let seen = until(&app, &root, &id, |seen| seen["safety"]["status"] == "safe").await;
    assert!(seen["safety"]["escalated_at"].is_string(), "what was told stays known: {seen}");
}

#[tokio::test]
async fn a_rollback_that_cannot_be_looked_at_keeps_no_other_waiting() {
    let app = TestApp::start().await;
    let root = app.root().await;
    let [sound, damaged] = [started_for(&app, &root, "sound").await, started_for(&app, &root, "damaged").await];
    // The later one is looked at first.
    for id in [&sound, &damaged] {
        app.advance(Span::from_millis(1));
        post(&app, &root, &format!("{PROJECT}/rollouts/{id}/rollback"), json!({"reason": "bad"})).await;
    }
    app.store.report_safety(&damaged, &lagging("damaged", app.clock.now())).await.unwrap();
    damage_safety_reports(&app.store).await.unwrap();
    until(&app, &root, &sound, |seen| seen["safety"]["status"] == "safe").await;
    assert_eq!(rollout(&app, &root, &damaged).await["safety"]["status"], "watching");
}

#[tokio::test]
async fn streams_are_known_by_what_they_were_told() {
    let app = TestApp::start().await;
    let root = app.root().await;
    let id = started(&app, &root).await;
    let client = app.token(TokenKind::Server, None, Some("default"), Some("staging")).await;
    let ask = app.ask("GET", "/ofrep/v1/stream").token(&client);
    let mut stream = tokio::net::TcpStream::connect(app.server.http_address()).await.unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut stream, &ask.bytes()).await.unwrap();
    let state = app.server.app();
    let place = hoist_server::snapshots::EnvironmentId {
        project: "default".parse().unwrap(),
        environment: "staging".parse().unwrap(),
    };
    let slot = state.snapshots.slot(&place).unwrap();
    let joined = async {
        while slot.fanout.acks().is_empty() {
            rollout(&app, &root, &id).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), joined).await.expect("the stream opens");
    post(&app, &root, &format!("{PROJECT}/rollouts/{id}/rollback"), json!({"reason": "bad"})).await;
    let seen = until(&app, &root, &id, |seen| seen["safety"]["status"] == "safe").await;
    assert_eq!((seen["safety"]["streams"].as_u64(), seen["safety"]["behind"].as_u64()), (Some(1), Some(0)), "{seen}");
    drop(stream);
}

#[tokio::test]
async fn an_overlap_refuses_the_start_until_somebody_chooses() {
    let app = TestApp::start().await;
    let root = app.root().await;
    let source = json!({"kind": "promql_value", "query": "up"});
    post(&app, &root, &format!("{PROJECT}/metrics"), json!({"key": "errors", "source": source})).await;
    for flag in ["one", "two", "three"] {
        post(&app, &root, &format!("{PROJECT}/flags"), json!({"key": flag, "kind": "boolean"})).await;
        post(&app, &root, &format!("{PROJECT}/flags/{flag}/environments/staging/on"), json!({})).await;
    }
    let plan = json!({"key": "p", "treatment": "on", "stages": [{"name": "all", "percentage": 100.0, "bake": "10m"}],
        "guards": [{"key": "g", "metric": "errors", "limit": {"above": 1.0}}]});
    let body =
        |flag: &str, overlap: Value| json!({"flag": flag, "environment": "staging", "plan": plan, "overlap": overlap});
    let start =
        async |body: Value| app.ask("POST", &format!("{PROJECT}/rollouts")).token(&root).json(&body).send().await;
    let first = start(body("one", Value::Null)).await.expect(201)["rollout"]["id"].as_str().unwrap().to_owned();

    let refused = start(body("two", Value::Null)).await.expect(422);
    let told = refused["errors"].to_string();
    for words in ["rollout ", "of one", "(errors)", "--serialise", "--exclude", "--accept"] {
        assert!(told.contains(words), "no `{words}` in {told}");
    }
    let preview = app.ask("POST", &format!("{PROJECT}/rollouts/preview")).token(&root);
    let preview = preview.json(&body("two", Value::Null)).send().await.expect(200);
    assert!(preview["notes"][0]["message"].as_str().unwrap().contains("of one"), "{preview}");
    start(body("two", json!({"kind": "accept", "reason": " "}))).await.expect(422);

    let accepted = start(body("two", json!({"kind": "accept", "reason": "both small"}))).await.expect(201);
    let known = &accepted["rollout"]["overlaps"][0];
    assert_eq!((&known["rollout"], &known["choice"]["reason"]), (&json!(first), &json!("both small")), "{known}");
    let second = accepted["rollout"]["id"].as_str().unwrap().to_owned();

    let waiting = start(body("three", json!({"kind": "serialise"}))).await.expect(201);
    let third = waiting["rollout"]["id"].as_str().unwrap().to_owned();
    until(&app, &root, &second, |seen| seen["phase"] == "progressing").await;
    assert_eq!(rollout(&app, &root, &third).await["phase"], "scheduled");
    for id in [&first, &second] {
        post(&app, &root, &format!("{PROJECT}/rollouts/{id}/cancel"), json!({"reason": "enough"})).await;
    }
    until(&app, &root, &third, |seen| seen["phase"] == "progressing").await;

    // Of two at the same moment, the second is told of the first.
    post(&app, &root, &format!("{PROJECT}/rollouts/{third}/cancel"), json!({"reason": "enough"})).await;
    let (one, two) = tokio::join!(start(body("one", Value::Null)), start(body("two", Value::Null)));
    let (begun, refused) = if one.status == 201 { (one, two) } else { (two, one) };
    let begun = begun.expect(201)["rollout"]["id"].to_string();
    let told = refused.expect(422)["errors"].to_string();
    assert!(told.contains(begun.trim_matches('"')) && told.contains("--accept"), "{told}");
}
