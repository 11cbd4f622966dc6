//! Flags through the API: from creation to the switch.

use serde_json::json;

use crate::harness::TestApp;

#[tokio::test]
async fn a_flag_is_created_targeted_switched_and_archived() {
    let app = TestApp::start().await;
    let root = app.root().await;
    let flags = "/api/v1/projects/default/flags";
    let made = app.ask("POST", flags).token(&root).json(&json!({"key": "checkout", "kind": "boolean"})).send().await;
    let flag = made.expect(201);
    assert_eq!(flag["variants"], json!([{"key": "on", "value": true}, {"key": "off", "value": false}]));
    assert_eq!(flag["environments"].as_array().unwrap().len(), 3);

    let path = format!("{flags}/checkout/environments/staging");
    let seen = app.ask("GET", &path).token(&root).send().await;
    let mut targeting = seen.expect(200)["targeting"].clone();
    targeting["default"] = json!({"split": {"weights": [
        {"variant": "on", "weight": 25_000}, {"variant": "off", "weight": 75_000}]}});
    let unversioned = app.ask("PUT", &path).token(&root).json(&targeting).send().await;
    assert_eq!((unversioned.status, unversioned.code()), (428, "precondition_required".to_owned()));
    let set = app.ask("PUT", &path).token(&root).header("if-match", &seen.etag()).json(&targeting).send().await;
    let generation = set.expect(200)["generation"].as_u64().unwrap();
    let stale = app.ask("PUT", &path).token(&root).header("if-match", &seen.etag()).json(&targeting).send().await;
    assert_eq!(stale.expect(412)["current_version"], set.json()["version"]);

    let on = app.ask("POST", &format!("{path}/on")).token(&root).json(&json!({"reason": "try"})).send().await;
    assert!(on.expect(200)["generation"].as_u64().unwrap() > generation);
    let tried = app
        .ask("POST", &format!("{path}/evaluate"))
        .token(&root)
        .json(&json!({"context": {"targetingKey": "user-1"}}))
        .send()
        .await;
    assert_eq!(tried.expect(200)["reason"], "SPLIT");
    let off = app.ask("POST", &format!("{path}/off")).token(&root).raw_json("").send().await;
    assert_eq!(off.expect(200)["changed"], true);

    // No code was ever scanned, and the flag was on.
    let body = json!({"override": true, "reason": "tried"});
    app.ask("POST", &format!("{flags}/checkout/archive")).token(&root).json(&body).send().await.expect(200);
    let again = app.ask("POST", flags).token(&root).json(&json!({"key": "checkout", "kind": "boolean"})).send().await;
    assert_eq!((again.status, again.code()), (409, "key_taken".to_owned()));
}

#[tokio::test]
async fn a_flag_that_others_refer_to_is_not_archived() {
    let needs = json!({"flag": "base", "variants": ["on"]});
    let rule =
        json!({"id": "r", "when": {"operator": "flag_serves", "values": [needs.clone()]}, "serve": {"variant": "on"}});
    for (member, value) in [("prerequisites", json!([needs])), ("rules", json!([rule]))] {
        let app = TestApp::start().await;
        let root = app.root().await;
        let flags = "/api/v1/projects/default/flags";
        for key in ["base", "checkout"] {
            app.ask("POST", flags).token(&root).json(&json!({"key": key, "kind": "boolean"})).send().await.expect(201);
        }
        let path = format!("{flags}/checkout/environments/staging");
        let put = async |value: serde_json::Value| {
            let seen = app.ask("GET", &path).token(&root).send().await;
            let mut targeting = seen.expect(200)["targeting"].clone();
            targeting[member] = value;
            let set = app.ask("PUT", &path).token(&root).header("if-match", &seen.etag()).json(&targeting).send().await;
            set.expect(200);
        };
        let archive = async || app.ask("POST", &format!("{flags}/base/archive")).token(&root).raw_json("").send().await;
        put(value).await;
        let refused = archive().await;
        assert_eq!((refused.status, refused.code()), (409, "in_use".to_owned()), "{member}");
        put(json!([])).await;
        archive().await.expect(200);
    }
}
