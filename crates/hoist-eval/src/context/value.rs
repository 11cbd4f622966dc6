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
pub struct Attributes<'a>(Vec<Entry<'a>>);

#[derive(Debug, Clone, PartialEq)]
struct Entry<'a> {
    mark: Mark,
    name: Cow<'a, str>,
    value: AttributeValue<'a>,
}

/// What tells most names apart, in one word: the length and the first bytes. Marks are ordered as names are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Mark(u64);

impl Mark {
    /// Names up to this length are equal if their marks are.
    const WHOLE_BYTES_MAX: usize = 7;

    pub(crate) fn new(name: &str) -> Self {
        let mut bytes = [0; 8];
        let length = u8::try_from(name.len()).unwrap_or(u8::MAX);
        bytes.iter_mut().zip([length].iter().chain(name.as_bytes())).for_each(|(slot, byte)| *slot = *byte);
        Self(u64::from_be_bytes(bytes))
    }

    /// Returns whether two names of this mark are the same.
    fn is_whole_or(self, same: impl FnOnce() -> bool) -> bool {
        self.0 >> 56 <= Self::WHOLE_BYTES_MAX as u64 || same()
    }
}

/// Shorter names first: most comparisons then end at the mark.
fn order(left: (Mark, &str), right: (Mark, &str)) -> Ordering {
    let by_name = || left.1.len().cmp(&right.1.len()).then_with(|| left.1.cmp(right.1));
    left.0.cmp(&right.0).then_with(by_name)
}

impl<'a> Attributes<'a> {
    pub(super) fn new(entries: Vec<(Cow<'a, str>, AttributeValue<'a>)>) -> Result<Self, ContextError> {
        let marked = |(name, value): (Cow<'a, str>, _)| Entry { mark: Mark::new(&name), name, value };
        let mut entries: Vec<Entry<'a>> = entries.into_iter().map(marked).collect();
        entries.sort_by(|left, right| order((left.mark, &left.name), (right.mark, &right.name)));
        let doubled = entries.windows(2).any(|pair| matches!(pair, [left, right] if left.name == right.name));
        if doubled { Err(ContextError::DuplicateName) } else { Ok(Self(entries)) }
    }

    /// Returns the value of that name, null included.
    pub fn get(&self, name: &str) -> Option<&AttributeValue<'a>> {
        self.marked(Mark::new(name), name)
    }

    /// Returns the value of that name, null included; the mark must be that of the name.
    #[inline]
    pub(crate) fn marked(&self, mark: Mark, name: &str) -> Option<&AttributeValue<'a>> {
        if self.0.len() <= LINEAR_MAX {
            let is_it = |entry: &&Entry<'_>| entry.mark == mark && mark.is_whole_or(|| entry.name == name);
            return self.0.iter().find(is_it).map(|entry| &entry.value);
        }
        let at = self.0.binary_search_by(|entry| order((entry.mark, &entry.name), (mark, name))).ok()?;
        self.0.get(at).map(|entry| &entry.value)
    }

    /// Returns names and values, shortest name first.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &AttributeValue<'a>)> {
        self.0.iter().map(|entry| (entry.name.as_ref(), &entry.value))
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
