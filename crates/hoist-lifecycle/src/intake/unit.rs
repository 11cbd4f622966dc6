//! Units, and the arms that they are in.

use std::hash::{BuildHasherDefault, Hasher};

use serde::{Deserialize, Serialize};
use siphasher::sip::SipHasher13;

use super::buckets::BUCKETS;

/// A unit of randomisation, known by a hash of its targeting key. Keys themselves are never kept.
///
/// The hash is SipHash-1-3 under fixed keys: the same on every server and after every restart, and unrelated to the
/// bucketing of allocations, so that a sample of hashes is a fair sample of both arms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unit(pub(super) u64);

impl Unit {
    /// Returns the unit with this targeting key.
    pub fn of(targeting_key: &str) -> Self {
        let mut hasher = SipHasher13::new_with_keys(0x686f_6973_7421_756e, 0x6974_2d68_6173_6831);
        hasher.write(targeting_key.as_bytes());
        Self(hasher.finish())
    }

    /// Returns the hash.
    pub fn hash(self) -> u64 {
        self.0
    }

    /// Returns the one of [`BUCKETS`] groups of units that this one is in. Uses the low bits; samples use the high ones.
    pub fn bucket(self) -> usize {
        (self.0 % BUCKETS as u64) as usize
    }
}

/// Which of the two that a guard compares a unit is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arm {
    /// Has the variant of the stage.
    Treatment,
    /// Has the control variant, in the same traffic.
    Control,
}

impl Arm {
    /// Both, in the order in which they are stored.
    pub const BOTH: [Self; 2] = [Self::Treatment, Self::Control];

    /// Returns the arm's name, as it is shown and stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Treatment => "treatment",
            Self::Control => "control",
        }
    }
}

/// Hashes what is a hash already.
#[derive(Debug, Default)]
pub(super) struct Same(u64);

impl Hasher for Same {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        // Not reached for `Unit`, which writes one u64; folds other input so that the trait holds.
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

pub(super) type BuildSame = BuildHasherDefault<Same>;
