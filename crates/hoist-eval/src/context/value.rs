//! Attribute values. Numbers are 64-bit floats, as in every JavaScript client; literals of conditions are kept within
//! the range where that is exact.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::ContextError;

/// Up to this many attributes, comparing one after another is quicker than a search.
const LINEAR_MAX: usize = 8;

/// One attribute's value.
#[derive(Debug, Clone, PartialEq)]
pub enum AttributeValue<'a> {
    /// JSON null: the attribute counts as absent.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A finite number.
    Number(f64),
    /// Text.
    Text(Cow<'a, str>),
    /// A list.
    List(Vec<AttributeValue<'a>>),
    /// An object.
    Object(Attributes<'a>),
}

impl From<bool> for AttributeValue<'_> {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

impl From<f64> for AttributeValue<'_> {
    fn from(value: f64) -> Self {
        Self::Number(value)
    }
}

impl From<i32> for AttributeValue<'_> {
    fn from(value: i32) -> Self {
        Self::Number(value.into())
    }
}

impl From<i64> for AttributeValue<'_> {
    fn from(value: i64) -> Self {
        Self::Number(value as f64)
    }
}

impl<'a> From<&'a str> for AttributeValue<'a> {
    fn from(value: &'a str) -> Self {
        Self::Text(Cow::Borrowed(value))
    }
}

impl From<String> for AttributeValue<'_> {
    fn from(value: String) -> Self {
        Self::Text(Cow::Owned(value))
    }
}

impl<'a, T: Into<AttributeValue<'a>>> From<Vec<T>> for AttributeValue<'a> {
    fn from(values: Vec<T>) -> Self {
        Self::List(values.into_iter().map(Into::into).collect())
    }
}

/// Named values, sorted for quick search. Invariant: no name occurs twice.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Attributes<'a>(Vec<(Cow<'a, str>, AttributeValue<'a>)>);

/// Shorter names first: most comparisons then end at the length.
fn order(left: &str, right: &str) -> Ordering {
    left.len().cmp(&right.len()).then_with(|| left.cmp(right))
}

/// Compares texts, most of which differ in length or in the first byte: that much is cheaper than a call.
#[inline]
pub(crate) fn same(left: &str, right: &str) -> bool {
    left.len() == right.len() && left.as_bytes().first() == right.as_bytes().first() && left == right
}

impl<'a> Attributes<'a> {
    pub(super) fn new(mut entries: Vec<(Cow<'a, str>, AttributeValue<'a>)>) -> Result<Self, ContextError> {
        entries.sort_by(|(left, _), (right, _)| order(left, right));
        let doubled = entries.windows(2).any(|pair| matches!(pair, [(left, _), (right, _)] if left == right));
        if doubled { Err(ContextError::DuplicateName) } else { Ok(Self(entries)) }
    }

    /// Returns the value of that name, null included.
    pub fn get(&self, name: &str) -> Option<&AttributeValue<'a>> {
        if self.0.len() <= LINEAR_MAX {
            return self.0.iter().find(|(key, _)| same(key, name)).map(|(_, value)| value);
        }
        let at = self.0.binary_search_by(|(key, _)| order(key, name)).ok()?;
        self.0.get(at).map(|(_, value)| value)
    }

    /// Returns names and values, shortest name first.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &AttributeValue<'a>)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), value))
    }

    /// Returns the number of names.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether there are no names.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
