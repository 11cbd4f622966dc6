//! Versions, repetitions, and reading what one has written: on both databases.

use hoist_eval::Span;
use serde_json::json;

use crate::harness::TestApp;

const FLAGS: &str = "/api/v1/projects/default/flags";

#[tokio::test]
async fn a_repetition_under_the_same_key_gets_the_first_result() {
    TestApp::on_both(async |app| {
        let root = app.root().await;
        let body = json!({"key": "a", "kind": "boolean"});
        let post = |key: &str, body: &serde_json::Value| {
            app.ask("POST", FLAGS).token(&root).header("idempotency-key", key).json(body)
        };
        let first = post("k1", &body).send().await.expect(201);
        assert_eq!(post("k1", &body).send().await.expect(201), first);
        let taken = post("k2", &body).send().await;
        assert_eq!((taken.status, taken.code()), (409, "key_taken".to_owned()));
        let other = post("k1", &json!({"key": "b", "kind": "boolean"})).send().await;
        assert_eq!((other.status, other.code()), (422, "idempotency_key_reused".to_owned()));
        // Another caller's key is another key.
        let elsewhere = app.root().await;
        let theirs = app.ask("POST", FLAGS).token(&elsewhere).header("idempotency-key", "k1").json(&body).send().await;
        assert_eq!((theirs.status, theirs.code()), (409, "key_taken".to_owned()));
        // A switch thrown back by someone else is not thrown again by a repetition.
        let place = format!("{FLAGS}/a/environments/staging");
        let on =
            || app.ask("POST", &format!("{place}/on")).token(&root).header("idempotency-key", "k3").json(&json!({}));
        let first = on().send().await.expect(200);
        app.ask("POST", &format!("{place}/off")).token(&root).json(&json!({})).send().await.expect(200);
        assert_eq!(on().send().await.expect(200), first);
        let now = app.ask("GET", &place).token(&root).send().await.expect(200);
        assert_eq!(now["targeting"]["enabled"], false);
        app.advance(Span::from_hours(24));
        on().send().await.expect(200);
        let now = app.ask("GET", &place).token(&root).send().await.expect(200);
        assert_eq!(now["targeting"]["enabled"], true);
    })
    .await;
}

#[tokio::test]
async fn a_stale_version_is_refused_with_the_current_one() {
    TestApp::on_both(async |app| {
        let root = app.root().await;
        app.ask("POST", FLAGS).token(&root).json(&json!({"key": "a", "kind": "boolean"})).send().await.expect(201);
        let patch = |tag: Option<&str>, title: &str| {
            let ask = app.ask("PATCH", &format!("{FLAGS}/a")).token(&root).json(&json!({"title": title}));
            tag.map_or(ask.clone(), |tag| ask.header("if-match", tag))
        };
        assert_eq!(patch(None, "A").send().await.status, 428);
        let done = patch(Some("\"1\""), "A").send().await;
        assert_eq!((done.status, done.etag()), (200, "\"2\"".to_owned()));
        assert_eq!(patch(Some("\"1\""), "B").send().await.expect(412)["current_version"], 2);
        patch(Some("\"2\""), "B").send().await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn a_reader_waits_for_the_generation_it_asks_for() {
    TestApp::on_both(async |app| {
        let root = app.root().await;
        app.ask("POST", FLAGS).token(&root).json(&json!({"key": "a", "kind": "boolean"})).send().await.expect(201);
        let place = format!("{FLAGS}/a/environments/staging");
        let on = app.ask("POST", &format!("{place}/on")).token(&root).json(&json!({})).send().await.expect(200);
        let generation = on["generation"].as_u64().unwrap();
        let read = |generation: u64| app.ask("GET", &format!("{place}?min_generation={generation}")).token(&root);
        assert_eq!(read(generation).send().await.expect(200)["targeting"]["enabled"], true);
        // One that has not come is waited for, and then the reader is told.
        let ask = read(generation + 1);
        let mut late = std::pin::pin!(ask.send());
        let late = loop {
            tokio::select! {
                late = &mut late => break late,
                () = tokio::task::yield_now() => app.advance(Span::from_millis(1)),
            }
        };
        assert_eq!((late.status, late.code()), (503, "generation_not_reached".to_owned()));
        assert!(late.header("retry-after").is_some());
    })
    .await;
}
