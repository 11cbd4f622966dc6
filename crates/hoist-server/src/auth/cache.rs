//! Tokens that were seen: known ones for a second or two, so that evaluation asks no database; unknown ones for a
//! while, so that guessing asks it once. Both are bounded.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use foldhash::quality::RandomState;
use hoist_eval::{Span, Timestamp};
use hoist_store::TokenUse;

use crate::limits::{TOKEN_CACHE_MAX, TOKEN_FRESH, UNKNOWN_TOKEN_FRESH};
use crate::snapshots::ClientNumber;

use super::principal::TokenIdentity;
use super::rate::TokenRate;

/// A known token.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) identity: Arc<TokenIdentity>,
    pub(super) digest: [u8; 32],
    pub(super) admin_rate: TokenRate,
    pub(super) evaluation_rate: TokenRate,
    /// When the record was read, by the monotonic clock.
    read_at: AtomicU64,
    /// When the token was last used and that has not been written yet; zero otherwise.
    used_at: AtomicI64,
    /// From where it was used last.
    used_from: Mutex<Option<IpAddr>>,
}

impl Entry {
    pub(super) fn new(
        identity: TokenIdentity,
        digest: [u8; 32],
        admin_rate: TokenRate,
        evaluation_rate: TokenRate,
        now: Span,
    ) -> Self {
        let read_at = AtomicU64::new(now.as_micros());
        Self {
            identity: Arc::new(identity),
            digest,
            admin_rate,
            evaluation_rate,
            read_at,
            used_at: AtomicI64::new(0),
            used_from: Mutex::new(None),
        }
    }

    /// Returns whether the record was read recently enough to be relied upon.
    pub(super) fn is_fresh(&self, now: Span) -> bool {
        now.saturating_sub(Span::from_micros(self.read_at.load(Ordering::Relaxed))) < TOKEN_FRESH
    }

    /// Notes that the store still has the record as it is here.
    pub(super) fn confirm(&self, now: Span) {
        self.read_at.store(now.as_micros(), Ordering::Relaxed);
    }

    /// Notes a use. The address is noted with the first one of a batch only: that is precise enough, and the many
    /// uses of a busy token do not wait for each other.
    pub(super) fn touch(&self, now: Timestamp, from: IpAddr) {
        if self.used_at.swap(now.as_micros(), Ordering::Relaxed) == 0 {
            *self.used_from.lock().unwrap_or_else(PoisonError::into_inner) = Some(from);
        }
    }

    fn take_use(&self) -> Option<TokenUse> {
        let micros = self.used_at.swap(0, Ordering::Relaxed);
        let from = self.used_from.lock().unwrap_or_else(PoisonError::into_inner).take();
        let at = Timestamp::from_micros(micros);
        let (id, from) = (self.identity.id.clone(), from.map(|from| from.to_string()));
        (micros != 0).then_some(TokenUse { id, at, from, client: None })
    }
}

/// Both memories.
#[derive(Debug, Default)]
pub(super) struct Cache {
    known: RwLock<HashMap<String, Arc<Entry>, RandomState>>,
    unknown: Mutex<HashMap<String, Span>>,
}

impl Cache {
    pub(super) fn get(&self, id: &str) -> Option<Arc<Entry>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// Remembers a token. When there is no room, the memory starts anew: it only costs look-ups.
    pub(super) fn insert(&self, entry: Arc<Entry>) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= TOKEN_CACHE_MAX {
            known.clear();
        }
        known.insert(entry.identity.id.clone(), entry);
    }

    /// Forgets a token, as after its revocation.
    pub(super) fn forget(&self, id: &str) {
        self.known.write().unwrap_or_else(PoisonError::into_inner).remove(id);
    }

    /// Remembers that nobody has this id.
    pub(super) fn insert_unknown(&self, id: String, now: Span) {
        let mut unknown = self.unknown.lock().unwrap_or_else(PoisonError::into_inner);
        if unknown.len() >= TOKEN_CACHE_MAX {
            unknown.retain(|_, seen| now.saturating_sub(*seen) < UNKNOWN_TOKEN_FRESH);
        }
        if unknown.len() >= TOKEN_CACHE_MAX {
            unknown.clear();
        }
        unknown.insert(id, now);
    }

    /// Returns whether nobody had this id a short while ago.
    pub(super) fn is_unknown(&self, id: &str, now: Span) -> bool {
        let unknown = self.unknown.lock().unwrap_or_else(PoisonError::into_inner);
        unknown.get(id).is_some_and(|seen| now.saturating_sub(*seen) < UNKNOWN_TOKEN_FRESH)
    }

    /// Returns the tokens that are remembered as known, by their numbers.
    pub(super) fn clients(&self) -> Vec<(ClientNumber, String)> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.values().map(|entry| (ClientNumber::of(&entry.digest), entry.identity.id.clone())).collect()
    }

    /// Returns the uses since the last call.
    pub(super) fn take_uses(&self) -> Vec<TokenUse> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.values().filter_map(|entry| entry.take_use()).collect()
    }
}
