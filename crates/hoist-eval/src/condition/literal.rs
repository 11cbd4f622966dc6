//! Literal operands: small lists are compared one by one, long ones looked up in a set.

use std::collections::HashSet;

use foldhash::fast::FixedState;

use crate::context::{AttributeValue, same};

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
pub(crate) struct Texts {
    fold: bool,
    list: Box<[Box<str>]>,
    /// Boxed, because most lists are short and conditions are kept small for the cache's sake.
    set: Option<Box<TextSet>>,
}

/// Returns the text with every letter in lower case, one by one: no rule depends on neighbours or on a language.
fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

impl Texts {
    pub(crate) fn new<'t>(texts: impl Iterator<Item = &'t str>, fold_case: bool) -> Self {
        let texts = texts.map(|text| if fold_case { fold(text).into() } else { Box::from(text) });
        let list: Box<[Box<str>]> = texts.collect();
        let set = (list.len() > LINEAR_MAX).then(|| Box::new(list.iter().cloned().collect()));
        Self { fold: fold_case, list, set }
    }

    /// Returns the literals, folded if letters compare without case.
    pub(crate) fn list(&self) -> &[Box<str>] {
        &self.list
    }

    /// Returns whether letters compare without case.
    pub(crate) fn ignores_case(&self) -> bool {
        self.fold
    }

    /// Returns whether the text is one of these.
    pub(crate) fn contains(&self, text: &str) -> bool {
        if self.list.is_empty() {
            return false;
        }
        match &self.set {
            Some(set) if self.fold => set.contains(fold(text).as_str()),
            Some(set) => set.contains(text),
            None => self.any(text, same),
        }
    }

    /// Returns whether the relation holds between the text and one of these.
    pub(crate) fn any(&self, text: &str, relation: impl Fn(&str, &str) -> bool) -> bool {
        if self.fold {
            let folded = fold(text);
            return self.list.iter().any(|literal| relation(&folded, literal));
        }
        self.list.iter().any(|literal| relation(text, literal))
    }
}
