//! The answer to an evaluation, in OpenFeature's words.

use serde::{Deserialize, Serialize};

use crate::key::VariantKey;
use crate::value::FlagValue;

/// What a flag is worth for one context. Evaluation never fails: a failure is an answer with an error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Resolution<'s> {
    /// The value; absent exactly when there is an error.
    pub value: Option<&'s FlagValue>,
    /// The variant that the value belongs to; absent exactly when there is an error.
    pub variant: Option<&'s VariantKey>,
    /// Where the variant stands among the flag's variants, from 0; absent exactly when there is an error.
    pub place: Option<u8>,
    /// Why this variant.
    pub reason: Reason,
    /// What went wrong, if something did.
    pub error: Option<ErrorCode>,
    /// Which entry of the rollout's allocation decided, from 0, so that the unit counts as exposed to the rollout; absent if
    /// something else decided.
    pub entry: Option<u8>,
    /// The version of the flag in this environment; 0 for an unknown flag.
    pub version: u64,
}

impl Resolution<'_> {
    pub(crate) fn error(code: ErrorCode, version: u64) -> Self {
        let (reason, error) = (Reason::Error, Some(code));
        Self { value: None, variant: None, place: None, reason, error, entry: None, version }
    }
}

/// Why a variant was served. The text forms are OpenFeature's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Reason {
    /// The flag has no rules, no allocation and no prerequisites: everyone gets this.
    Static,
    /// Nothing matched, a prerequisite was not met, or a split found no targeting key.
    Default,
    /// A rule or an allocation entry serves one variant to whom it matches.
    TargetingMatch,
    /// A split chose by bucket.
    Split,
    /// The kill switch is off.
    Disabled,
    /// There is no answer; see the error code.
    Error,
}

impl Reason {
    /// Returns OpenFeature's name, such as `TARGETING_MATCH`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Static => "STATIC",
            Self::Default => "DEFAULT",
            Self::TargetingMatch => "TARGETING_MATCH",
            Self::Split => "SPLIT",
            Self::Disabled => "DISABLED",
            Self::Error => "ERROR",
        }
    }
}

/// What went wrong. The text forms are OpenFeature's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ErrorCode {
    /// The snapshot has no such flag.
    FlagNotFound,
    /// The flag's definition is broken and there is no earlier one to fall back on, or the request is not JSON.
    ParseError,
    /// The caller asked for another type than the flag has. Evaluation itself never says so.
    TypeMismatch,
    /// The caller insists on a targeting key. Evaluation itself never says so.
    TargetingKeyMissing,
    /// The evaluation context breaks a rule; see [`crate::ContextError`].
    InvalidContext,
    /// The evaluation ran into its bounds.
    General,
}

impl ErrorCode {
    /// Returns OpenFeature's name, such as `FLAG_NOT_FOUND`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FlagNotFound => "FLAG_NOT_FOUND",
            Self::ParseError => "PARSE_ERROR",
            Self::TypeMismatch => "TYPE_MISMATCH",
            Self::TargetingKeyMissing => "TARGETING_KEY_MISSING",
            Self::InvalidContext => "INVALID_CONTEXT",
            Self::General => "GENERAL",
        }
    }
}
