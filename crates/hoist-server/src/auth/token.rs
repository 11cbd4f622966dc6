//! The text of a token: `hst_<kind>_<id>_<secret>_<checksum>`.
//!
//! The id finds the record; the secret is 256 random bits of which only a digest is kept; the checksum lets scanners
//! and people tell a token, or a mistyped one, from other text without asking anyone.

use hoist_store::TokenKind;
use secrecy::SecretString;
use sha2::{Digest, Sha256};

use crate::clock::Ids;

const PREFIX: &str = "hst";
/// Every kind of token.
pub(super) const KINDS: [TokenKind; 4] = [TokenKind::Admin, TokenKind::Server, TokenKind::Client, TokenKind::Edge];

const ID_CHARS: usize = 16;
const SECRET_CHARS: usize = 64;
const CHECKSUM_CHARS: usize = 8;

/// A token that was just made. The text is shown to its owner once and kept nowhere.
#[derive(Debug)]
pub struct MadeToken {
    /// What finds the record.
    pub id: String,
    /// The whole token.
    pub text: SecretString,
    /// What is kept of it: SHA-256 of the whole text.
    pub digest: [u8; 32],
}

impl MadeToken {
    /// Makes a token of this kind.
    pub fn make(kind: TokenKind, ids: &Ids) -> Self {
        let id = ids.short();
        let mut text = format!("{PREFIX}_{}_{id}_{}", kind.as_str(), hex::encode(ids.bytes::<32>()));
        let sum = checksum(&text);
        text.push('_');
        text.push_str(&sum);
        Self { id, digest: digest(&text), text: text.into() }
    }
}

/// A token as a request presents it: well-formed, but known to nobody yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PresentedToken {
    /// What finds the record.
    pub id: String,
    /// SHA-256 of the whole text, to be compared with the record's.
    pub digest: [u8; 32],
}

impl PresentedToken {
    /// Reads a token; nothing unless it is well-formed and its checksum holds.
    pub fn parse(text: &str) -> Option<Self> {
        let (body, sum) = text.rsplit_once('_')?;
        let mut parts = body.split('_');
        let (prefix, kind, id, secret) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let well_formed = parts.next().is_none()
            && prefix == PREFIX
            && KINDS.iter().any(|known| known.as_str() == kind)
            && is_token_id(id)
            && is_hex(secret, SECRET_CHARS)
            && is_hex(sum, CHECKSUM_CHARS)
            && checksum(body) == sum;
        well_formed.then(|| Self { id: id.to_owned(), digest: digest(text) })
    }
}

/// Returns where the id of a token would stand in this text. Says nothing about whether it is a token.
pub(super) fn id_within(text: &str) -> Option<&str> {
    text.split('_').nth(2)
}

/// Returns SHA-256 of a secret text.
pub(crate) fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

fn checksum(body: &str) -> String {
    let [a, b, c, d, ..] = digest(body);
    hex::encode([a, b, c, d])
}

/// Returns whether the text may be the id of a token.
pub(crate) fn is_token_id(text: &str) -> bool {
    is_hex(text, ID_CHARS)
}

fn is_hex(text: &str, chars: usize) -> bool {
    text.len() == chars && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
