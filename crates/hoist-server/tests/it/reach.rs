//! How far a token reaches where its scope and role alone do not say it.

use std::time::Duration;

use hoist_eval::Span;
use hoist_server::auth::Role;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::TestApp;

const PROJECT: &str = "/api/v1/projects/default";

async fn with_flag() -> TestApp {
    let app = TestApp::start().await;
    let root = app.root().await;
    let flag = json!({"key": "f", "kind": "boolean"});
    app.ask("POST", &format!("{PROJECT}/flags")).token(&root).json(&flag).send().await.expect(201);
    app
}

#[tokio::test]
async fn a_token_of_one_environment_changes_nothing_of_the_whole_project() {
    let app = with_flag().await;
    let staging = app.admin(Role::Admin, Some("default"), Some("staging")).await;
    let project = app.admin(Role::Admin, Some("default"), None).await;
    let metric = json!({"key": "m", "source": {"kind": "promql_value", "query": "up"}});
    let stages = json!([{"name": "all", "percentage": 100.0, "bake": "10m"}]);
    for (method, path, body, status) in [
        ("POST", "environments", json!({"key": "e"}), 201),
        ("POST", "flags", json!({"key": "g", "kind": "boolean"}), 201),
        ("PATCH", "flags/f", json!({"title": "F"}), 200),
        ("POST", "flags/f/archive", json!({"reason": "gone"}), 200),
        ("POST", "segments", json!({"key": "s", "included": ["u1"]}), 201),
        ("POST", "metrics", metric, 201),
        ("POST", "plans", json!({"key": "p", "treatment": "on", "stages": stages}), 201),
    ] {
        let ask = |token: &str| {
            let ask = app.ask(method, &format!("{PROJECT}/{path}")).token(token).json(&body);
            // The flag is at version 1 for the change of its title only.
            if method == "PATCH" { ask.header("if-match", "\"1\"") } else { ask }
        };
        let refused = ask(&staging).send().await;
        assert_eq!(refused.status, 403, "{method} {path}: {}", refused.text());
        assert!(refused.text().contains("a token of the whole project"), "{}", refused.text());
        ask(&project).send().await.expect(status);
    }
}

#[tokio::test]
async fn a_token_of_one_environment_works_there() {
    let app = with_flag().await;
    let staging = app.admin(Role::Admin, Some("default"), Some("staging")).await;
    let on = format!("{PROJECT}/flags/f/environments/staging/on");
    app.ask("POST", &on).token(&staging).json(&json!({"reason": "try"})).send().await.expect(200);
}

#[tokio::test]
async fn what_clients_of_production_are_served_is_protected() {
    let app = with_flag().await;
    let (developer, releaser) =
        (app.admin(Role::Developer, None, None).await, app.admin(Role::Releaser, None, None).await);
    let path = format!("{PROJECT}/flags/f");
    let expose = async |token: &str, exposed: bool| {
        let seen = app.ask("GET", &path).token(token).send().await;
        let body = json!({"exposed_to_clients": exposed});
        app.ask("PATCH", &path).token(token).header("if-match", &seen.etag()).json(&body).send().await.status
    };
    assert_eq!(expose(&developer, true).await, 200, "nobody is served the flag yet");
    let on = format!("{path}/environments/production/on");
    app.ask("POST", &on).token(&app.root().await).json(&json!({"reason": "go"})).send().await.expect(200);
    assert_eq!(expose(&developer, false).await, 403);
    assert_eq!(expose(&developer, true).await, 200, "nothing changes");
    assert_eq!(expose(&releaser, false).await, 200);
}

#[tokio::test]
async fn a_name_gives_no_one_the_tokens_of_a_namesake() {
    let app = TestApp::start().await;
    // The harness gives both the same name.
    let (maker, namesake) =
        (app.admin(Role::Developer, None, None).await, app.admin(Role::Developer, None, None).await);
    let body = json!({"kind": "client", "name": "n", "project": "default", "environment": "staging"});
    let made = app.ask("POST", "/api/v1/tokens").token(&maker).json(&body).send().await.expect(201);
    let path = format!("/api/v1/tokens/{}", made["id"].as_str().unwrap());
    for (token, listed, status) in [(&namesake, 0, 404), (&maker, 1, 204)] {
        let list = app.ask("GET", "/api/v1/tokens").token(token).send().await.expect(200);
        assert_eq!(list["items"].as_array().unwrap().len(), listed);
        assert_eq!(app.ask("DELETE", &path).token(token).send().await.status, status);
    }
}

#[tokio::test]
async fn watching_a_rollout_ends_with_the_token() {
    let app = with_flag().await;
    let (root, viewer) = (app.root().await, app.admin(Role::Viewer, None, None).await);
    let on = format!("{PROJECT}/flags/f/environments/staging/on");
    app.ask("POST", &on).token(&root).json(&json!({})).send().await.expect(200);
    let stages = json!([{"name": "all", "percentage": 100.0, "bake": "10m"}]);
    let plan = json!({"key": "p", "treatment": "on", "stages": stages});
    app.ask("POST", &format!("{PROJECT}/plans")).token(&root).json(&plan).send().await.expect(201);
    let body = json!({"flag": "f", "environment": "staging", "plan": "p"});
    let rollout = app.ask("POST", &format!("{PROJECT}/rollouts")).token(&root).json(&body).send().await.expect(201);
    let watch = format!("{PROJECT}/rollouts/{}/watch", rollout["rollout"]["id"].as_str().unwrap());

    let mut socket = TcpStream::connect(app.server.http_address()).await.unwrap();
    socket.write_all(&app.ask("GET", &watch).token(&viewer).bytes()).await.unwrap();
    let mut heard = String::new();
    let mut some = [0; 4096];
    while !heard.contains("data:") {
        let length = socket.read(&mut some).await.unwrap();
        assert!(length > 0, "the stream ended at once: {heard}");
        heard.push_str(&String::from_utf8_lossy(&some[..length]));
    }
    let id = viewer.split('_').nth(2).unwrap();
    let revoked = app.ask("DELETE", &format!("/api/v1/tokens/{id}")).token(&root).send().await;
    assert_eq!(revoked.status, 204, "{}", revoked.text());
    // Five seconds of the server's time, far from the end of the bake; then a busy machine gets twenty of its own, in which
    // a task that was about to wait when the time moved sees it move a little.
    for (steps, by) in [(50, Span::from_millis(100)), (1_000, Span::from_millis(1))] {
        for _ in 0..steps {
            app.advance(by);
            while let Ok(read) = tokio::time::timeout(Duration::from_millis(20), socket.read(&mut some)).await {
                if read.unwrap() == 0 {
                    return;
                }
            }
        }
    }
    panic!("the stream goes on without its token");
}

#[tokio::test]
async fn reasons_are_bounded_wherever_they_are_given() {
    let app = TestApp::start().await;
    let root = app.root().await;
    let body = json!({"reason": "x".repeat(2_001)});
    for (method, path) in [
        ("DELETE", "/api/v1/tokens/0123456789abcdef"),
        ("DELETE", "/api/v1/projects/default/segments/s"),
        ("DELETE", "/api/v1/projects/default/plans/p"),
        ("DELETE", "/api/v1/projects/default/metrics/m"),
        ("POST", "/api/v1/backup"),
    ] {
        let refused = app.ask(method, path).token(&root).json(&body).send().await;
        assert_eq!(refused.expect(422)["errors"][0]["path"], "reason", "{path}");
    }
}

#[tokio::test]
async fn parameters_hold_no_nul() {
    let app = TestApp::start().await;
    let root = app.root().await;
    for path in ["/api/v1/audit?actor=a%00", "/api/v1/tokens?cursor=%00", "/api/v1/projects/default/flags?q=%00"] {
        let refused = app.ask("GET", path).token(&root).send().await;
        assert_eq!((refused.status, refused.code()), (400, "bad_parameter".to_owned()), "{path}");
    }
}
