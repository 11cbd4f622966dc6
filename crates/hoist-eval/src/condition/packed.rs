//! Texts side by side in one piece of memory, each preceded by its length in two bytes, so that comparing a value with
//! all of them follows at most one pointer.

/// Bytes of a length.
const HEADER_BYTES: usize = 2;

const _: () = assert!(
    3 * crate::limits::LITERAL_BYTES_MAX <= u16::MAX as usize,
    "every literal must have a length of two bytes, and folding letters at most triples it"
);

/// Packs the texts in their order.
pub(super) fn pack<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<u8> {
    let mut packed = Vec::new();
    for text in texts {
        // Operands are checked before they are packed, so that none is longer.
        let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
        packed.extend(length.to_le_bytes());
        packed.extend(text.bytes().take(usize::from(length)));
    }
    packed
}

/// Returns the texts in their order.
#[inline]
pub(super) fn unpack(packed: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = packed;
    std::iter::from_fn(move || {
        let (length, texts) = rest.split_first_chunk::<HEADER_BYTES>()?;
        let (text, after) = texts.split_at_checked(usize::from(u16::from_le_bytes(*length)))?;
        rest = after;
        Some(text)
    })
}

/// Returns whether the text is one of these.
#[inline]
pub(super) fn contains(packed: &[u8], text: &[u8]) -> bool {
    // Most texts differ in length or in the first byte: that much is cheaper than a call.
    unpack(packed).any(|one| one.len() == text.len() && one.first() == text.first() && one == text)
}
