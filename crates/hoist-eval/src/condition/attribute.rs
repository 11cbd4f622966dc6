//! Paths to attributes.

use crate::context::{AttributeValue, EvaluationContext, TARGETING_KEY};
use crate::limits::{ATTRIBUTE_PATH_BYTES_MAX, RESERVED_NAMES};

/// A path into the context, split once.
#[derive(Debug)]
pub(crate) struct Attribute {
    name: Box<str>,
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
    Text(&'c str),
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
        let place = match &*parts {
            [only] if &**only == TARGETING_KEY => Place::TargetingKey,
            [_] => Place::Top,
            _ => Place::Nested(parts),
        };
        Ok(Self { name: path.into(), place })
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
    pub(crate) fn find<'c>(&self, context: &'c EvaluationContext<'_>) -> Option<Subject<'c>> {
        let value = match &self.place {
            Place::TargetingKey => return context.targeting_key().map(Subject::Text),
            Place::Top => context.attributes().get(&self.name)?,
            Place::Nested(parts) => {
                let (first, members) = parts.split_first()?;
                let mut value = context.attributes().get(first)?;
                for member in members {
                    let AttributeValue::Object(object) = value else { return None };
                    value = object.get(member)?;
                }
                value
            }
        };
        match value {
            AttributeValue::Null => None,
            AttributeValue::Text(text) => Some(Subject::Text(text)),
            value => Some(Subject::Value(value)),
        }
    }
}
