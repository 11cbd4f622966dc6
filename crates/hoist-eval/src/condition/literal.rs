//! Literal operands: small lists are compared one by one, long ones looked up in a set.

use std::collections::HashSet;

use foldhash::fast::FixedState;

use super::packed::Packed;
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

/// Text literals, folded when letters compare without case.
#[derive(Debug)]
pub(crate) enum Texts {
    /// So few that comparing is quicker than hashing.
    Few {
        texts: Packed,
        fold: bool,
    },
    Many(Box<Many>),
}

/// Text literals with a set to look them up in. Boxed, because most lists are short and conditions are kept small for
/// the cache's sake.
#[derive(Debug)]
pub(crate) struct Many {
    texts: Packed,
    fold: bool,
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
        let texts = Packed::new(list.iter().map(|text| &**text));
        if list.len() <= LINEAR_MAX {
            return Self::Few { texts, fold: fold_case };
        }
        Self::Many(Box::new(Many { texts, fold: fold_case, set: list.into_iter().collect() }))
    }

    fn texts(&self) -> &Packed {
        match self {
            Self::Few { texts, .. } => texts,
            Self::Many(many) => &many.texts,
        }
    }

    /// Returns the literals, folded if letters compare without case.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.texts().iter()
    }

    /// Returns whether there are no literals.
    pub(crate) fn is_empty(&self) -> bool {
        self.texts().is_empty()
    }

    /// Returns whether letters compare without case.
    pub(crate) fn ignores_case(&self) -> bool {
        match self {
            Self::Few { fold, .. } => *fold,
            Self::Many(many) => many.fold,
        }
    }

    /// Returns whether the text is one of these.
    #[inline]
    pub(crate) fn contains(&self, text: &str) -> bool {
        match self {
            Self::Few { texts, fold: false } => texts.contains(text),
            Self::Few { texts, fold: true } => !texts.is_empty() && texts.contains(&fold(text)),
            Self::Many(many) if many.fold => many.set.contains(fold(text).as_str()),
            Self::Many(many) => many.set.contains(text),
        }
    }

    /// Returns whether the relation holds between the text and one of these.
    #[inline]
    pub(crate) fn any(&self, text: &str, relation: impl Fn(&str, &str) -> bool) -> bool {
        if self.ignores_case() {
            let folded = fold(text);
            return self.iter().any(|literal| relation(&folded, literal));
        }
        self.iter().any(|literal| relation(text, literal))
    }
}
