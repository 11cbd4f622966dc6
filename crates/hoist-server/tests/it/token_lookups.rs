//! What looking a token up costs, and whom.

use hoist_server::auth::{MadeToken, Role, TokenKind};
use hoist_server::limits::TOKEN_FRESH;
use hoist_store::testing::damage_tokens;
use secrecy::ExposeSecret;

use crate::harness::TestApp;
use crate::ofrep_kit::Serving;

#[tokio::test]
async fn good_tokens_cost_nothing_of_what_guesses_are_allowed() {
    let app = TestApp::builder().config(|config| config.limits.rates.anonymous = 1).start().await;
    let ask = async |token: &str| app.ask("GET", "/api/v1/projects").token(token).send().await.status;
    let mut tokens = Vec::new();
    for _ in 0..6 {
        tokens.push(app.admin(Role::Viewer, None, None).await);
        assert_eq!(ask(&tokens[tokens.len() - 1]).await, 200);
    }
    let mut guesses = Vec::new();
    for _ in 0..4 {
        let guess = MadeToken::make(TokenKind::Admin, &app.ids);
        guesses.push(ask(guess.text.expose_secret()).await);
    }
    assert_eq!(guesses, [401, 401, 429, 429]);
    tokens.push(app.admin(Role::Viewer, None, None).await);
    for token in tokens {
        assert_eq!(ask(&token).await, 200, "guesses from an address cost others their access");
    }
}

#[tokio::test]
async fn a_token_that_cannot_be_read_takes_none_of_the_others_away() {
    let serving = Serving::start().await;
    let (id, damaged) = serving.token(TokenKind::Server, "damaged").await;
    let ask = async |token: &str| {
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str())];
        serving.send("POST", "/ofrep/v1/evaluate/flags/simple", &headers, "{}").await.status.as_u16()
    };
    assert_eq!((ask(&damaged).await, ask(&serving.token).await), (200, 200));
    damage_tokens(&serving.store).await.unwrap();
    assert!(serving.store.token(&id).await.is_err(), "the row can be read all the same");
    serving.clock.advance(TOKEN_FRESH);
    assert_eq!((ask(&damaged).await, ask(&serving.token).await), (401, 200));
    assert!(!serving.server.app().auth.away().is_set(), "one bad row passes for a store that is away");
    serving.clock.advance(TOKEN_FRESH);
    let (_, fresh) = serving.token(TokenKind::Server, "fresh").await;
    assert_eq!((ask(&fresh).await, ask(&serving.token).await), (200, 200));
}
