//! Which units have failed already.

use std::fmt;

/// Bytes of the filter.
pub const FILTER_BYTES: usize = 16 * 1024;

/// A Bloom filter of fixed size, two bits per unit, kept for one metric of one rollout.
///
/// A unit counts as affected once, whatever it goes on to do: requests of one unit are not independent, first failures of
/// many are. The filter never forgets a unit. It may take a new one for an old one (one in 50 after 10,000 units), which
/// drops a failure whatever arm it is in: that costs power, never validity.
#[derive(Clone, PartialEq, Eq)]
pub struct FirstFailures {
    bits: Box<[u8]>,
}

impl Default for FirstFailures {
    fn default() -> Self {
        Self { bits: vec![0; FILTER_BYTES].into_boxed_slice() }
    }
}

impl fmt::Debug for FirstFailures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let set: u32 = self.bits.iter().map(|byte| byte.count_ones()).sum();
        write!(f, "FirstFailures({set} bits)")
    }
}

/// Stored bytes are not a filter: another length than [`FILTER_BYTES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a filter of first failures has {FILTER_BYTES} bytes")]
pub struct NotAFilter;

impl TryFrom<Vec<u8>> for FirstFailures {
    type Error = NotAFilter;

    fn try_from(bytes: Vec<u8>) -> Result<Self, NotAFilter> {
        if bytes.len() == FILTER_BYTES { Ok(Self { bits: bytes.into_boxed_slice() }) } else { Err(NotAFilter) }
    }
}

impl FirstFailures {
    /// Marks the unit with this hash, all 64 bits of which must be well mixed, and returns whether it is new.
    pub fn insert(&mut self, hash: u64) -> bool {
        // Not a short circuit: both bits have to be set.
        let first = self.set(hash as u32);
        let second = self.set((hash >> 32) as u32);
        first || second
    }

    /// Sets the bit, and returns whether it was clear.
    fn set(&mut self, bits: u32) -> bool {
        let position = bits as usize % (FILTER_BYTES * 8);
        let mask = 1_u8 << (position % 8);
        let Some(byte) = self.bits.get_mut(position / 8) else { return false };
        let was_clear = *byte & mask == 0;
        *byte |= mask;
        was_clear
    }

    /// Adds the units of another filter.
    pub fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.bits.iter_mut().zip(&other.bits) {
            *mine |= theirs;
        }
    }

    /// Returns the bytes to store.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bits
    }
}
