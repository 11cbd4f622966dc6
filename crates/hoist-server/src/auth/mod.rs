//! Who asks, and what they may do.
//!
//! A handler never checks a permission: it declares one, by the type of its first argument ([`Granted`]), and that
//! value is the only way to the store. A route without a declared permission does not compile, what the matrix does
//! not allow is refused, and what a token does not reach looks as if it were not there.

mod action;
mod away;
mod cache;
mod check;
mod credentials;
mod evaluation;
mod granted;
mod place;
mod principal;
mod rate;
mod role;
mod session;
mod setup;
mod token;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hoist_store::{Store, StoreError};
use tokio::sync::Semaphore;

use crate::bounds::Rates;
use crate::clock::{Clock, Ids};
use crate::limits::FIRST_LOOKS_MAX;
use crate::snapshots::ClientNumber;

pub use action::{Administers, Advances, Audits, Does, Edits, Reads, Stops, UsesTokens};
pub use away::Away;
pub use evaluation::EvaluationAccess;
pub use granted::{Anyone, Declares, Exports, Granted, Reports, Requirement, Sealed, SetupAccess};
pub use hoist_store::TokenKind;
pub use place::{Anywhere, InEnvironment, InProject, Installation, Place};
pub use principal::{Principal, Scope, TokenIdentity};
pub use role::{Action, Cell, MATRIX, Role, Row};
pub use session::Origin;
pub(crate) use session::{clear_cookie, is_same_origin, is_session, link_for, session_for, set_cookie};
pub use setup::SetupCode;
pub(crate) use token::is_token_id;
pub use token::{MadeToken, PresentedToken};

/// Knows tokens. Cloning is cheap.
#[derive(Debug, Clone)]
pub struct Auth(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    store: Store,
    clock: Clock,
    ids: Ids,
    rates: Rates,
    cache: cache::Cache,
    anonymous: rate::AddressRate,
    /// Turns of those whose token is not in memory to ask the store.
    first_looks: Semaphore,
    /// Whether somebody has set the installation up; it never goes back.
    initialised: AtomicBool,
    /// Whether the store does not answer.
    away: Away,
}

impl Auth {
    /// Returns what knows the tokens of `store`.
    pub fn new(store: Store, clock: Clock, ids: Ids, rates: Rates) -> Self {
        let anonymous = rate::AddressRate::new(rates.anonymous, &clock);
        let (cache, initialised, away) = (cache::Cache::default(), AtomicBool::new(false), Away::default());
        let first_looks = Semaphore::new(FIRST_LOOKS_MAX);
        Self(Arc::new(Shared { store, clock, ids, rates, cache, anonymous, first_looks, initialised, away }))
    }

    /// Returns the mark that the store does not answer, for whoever else finds out.
    pub fn away(&self) -> Away {
        self.0.away.clone()
    }

    /// Returns whether somebody has set the installation up.
    pub async fn is_initialised(&self) -> Result<bool, StoreError> {
        if self.0.initialised.load(Ordering::Relaxed) {
            return Ok(true);
        }
        let initialised = self.0.store.installation().await?.initialised_at.is_some();
        self.0.initialised.store(initialised, Ordering::Relaxed);
        Ok(initialised)
    }

    /// Forgets a token at once, after its revocation. Other nodes notice when their record is no longer fresh.
    pub(crate) fn forget(&self, token: &str) {
        self.0.cache.forget(token);
    }

    /// Returns the tokens that are remembered, by the numbers that stand for them in marks.
    pub(crate) fn clients(&self) -> Vec<(ClientNumber, String)> {
        self.0.cache.clients()
    }

    /// Writes when tokens were last used, in one batch. Called now and then; what fails is dropped.
    pub async fn flush_last_use(&self) {
        let uses = self.0.cache.take_uses();
        if uses.is_empty() {
            return;
        }
        if let Err(error) = self.0.store.touch_tokens(&uses).await {
            tracing::warn!(%error, tokens = uses.len(), "could not record when tokens were last used; nothing else is affected");
        }
    }
}
