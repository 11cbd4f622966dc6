//! The tokens that the caller looks after.

use crate::api::extract::{Cursor, Paging, Parameters};
use crate::api::types::page::List;
use crate::api::types::token::Token;
use crate::auth::{Anywhere, Granted, Role, UsesTokens};
use crate::error::ApiError;

use super::create::scope_of;

/// Lists tokens within the caller's scope, newest first, without their secrets. Developers see those that they made.
#[utoipa::path(get, path = "/api/v1/tokens", operation_id = "list_tokens", tag = "tokens", params(Paging),
    responses((status = 200, body = List<Token>)))]
pub(crate) async fn handle(
    granted: Granted<UsesTokens, Anywhere>,
    Parameters(paging): Parameters<Paging>,
) -> Result<axum::Json<List<Token>>, ApiError> {
    let page = paging.page(Cursor::Moment)?;
    let mut tokens = granted.store().list_tokens(&page).await?;
    let (scope, all) = (granted.principal().scope(), granted.principal().role() == Role::Admin);
    tokens.items.retain(|token| {
        let within = scope_of(token.project.as_deref(), token.environment.as_deref())
            .is_some_and(|theirs| scope.covers(&theirs));
        within && (all || granted.principal().has_made(token))
    });
    Ok(axum::Json(List::of(tokens, Token::from)))
}
