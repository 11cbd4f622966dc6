//! A link that signs in once.

use secrecy::ExposeSecret;

use crate::api::extract::{Versioned, created};
use crate::api::types::session::{NewSession, SignInLink};
use crate::auth::{self, Anywhere, Granted, UsesTokens};
use crate::body::Mutation;
use crate::error::ApiError;

/// Makes a link to the console that signs its reader in as the caller, once, within 30 minutes. The secret stands in
/// the link's fragment, which browsers send to nobody.
#[utoipa::path(post, path = "/api/v1/session/link", operation_id = "make_sign_in_link", tag = "session",
    request_body = NewSession, responses((status = 201, body = SignInLink)))]
pub(crate) async fn handle(
    granted: Granted<UsesTokens, Anywhere>,
    mutation: Mutation<NewSession>,
) -> Result<Versioned<SignInLink>, ApiError> {
    let (made, new) = auth::link_for(granted.principal(), &granted.app().ids, granted.now());
    let record = granted.store().create_token(&granted.write(&mutation), &new).await?;
    tracing::info!(token = record.id, actor = %granted.actor().id, "sign-in link made; it is good once, for 30 minutes");
    let path = format!("/sign-in#{}", made.text.expose_secret());
    Ok(created(1_u64, SignInLink { path, expires_at: new.expires_at.unwrap_or_else(|| granted.now()).into() }))
}
