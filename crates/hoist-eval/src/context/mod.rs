//! Who is asking: the targeting key, the attributes, and the time of the question.

mod builder;
mod json;
mod value;

use std::borrow::Cow;

use crate::resolution::ErrorCode;
use crate::time::Timestamp;

pub use builder::ContextBuilder;
pub(crate) use value::Mark;
pub use value::{AttributeValue, Attributes};

/// The name under which conditions read the targeting key.
pub const TARGETING_KEY: &str = "targetingKey";

/// Who is asking, and when. Immutable; every limit has been checked.
#[derive(Debug, Clone, PartialEq)]
pub struct EvaluationContext<'a> {
    targeting_key: Option<Cow<'a, str>>,
    attributes: Attributes<'a>,
    now: Timestamp,
}

impl<'a> EvaluationContext<'a> {
    /// Returns a context about which only the time is known.
    pub fn empty(now: Timestamp) -> Self {
        Self { targeting_key: None, attributes: Attributes::default(), now }
    }

    /// Starts a context that is put together in code.
    pub fn builder(now: Timestamp) -> ContextBuilder<'a> {
        ContextBuilder::new(now)
    }

    /// Reads a JSON object, borrowing its texts. Limits are checked while reading, before anything is built.
    pub fn from_json(json: &'a [u8], now: Timestamp) -> Result<Self, ContextError> {
        json::from_slice(json, now)
    }

    /// Reads a JSON object that is in memory already, under the same limits.
    pub fn from_value(json: &'a serde_json::Value, now: Timestamp) -> Result<Self, ContextError> {
        json::from_value(json, now)
    }

    /// Returns the targeting key. An empty one counts as absent.
    pub fn targeting_key(&self) -> Option<&str> {
        self.targeting_key.as_deref()
    }

    /// Returns the time of the evaluation.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Returns all attributes; the targeting key is not among them.
    pub fn attributes(&self) -> &Attributes<'a> {
        &self.attributes
    }

    fn new(targeting_key: Option<Cow<'a, str>>, attributes: Attributes<'a>, now: Timestamp) -> Self {
        Self { targeting_key: targeting_key.filter(|key| !key.is_empty()), attributes, now }
    }
}

/// Why a context was refused. The message names the rule, never the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ContextError {
    /// The text is not JSON.
    #[error("the context is not valid JSON (line {line}, column {column})")]
    Syntax {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// The context is JSON, but no object.
    #[error("the context must be a JSON object")]
    NotAnObject,
    /// The targeting key is neither text nor null.
    #[error("targetingKey must be a string")]
    TargetingKeyNotText,
    /// The same name occurs twice in one object.
    #[error("an attribute name occurs twice in one object")]
    DuplicateName,
    /// A name is one of [`crate::limits::RESERVED_NAMES`].
    #[error("the attribute names __proto__, constructor and prototype are not allowed")]
    ReservedName,
    /// A name is too long.
    #[error("attribute names must be at most {} bytes", crate::limits::CONTEXT_KEY_BYTES_MAX)]
    NameTooLong,
    /// A text is too long.
    #[error("attribute values must be at most {} bytes", crate::limits::CONTEXT_VALUE_BYTES_MAX)]
    ValueTooLong,
    /// There are too many attributes.
    #[error("the context must have at most {} attributes, nested ones included", crate::limits::CONTEXT_ATTRIBUTES_MAX)]
    TooManyAttributes,
    /// There are too many list elements.
    #[error("the lists of the context must have at most {} elements together", crate::limits::CONTEXT_ELEMENTS_MAX)]
    TooManyElements,
    /// Objects and lists are nested too deeply.
    #[error("the context must be nested at most {} levels deep", crate::limits::CONTEXT_DEPTH_MAX)]
    TooDeep,
    /// A number is infinite or not a number.
    #[error("numbers in the context must be finite")]
    NotFinite,
}

impl ContextError {
    /// Returns OpenFeature's code for this: `PARSE_ERROR` if the text is not JSON, else `INVALID_CONTEXT`.
    pub fn code(self) -> ErrorCode {
        match self {
            Self::Syntax { .. } => ErrorCode::ParseError,
            _ => ErrorCode::InvalidContext,
        }
    }
}
