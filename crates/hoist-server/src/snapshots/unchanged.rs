//! What an unchanged poll is recognised by.
//!
//! A client that polls sends the same body and the ETag it got for it. Once an ETag has been worked out for a body, the
//! pair leaves a mark here; a request whose pair has its mark is answered without reading the body. The marks belong to
//! one snapshot, so a change forgets them all.

use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};

use foldhash::quality::RandomState;

use crate::limits::UNCHANGED_MARKS;

/// Marks of pairs of request body and ETag. A pair has one place; a newer pair takes it over.
#[derive(Debug)]
pub struct Unchanged {
    /// Seeded per snapshot, so that nobody outside can aim at a mark.
    hash: RandomState,
    marks: Box<[AtomicU64]>,
}

impl Default for Unchanged {
    fn default() -> Self {
        Self { hash: RandomState::default(), marks: (0..UNCHANGED_MARKS).map(|_| AtomicU64::new(0)).collect() }
    }
}

impl Unchanged {
    /// Remembers that `body`, asked by `asker`, has the answer with this ETag.
    pub fn remember(&self, asker: impl Hash, body: &[u8], etag: &str) {
        if let Some((place, mark)) = self.place(asker, body, etag) {
            place.store(mark, Ordering::Relaxed);
        }
    }

    /// Tells whether `body`, asked by `asker`, is known to have the answer with this ETag.
    pub fn knows(&self, asker: impl Hash, body: &[u8], etag: &str) -> bool {
        self.place(asker, body, etag).is_some_and(|(place, mark)| place.load(Ordering::Relaxed) == mark)
    }

    fn place(&self, asker: impl Hash, body: &[u8], etag: &str) -> Option<(&AtomicU64, u64)> {
        let mut hasher = self.hash.build_hasher();
        asker.hash(&mut hasher);
        hasher.write(body);
        let place = self.marks.get(hasher.finish() as usize % UNCHANGED_MARKS)?;
        hasher.write(etag.as_bytes());
        // Zero is an empty place.
        Some((place, hasher.finish() | 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_for_asker_body_and_etag_together() {
        let unchanged = Unchanged::default();
        assert!(!unchanged.knows("1", b"{}", "\"a\""));
        unchanged.remember("1", b"{}", "\"a\"");
        assert!(unchanged.knows("1", b"{}", "\"a\""));
        for (asker, body, etag) in [("2", &b"{}"[..], "\"a\""), ("1", b"{ }", "\"a\""), ("1", b"{}", "\"b\"")] {
            assert!(!unchanged.knows(asker, body, etag));
        }
    }
}
