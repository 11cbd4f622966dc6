//! Tokens: revocation, expiry, rates, and that a secret is nowhere but in its first answer.

use hoist_eval::Span;
use hoist_server::auth::{MadeToken, PresentedToken, Role, TokenKind};
use hoist_store::{Actor, ActorKind, NewToken, Write};
use serde_json::json;

use crate::harness::TestApp;

#[tokio::test]
async fn a_revoked_token_ends_at_once_here_and_soon_elsewhere() {
    let app = TestApp::start().await;
    let other = TestApp::builder().store(app.store.clone()).start_beside().await;
    let root = app.root().await;
    let body = json!({"kind": "admin", "name": "n", "role": "viewer", "project": "default"});
    let made = app.ask("POST", "/api/v1/tokens").token(&root).json(&body).send().await.expect(201);
    let token = made["secret"].as_str().unwrap().to_owned();
    for app in [&app, &other] {
        app.ask("GET", "/api/v1/projects").token(&token).send().await.expect(200);
    }
    let id = made["id"].as_str().unwrap();
    let revoked = app.ask("DELETE", &format!("/api/v1/tokens/{id}")).token(&root).send().await;
    assert_eq!(revoked.status, 204, "{}", revoked.text());
    assert_eq!(app.ask("GET", "/api/v1/projects").token(&token).send().await.status, 401);
    other.advance(Span::from_seconds(2));
    assert_eq!(other.ask("GET", "/api/v1/projects").token(&token).send().await.status, 401);
}

#[tokio::test]
async fn rates_are_per_token_and_say_when_to_come_back() {
    let app = TestApp::builder().config(|config| config.limits.rates.admin = 2).start().await;
    let (hasty, patient) = (app.root().await, app.root().await);
    let ask = |token: &str| app.ask("GET", "/api/v1/projects").token(token);
    let mut statuses = Vec::new();
    for _ in 0..5 {
        statuses.push(ask(&hasty).send().await.status);
    }
    assert_eq!(statuses, [200, 200, 200, 200, 429]);
    let limited = ask(&hasty).send().await;
    assert_eq!((limited.code(), limited.header("retry-after")), ("rate_limited".to_owned(), Some("1")));
    ask(&patient).send().await.expect(200);
    app.advance(Span::from_seconds(1));
    ask(&hasty).send().await.expect(200);
}

#[tokio::test]
async fn guesses_are_counted_by_address() {
    let app = TestApp::builder().config(|config| config.limits.rates.anonymous = 2).start().await;
    let mut statuses = Vec::new();
    for _ in 0..6 {
        statuses.push(app.ask("GET", "/api/v1/projects").token("hst_guess").send().await.status);
    }
    assert_eq!(statuses, [401, 401, 401, 401, 429, 429]);
}

#[test]
fn token_texts() {
    let ids = hoist_server::clock::Ids::seeded(1);
    let made = hoist_server::auth::MadeToken::make(TokenKind::Admin, &ids);
    let text = secrecy::ExposeSecret::expose_secret(&made.text).to_owned();
    let read = PresentedToken::parse(&text).unwrap();
    assert_eq!((read.id, read.digest), (made.id.clone(), made.digest));
    assert!(!format!("{made:?}").contains(&text), "a token prints itself");
    for (position, _) in text.char_indices() {
        let mut typo = text.clone();
        let other = if typo.as_bytes()[position] == b'0' { "1" } else { "0" };
        typo.replace_range(position..=position, other);
        assert_eq!(PresentedToken::parse(&typo), None, "a typo at {position} goes unnoticed");
    }
    for bad in
        ["", "hst", "hst____", "hst_admin_a_b_c", &text[..text.len() - 1], &format!("{text}0"), &text.to_uppercase()]
    {
        assert_eq!(PresentedToken::parse(bad), None, "{bad}");
    }
}

#[tokio::test]
async fn a_token_says_what_it_is_for() {
    let app = TestApp::start().await;
    let root = app.root().await;
    for name in ["", " ", "\n"] {
        let body = json!({"kind": "admin", "role": "viewer", "name": name});
        let told = app.ask("POST", "/api/v1/tokens").token(&root).json(&body).send().await.expect(422);
        assert_eq!(told["errors"][0]["path"], "name", "{name:?}: {told}");
    }
}

#[tokio::test]
async fn a_secret_is_in_its_first_answer_and_nowhere_else() {
    let app = TestApp::start().await;
    let root = app.root().await;
    let body = json!({"kind": "client", "name": "n", "project": "default", "environment": "staging"});
    let made = app.ask("POST", "/api/v1/tokens").token(&root).json(&body).send().await.expect(201);
    let secret = made["secret"].as_str().unwrap().to_owned();
    let middle = secret.split('_').nth(3).unwrap().to_owned();
    app.ask("GET", "/api/v1/projects").token(&secret).send().await;
    for path in ["/api/v1/tokens", "/api/v1/audit", "/api/v1/system", "/metrics", "/readyz"] {
        let text = app.ask("GET", path).token(&root).send().await.text();
        assert!(!text.contains(&middle) && !text.contains(&root), "{path} shows a secret");
    }
    let backup = app.ask("POST", "/api/v1/backup").token(&root).json(&json!({})).send().await;
    assert_eq!(backup.status, 200);
    assert!(backup.body.len() > 1_000, "the backup is empty");
    assert!(!String::from_utf8_lossy(&backup.body).contains(&middle), "the backup shows a secret");
    let viewer = app.admin(Role::Viewer, None, None).await;
    assert_eq!(app.ask("POST", "/api/v1/backup").token(&viewer).json(&json!({})).send().await.status, 403);
}

#[tokio::test]
async fn others_than_admins_revoke_no_more_than_they_may_make() {
    let app = TestApp::start().await;
    let root = app.root().await;
    let developer = json!({"kind": "admin", "name": "d", "role": "developer", "project": "default"});
    let developer = app.ask("POST", "/api/v1/tokens").token(&root).json(&developer).send().await.expect(201);
    let (id, secret) = (developer["id"].as_str().unwrap(), developer["secret"].as_str().unwrap());
    let body = json!({"kind": "client", "name": "c", "project": "default", "environment": "staging"});
    let own = app.ask("POST", "/api/v1/tokens").token(secret).json(&body).send().await.expect(201);
    let foreign = app.ask("POST", "/api/v1/tokens").token(&root).json(&body).send().await.expect(201);
    // Made by the developer as far as the record goes, but no client token: nobody else than an admin may end it.
    let made = MadeToken::make(TokenKind::Server, &app.ids);
    let server = NewToken {
        id: made.id.clone(),
        kind: TokenKind::Server,
        title: "s".to_owned(),
        digest: made.digest,
        project: Some("default".to_owned()),
        environment: Some("staging".to_owned()),
        actions: Vec::new(),
        expires_at: None,
    };
    let actor = Actor { token: Some(id.to_owned()), ..Actor::new(ActorKind::Token, "d") };
    app.store.create_token(&Write::new(&actor, app.clock.now()), &server).await.unwrap();
    for (token, status) in
        [(made.id.as_str(), 404), (foreign["id"].as_str().unwrap(), 404), (id, 404), (own["id"].as_str().unwrap(), 204)]
    {
        let answer = app.ask("DELETE", &format!("/api/v1/tokens/{token}")).token(secret).send().await;
        assert_eq!(answer.status, status, "{token}: {}", answer.text());
    }
    assert_eq!(app.ask("DELETE", &format!("/api/v1/tokens/{}", made.id)).token(&root).send().await.status, 204);
}
