//! Every way in which a request can be wrong gets its own clear answer, which never repeats what was sent.

use serde_json::{Value, json};

use crate::harness::{Answer, TestApp, World};

const FLAGS: &str = "/api/v1/projects/default/flags";
/// Stands in every field of a request that is refused, and in no answer.
const MARKER: &str = "zzMARKERzz";

#[track_caller]
fn check(name: &str, answer: &Answer, status: u16, code: &str, path: &str, says: &str) {
    let text = answer.text();
    assert_eq!((answer.status, answer.code().as_str()), (status, code), "{name}: {text}");
    assert!(!text.contains(MARKER), "{name}: repeats the request: {text}");
    assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{name}");
    assert!(text.contains(says), "{name}: does not say {says:?}: {text}");
    if status == 422 {
        let paths: Vec<String> = answer.json()["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|e| e["path"].as_str().unwrap().to_owned())
            .collect();
        assert!(paths.iter().any(|found| found == path), "{name}: {path:?} is not among {paths:?}");
    }
}

#[tokio::test]
async fn bodies_that_are_not_what_the_route_takes() {
    let app = TestApp::start().await;
    World::make(&app).await;
    let root = app.root().await;
    let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    let rows: Vec<(&str, String, u16, &str, &str, &str)> = vec![
        ("no body", String::new(), 400, "bad_json", "", "ends too early"),
        ("cut off", r#"{"key": "a"#.into(), 400, "bad_json", "", "ends too early"),
        ("not json", MARKER.into(), 400, "bad_json", "", "line 1, column"),
        ("two values", "{} {}".into(), 400, "bad_json", "", "not valid JSON"),
        ("not utf-8", "{\"key\": \"\u{fffd}\"}".into(), 422, "invalid", "", "missing"),
        ("a number beyond all numbers", "[1e999]".into(), 400, "bad_json", "", "not valid JSON"),
        ("key twice", format!(r#"{{"key": "{MARKER}", "key": "b"}}"#), 400, "bad_json", "", "twice"),
        ("key twice, escaped", r#"{"a": 1, "\u0061": 2}"#.into(), 400, "bad_json", "", "twice"),
        ("prototype", r#"{"__proto__": {}}"#.into(), 400, "bad_json", "", "JavaScript"),
        ("prototype, escaped", r#"{"x": {"\u005f_proto__": 1}}"#.into(), 400, "bad_json", "", "JavaScript"),
        ("constructor", r#"{"constructor": 1}"#.into(), 400, "bad_json", "", "JavaScript"),
        ("64 deep", nested(64), 422, "invalid", "", "wrong type"),
        ("65 deep", nested(65), 400, "bad_json", "", "too deep"),
        ("100,000 deep", nested(100_000), 400, "bad_json", "", "too deep"),
        ("a list", "[]".into(), 422, "invalid", "", "wrong type"),
        (
            "unknown field",
            format!(r#"{{"key": "a", "kind": "boolean", "colour": "{MARKER}"}}"#),
            422,
            "invalid",
            "",
            r#"not known: \"colour\""#,
        ),
        ("missing field", r#"{"kind": "boolean"}"#.into(), 422, "invalid", "", "missing field `key`"),
        (
            "wrong type",
            format!(r#"{{"key": {{"{MARKER}": 1}}, "kind": "boolean"}}"#),
            422,
            "invalid",
            "key",
            "wrong type",
        ),
        ("unknown kind", format!(r#"{{"key": "a", "kind": "{MARKER}"}}"#), 422, "invalid", "kind", "`boolean`"),
        (
            "bad key",
            format!(r#"{{"key": "a b{MARKER}", "kind": "boolean"}}"#),
            422,
            "invalid",
            "key",
            "letters, digits",
        ),
        ("empty key", r#"{"key": "", "kind": "boolean"}"#.into(), 422, "invalid", "key", "empty"),
        ("no variants", r#"{"key": "a", "kind": "string"}"#.into(), 422, "invalid", "variants", "at least one"),
        (
            "a condition that is two",
            r#"{"key": "a", "kind": "boolean", "targeting": {"enabled": false, "off_variant": "off",
               "default": {"variant": "off"}, "rules": [{"id": "r", "when": {"all": [], "any": []},
               "serve": {"variant": "on"}}]}}"#
                .into(),
            422,
            "invalid",
            "targeting.rules[0].when",
            "exactly one",
        ),
        (
            "control characters",
            "{\"key\": \"a\", \"kind\": \"boolean\", \"title\": \"a\\u0007\"}".into(),
            422,
            "invalid",
            "title",
            "control characters",
        ),
        (
            "turned writing",
            "{\"key\": \"a\", \"kind\": \"boolean\", \"owner\": \"a\\u202eb\"}".into(),
            422,
            "invalid",
            "owner",
            "direction",
        ),
        (
            "a day that is none",
            r#"{"key": "a", "kind": "boolean", "expires_on": "2026-02-30"}"#.into(),
            422,
            "invalid",
            "expires_on",
            "2026-12-31",
        ),
    ];
    for (name, body, status, code, path, says) in rows {
        let answer = app.ask("POST", FLAGS).token(&root).raw_json(body).send().await;
        check(name, &answer, status, code, path, says);
    }
}

#[tokio::test]
async fn rules_plans_and_metrics_are_told_every_problem_at_once() {
    let app = TestApp::start().await;
    World::make(&app).await;
    let root = app.root().await;
    let served = format!("{FLAGS}/f/environments/staging");
    let seen = app.ask("GET", &served).token(&root).send().await;
    let body = json!({"enabled": true, "off_variant": MARKER, "default": {"variant": "on"}, "rules": [
        {"id": "r1", "when": {"operator": MARKER, "attribute": "a", "values": ["x"]}, "serve": {"variant": "on"}},
        {"id": "r2", "when": {"operator": "in_segment", "values": ["nope"]}, "serve": {"split": {"weights": [
            {"variant": "on", "weight": 1}]}}}]});
    let answer = app.ask("PUT", &served).token(&root).header("if-match", &seen.etag()).json(&body).send().await;
    check("targeting", &answer, 422, "invalid", "off_variant", "rules[0].when");
    assert!(answer.json()["errors"].as_array().unwrap().len() >= 4, "{}", answer.text());

    let plan = json!({"key": "p2", "treatment": "on", "stages": [{"name": "a", "percentage": 120.0}], "guards": [
        {"key": "g", "metric": "nope", "limit": {"above": 1.0}}]});
    let answer = app.ask("POST", "/api/v1/projects/default/plans").token(&root).json(&plan).send().await;
    check("plan", &answer, 422, "invalid", "stages[0].percentage", "");
    let metric = json!({"key": "m2", "source": {"kind": "promql_value", "query": ""}});
    let answer = app.ask("POST", "/api/v1/projects/default/metrics").token(&root).json(&metric).send().await;
    check("metric", &answer, 422, "invalid", "source.query", "");
    let template = json!({"key": "canary", "treatment": "on", "stages": [{"name": "a", "percentage": 100.0}]});
    let answer = app.ask("POST", "/api/v1/projects/default/plans").token(&root).json(&template).send().await;
    check("a template's key", &answer, 422, "invalid", "key", "template");
}

#[tokio::test]
async fn heads_that_are_not_what_the_route_takes() {
    let app = TestApp::start().await;
    let root = app.root().await;
    let good = json!({"key": "a", "kind": "boolean"});
    let post = || app.ask("POST", FLAGS).token(&root);
    let form = post().header("content-type", "application/x-www-form-urlencoded").raw("key=a").send().await;
    check("a form", &form, 415, "unsupported_media_type", "", "application/json");
    let plain = post().header("content-type", "text/plain").raw(good.to_string()).send().await;
    check("plain text", &plain, 415, "unsupported_media_type", "", "application/json");
    let none = post().raw(good.to_string()).send().await;
    check("no type", &none, 415, "unsupported_media_type", "", "application/json");
    let packed = post().header("content-encoding", "gzip").json(&good).send().await;
    check("compressed", &packed, 415, "unsupported_encoding", "", "Content-Encoding");
    for bad in ["seven", "\"seven\"", "W/\"7\"", "\"1\", \"2\""] {
        let answer = post().header("if-match", bad).json(&good).send().await;
        check(bad, &answer, 400, "bad_parameter", "", "If-Match");
    }
    let long = "k".repeat(129);
    for bad in ["", "a b", long.as_str()] {
        let answer = post().header("idempotency-key", bad).json(&good).send().await;
        check(bad, &answer, 400, "bad_parameter", "", "Idempotency-Key");
    }
    for query in ["limit=0", "limit=201", "limit=x", "limit=1&limit=2", "nope=1", "archived=maybe"] {
        let answer = app.ask("GET", &format!("{FLAGS}?{query}")).token(&root).send().await;
        check(query, &answer, 400, "bad_parameter", "", "");
    }
    let two = app.ask("GET", FLAGS).token(&root).header("x-api-key", "hst_x").send().await;
    check("two tokens", &two, 401, "unauthenticated", "", "token");
    app.ask("GET", FLAGS).header("x-api-key", &root).send().await.expect(200);
}

#[tokio::test]
async fn limits_hold_at_their_number_and_one_beyond() {
    let app = TestApp::start().await;
    let root = app.root().await;
    let body = |bytes: usize| {
        let empty = json!({"key": "a", "kind": "boolean", "description": ""}).to_string().len();
        json!({"key": "a", "kind": "boolean", "description": "d".repeat(bytes - empty)}).to_string()
    };
    let post = |body: String| app.ask("POST", FLAGS).token(&root).raw_json(body);
    let most = post(body(1024 * 1024)).send().await;
    check("1 MiB", &most, 422, "invalid", "description", "2000");
    let beyond = post(body(1024 * 1024 + 1)).send_freely().await;
    check("1 MiB and a byte", &beyond, 413, "body_too_large", "", "1048576");

    let url = |bytes: usize| format!("{FLAGS}?{}", "&".repeat(bytes - FLAGS.len() - 1));
    assert_eq!(app.ask("GET", &url(8 * 1024)).token(&root).send().await.status, 200);
    let beyond = app.ask("GET", &url(8 * 1024 + 1)).token(&root).send().await;
    check("8 KiB and a byte", &beyond, 414, "url_too_long", "", "8192");

    let with_fields = |count: usize| {
        // Beside host, authorization and connection.
        (0..count - 3).fold(app.ask("GET", FLAGS).token(&root), |ask, n| ask.header(&format!("x-{n}"), "1"))
    };
    assert_eq!(with_fields(100).send().await.status, 200);
    assert_eq!(with_fields(101).send_freely().await.status, 431);
    let heavy = app.ask("GET", FLAGS).token(&root).header("x-heavy", &"h".repeat(16 * 1024)).send_freely().await;
    assert_eq!(heavy.status, 431);
    let tags = |count: usize| json!({"key": "t", "kind": "boolean", "tags": vec!["t"; count]});
    app.ask("POST", FLAGS).token(&root).json(&tags(32)).send().await.expect(201);
    let beyond = app.ask("POST", FLAGS).token(&root).json(&tags(33)).send().await;
    check("33 tags", &beyond, 422, "invalid", "tags", "32");
}

#[tokio::test]
async fn long_lists_of_problems_are_cut_and_say_so() {
    let app = TestApp::start().await;
    World::make(&app).await;
    let root = app.root().await;
    let rules: Vec<Value> = (0..50)
        .map(|n| json!({"id": format!("r{n}"), "when": {"operator": "none"}, "serve": {"variant": "absent"}}))
        .collect();
    let body = json!({"enabled": true, "off_variant": "off", "default": {"variant": "on"}, "rules": rules});
    let path = format!("{FLAGS}/f/environments/staging");
    let answer = app.ask("PUT", &path).token(&root).header("if-match", "\"2\"").json(&body).send().await;
    let told = answer.expect(422);
    let shown = told["errors"].as_array().unwrap().len() as u64;
    assert!(shown >= 3 && told["more_errors"].as_u64().unwrap() + shown >= 50, "{told}");
}
