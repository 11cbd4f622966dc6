//! Paths to attributes.

use crate::context::{AttributeValue, EvaluationContext, Mark, TARGETING_KEY};
use crate::limits::{ATTRIBUTE_PATH_BYTES_MAX, RESERVED_NAMES};

/// A path into the context, split once.
#[derive(Debug)]
pub(crate) struct Attribute {
    name: Box<str>,
    /// The mark of the outermost attribute's name.
    mark: Mark,
    place: Place,
}

#[derive(Debug)]
enum Place {
    TargetingKey,
    /// An attribute of the context itself.
    Top,
    /// A member of an object: the outermost attribute, then the members.
    Nested(Box<[Box<str>]>),
}

/// What a path leads to.
pub(crate) enum Subject<'c> {
    /// The targeting key.
    Key(&'c str),
    /// Any other attribute; never null.
    Value(&'c AttributeValue<'c>),
}

impl Attribute {
    /// Splits a dotted path; the error is the rule that it breaks.
    pub(crate) fn parse(path: &str) -> Result<Self, &'static str> {
        if path.is_empty() {
            return Err("must name an attribute");
        }
        if path.len() > ATTRIBUTE_PATH_BYTES_MAX {
            return Err("must be at most 512 bytes");
        }
        let parts: Box<[Box<str>]> = path.split('.').map(Box::from).collect();
        if parts.iter().any(|part| part.is_empty()) {
            return Err("must be names separated by single dots");
        }
        if parts.iter().any(|part| RESERVED_NAMES.contains(&&**part)) {
            return Err("must not contain __proto__, constructor or prototype");
        }
        let mark = Mark::new(parts.first().map(|first| &**first).unwrap_or_default());
        let place = match &*parts {
            [only] if &**only == TARGETING_KEY => Place::TargetingKey,
            [_] => Place::Top,
            _ => Place::Nested(parts),
        };
        Ok(Self { name: path.into(), mark, place })
    }

    /// Returns the path as written.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Returns whether the path leads to the targeting key.
    pub(crate) fn is_targeting_key(&self) -> bool {
        matches!(self.place, Place::TargetingKey)
    }

    /// Follows the path. A null, a missing member and a member of something that is no object are all absent.
    #[inline]
    pub(crate) fn find<'c>(&self, context: &'c EvaluationContext<'_>) -> Option<Subject<'c>> {
        let value = match &self.place {
            Place::Top => context.attributes().marked(self.mark, &self.name)?,
            Place::TargetingKey => return context.targeting_key().map(Subject::Key),
            Place::Nested(parts) => self.nested(parts, context)?,
        };
        match value {
            AttributeValue::Null => None,
            value => Some(Subject::Value(value)),
        }
    }

    fn nested<'c>(&self, parts: &[Box<str>], context: &'c EvaluationContext<'_>) -> Option<&'c AttributeValue<'c>> {
        let (first, members) = parts.split_first()?;
        let mut value = context.attributes().marked(self.mark, first)?;
        for member in members {
            let AttributeValue::Object(object) = value else { return None };
            value = object.get(member)?;
        }
        Some(value)
    }
}
