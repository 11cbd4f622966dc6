//! The API's own description, exports, the audit log and health.

use serde_json::json;

use crate::harness::{TestApp, World};

#[test]
fn the_openapi_document() {
    insta::assert_json_snapshot!(hoist_server::api::openapi_json());
}

#[test]
fn the_table_of_routes() {
    let rows: Vec<String> = hoist_server::api::table()
        .iter()
        .map(|route| format!("{:6} {} {:?}", route.method, route.path, route.requirement))
        .collect();
    insta::assert_snapshot!(rows.join("\n"));
}

#[tokio::test]
async fn the_document_is_served_to_everyone() {
    let app = TestApp::start().await;
    let served = app.ask("GET", "/api/v1/openapi.json").send().await.expect(200);
    assert_eq!(served, hoist_server::api::openapi_json());
    assert!(served["openapi"].as_str().unwrap().starts_with("3.1"), "{}", served["openapi"]);
}

#[tokio::test]
async fn environments_are_exported_in_both_formats() {
    let app = TestApp::start().await;
    World::make(&app).await;
    let root = app.root().await;
    let export = "/api/v1/projects/default/environments/staging/export";
    let hoist = app.ask("GET", &format!("{export}?format=hoist")).token(&root).send().await.expect(200);
    assert_eq!(hoist["document"]["flags"][0]["key"], "f");
    let flagd = app.ask("GET", &format!("{export}?format=flagd")).token(&root).send().await.expect(200);
    assert!(flagd["document"]["flags"]["f"].is_object(), "{flagd}");
    assert_eq!(app.ask("GET", export).token(&root).send().await.status, 400);
    let audit = app.ask("GET", "/api/v1/audit?action=environment.export").token(&root).send().await.expect(200);
    let told: Vec<_> = audit["items"].as_array().unwrap().iter().map(|it| (&it["subject"], &it["after"])).collect();
    let wanted = [(&json!("staging"), &json!({"format": "flagd"})), (&json!("staging"), &json!({"format": "hoist"}))];
    assert_eq!(told, wanted, "a refused export is none");
    let count = async || {
        let audit = app.ask("GET", "/api/v1/audit?action=environment.export").token(&root).send().await.expect(200);
        audit["items"].as_array().unwrap().len()
    };
    for (seconds, expected) in [(0, 2), (59, 2), (1, 3), (0, 3)] {
        app.clock.advance(hoist_eval::Span::from_seconds(seconds));
        app.ask("GET", &format!("{export}?format=hoist")).token(&root).send().await.expect(200);
        assert_eq!(count().await, expected, "the same copy is noted once a minute");
    }
}

#[tokio::test]
async fn a_copy_of_the_audit_log_is_noted_once_and_is_in_the_copy() {
    let app = TestApp::start().await;
    World::make(&app).await;
    let root = app.root().await;
    let ask =
        async |query: &str| app.ask("GET", &format!("/api/v1/audit?{query}")).token(&root).send().await.expect(200);
    let first = ask("export=true&limit=2").await;
    assert_eq!(first["items"][0]["action"], "audit.export", "{first}");
    ask(&format!("export=true&limit=2&cursor={}", first["next"].as_str().unwrap())).await;
    ask("limit=2").await;
    assert_eq!(ask("action=audit.export").await["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_audit_log_names_everyone_and_verifies() {
    let app = TestApp::start().await;
    World::make(&app).await;
    let root = app.root().await;
    let page = app.ask("GET", "/api/v1/audit?limit=2").token(&root).send().await.expect(200);
    let next = page["next"].as_str().unwrap();
    let more = app.ask("GET", &format!("/api/v1/audit?limit=2&cursor={next}")).token(&root).send().await.expect(200);
    assert!(more["items"][0]["seq"].as_u64() < page["items"][1]["seq"].as_u64());
    let verified = app.ask("GET", "/api/v1/audit/verify").token(&root).send().await.expect(200);
    assert_eq!(verified["sound"], true);
    let saved = format!("head_seq={}&head_hash={}", verified["head_seq"], "0".repeat(64));
    let other = app.ask("GET", &format!("/api/v1/audit/verify?{saved}")).token(&root).send().await.expect(200);
    assert_eq!(other["sound"], false);
}

#[tokio::test]
async fn health_tells_living_from_ready() {
    let app = TestApp::start().await;
    app.ask("GET", "/healthz").send().await.expect(200);
    let mut ready = app.ask("GET", "/readyz").send().await;
    while ready.status != 200 {
        // The first look at the store has not ended yet.
        app.advance(hoist_eval::Span::from_millis(100));
        tokio::task::yield_now().await;
        ready = app.ask("GET", "/readyz").send().await;
    }
    assert_eq!(ready.json()["served"], 3);
    let system = app.ask("GET", "/api/v1/system").token(&app.root().await).send().await.expect(200);
    assert_eq!(system["warnings"], json!([]));
}

#[test]
fn releases_check_arithmetic_where_requests_and_decisions_are_made() {
    let manifest = include_str!("../../../../Cargo.toml");
    for package in ["hoist-server", "hoist-store", "hoist-lifecycle"] {
        let heading = format!("[profile.release.package.{package}]");
        let section = manifest.split(&heading).nth(1).unwrap_or_default().split("\n[").next().unwrap_or_default();
        assert!(section.contains("overflow-checks = true"), "{package}");
    }
}
