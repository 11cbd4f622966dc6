//! Testing one attribute's value. Scalar operators on a list hold if any element satisfies them.

use ipnet::IpNet;
use regex::Regex;

use super::attribute::Subject;
use super::instant::TimeCheck;
use super::literal::{Literals, Texts};
use super::number::{NumberCheck, number_in};
use super::version::VersionCheck;
use super::{address, instant, pattern};
use crate::context::AttributeValue;

/// A test of a value, with its operands parsed.
#[derive(Debug)]
pub(crate) enum Check {
    /// One of these texts: the common case of `OneOf`, kept small.
    OneText(Texts),
    OneOf(Box<Literals>),
    StartsWith(Texts),
    EndsWith(Texts),
    Contains(Texts),
    Matches(Box<[Regex]>),
    Number(NumberCheck),
    Time(TimeCheck),
    Version(VersionCheck),
    Exists,
    IsTrue,
    ListContainsAny(Box<Literals>),
    ListContainsAll(Box<[Literals]>),
    ListSize(Box<[usize]>),
    Address(Box<[IpNet]>),
}

impl Check {
    /// Returns whether what is there satisfies the test.
    #[inline]
    pub(crate) fn holds(&self, subject: &Subject<'_>) -> bool {
        let text: &str = match subject {
            Subject::Value(AttributeValue::Text(text)) => text,
            Subject::Key(key) => key,
            Subject::Value(AttributeValue::List(items)) => return self.list_holds(items),
            Subject::Value(value) => return self.scalar_holds(value),
        };
        // The commonest test of all is spared a call.
        if let Self::OneText(texts) = self { texts.contains(text) } else { self.text_holds(text) }
    }

    fn list_holds(&self, items: &[AttributeValue<'_>]) -> bool {
        match self {
            Self::Exists => true,
            Self::ListContainsAny(literals) => items.iter().any(|item| literals.contains(item)),
            Self::ListContainsAll(all) => all.iter().all(|one| items.iter().any(|item| one.contains(item))),
            Self::ListSize(sizes) => sizes.contains(&items.len()),
            _ => items.iter().any(|item| self.scalar_holds(item)),
        }
    }

    fn scalar_holds(&self, value: &AttributeValue<'_>) -> bool {
        match (self, value) {
            (_, AttributeValue::Text(text)) => self.text_holds(text),
            (Self::Exists, value) => *value != AttributeValue::Null,
            (Self::OneOf(literals), value) => literals.contains(value),
            (Self::IsTrue, AttributeValue::Boolean(value)) => *value,
            (Self::Number(check), AttributeValue::Number(number)) => check.holds(*number),
            (Self::Time(check), AttributeValue::Number(millis)) => {
                instant::from_millis(*millis).is_some_and(|instant| check.holds(instant))
            }
            _ => false,
        }
    }

    fn text_holds(&self, text: &str) -> bool {
        match self {
            Self::OneText(texts) => texts.contains(text),
            Self::OneOf(literals) => literals.texts.contains(text),
            Self::StartsWith(texts) => texts.any(text, |text, prefix| text.as_bytes().starts_with(prefix)),
            Self::EndsWith(texts) => texts.any(text, |text, suffix| text.as_bytes().ends_with(suffix)),
            Self::Contains(texts) => {
                texts.any(text, |text, part| str::from_utf8(part).is_ok_and(|part| text.contains(part)))
            }
            Self::Matches(patterns) => pattern::matches(patterns, text),
            Self::Number(check) => number_in(text).is_some_and(|number| check.holds(number)),
            Self::Time(check) => instant::parse(text).is_some_and(|instant| check.holds(instant)),
            Self::Version(check) => check.text_holds(text),
            Self::Address(networks) => address::in_any(networks, text),
            Self::Exists => true,
            Self::IsTrue | Self::ListContainsAny(_) | Self::ListContainsAll(_) | Self::ListSize(_) => false,
        }
    }
}
