//! Rollouts through the API: the start check, the commands, and the watch.

use hoist_server::limits::WATCHERS_PER_TOKEN_MAX;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::TestApp;

const PROJECT: &str = "/api/v1/projects/default";

async fn flag(app: &TestApp, root: &str, key: &str) {
    let body = json!({"key": key, "kind": "boolean"});
    app.ask("POST", &format!("{PROJECT}/flags")).token(root).json(&body).send().await.expect(201);
}

async fn switch_on(app: &TestApp, root: &str, key: &str) {
    let path = format!("{PROJECT}/flags/{key}/environments/staging/on");
    app.ask("POST", &path).token(root).json(&json!({})).send().await.expect(200);
}

fn plan() -> Value {
    json!({"key": "once", "treatment": "on", "stages": [
        {"name": "some", "percentage": 10.0, "bake": "10m"}, {"name": "all", "percentage": 100.0, "bake": "10m"}]})
}

#[tokio::test]
async fn a_start_is_refused_with_everything_that_stands_in_its_way() {
    let app = TestApp::start().await;
    let root = app.root().await;
    flag(&app, &root, "off").await;
    let start =
        async |body: Value| app.ask("POST", &format!("{PROJECT}/rollouts")).token(&root).json(&body).send().await;
    let mut wrong = plan();
    wrong["treatment"] = json!("absent");
    wrong["stages"][0]["audience"] = json!("nobody");
    wrong["guards"] = json!([{"key": "g", "metric": "nope", "limit": {"above": 1.0}}]);
    let answer = start(json!({"flag": "off", "environment": "staging", "plan": wrong})).await;
    let told = answer.expect(422);
    assert_eq!(told["code"], "start_refused");
    let paths: Vec<&str> = told["errors"].as_array().unwrap().iter().map(|e| e["path"].as_str().unwrap()).collect();
    assert!(paths.contains(&"flag"), "{told}");
    assert!(paths.iter().any(|path| path.contains("guards[0].metric")), "{told}");
    for (body, status, code) in [
        (json!({"flag": "none", "environment": "staging", "plan": "canary"}), 422, "start_refused"),
        (json!({"flag": "off", "environment": "staging", "plan": "nope"}), 422, "start_refused"),
        (json!({"flag": "off", "environment": "nowhere", "plan": "canary"}), 404, "not_found"),
        (json!({"flag": "a b", "environment": "staging", "plan": "canary"}), 422, "invalid"),
        (json!({"flag": "off", "environment": "staging", "plan": 7}), 422, "invalid"),
        (json!({"flag": "off", "environment": "staging", "plan": {"key": "x"}}), 422, "invalid"),
    ] {
        let answer = start(body.clone()).await;
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{body}: {}", answer.text());
    }
    switch_on(&app, &root, "off").await;
    let started = start(json!({"flag": "off", "environment": "staging", "plan": "canary"})).await.expect(201);
    assert_eq!(started["rollout"]["phase"], "scheduled");
    assert_eq!(started["rollout"]["control"], "off");
    let second = start(json!({"flag": "off", "environment": "staging", "plan": "canary"})).await;
    assert_eq!((second.status, second.code()), (409, "rollout_active".to_owned()));
}

#[tokio::test]
async fn a_built_in_plan_that_loses_its_internal_stage_says_so() {
    let app = TestApp::start().await;
    let root = app.root().await;
    let told = async |key: &str, plan: &str| {
        flag(&app, &root, key).await;
        switch_on(&app, &root, key).await;
        let body = json!({"flag": key, "environment": "staging", "plan": plan});
        let started = app.ask("POST", &format!("{PROJECT}/rollouts")).token(&root).json(&body).send().await.expect(201);
        let names: Vec<Value> = started["rollout"]["plan"]["stages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|stage| stage["name"].clone())
            .collect();
        (names.contains(&json!("internal")), started["warnings"].to_string().contains("internal"))
    };
    assert_eq!(told("a", "canary").await, (false, true), "nobody has said who is internal");
    assert_eq!(told("b", "fast").await, (false, false), "it has no such stage");
    let body = json!({"key": "internal", "included": ["ann"]});
    app.ask("POST", &format!("{PROJECT}/segments")).token(&root).json(&body).send().await.expect(201);
    assert_eq!(told("c", "canary").await, (true, false));
}

/// A plan that asks for what is recommended is stored as it was written, and a rollout keeps the numbers that it goes by.
#[tokio::test]
async fn what_is_recommended_is_kept_with_the_rollout() {
    let app = TestApp::start().await;
    let root = app.root().await;
    flag(&app, &root, "f").await;
    switch_on(&app, &root, "f").await;
    let body = json!({"key": "terse", "treatment": "on", "defaults": "recommended",
        "stages": [{"name": "some", "percentage": 5.0}, {"name": "all", "percentage": 100.0, "bake": "2h"}]});
    let kept = app.ask("POST", &format!("{PROJECT}/plans")).token(&root).json(&body).send().await.expect(201);
    assert_eq!((&kept["plan"]["stages"][0]["bake"], &kept["plan"]["defaults"]), (&json!("0s"), &json!("recommended")));
    let body = json!({"flag": "f", "environment": "staging", "plan": "terse"});
    let started = app.ask("POST", &format!("{PROJECT}/rollouts")).token(&root).json(&body).send().await.expect(201);
    let stages = &started["rollout"]["plan"]["stages"];
    let said = |stage: &Value| (stage["bake"].clone(), stage["minimum_treated"].clone(), stage["maximum_time"].clone());
    assert_eq!(said(&stages[0]), (json!("15m"), json!(2_000), json!("1d")), "{stages}");
    assert_eq!(said(&stages[1]), (json!("2h"), json!(0), json!("2d")), "{stages}");
}

#[tokio::test]
async fn commands_are_repeatable_and_leave_their_reasons() {
    let app = TestApp::start().await;
    let root = app.root().await;
    flag(&app, &root, "f").await;
    switch_on(&app, &root, "f").await;
    let body = json!({"flag": "f", "environment": "staging", "plan": plan(), "reason": "ship it"});
    let start =
        || app.ask("POST", &format!("{PROJECT}/rollouts")).token(&root).header("idempotency-key", "s").json(&body);
    let started = start().send().await.expect(201);
    let id = started["rollout"]["id"].as_str().unwrap().to_owned();
    assert_eq!(start().send().await.expect(201)["rollout"]["id"], started["rollout"]["id"]);
    let command = |verb: &str, key: &str| {
        let path = format!("{PROJECT}/rollouts/{id}/{verb}");
        app.ask("POST", &path).token(&root).header("idempotency-key", key).json(&json!({"reason": "because"}))
    };
    let early = command("resume", "r0").send().await;
    assert_eq!((early.status, early.code()), (409, "transition_refused".to_owned()));
    let rolled = command("rollback", "r1").send().await.expect(200);
    assert_eq!(rolled["rollout"]["phase"], "rolled_back");
    assert_eq!(rolled["rollout"]["cause"], json!({"kind": "command", "reason": "because"}));
    command("rollback", "r1").send().await.expect(200);
    let over = command("rollback", "r2").send().await;
    assert_eq!((over.status, over.code()), (409, "transition_refused".to_owned()));

    let decisions = app.ask("GET", &format!("{PROJECT}/rollouts/{id}/decisions")).token(&root).send().await.expect(200);
    let last = decisions["items"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((last["rule"].clone(), last["phase"].clone()), (json!("command"), json!("rolled_back")));
    let looks = app.ask("GET", &format!("{PROJECT}/rollouts/{id}/looks")).token(&root).send().await.expect(200);
    assert_eq!(looks, json!({"items": []}), "no guard was read");
    let recorded = app.ask("GET", &format!("{PROJECT}/rollouts/{id}/recording")).token(&root).send().await.expect(200);
    assert_eq!((&recorded["recording"]["flushes"], &recorded["left_out"]), (&json!([]), &json!([])));
    let watched = app.ask("GET", &format!("{PROJECT}/rollouts/{id}/watch")).token(&root).send().await;
    let text = watched.text();
    assert!(text.contains("\"phase\":\"rolled_back\""), "{text}");
    let listed =
        app.ask("GET", &format!("{PROJECT}/rollouts?flag=f&active=false")).token(&root).send().await.expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    let hidden = app.ask("GET", &format!("/api/v1/projects/other/rollouts/{id}")).token(&root).send().await;
    assert_eq!(hidden.status, 404);
}

/// Opens a watch and returns the status line of its answer, with the connection that keeps it open.
async fn watch(app: &TestApp, id: &str, token: &str) -> (String, TcpStream) {
    let mut stream = TcpStream::connect(app.server.http_address()).await.unwrap();
    let ask = app.ask("GET", &format!("{PROJECT}/rollouts/{id}/watch")).token(token);
    stream.write_all(&ask.bytes()).await.unwrap();
    let mut line = Vec::new();
    while line.last() != Some(&b'\n') {
        line.push(stream.read_u8().await.unwrap());
    }
    (String::from_utf8(line).unwrap(), stream)
}

#[tokio::test]
async fn one_token_watches_so_many_rollouts_and_leaves_room_for_others() {
    let app = TestApp::start().await;
    let root = app.root().await;
    flag(&app, &root, "f").await;
    switch_on(&app, &root, "f").await;
    let body = json!({"flag": "f", "environment": "staging", "plan": plan()});
    let started = app.ask("POST", &format!("{PROJECT}/rollouts")).token(&root).json(&body).send().await.expect(201);
    let id = started["rollout"]["id"].as_str().unwrap();
    let mut open = Vec::new();
    for _ in 0..WATCHERS_PER_TOKEN_MAX {
        let (status, stream) = watch(&app, id, &root).await;
        assert!(status.contains(" 200 "), "{status}");
        open.push(stream);
    }
    assert!(watch(&app, id, &root).await.0.contains(" 429 "));
    let other = app.root().await;
    assert!(watch(&app, id, &other).await.0.contains(" 200 "));
}

#[tokio::test]
async fn a_promotion_says_why() {
    let app = TestApp::start().await;
    let root = app.root().await;
    flag(&app, &root, "f").await;
    switch_on(&app, &root, "f").await;
    let body = json!({"flag": "f", "environment": "staging", "plan": plan()});
    let started = app.ask("POST", &format!("{PROJECT}/rollouts")).token(&root).json(&body).send().await.expect(201);
    let path = format!("{PROJECT}/rollouts/{}/promote", started["rollout"]["id"].as_str().unwrap());
    for body in [json!({}), json!({"reason": ""}), json!({"reason": " \n"}), json!({"entry": 1})] {
        let told = app.ask("POST", &path).token(&root).json(&body).send().await.expect(422);
        assert_eq!(told["errors"][0]["path"], "reason", "{body}: {told}");
        assert!(told["errors"][0]["message"].as_str().unwrap().contains("say why"), "{told}");
    }
    let with = app.ask("POST", &path).token(&root).json(&json!({"reason": "seen"})).send().await;
    // It may have entered its first stage by now, or not.
    assert!(matches!(with.status, 200 | 409), "{}", with.text());
}

#[tokio::test]
async fn a_start_lies_ahead_and_not_for_ever() {
    let app = TestApp::start().await;
    let root = app.root().await;
    flag(&app, &root, "f").await;
    switch_on(&app, &root, "f").await;
    let start = async |at: &str| {
        let body = json!({"flag": "f", "environment": "staging", "plan": plan(), "start_at": at});
        app.ask("POST", &format!("{PROJECT}/rollouts")).token(&root).json(&body).send().await
    };
    for wrong in ["2001-01-01T00:00:00Z", "9000-01-01T00:00:00Z"] {
        let told = start(wrong).await.expect(422);
        assert_eq!(told["errors"][0]["path"], "start_at", "{wrong}: {told}");
    }
    let no_time = start("soon").await;
    assert_eq!((no_time.status, no_time.code()), (422, "invalid".to_owned()), "{}", no_time.text());
    let at = (jiff::Timestamp::from_microsecond(app.clock.now().as_micros()).unwrap()
        + jiff::SignedDuration::from_hours(2))
    .to_string();
    let started = start(&at).await.expect(201);
    assert_eq!(started["rollout"]["phase"], "scheduled");
    assert!(started["rollout"]["start_at"].is_string(), "{started}");
    assert!(started["summary"].as_str().unwrap().contains("starts at"), "{started}");
}

#[tokio::test]
async fn guards_are_not_to_be_read_more_often_than_the_server_looks() {
    let app = TestApp::start().await;
    let root = app.root().await;
    flag(&app, &root, "f").await;
    switch_on(&app, &root, "f").await;
    let source = json!({"kind": "promql_value", "query": "up"});
    let metric = json!({"key": "m", "source": source});
    app.ask("POST", &format!("{PROJECT}/metrics")).token(&root).json(&metric).send().await.expect(201);
    let guarded = |interval: &str| {
        let mut plan = plan();
        plan["guards"] = json!([{"key": "g", "metric": "m", "limit": {"above": 1.0}, "interval": interval}]);
        plan
    };
    let create = async |interval: &str| {
        app.ask("POST", &format!("{PROJECT}/plans")).token(&root).json(&guarded(interval)).send().await
    };
    let start = async |interval: &str| {
        let body = json!({"flag": "f", "environment": "staging", "plan": guarded(interval)});
        app.ask("POST", &format!("{PROJECT}/rollouts")).token(&root).json(&body).send().await
    };
    for (told, path) in [
        (create("100ms").await.expect(422), "guards[0].interval"),
        (start("999ms").await.expect(422), "plan.guards[0].interval"),
    ] {
        assert_eq!(told["errors"][0]["path"], path, "{told}");
        let message = told["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains("at least 1s") && message.contains("--tick-floor"), "{message}");
    }
    create("1s").await.expect(201);
    start("1s").await.expect(201);
}
