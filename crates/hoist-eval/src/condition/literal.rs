//! Literal operands: small lists are compared one by one, long ones looked up in a set.

use std::collections::HashSet;

use foldhash::fast::FixedState;

use super::packed;
use crate::context::AttributeValue;

/// Up to this many texts, comparing one after another is quicker than hashing.
const LINEAR_MAX: usize = 6;

/// A set of texts with a fixed hash: the members come from operators, so nobody can flood it from outside.
pub(crate) type TextSet = HashSet<Box<str>, FixedState>;

/// Literals of any scalar type. Values of different types are never equal.
#[derive(Debug)]
pub(crate) struct Literals {
    pub texts: Texts,
    pub numbers: Box<[f64]>,
    pub yes: bool,
    pub no: bool,
}

impl Literals {
    pub(crate) fn contains(&self, value: &AttributeValue<'_>) -> bool {
        match value {
            AttributeValue::Text(text) => self.texts.contains(text),
            AttributeValue::Number(number) => self.numbers.contains(number),
            AttributeValue::Boolean(true) => self.yes,
            AttributeValue::Boolean(false) => self.no,
            AttributeValue::Null | AttributeValue::List(_) | AttributeValue::Object(_) => false,
        }
    }
}

/// Up to this many bytes, packed texts lie in the test itself, where evaluating reads them without another look into
/// memory. It is what fits beside the other fields without making tests larger.
const INLINE_BYTES: usize = 21;

/// Text literals, folded when letters compare without case.
#[derive(Debug)]
pub(crate) enum Texts {
    /// Few and short ones, packed.
    Inline {
        fold: bool,
        length: u8,
        bytes: [u8; INLINE_BYTES],
    },
    /// So few that comparing is quicker than hashing, packed.
    Few {
        fold: bool,
        bytes: Box<[u8]>,
    },
    Many(Box<Many>),
}

/// Text literals with a set to look them up in. Boxed, because most lists are short and conditions are kept small for
/// the cache's sake.
#[derive(Debug)]
pub(crate) struct Many {
    fold: bool,
    bytes: Box<[u8]>,
    set: TextSet,
}

/// Returns the text with every letter in lower case, one by one: no rule depends on neighbours or on a language.
fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

impl Texts {
    pub(crate) fn new<'t>(texts: impl Iterator<Item = &'t str>, fold_case: bool) -> Self {
        let list: Vec<Box<str>> =
            texts.map(|text| if fold_case { fold(text).into() } else { Box::from(text) }).collect();
        let packed = packed::pack(list.iter().map(|text| &**text));
        if list.len() > LINEAR_MAX {
            return Self::Many(Box::new(Many {
                fold: fold_case,
                bytes: packed.into(),
                set: list.into_iter().collect(),
            }));
        }
        let mut bytes = [0; INLINE_BYTES];
        match (bytes.get_mut(..packed.len()), u8::try_from(packed.len())) {
            (Some(target), Ok(length)) => {
                target.copy_from_slice(&packed);
                Self::Inline { fold: fold_case, length, bytes }
            }
            _ => Self::Few { fold: fold_case, bytes: packed.into() },
        }
    }

    fn packed(&self) -> &[u8] {
        match self {
            Self::Inline { length, bytes, .. } => bytes.get(..usize::from(*length)).unwrap_or_default(),
            Self::Few { bytes, .. } => bytes,
            Self::Many(many) => &many.bytes,
        }
    }

    /// Returns the literals, folded if letters compare without case.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        packed::unpack(self.packed()).filter_map(|text| str::from_utf8(text).ok())
    }

    /// Returns whether there are no literals.
    pub(crate) fn is_empty(&self) -> bool {
        self.packed().is_empty()
    }

    /// Returns whether letters compare without case.
    #[inline]
    pub(crate) fn ignores_case(&self) -> bool {
        match self {
            Self::Inline { fold, .. } | Self::Few { fold, .. } => *fold,
            Self::Many(many) => many.fold,
        }
    }

    /// Returns whether the text is one of these.
    #[inline]
    pub(crate) fn contains(&self, text: &str) -> bool {
        if self.ignores_case() {
            return !self.is_empty() && self.has(&fold(text));
        }
        self.has(text)
    }

    #[inline]
    fn has(&self, text: &str) -> bool {
        match self {
            Self::Many(many) => many.set.contains(text),
            Self::Inline { .. } | Self::Few { .. } => packed::contains(self.packed(), text.as_bytes()),
        }
    }

    /// Returns whether the relation holds between the text and the bytes of one of these.
    #[inline]
    pub(crate) fn any(&self, text: &str, relation: impl Fn(&str, &[u8]) -> bool) -> bool {
        if self.ignores_case() {
            let folded = fold(text);
            return packed::unpack(self.packed()).any(|literal| relation(&folded, literal));
        }
        packed::unpack(self.packed()).any(|literal| relation(text, literal))
    }
}
