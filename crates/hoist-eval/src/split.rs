//! Splits: dividing units among variants by a hash of their targeting key.
//!
//! The rule gives the same bucket in this evaluator and in flagd evaluators of generations 2 and 3. The hashed text is
//! the salt followed by the last 64 characters of the targeting key, padded on the left with `~`; it is hashed as CBOR
//! text, so for ASCII keys the bytes are always `0x78 0x60`, 32 of salt and 64 of key. The bucket is
//! `hash * 100,000 >> 32` in integers, and the variant is the first whose cumulative weight exceeds it.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::limits::{BUCKETING_WINDOW_CHARS, SALT_CHARS, SPLIT_TOTAL};
use crate::murmur;

/// The CBOR header of a text of 96 bytes.
const HEADER_ASCII: [u8; 2] = [0x78, 0x60];
/// Salt bytes that share whole hash blocks with the header.
const SALT_HEAD: usize = SALT_CHARS - HEADER_ASCII.len();
/// What is hashed after the header and the head of the salt.
const REST: usize = BUCKETING_WINDOW_CHARS + HEADER_ASCII.len();
/// Bytes of a hash block.
const BLOCK: usize = 4;
/// Whole blocks of the tail of the salt and the padding, at most.
const PADDED_BLOCKS: usize = REST / BLOCK;
/// Length of everything that is hashed for an ASCII key.
const TOTAL_ASCII: u32 = (HEADER_ASCII.len() + SALT_CHARS + BUCKETING_WINDOW_CHARS) as u32;
/// Room for a header of three bytes, the salt, and 64 characters of four bytes.
const BUFFER: usize = 3 + SALT_CHARS + 4 * BUCKETING_WINDOW_CHARS;

/// The salt of a split: 32 lower-case hexadecimal characters. The same salt is the same draw, for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Salt {
    text: [u8; SALT_CHARS],
    /// The hash state after the header and the head of the salt, which all ASCII keys share.
    state: u32,
}

/// Why a text is not a [`Salt`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a salt is exactly {SALT_CHARS} lower-case hexadecimal characters")]
pub struct SaltError;

impl Salt {
    /// Returns the salt as text.
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.text).unwrap_or_default()
    }
}

impl FromStr for Salt {
    type Err = SaltError;

    fn from_str(text: &str) -> Result<Self, SaltError> {
        let text: [u8; SALT_CHARS] = text.as_bytes().try_into().map_err(|_| SaltError)?;
        if !text.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(SaltError);
        }
        let mut head = [0_u8; HEADER_ASCII.len() + SALT_HEAD];
        let bytes = HEADER_ASCII.iter().chain(&text);
        head.iter_mut().zip(bytes).for_each(|(slot, byte)| *slot = *byte);
        Ok(Self { text, state: murmur::absorb(0, &head).0 })
    }
}

impl TryFrom<String> for Salt {
    type Error = SaltError;

    fn try_from(text: String) -> Result<Self, SaltError> {
        text.parse()
    }
}

impl From<Salt> for String {
    fn from(salt: Salt) -> Self {
        salt.as_str().to_owned()
    }
}

/// A salt with everything hashed in advance that short keys share: their padding comes before them.
#[derive(Debug)]
pub(crate) struct Draw {
    /// The hash state after the padding, by how many whole blocks the tail of the salt and the padding fill; the first
    /// is for one block.
    padded: [u32; PADDED_BLOCKS],
    salt: Salt,
}

impl Draw {
    pub(crate) fn new(salt: Salt) -> Self {
        let rest = rest(&salt, &[]);
        let mut state = salt.state;
        let (blocks, _) = rest.as_chunks::<BLOCK>();
        let mut padded = [0; PADDED_BLOCKS];
        for (slot, block) in padded.iter_mut().zip(blocks) {
            state = murmur::absorb(state, block).0;
            *slot = state;
        }
        Self { padded, salt }
    }

    pub(crate) fn salt(&self) -> &Salt {
        &self.salt
    }

    /// Returns something from both ends of what [`Draw::bucket`] reads.
    pub(crate) fn glance(&self) -> u32 {
        let [first, .., last] = self.padded;
        first ^ last
    }

    /// Returns what [`split_bucket`] returns.
    pub(crate) fn bucket(&self, key: &str) -> u32 {
        let padding = REST.saturating_sub(key.len());
        let blocks = padding / BLOCK;
        // Keys that leave no padding, and those with characters of several bytes, go the long way.
        let hash = match self.padded.get(blocks.wrapping_sub(1)) {
            Some(state) if key.is_ascii() => {
                let mut rest = [b'~'; REST];
                if let Some(target) = rest.get_mut(padding..) {
                    target.copy_from_slice(key.as_bytes());
                }
                murmur::finish(*state, rest.get(blocks * BLOCK..).unwrap_or_default(), TOTAL_ASCII)
            }
            _ => split_hash(&self.salt, key),
        };
        scale(hash)
    }
}

fn scale(hash: u32) -> u32 {
    ((u64::from(hash) * u64::from(SPLIT_TOTAL)) >> 32) as u32
}

/// Returns the unit's bucket, from 0 up to and without [`SPLIT_TOTAL`].
pub fn split_bucket(salt: &Salt, targeting_key: &str) -> u32 {
    scale(split_hash(salt, targeting_key))
}

/// Returns the hash that [`split_bucket`] scales; public for tests and tools.
pub fn split_hash(salt: &Salt, targeting_key: &str) -> u32 {
    if targeting_key.is_ascii() { hash_ascii(salt, targeting_key.as_bytes()) } else { hash_text(salt, targeting_key) }
}

fn hash_ascii(salt: &Salt, key: &[u8]) -> u32 {
    murmur::finish(salt.state, &rest(salt, key), TOTAL_ASCII)
}

/// Returns what is hashed after the head of the salt: its tail, the padding, and the last characters of the key.
fn rest(salt: &Salt, key: &[u8]) -> [u8; REST] {
    let mut rest = [b'~'; REST];
    if let (Some(target), Some(tail)) = (rest.first_chunk_mut::<2>(), salt.text.last_chunk::<2>()) {
        *target = *tail;
    }
    let length = key.len().min(BUCKETING_WINDOW_CHARS);
    let window = key.get(key.len() - length..).unwrap_or_default();
    if let Some(target) = rest.get_mut(REST - length..) {
        target.copy_from_slice(window);
    }
    rest
}

/// The same for any key. Generation 2 evaluators in JavaScript and .NET differ here; generation 3 agrees.
fn hash_text(salt: &Salt, key: &str) -> u32 {
    let start = key.char_indices().rev().nth(BUCKETING_WINDOW_CHARS - 1).map_or(0, |(at, _)| at);
    let window = key.get(start..).unwrap_or_default();
    let padding = BUCKETING_WINDOW_CHARS.saturating_sub(window.chars().count());
    let length = SALT_CHARS + padding + window.len();
    let high = (length >> 8) as u8;
    let header: &[u8] = if high == 0 { &[0x78, length as u8] } else { &[0x79, high, length as u8] };
    let mut buffer = [b'~'; BUFFER];
    let mut end = 0;
    for (part, skip) in [(header, 0), (salt.text.as_slice(), padding), (window.as_bytes(), 0)] {
        if let Some(target) = buffer.get_mut(end..end + part.len()) {
            target.copy_from_slice(part);
        }
        end += part.len() + skip;
    }
    murmur::murmur3(buffer.get(..end).unwrap_or_default())
}
