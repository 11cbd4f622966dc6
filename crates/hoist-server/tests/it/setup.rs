//! The first minutes of an installation.

use std::os::unix::fs::PermissionsExt;

use hoist_eval::Span;
use serde_json::json;

use crate::harness::TestApp;

#[tokio::test]
async fn a_fresh_server_takes_its_code_once_and_nothing_else_before() {
    let app = TestApp::builder().fresh().start().await;
    let code = app.server.setup_code().unwrap().expose().to_owned();
    assert_eq!(code.len(), 32);
    let early = app.ask("GET", "/api/v1/projects").send().await;
    assert_eq!((early.status, early.code()), (403, "setup_required".to_owned()));
    let set_up = |code: &str| app.ask("POST", "/api/v1/setup").json(&json!({"code": code, "name": "Ada"}));
    let wrong = set_up(&"0".repeat(32)).send().await;
    assert_eq!((wrong.status, wrong.code()), (403, "setup_code_wrong".to_owned()));
    let made = set_up(&code).send().await.expect(201);
    assert_eq!((made["kind"].clone(), made["role"].clone()), (json!("admin"), json!("admin")));
    let token = made["secret"].as_str().unwrap();
    app.ask("GET", "/api/v1/projects").token(token).send().await.expect(200);
    let again = set_up(&code).send().await;
    assert_eq!((again.status, again.code()), (409, "setup_done".to_owned()));
    // The token ends after 90 days.
    app.advance(Span::from_hours(24 * 90));
    assert_eq!(app.ask("GET", "/api/v1/projects").token(token).send().await.status, 401);
}

#[tokio::test]
async fn the_code_ends_after_half_an_hour() {
    let app = TestApp::builder().fresh().start().await;
    let code = app.server.setup_code().unwrap().expose().to_owned();
    app.advance(Span::from_minutes(30));
    let late = app.ask("POST", "/api/v1/setup").json(&json!({"code": code, "name": "Ada"})).send().await;
    assert_eq!((late.status, late.code()), (403, "setup_code_wrong".to_owned()));
}

#[tokio::test]
async fn attempts_at_the_code_are_counted() {
    let app = TestApp::builder().fresh().config(|config| config.limits.rates.anonymous = 2).start().await;
    let attempt = || app.ask("POST", "/api/v1/setup").json(&json!({"code": "x", "name": "Ada"}));
    let mut statuses = Vec::new();
    for _ in 0..6 {
        statuses.push(attempt().send().await.status);
    }
    assert_eq!(statuses, [403, 403, 403, 403, 429, 429]);
    let limited = attempt().send().await;
    assert_eq!(limited.header("retry-after"), Some("1"));
    app.advance(Span::from_seconds(1));
    assert_eq!(attempt().send().await.status, 403);
}

#[tokio::test]
async fn the_admin_socket_is_a_built_in_admin_and_can_set_up() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let app = TestApp::builder().fresh().config(|config| config.data = Some(data.clone())).start().await;
    let socket = data.join(hoist_server::listen::ADMIN_SOCKET);
    assert_eq!(std::fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::metadata(&data).unwrap().permissions().mode() & 0o777, 0o700);
    app.ask("GET", "/api/v1/projects").send_on(&socket).await.expect(200);
    let link = app.ask("POST", "/api/v1/session/link").json(&json!({})).send_on(&socket).await.expect(201);
    let secret = link["path"].as_str().unwrap().strip_prefix("/sign-in#").unwrap();
    app.ask("POST", "/api/v1/session").token(secret).json(&json!({})).send().await.expect(201);
    let stranger = app.ask("GET", "/api/v1/projects").send().await;
    assert_eq!((stranger.status, stranger.code()), (403, "setup_required".to_owned()), "a link sets nothing up");
    let body = json!({"kind": "admin", "name": "Ada", "role": "admin"});
    let made = app.ask("POST", "/api/v1/tokens").json(&body).send_on(&socket).await.expect(201);
    let token = made["secret"].as_str().unwrap();
    app.ask("GET", "/api/v1/projects").token(token).send().await.expect(200);
    let flag = json!({"key": "f", "kind": "boolean"});
    app.ask("POST", "/api/v1/projects/default/flags").json(&flag).send_on(&socket).await.expect(201);
    let audit = app.ask("GET", "/api/v1/audit?subject=f").token(token).send().await.expect(200);
    assert_eq!(audit["items"][0]["actor_kind"], "socket");
    app.server.stop().await;
    assert!(!socket.exists(), "the socket's file goes with the server");
}
