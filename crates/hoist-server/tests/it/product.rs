//! Services, features and what links them with flags; and the product graph that is exported.

use hoist_eval::Span;
use hoist_server::auth::TokenKind;
use serde_json::{Value, json};

use crate::harness::TestApp;
use crate::providers::Driver;

const PROJECT: &str = "/api/v1/projects/default";

async fn post(app: &TestApp, root: &str, path: &str, body: Value) -> Value {
    let answer = app.ask("POST", &format!("{PROJECT}/{path}")).token(root).json(&body).send().await;
    assert!(answer.status < 300, "{path}: {}", answer.text());
    answer.json()
}

/// Puts a link, or takes it away.
async fn link(app: &TestApp, root: &str, method: &str, path: &str) -> u16 {
    let ask = app.ask(method, &format!("{PROJECT}/flags/{path}")).token(root);
    let ask = if method == "PUT" { ask.json(&json!({})) } else { ask };
    ask.send().await.status
}

#[tokio::test]
async fn services_ask_for_flags_and_flags_gate_features() {
    let app = TestApp::start().await;
    let root = app.root().await;
    let flag = json!({"key": "checkout", "kind": "boolean", "service": "legacy"});
    post(&app, &root, "flags", flag).await;
    for (many, one) in [("services", "service"), ("features", "feature")] {
        let made = post(&app, &root, many, json!({"key": "shop", "title": "Shop", "owner": "ada"})).await;
        assert_eq!((&made[one]["title"], &made["version"]), (&json!("Shop"), &json!(1)));
        let path = format!("{PROJECT}/{many}/shop");
        let body = json!({"key": "shop", "title": "The shop", "url": "https://example.org/shop"});
        let put = app.ask("PUT", &path).token(&root).header("if-match", "\"1\"").json(&body).send().await;
        assert_eq!(put.expect(200)[one]["title"], "The shop");
        let seen = app.ask("GET", &path).token(&root).send().await.expect(200);
        assert_eq!(seen[one]["url"], "https://example.org/shop");
        let listed = app.ask("GET", &format!("{PROJECT}/{many}")).token(&root).send().await.expect(200);
        assert_eq!(listed["items"].as_array().unwrap().len(), 1);
        let wrong = json!({"key": "other", "url": "javascript:alert(1)"});
        let refused = app.ask("POST", &format!("{PROJECT}/{many}")).token(&root).json(&wrong).send().await;
        assert_eq!(refused.expect(422)["errors"][0]["path"], "url");
        assert_eq!(link(&app, &root, "PUT", &format!("checkout/{many}/shop")).await, 204);
        assert_eq!(link(&app, &root, "PUT", &format!("checkout/{many}/nobody")).await, 404);
        let kept = app.ask("DELETE", &path).token(&root).send().await;
        assert_eq!((kept.status, kept.code()), (409, "in_use".to_owned()));
    }
    let links = app.ask("GET", &format!("{PROJECT}/flags/checkout/links")).token(&root).send().await.expect(200);
    assert_eq!((&links["services"], &links["features"]), (&json!(["legacy", "shop"]), &json!(["shop"])));
    assert_eq!(link(&app, &root, "DELETE", "checkout/services/shop").await, 204);
    let gone = app.ask("DELETE", &format!("{PROJECT}/services/shop")).token(&root).send().await;
    assert_eq!(gone.status, 204);
}

#[tokio::test]
async fn clients_that_ask_are_seen_beside_those_that_are_declared() {
    let app = TestApp::start().await;
    let root = app.root().await;
    for key in ["checkout", "banner"] {
        post(&app, &root, "flags", json!({"key": key, "kind": "boolean"})).await;
    }
    let shop = app.token(TokenKind::Server, None, Some("default"), Some("staging")).await;
    let ask = async |path: &str, expected: u16| loop {
        let answer = app.ask("POST", path).token(&shop).json(&json!({"context": {"targetingKey": "u"}})).send().await;
        if answer.status == expected {
            return;
        }
        // The snapshot with the new flags has not been taken over yet.
        app.advance(Span::from_millis(100));
    };
    ask("/ofrep/v1/evaluate/flags/checkout", 200).await;
    let first = app.clock.now();
    app.advance(Span::from_hours(1));
    ask("/ofrep/v1/evaluate/flags/checkout", 200).await;
    ask("/ofrep/v1/evaluate/flags", 200).await;
    let observed = async |flag: &str| {
        let links = app.ask("GET", &format!("{PROJECT}/flags/{flag}/links")).token(&root).send().await.expect(200);
        links["observed"].clone()
    };
    let seen = observed("checkout").await;
    assert_eq!(seen.as_array().map(Vec::len), Some(1), "{seen}");
    assert_eq!((&seen[0]["environment"], &seen[0]["name"]), (&json!("staging"), &json!("test server")));
    let last: jiff::Timestamp = seen[0]["last_at"].as_str().unwrap().parse().unwrap();
    assert_eq!(last.as_second(), first.saturating_add(Span::from_hours(1)).as_seconds());
    // Whoever takes all flags is not seen to use any one of them.
    assert_eq!(observed("banner").await, json!([]));
    let staleness = async |flag: &str| {
        app.ask("GET", &format!("{PROJECT}/flags/{flag}/staleness")).token(&root).send().await.expect(200)
    };
    assert!(staleness("checkout").await["evaluated_at"].is_string());
    let kinds = |found: &Value| {
        let blockers = found["blockers"].as_array().unwrap().iter();
        blockers.map(|it| it["kind"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(kinds(&staleness("checkout").await), ["never_scanned", "evaluated", "taken_whole", "not_observed"]);
    // A flag that was never on, and that nobody asks for by itself.
    assert_eq!(kinds(&staleness("banner").await), ["taken_whole"]);
}

#[tokio::test]
async fn the_public_validator_accepts_the_product_graph() {
    let app = TestApp::start().await;
    let root = app.root().await;
    let export = async |environment: &str| {
        let path = format!("{PROJECT}/environments/{environment}/export?format=upg");
        app.ask("GET", &path).token(&root).send().await.expect(200)["document"].clone()
    };
    let mut validator = Driver::product_graph();
    let empty = validator.ask(export("staging").await).await;
    assert_eq!((&empty["valid"], &empty["errors"]), (&json!(true), &json!([])), "{empty}");

    post(&app, &root, "segments", json!({"key": "staff", "included": ["u1"]})).await;
    let described = json!({"key": "checkout", "kind": "boolean", "title": "New checkout", "owner": "payments",
        "lifetime": "temporary", "expires_on": "2027-03-31", "tags": ["shop"], "service": "legacy", "feature": "basket"});
    post(&app, &root, "flags", described).await;
    for key in ["on-for-all", "switched-off"] {
        let lifetime = if key == "on-for-all" { "permanent" } else { "experiment" };
        post(&app, &root, "flags", json!({"key": key, "kind": "boolean", "title": " ", "lifetime": lifetime})).await;
    }
    post(
        &app,
        &root,
        "services",
        json!({"key": "shop", "title": "Shop", "owner": "ada", "url": "https://example.org"}),
    )
    .await;
    post(&app, &root, "features", json!({"key": "basket", "title": "Basket"})).await;
    assert_eq!(link(&app, &root, "PUT", "checkout/services/shop").await, 204);
    assert_eq!(link(&app, &root, "PUT", "on-for-all/features/basket").await, 204);
    let rules = json!([{"id": "staff", "when": {"all": [{"operator": "in_segment", "values": ["staff"]},
        {"attribute": "country", "operator": "in", "values": ["DE", "AT"], "negate": true}]},
        "serve": {"variant": "on"}}]);
    let split =
        json!({"split": {"weights": [{"variant": "on", "weight": 25_000}, {"variant": "off", "weight": 75_000}]}});
    for (key, default, rules) in [("checkout", split, rules), ("on-for-all", json!({"variant": "on"}), json!([]))] {
        let path = format!("{PROJECT}/flags/{key}/environments/staging");
        let body = json!({"enabled": true, "off_variant": "off", "default": default, "rules": rules});
        app.ask("PUT", &path).token(&root).header("if-match", "\"1\"").json(&body).send().await.expect(200);
    }
    let document = export("staging").await;
    let said = validator.ask(document.clone()).await;
    assert_eq!((&said["valid"], &said["errors"], &said["warnings"]), (&json!(true), &json!([]), &json!([])), "{said}");
    let mut document = document;
    document["source"]["tool_version"] = json!("[version]");
    insta::assert_json_snapshot!(document);

    // The validator is one that can say no.
    document["edges"][0]["target"] = json!("flag:nobody");
    assert_eq!(validator.ask(document).await["valid"], false);
}
