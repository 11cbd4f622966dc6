//! The layout of stored evidence, so that a later layout is told from this one.

use serde::de::{Error as _, Unexpected};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Stands for layout `N`: written as the number, and nothing else is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Version<const N: u64>;

impl<const N: u64> Serialize for Version<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(N)
    }
}

impl<'de, const N: u64> Deserialize<'de> for Version<N> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let found = u64::deserialize(source)?;
        let expected = format!("layout {N} of stored evidence");
        if found == N {
            Ok(Self)
        } else {
            Err(D::Error::invalid_value(Unexpected::Unsigned(found), &expected.as_str()))
        }
    }
}
