//! Limits that an operator lowers: what holds then, what is refused, and that the documentation has the numbers.

use hoist_server::auth::TokenKind;
use hoist_server::bounds::Limits;
use hoist_server::{RawConfig, limits};
use serde_json::json;

use crate::harness::TestApp;

fn lowered(settings: &[&str]) -> Result<Limits, String> {
    let limits = settings.iter().map(|setting| (*setting).to_owned()).collect();
    let config = RawConfig { limits, ..RawConfig::default() }.check();
    config
        .map(|config| config.limits)
        .map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
}

#[test]
fn each_limit_can_be_lowered_and_none_raised() {
    let defaults = Limits::default().named();
    assert!(defaults.len() >= 17, "{defaults:?}");
    for (name, most) in &defaults {
        let value = |limits: &Limits| limits.named().into_iter().find(|(known, _)| known == name).unwrap().1;
        assert_eq!(lowered(&[&format!("{name}={most}")]).map(|limits| value(&limits)), Ok(*most), "{name}");
        assert_eq!(lowered(&[&format!("{name}=1")]).map(|limits| value(&limits)), Ok(1), "{name}");
        let twice = lowered(&[&format!("{name}=1"), &format!("{name}=2")]);
        assert!(twice.is_err(), "{name}: what was lowered is the most from then on");
        for refused in ["0", "-1", "1.5", "", "many", &(most + 1).to_string()] {
            let fault = lowered(&[&format!("{name}={refused}")]).unwrap_err();
            assert_eq!(
                fault,
                format!("limit {name} must be a whole number from 1 to {most}: limits can be lowered only")
            );
        }
    }
}

#[test]
fn a_setting_that_is_no_limit_is_told_the_names_and_not_repeated() {
    for setting in ["zzz=1", "zzz", "=", "connections"] {
        let fault = lowered(&[setting]).unwrap_err();
        assert!(!fault.contains("zzz"), "{fault}");
        assert!(fault.contains("NAME=VALUE") || fault.contains("admin-body-bytes"), "{fault}");
    }
}

#[tokio::test]
async fn requests_beyond_a_lowered_limit_are_refused_with_the_number() {
    let app = TestApp::builder()
        .config(|config| {
            for setting in ["admin-body-bytes=300", "evaluation-body-bytes=200", "bulk-body-bytes=100", "url-bytes=150"]
            {
                config.limits.lower(setting).unwrap();
            }
        })
        .start()
        .await;
    let root = app.root().await;
    let server = app.token(TokenKind::Server, None, Some("default"), Some("production")).await;
    let long = json!({ "context": { "targetingKey": "k".repeat(300) } });
    for (path, token, limit) in [
        ("/api/v1/projects", &root, 300),
        ("/ofrep/v1/evaluate/flags/f", &server, 200),
        ("/ofrep/v1/evaluate/flags", &server, 100),
    ] {
        let answer = loop {
            let answer = app.ask("POST", path).token(token).json(&long).send().await;
            // Until its first snapshot a server has nothing to evaluate.
            if answer.status != 503 {
                break answer;
            }
        };
        assert_eq!(answer.status, 413, "{path}: {}", answer.text());
        assert!(answer.text().contains(&limit.to_string()), "{path}: {}", answer.text());
    }
    let answer = app.ask("GET", &format!("/healthz?{}", "a".repeat(150))).send().await;
    assert_eq!(answer.status, 414);
    assert!(answer.text().contains("150 bytes"), "{}", answer.text());
}

/// Writes a number with commas between thousands, as the documentation does.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[test]
fn the_documentation_has_every_limit_with_its_number() {
    let page = include_str!("../../../../docs/api.md");
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| ")).collect();
    let has = |start: String| assert!(rows.iter().any(|row| row.starts_with(&start)), "docs/api.md lacks {start}");
    for (name, value) in Limits::for_cores(1).named() {
        has(format!("| `{name}` | {} |", grouped(value)));
    }
    for (what, value) in [
        ("fields of a request head", limits::HEADER_FIELDS_MAX),
        ("bytes of a request head", limits::HEADER_BYTES_MAX),
        ("depth of a management request's JSON", limits::ADMIN_JSON_DEPTH_MAX),
        ("depth of an evaluation context", limits::CONTEXT_JSON_DEPTH_MAX),
        ("attributes of an evaluation context", hoist_eval::limits::CONTEXT_ATTRIBUTES_MAX),
        ("bytes of an attribute's name", hoist_eval::limits::CONTEXT_KEY_BYTES_MAX),
        ("bytes of an attribute's text", hoist_eval::limits::CONTEXT_VALUE_BYTES_MAX),
        ("bytes of a query parameter", limits::PARAMETER_BYTES_MAX),
        ("bytes of an idempotency key", limits::IDEMPOTENCY_KEY_BYTES_MAX),
        ("items of a page", limits::PAGE_MAX as usize),
        ("events of one report", limits::TRACK_EVENTS_MAX),
    ] {
        has(format!("| {what} | {} |", grouped(value as u64)));
    }
}
