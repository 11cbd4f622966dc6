//! Lists: what is passed as their cursor, and that nothing is left out for being on a later page.

use hoist_server::auth::{Role, TokenKind};
use hoist_server::clock::Ids;
use hoist_store::{Actor, NewToken, Write};
use serde_json::json;

use crate::harness::{START, TestApp, World};

#[tokio::test]
async fn a_cursor_of_another_form_is_refused_by_its_name() {
    let app = TestApp::start().await;
    let world = World::make(&app).await;
    let root = app.root().await;
    let project = "/api/v1/projects/default";
    let rollout = &world.open_rollout;
    for (path, good, bad) in [
        ("/api/v1/projects".to_owned(), "default", "no%20key"),
        (format!("{project}/flags"), "a", "%2F"),
        (format!("{project}/segments"), "a", ""),
        (format!("{project}/metrics"), "a", "a:b"),
        (format!("{project}/plans"), "a", "-a"),
        ("/api/v1/tokens".to_owned(), "1795262400000000:a0a0a0a0a0a0a0a0", "1795262400000000"),
        (format!("{project}/rollouts"), "1795262400000000:rol_1", "x:rol_1"),
        ("/api/v1/audit".to_owned(), "17", "default"),
        (format!("{project}/rollouts/{rollout}/decisions"), "1", "1.5"),
    ] {
        let ask = |cursor: &str| app.ask("GET", &format!("{path}?cursor={cursor}")).token(&root);
        ask(good).send().await.expect(200);
        let refused = ask(bad).send().await;
        assert_eq!((refused.status, refused.code()), (400, "bad_parameter".to_owned()), "{path}: {}", refused.text());
        assert!(refused.json()["detail"].as_str().unwrap().contains("`cursor`"), "{path}: {}", refused.text());
    }
}

#[tokio::test]
async fn the_next_of_every_list_is_taken_by_it() {
    let app = TestApp::start().await;
    let world = World::make(&app).await;
    let root = app.root().await;
    let rollout = &world.open_rollout;
    for path in [
        "/api/v1/projects".to_owned(),
        "/api/v1/tokens".to_owned(),
        "/api/v1/audit".to_owned(),
        "/api/v1/projects/default/rollouts".to_owned(),
        format!("/api/v1/projects/default/rollouts/{rollout}/decisions"),
    ] {
        let first = app.ask("GET", &format!("{path}?limit=1")).token(&root).send().await.expect(200);
        let Some(next) = first["next"].as_str() else { continue };
        let second = app.ask("GET", &format!("{path}?limit=1&cursor={next}")).token(&root).send().await.expect(200);
        assert_ne!(first["items"], second["items"], "{path}");
    }
}

#[tokio::test]
async fn the_system_page_shows_what_stands_beyond_the_first_page() {
    let app = TestApp::start().await;
    let actor = Actor::system();
    let write = Write::new(&actor, START);
    let root = app.root().await;
    let ids = Ids::seeded(99);
    let soon = START.saturating_add(hoist_eval::Span::from_hours(24));
    let mut token = NewToken {
        id: ids.short(),
        kind: TokenKind::Admin,
        title: "ends soon".to_owned(),
        digest: ids.bytes(),
        project: None,
        environment: None,
        actions: vec![Role::Viewer.as_str().to_owned()],
        expires_at: Some(soon),
    };
    app.store.create_token(&write, &token).await.unwrap();
    app.clock.advance(hoist_eval::Span::from_seconds(1));
    let write = Write::new(&actor, app.clock.now());
    for place in 0..205 {
        (token.id, token.digest, token.expires_at) = (ids.short(), ids.bytes(), None);
        app.store.create_token(&write, &token).await.unwrap();
        app.store.create_project(&write, &format!("p{place:03}"), "one of many").await.unwrap();
    }
    app.ask("POST", "/api/v1/projects/p204/environments")
        .token(&root)
        .json(&json!({"key": "last"}))
        .send()
        .await
        .expect(201);
    let system = app.ask("GET", "/api/v1/system").token(&root).send().await.expect(200);
    let ending: Vec<_> = system["expiring_tokens"].as_array().unwrap().iter().map(|token| &token["name"]).collect();
    assert_eq!(ending, ["ends soon"], "{}", system["expiring_tokens"]);
    let environments = system["environments"].as_array().unwrap();
    assert!(environments.iter().any(|found| found["project"] == "p204"), "the last project is missing");
    let page = app.ask("GET", "/kill").token(&root).send().await;
    assert!(page.text().contains("p204 / last"), "the kill page leads everywhere");
}
