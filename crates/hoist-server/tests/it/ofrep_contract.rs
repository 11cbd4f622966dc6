//! Every answer holds to the protocol's own document, and to what providers need beyond it.

use hoist_eval::draft::ServeDraft;
use hoist_server::auth::TokenKind;
use hoist_store::FlagChange;
use serde_json::{Value, json};

use crate::ofrep_kit::{Reply, Serving, boolean, user};

type Row<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str, u16, &'a str, Option<&'a str>);

const ONE: &str = "/ofrep/v1/evaluate/flags";

/// The protocol's document, mended in two places. It forgets the reason DEFAULT, which every provider knows. And it
/// wants a value to be of exactly one kind where an integer is a number too, and the absent value allows any.
fn document() -> Value {
    let text = include_str!("../data/ofrep/openapi.yaml");
    let mut document: Value = serde_saphyr::from_str(text).unwrap();
    let reasons = document.pointer_mut("/components/schemas/evaluationSuccess/allOf/0/properties/reason/enum").unwrap();
    reasons.as_array_mut().unwrap().push(json!("DEFAULT"));
    let kinds = document.pointer_mut("/components/schemas/evaluationSuccess/allOf/1").unwrap();
    *kinds = json!({"anyOf": kinds["oneOf"]});
    document["components"]["schemas"]["codeDefaultFlag"]["not"] = json!({"required": ["value"]});
    document
}

/// Checks a body against one of the document's schemas.
fn assert_schema(document: &Value, name: &str, body: &Value, what: &str) {
    let mut schema = document.clone();
    schema["$ref"] = json!(format!("#/components/schemas/{name}"));
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<String> = validator.iter_errors(body).map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{what}: {faults:?}\n{body}");
}

/// What providers need of every answer with a body.
fn assert_readable(reply: &Reply, what: &str) {
    assert_eq!(reply.header("content-type"), Some("application/json"), "{what}");
    let body = reply.json();
    assert!(body["metadata"].is_object(), "{what}: no metadata in {body}");
    if !reply.status.is_success() {
        assert!(body["errorCode"].is_string() && body["errorDetails"].is_string(), "{what}: {body}");
        assert!(reply.body.len() <= 1024, "{what}: an error of {} bytes", reply.body.len());
    }
}

#[tokio::test]
async fn one_flag_is_answered_as_the_document_says() {
    let serving = Serving::start().await;
    let document = document();
    // Flag, context, and what comes of it.
    let rows = [
        ("simple", user("u"), json!(true), "on", "STATIC"),
        ("off", user("u"), json!(false), "off", "DISABLED"),
        ("text", user("u"), json!("äö \"x\""), "a", "STATIC"),
        ("whole", user("u"), json!(1), "one", "STATIC"),
        ("ratio", user("u"), json!(1.0), "one", "STATIC"),
        ("shape", user("u"), json!({"a": [1, {"b": null}], "c": "d"}), "x", "STATIC"),
        ("plan", json!({"context": {"targetingKey": "u", "plan": "pro"}}), json!(true), "on", "TARGETING_MATCH"),
        ("plan", json!({"context": {"targetingKey": "u", "plan": "free"}}), json!(false), "off", "DEFAULT"),
        ("plan", json!({}), json!(false), "off", "DEFAULT"),
        ("half", user("a"), json!(false), "off", "SPLIT"),
        ("half", json!({"context": {}}), json!(false), "off", "DEFAULT"),
    ];
    for (key, body, value, variant, reason) in rows {
        let reply = serving.evaluate(&format!("{ONE}/{key}"), &body).await;
        let what = format!("{key} for {body}");
        assert_eq!(reply.status, 200, "{what}: {}", reply.json());
        assert_readable(&reply, &what);
        let found = reply.json();
        assert_schema(&document, "serverEvaluationSuccess", &found, &what);
        let expected =
            json!({"key": key, "value": value, "variant": variant, "reason": reason, "metadata": found["metadata"]});
        assert_eq!(found, expected, "{what}");
        assert_eq!(found["metadata"]["flagSetId"], "default/production");
        assert!(found["metadata"]["version"].is_u64());
    }
}

#[tokio::test]
async fn floats_have_a_decimal_point_and_integers_have_none() {
    let serving = Serving::start().await;
    for (key, text) in [("whole", "\"value\":1,"), ("ratio", "\"value\":1.0,")] {
        let reply = serving.evaluate(&format!("{ONE}/{key}"), &json!({})).await;
        let body = String::from_utf8(reply.body.to_vec()).unwrap();
        assert!(body.contains(text), "{body}");
        let all = serving.evaluate(ONE, &json!({})).await;
        assert!(String::from_utf8(all.body.to_vec()).unwrap().contains(text));
    }
}

#[tokio::test]
async fn every_refusal_is_one_that_providers_can_read() {
    let serving = Serving::start().await;
    let document = document();
    let bearer = format!("Bearer {}", serving.token);
    let authorised = [("authorization", bearer.as_str())];
    let deep = format!(r#"{{"context":{}1{}}}"#, r#"{"a":"#.repeat(40), "}".repeat(40));
    let large = format!(r#"{{"context":{{"a":"{}"}}}}"#, "x".repeat(70 * 1024));
    let admin = format!("Bearer {}", serving.token(TokenKind::Admin, "admin").await.1);
    // Path, headers, body, and status, code and schema of the answer.
    let rows: [Row<'_>; 18] = [
        ("/none", &authorised, "{}", 404, "FLAG_NOT_FOUND", Some("flagNotFound")),
        ("/a/b", &authorised, "{}", 404, "FLAG_NOT_FOUND", Some("flagNotFound")),
        ("/a%20b", &authorised, "{}", 404, "FLAG_NOT_FOUND", Some("flagNotFound")),
        ("/simple", &authorised, "{", 400, "PARSE_ERROR", Some("evaluationFailure")),
        ("/simple", &authorised, "[]", 400, "PARSE_ERROR", Some("evaluationFailure")),
        ("/simple", &authorised, r#"{"context":1}"#, 400, "INVALID_CONTEXT", Some("evaluationFailure")),
        (
            "/simple",
            &authorised,
            r#"{"context":{"targetingKey":1}}"#,
            400,
            "INVALID_CONTEXT",
            Some("evaluationFailure"),
        ),
        ("/simple", &authorised, r#"{"context":{"a":1,"a":1}}"#, 400, "INVALID_CONTEXT", Some("evaluationFailure")),
        ("/simple", &authorised, r#"{"context":{"constructor":1}}"#, 400, "INVALID_CONTEXT", Some("evaluationFailure")),
        ("/simple", &authorised, &deep, 400, "INVALID_CONTEXT", Some("evaluationFailure")),
        ("/simple", &authorised, &large, 413, "GENERAL", None),
        ("/simple", &[], "{}", 401, "GENERAL", None),
        ("/simple", &[("authorization", "Bearer nonsense")], "{}", 401, "GENERAL", None),
        ("/simple", &[("authorization", admin.as_str())], "{}", 403, "GENERAL", None),
        ("/../x", &authorised, "{}", 400, "GENERAL", None),
        ("//simple", &authorised, "{}", 400, "GENERAL", None),
        ("", &authorised, "[", 400, "PARSE_ERROR", Some("bulkEvaluationFailure")),
        ("", &[], "{}", 401, "GENERAL", None),
    ];
    for (path, headers, body, status, code, schema) in rows {
        let reply = serving.send("POST", &format!("{ONE}{path}"), headers, body).await;
        let what = format!("{path} {}", body.chars().take(60).collect::<String>());
        assert_readable(&reply, &what);
        let found = reply.json();
        assert_eq!((reply.status.as_u16(), found["errorCode"].as_str()), (status, Some(code)), "{what}: {found}");
        let has_key = path.len() > 1 && !path.starts_with("//");
        assert_eq!(found["key"].is_string(), has_key || path == "//simple", "{what}: {found}");
        if let Some(schema) = schema {
            assert_schema(&document, schema, &found, &what);
        }
    }
}

#[tokio::test]
async fn whatever_clients_send_as_a_body_is_understood() {
    let serving = Serving::start().await;
    let bearer = format!("Bearer {}", serving.token);
    let rows = [
        ("", "application/json"),
        ("{}", "application/json; charset=utf-8"),
        (r#"{"context":null}"#, "application/json"),
        (r#"{"context":{}}"#, "text/plain"),
        (r#"{"context":{"targetingKey":null},"extra":[]}"#, "application/x-unheard-of"),
    ];
    for (body, media_type) in rows {
        for path in ["", "/", "/simple"] {
            let headers = [("authorization", bearer.as_str()), ("content-type", media_type)];
            let reply = serving.send("POST", &format!("{ONE}{path}"), &headers, body).await;
            assert_eq!(reply.status, 200, "{path} {body}: {}", reply.json());
        }
    }
    let reply = serving.send("POST", &format!("{ONE}/simple"), &[("x-api-key", &serving.token)], "{}").await;
    assert_eq!(reply.status, 200, "the other header for the token");
}

#[tokio::test]
async fn all_flags_are_answered_as_the_document_says() {
    let serving = Serving::start().await;
    let reply = serving.evaluate(ONE, &user("a")).await;
    let body = reply.json();
    assert_readable(&reply, "all flags");
    assert_schema(&document(), "bulkEvaluationSuccess", &body, "all flags");
    let keys: Vec<&str> = body["flags"].as_array().unwrap().iter().map(|flag| flag["key"].as_str().unwrap()).collect();
    assert_eq!(keys, ["half", "hidden", "off", "plan", "ratio", "shape", "simple", "text", "whole"]);
    assert_eq!(body["metadata"]["flagSetId"], "default/production");
    let uri = body["eventStreams"][0]["endpoint"]["requestUri"].as_str().unwrap();
    assert!(uri.starts_with("/ofrep/v1/stream?token="), "{uri}");
    for flag in body["flags"].as_array().unwrap() {
        let one = serving.evaluate(&format!("{ONE}/{}", flag["key"].as_str().unwrap()), &user("a")).await.json();
        for member in ["value", "variant", "reason"] {
            assert_eq!(flag[member], one[member], "one and all agree about {}", flag["key"]);
        }
    }
}

#[tokio::test]
async fn a_client_token_sees_flags_that_are_meant_for_clients_and_no_trace_of_others() {
    let serving = Serving::start().await;
    let (_, token) = serving.token(TokenKind::Client, "browser").await;
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str())];
    let all = serving.send("POST", ONE, &headers, "{}").await.json();
    assert!(all["flags"].as_array().unwrap().iter().all(|flag| flag["key"] != "hidden"));
    let hidden = serving.send("POST", &format!("{ONE}/hidden"), &headers, "{}").await;
    let absent = serving.send("POST", &format!("{ONE}/absent"), &headers, "{}").await;
    assert_eq!(hidden.status, 404);
    let as_absent = String::from_utf8(hidden.body.to_vec()).unwrap().replace("hidden", "absent");
    assert_eq!(as_absent.as_bytes(), &absent.body[..]);
}

#[tokio::test]
async fn browsers_may_ask_and_may_read_what_they_need() {
    let serving = Serving::start().await;
    for path in ["", "/", "/simple"] {
        let headers = [("origin", "https://shop.example"), ("access-control-request-method", "POST")];
        let reply = serving.send("OPTIONS", &format!("{ONE}{path}"), &headers, "").await;
        assert_eq!(reply.status, 204);
        assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
        let allowed = reply.header("access-control-allow-headers").unwrap();
        for header in ["authorization", "x-api-key", "content-type", "if-none-match", "flagd-selector"] {
            assert!(allowed.contains(header), "{header}");
        }
        assert_eq!(reply.header("access-control-allow-credentials"), None);
    }
    // An error that a script cannot read is no error to it but a mystery.
    for headers in [&[("origin", "https://shop.example"), ("authorization", "Bearer x")][..], &[("origin", "null")]] {
        let reply = serving.send("POST", ONE, headers, "{}").await;
        assert_eq!(reply.status, 401);
        assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
        assert_eq!(reply.header("access-control-expose-headers"), Some("etag, retry-after"));
    }
    assert_eq!(
        serving
            .send("OPTIONS", "/api/v1/projects", &[("origin", "https://x.example")], "")
            .await
            .header("access-control-allow-origin"),
        None
    );
}

#[tokio::test]
async fn the_etag_is_that_of_the_answer_to_this_context() {
    let serving = Serving::start().await;
    let bearer = format!("Bearer {}", serving.token);
    let pro = r#"{"context":{"targetingKey":"u","plan":"pro"}}"#;
    let free = r#"{"context":{"targetingKey":"u","plan":"free"}}"#;
    let ask = async |etag: &str, body: &str| {
        let headers = [("authorization", bearer.as_str()), ("if-none-match", etag)];
        serving.send("POST", ONE, &headers, body).await
    };
    let first = ask("\"none\"", pro).await;
    let etag = first.header("etag").unwrap().to_owned();
    assert!(etag.starts_with('"') && etag.ends_with('"') && etag.len() == 24, "{etag}");
    for header in [etag.clone(), format!("W/{etag}"), format!("\"x\", {etag}"), "*".to_owned(), etag.clone()] {
        let reply = ask(&header, pro).await;
        assert_eq!((reply.status.as_u16(), reply.body.len()), (304, 0), "{header}");
        assert_eq!(reply.header("etag"), Some(etag.as_str()));
    }
    let other = ask(&etag, free).await;
    assert_eq!(other.status, 200, "the same unit with another attribute has another answer");
    assert_ne!(other.header("etag"), Some(etag.as_str()));
    let same = ask("\"none\"", pro).await;
    assert_eq!(same.body, first.body, "the same question has the same bytes");
}

#[tokio::test]
async fn two_answers_have_one_etag_exactly_if_they_have_the_same_bytes() {
    let serving = Serving::start().await;
    let mut by_etag = std::collections::HashMap::new();
    let mut by_body = std::collections::HashMap::new();
    for unit in 0..100 {
        for plan in ["pro", "free"] {
            let context = json!({"context": {"targetingKey": format!("user-{unit}"), "plan": plan}});
            let reply = serving.evaluate(ONE, &context).await;
            let etag = reply.header("etag").unwrap().to_owned();
            assert_eq!(by_etag.entry(etag.clone()).or_insert_with(|| reply.body.clone()), &reply.body, "{context}");
            assert_eq!(by_body.entry(reply.body.clone()).or_insert_with(|| etag.clone()), &etag, "{context}");
        }
    }
    assert_eq!(by_etag.len(), 4, "two plans and two halves");
}

#[tokio::test]
async fn a_change_gives_a_new_etag_to_those_whom_it_changes_and_an_unknown_change_to_nobody() {
    let serving = Serving::start().await;
    let bearer = format!("Bearer {}", serving.token);
    let before = serving.evaluate(ONE, &user("a")).await;
    let etag = before.header("etag").unwrap().to_owned();
    serving.off("simple").await;
    serving.settle().await;
    let headers = [("authorization", bearer.as_str()), ("if-none-match", etag.as_str())];
    let after = serving.send("POST", ONE, &headers, &user("a").to_string()).await;
    assert_eq!(after.status, 200, "no mark of the earlier snapshot is left");
    assert_ne!(after.header("etag"), Some(etag.as_str()));
    let flag = serving.evaluate(&format!("{ONE}/simple"), &user("a")).await.json();
    assert_eq!((flag["value"].clone(), flag["reason"].clone()), (json!(false), json!("DISABLED")));
}

#[tokio::test]
async fn a_broken_definition_harms_its_own_flag_alone() {
    let serving = Serving::start().await;
    let mut broken = boolean("broken");
    broken.targeting.default = ServeDraft::Variant("gone".to_owned());
    serving.create(broken).await;
    serving.settle().await;
    let one = serving.evaluate(&format!("{ONE}/broken"), &json!({})).await;
    assert_eq!((one.status.as_u16(), one.json()["errorCode"].clone()), (400, json!("PARSE_ERROR")));
    let all = serving.evaluate(ONE, &json!({})).await.json();
    assert_schema(&document(), "bulkEvaluationSuccess", &all, "with a broken flag");
    let entry = all["flags"].as_array().unwrap().iter().find(|flag| flag["key"] == "broken").unwrap().clone();
    assert_eq!(entry["errorCode"], "PARSE_ERROR");
    assert_eq!(serving.evaluate(&format!("{ONE}/simple"), &json!({})).await.status, 200);
    // What was sound and is broken by an edit is served on as it was.
    let mut targeting = boolean("simple").targeting;
    targeting.default = ServeDraft::Variant("gone".to_owned());
    serving.change("simple", FlagChange::Targeting(targeting)).await;
    serving.settle().await;
    assert_eq!(serving.evaluate(&format!("{ONE}/simple"), &json!({})).await.json()["value"], json!(true));
}

#[tokio::test]
async fn too_many_requests_are_told_when_to_come_back_in_whole_seconds() {
    let mut config = hoist_server::Config::ephemeral();
    config.limits.rates.evaluation = 1;
    let serving = Serving::start_with(config, hoist_server::clock::Clock::manual(crate::ofrep_kit::START)).await;
    let mut last = serving.evaluate(ONE, &json!({})).await;
    for _ in 0..5 {
        last = serving.evaluate(&format!("{ONE}/simple"), &json!({})).await;
    }
    assert_eq!(last.status, 429);
    assert_readable(&last, "beyond the rate");
    let seconds: u64 = last.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=5).contains(&seconds), "{seconds}");
}
