//! Who may do what, tried on every route that there is.

use std::collections::BTreeSet;

use hoist_server::api::{RouteEntry, table};
use hoist_server::auth::{Requirement, Role, TokenKind};

use crate::harness::{Answer, TestApp, World};

/// Routes that ask nobody who they are. The list may only shrink.
const OPEN_TO_ALL: &str = include_str!("data/open_to_all.txt");

/// The matrix as people wrote it down: what is done, then viewer, developer, releaser, operator, admin. `o` stands for
/// open environments only, `p` for protected ones only.
const MATRIX: [(&str, &str); 7] = [
    ("Read", "x x x x x"),
    ("Edit", "- o x p x"),
    ("Advance", "- o x - x"),
    ("Stop", "- o x x x"),
    ("Tokens", "- o - - x"),
    ("Audit", "- - - x x"),
    ("Administer", "- - - - x"),
];

/// A request that gets as far as its permission allows and changes nothing: the key breaks a rule of its own.
async fn knock(app: &TestApp, route: &RouteEntry, path: &str, token: Option<&str>) -> Answer {
    let mut ask = app.ask(route.method.as_str(), path);
    if route.method != http::Method::GET {
        ask = ask.header("idempotency-key", "not visible").header("content-type", "application/json");
    }
    if let Some(token) = token {
        ask = ask.token(token);
    }
    ask.send().await
}

fn allows(cell: &str, protected: Option<bool>) -> bool {
    match (cell, protected) {
        ("-", _) => false,
        // A place that is no environment lets everyone through who may act in some environment.
        ("x", _) | (_, None) => true,
        ("o", Some(protected)) => !protected,
        ("p", Some(protected)) => protected,
        (other, _) => panic!("{other} is no cell"),
    }
}

#[tokio::test]
async fn every_route_gives_every_role_what_the_matrix_says() {
    let app = TestApp::start().await;
    let world = World::make(&app).await;
    let mut tokens = Vec::new();
    for role in Role::ALL {
        tokens.push(app.admin(role, None, None).await);
    }
    for route in table() {
        let Requirement::Permission { action, place } = route.requirement else { continue };
        let row = MATRIX.iter().find(|(name, _)| *name == format!("{action:?}")).unwrap().1;
        for environment in ["staging", "production"] {
            let path = world.path(&route, "default", environment);
            let protected = (place == "environment").then_some(environment == "production");
            for ((role, token), cell) in Role::ALL.iter().zip(&tokens).zip(row.split(' ')) {
                let answer = knock(&app, &route, &path, Some(token)).await;
                let let_in = !matches!(answer.status, 401 | 403 | 404);
                let expected = allows(cell, protected);
                assert_eq!(let_in, expected, "{} {path} as {role:?}: {}", route.method, answer.text());
                assert!(let_in || answer.status == 403, "{} {path} as {role:?}: {}", route.method, answer.text());
            }
        }
    }
}

#[tokio::test]
async fn no_route_opens_without_the_right_kind_of_token() {
    let app = TestApp::start().await;
    let world = World::make(&app).await;
    let (project, environment) = (Some("default"), Some("staging"));
    let mut others = vec![(None, 401)];
    for kind in [TokenKind::Server, TokenKind::Client, TokenKind::Edge] {
        others.push((Some(app.token(kind, None, project, environment).await), 403));
    }
    let sound = app.root().await;
    let mut wrong = sound.clone();
    wrong.replace_range(30..32, if &sound[30..32] == "00" { "11" } else { "00" });
    others.push((Some(wrong), 401));
    others.push((Some(String::new()), 401));
    let mut open = BTreeSet::new();
    for route in table() {
        let path = world.path(&route, "default", "staging");
        for (token, expected) in &others {
            let answer = knock(&app, &route, &path, token.as_deref()).await;
            match route.requirement {
                Requirement::Permission { .. } => {
                    assert_eq!(answer.status, *expected, "{} {path}: {}", route.method, answer.text());
                }
                // Asks for another kind of token; tests of those routes try every kind.
                Requirement::Evaluation | Requirement::Export => {
                    assert!(token.is_some() || answer.status == 401, "{path}");
                }
                Requirement::Setup | Requirement::Nothing => {
                    open.insert(format!("{} {}", route.method, route.path));
                }
            }
        }
    }
    let known: BTreeSet<String> = OPEN_TO_ALL.lines().map(str::to_owned).collect();
    assert_eq!(open, known, "data/open_to_all.txt lists what is open to all; it may only shrink");
}

#[tokio::test]
async fn what_a_token_does_not_reach_looks_absent() {
    let app = TestApp::start().await;
    let world = World::make(&app).await;
    let elsewhere = app.admin(Role::Admin, Some("other"), None).await;
    let staging = app.admin(Role::Admin, Some("default"), Some("staging")).await;
    for route in table() {
        let Requirement::Permission { place, .. } = route.requirement else { continue };
        let path = world.path(&route, "default", "production");
        if matches!(place, "project" | "environment") {
            let hidden = knock(&app, &route, &path, Some(&elsewhere)).await;
            let absent_path = world.path(&route, "absent", "production");
            let absent = knock(&app, &route, &absent_path, Some(&elsewhere)).await;
            assert_eq!(hidden.status, 404, "{} {path}: {}", route.method, hidden.text());
            assert_eq!(without_id(&hidden), without_id(&absent), "{} {path}", route.method);
        }
        if place == "environment" {
            let hidden = knock(&app, &route, &path, Some(&staging)).await;
            assert_eq!(hidden.status, 404, "{} {path}: {}", route.method, hidden.text());
        }
        if place == "installation" {
            let narrow = knock(&app, &route, &path, Some(&elsewhere)).await;
            assert_eq!(narrow.status, 403, "{} {path}: {}", route.method, narrow.text());
        }
    }
}

fn without_id(answer: &Answer) -> serde_json::Value {
    let mut body = answer.json();
    body["request_id"] = serde_json::Value::Null;
    body
}

/// Ways to write a path so that two parts of a server might read it differently. Each must be refused, or be absent,
/// whoever asks.
fn tricks(path: &str) -> Vec<(String, &'static [u16])> {
    let (front, rest) = path.split_once("/v1/").unwrap();
    let (plain, query) = path.split_once('?').map_or((path, ""), |(plain, query)| (plain, query));
    let query = if query.is_empty() { String::new() } else { format!("?{query}") };
    let mut tricks: Vec<(String, &'static [u16])> = vec![
        (format!("/{front}/v1/{rest}"), &[400]),
        (format!("{front}//v1/{rest}"), &[400]),
        (format!("{front}/./v1/{rest}"), &[400]),
        (format!("/x/..{front}/v1/{rest}"), &[400]),
        (format!("{front}/v1%2f{rest}"), &[400]),
        (format!("/%2e{front}/v1/{rest}"), &[400]),
        (format!("{front}/v1;x=1/{rest}"), &[400]),
        (format!("{plain};x{query}"), &[400]),
        (format!("{plain}/{query}"), &[400]),
        (format!("{plain}%00{query}"), &[400]),
        (format!("{plain}%{query}"), &[400]),
    ];
    if front == "/api" {
        tricks.extend([
            (format!("/api%2Fv1/{rest}"), [400].as_slice()),
            (format!("/%61pi/v1/{rest}"), &[400]),
            (format!("/api\\v1/{rest}"), &[400]),
            (format!("/API/v1/{rest}"), &[404]),
            (format!("/api/V1/{rest}"), &[404]),
        ]);
    }
    tricks
}

#[tokio::test]
async fn no_spelling_of_a_path_gets_round_the_check() {
    let app = TestApp::start().await;
    let world = World::make(&app).await;
    let root = app.root().await;
    for route in table() {
        let path = world.path(&route, "default", "staging");
        for (trick, expected) in tricks(&path) {
            for token in [None, Some(root.as_str())] {
                let answer = knock(&app, &route, &trick, token).await;
                assert!(expected.contains(&answer.status), "{} {trick}: {}", route.method, answer.text());
            }
        }
        if matches!(route.requirement, Requirement::Permission { .. }) {
            for version in ["HTTP/1.0", "HTTP/1.1"] {
                let ask = app.ask("GET", &path).version(version).header("x-http-method-override", "DELETE");
                let status = ask.send().await.status;
                assert!(matches!(status, 401 | 405), "GET {path} over {version}: {status}");
            }
        }
    }
}
