//! From the text of a token to the token it is.

use std::sync::Arc;

use hoist_store::{StoreError, TokenRecord};
use subtle::ConstantTimeEq;

use crate::clock::Moment;
use crate::error::ApiError;
use crate::limits::TOKEN_ASK_MAX;
use crate::listen::Peer;

use super::TokenKind;
use super::cache::Entry;
use super::principal::{Scope, TokenIdentity};
use super::rate::TokenRate;
use super::role::Role;
use super::session::Origin;
use super::token::{PresentedToken, digest, id_within};
use super::{Auth, Shared};

/// What an unknown token is compared with, so that it costs what a wrong one costs.
const NOBODY: [u8; 32] = [0; 32];

impl Auth {
    /// Returns the token that `text` is, if it exists, has not expired and was not revoked. Absent, malformed, unknown
    /// and wrong tokens get the same answer for the same work.
    pub(super) async fn authenticate(
        &self,
        peer: &Peer,
        text: Option<&str>,
        at: Moment,
    ) -> Result<Arc<Entry>, ApiError> {
        if let Some(entry) = text.and_then(|text| self.remembered(text, at)) {
            entry.touch(at.wall, peer.prefix());
            return Ok(entry);
        }
        let Some(presented) = text.and_then(PresentedToken::parse) else {
            let _same_work = bool::from(digest(text.unwrap_or("")).ct_eq(&NOBODY));
            return Err(self.0.refuse(peer));
        };
        let entry = self.0.find(&presented.id).await?;
        let expected = entry.as_ref().map_or(&NOBODY, |entry| &entry.digest);
        let holds = bool::from(presented.digest.ct_eq(expected));
        match entry {
            Some(entry) if holds && !self.is_expired(&entry.identity) && self.has_parent(&entry.identity).await? => {
                entry.touch(self.0.clock.now(), peer.prefix());
                Ok(entry)
            }
            Some(_) | None => Err(self.0.refuse(peer)),
        }
    }

    /// Returns the token that `text` is if it is fresh in memory: the way of nearly every request. A text of the right
    /// digest is the right text, so its form is not looked at.
    fn remembered(&self, text: &str, at: Moment) -> Option<Arc<Entry>> {
        let entry = self.0.cache.get(id_within(text)?).filter(|entry| entry.is_fresh(at.monotonic))?;
        let holds = bool::from(digest(text).ct_eq(&entry.digest));
        (holds && entry.identity.expires_at.is_none_or(|end| at.wall < end)).then_some(entry)
    }

    /// Returns whether a token that was accepted before still is. Streams ask this now and then.
    pub(super) async fn is_still_valid(&self, identity: &TokenIdentity) -> bool {
        match self.0.find(&identity.id).await {
            Ok(entry) => entry.is_some() && !self.is_expired(identity),
            // Without the store nobody can know; what was served goes on being served.
            Err(_) => true,
        }
    }

    /// Returns whether the token that a session or a link was made from still holds; true of what has none.
    pub(super) async fn has_parent(&self, identity: &TokenIdentity) -> Result<bool, ApiError> {
        let Some(parent) = identity.origin.parent() else { return Ok(true) };
        Ok(self.0.find(parent).await?.is_some_and(|parent| !self.is_expired(&parent.identity)))
    }

    pub(super) fn is_expired(&self, identity: &TokenIdentity) -> bool {
        identity.expires_at.is_some_and(|end| self.0.clock.now() >= end)
    }
}

impl Shared {
    /// Counts a failed attempt and returns its answer.
    pub(super) fn refuse(&self, peer: &Peer) -> ApiError {
        self.anonymous.check(peer.prefix()).err().unwrap_or(ApiError::Unauthenticated)
    }

    /// Returns the token with this id, from memory while that is fresh.
    pub(super) async fn find(&self, id: &str) -> Result<Option<Arc<Entry>>, ApiError> {
        let now = self.clock.monotonic();
        let known = self.cache.get(id);
        if let Some(entry) = &known
            && entry.is_fresh(now)
        {
            return Ok(known);
        }
        match known {
            None => self.find_first(id).await,
            // Management needs the store anyway, and waits for it as long as anyone does.
            Some(entry) if entry.identity.kind == TokenKind::Admin => {
                Ok(self.remember(id, self.record(id).await?, Some(entry)))
            }
            Some(entry) => Ok(self.find_again(id, entry).await),
        }
    }

    /// Looks for a token that is not in memory. It may be a good one or a guess, and nobody can tell before the store
    /// was asked: so the question costs the caller nothing, and only a few are asked at a time.
    async fn find_first(&self, id: &str) -> Result<Option<Arc<Entry>>, ApiError> {
        let _turn = self.first_looks.acquire().await.map_err(|_| ApiError::Internal)?;
        // Whoever had the turn before may have asked the same.
        if let Some(entry) = self.cache.get(id) {
            return Ok(Some(entry));
        }
        if self.cache.is_unknown(id, self.clock.monotonic()) {
            return Ok(None);
        }
        Ok(self.remember(id, self.record(id).await?, None))
    }

    /// Asks the store for a token. A record that cannot be read is no token: nothing is granted on a guess.
    async fn record(&self, id: &str) -> Result<Option<TokenRecord>, StoreError> {
        match self.store.token(id).await {
            Err(error @ StoreError::Corrupt { .. }) => {
                tracing::error!(%error, token = id, "a stored token cannot be read and is refused; make another one");
                Ok(None)
            }
            other => other,
        }
    }

    /// Asks the store for a token that evaluates and was known before. Evaluation goes on without the store, and does
    /// not wait for it for long.
    async fn find_again(&self, id: &str, entry: Arc<Entry>) -> Option<Arc<Entry>> {
        if self.away.is_set() {
            return Some(entry);
        }
        match tokio::time::timeout(TOKEN_ASK_MAX.into(), self.record(id)).await {
            Ok(Ok(record)) => return self.remember(id, record, Some(entry)),
            Err(_) | Ok(Err(StoreError::Unavailable(_))) => self.away.note(false),
            // The store is there, and this question fails: others may well be answered.
            Ok(Err(error)) => tracing::warn!(%error, token = id, "cannot look a token up; what it was before holds"),
        }
        Some(entry)
    }

    /// Updates the memories with what the store said.
    fn remember(&self, id: &str, record: Option<TokenRecord>, known: Option<Arc<Entry>>) -> Option<Arc<Entry>> {
        let now = self.clock.monotonic();
        let current = record.filter(|record| record.revoked_at.is_none()).and_then(identity);
        let Some((identity, digest)) = current else {
            self.cache.forget(id);
            self.cache.insert_unknown(id.to_owned(), now);
            return None;
        };
        if let Some(entry) = known
            && *entry.identity == identity
            && entry.digest == digest
        {
            entry.confirm(now);
            return Some(entry);
        }
        let rate = |per_second| TokenRate::new(per_second, &self.clock);
        let rates = (rate(self.rates.admin), rate(self.rates.evaluation));
        let entry = Arc::new(Entry::new(identity, digest, rates.0, rates.1, now));
        self.cache.insert(entry.clone());
        Some(entry)
    }
}

/// Reads a stored record. One that makes no sense is no token: nothing is granted on a guess.
fn identity(record: TokenRecord) -> Option<(TokenIdentity, [u8; 32])> {
    let kind = record.kind;
    let origin = Origin::of(&record.actions);
    let scope = match (record.project, record.environment) {
        (None, None) => Scope::Installation,
        (Some(project), None) => Scope::Project(project.parse().ok()?),
        (Some(project), Some(environment)) => Scope::Environment(project.parse().ok()?, environment.parse().ok()?),
        (None, Some(_)) => return None,
    };
    let role = match kind {
        TokenKind::Admin => Some(record.actions.iter().find_map(|action| Role::parse(action))?),
        TokenKind::Server | TokenKind::Client | TokenKind::Edge => None,
    };
    let identity =
        TokenIdentity { id: record.id, name: record.title, kind, role, scope, expires_at: record.expires_at, origin };
    Some((identity, record.digest))
}
