//! Texts side by side in one piece of memory, so that comparing a value with all of them follows one pointer.

/// Each text is preceded by its length, written as two characters of seven bits each: so the whole is text itself and
/// can be cut without checking it again.
const BITS: u32 = 7;
const MASK: usize = (1 << BITS) - 1;
/// Bytes of a length.
const HEADER_BYTES: usize = 2;
/// Longest text that a length can tell: 16,383 bytes. Literals are bounded by
/// [`crate::limits::LITERAL_BYTES_MAX`], and folding letters at most triples them.
const TEXT_BYTES_MAX: usize = (1 << (2 * BITS)) - 1;

const _: () = assert!(3 * crate::limits::LITERAL_BYTES_MAX <= TEXT_BYTES_MAX, "every literal must fit");

/// An immutable list of texts.
#[derive(Debug)]
pub(crate) struct Packed(Box<str>);

impl Packed {
    /// Packs the texts in their order.
    pub(crate) fn new<'t>(texts: impl Iterator<Item = &'t str>) -> Self {
        let mut packed = String::new();
        for text in texts {
            debug_assert!(text.len() <= TEXT_BYTES_MAX, "operands are checked before they are packed");
            packed.extend([text.len() >> BITS & MASK, text.len() & MASK].map(|seven| char::from(seven as u8)));
            packed.push_str(text);
        }
        Self(packed.into())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the texts in their order.
    #[inline]
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        let mut rest = &*self.0;
        std::iter::from_fn(move || {
            let &[high, low] = rest.as_bytes().first_chunk::<HEADER_BYTES>()?;
            let end = HEADER_BYTES + (usize::from(high) << BITS | usize::from(low));
            let text = rest.get(HEADER_BYTES..end)?;
            rest = rest.get(end..)?;
            Some(text)
        })
    }

    /// Returns whether the text is one of these.
    #[inline]
    pub(crate) fn contains(&self, text: &str) -> bool {
        let text = text.as_bytes();
        let mut rest = self.0.as_bytes();
        while let &[high, low, ref texts @ ..] = rest {
            let length = usize::from(high) << BITS | usize::from(low);
            let Some((literal, after)) = texts.split_at_checked(length) else { return false };
            // Most texts differ in length or in the first byte: that much is cheaper than a call.
            if length == text.len() && literal.first() == text.first() && literal == text {
                return true;
            }
            rest = after;
        }
        false
    }
}
