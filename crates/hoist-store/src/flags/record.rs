//! Rows of flags, and how they become records.

use hoist_eval::draft::{AllocationDraft, PrerequisiteDraft, RuleDraft, ServeDraft, TargetingDraft};
use hoist_eval::{Timestamp, ValueKind};
use serde::{Deserialize, Serialize};

use super::{FlagRecord, FlagTargeting};
use crate::driver::row;
use crate::error::{Result, StoreError};
use crate::json::decode_format;
use crate::write::Version;

row!(
    "flags",
    struct FlagRow {
        project: String,
        key: String,
        kind: String,
        variants: String,
        details: String,
        format: i64,
        version: i64,
        created_at: i64,
        changed_at: i64,
        archived_at: Option<i64>,
    }
);

row!(
    "targetings",
    struct TargetingRow {
        environment: String,
        flag: String,
        enabled: bool,
        off_variant: String,
        body: String,
        allocation: Option<String>,
        format: i64,
        salt: String,
        version: i64,
        generation: i64,
        changed_at: i64,
    }
);

/// The column of [`Body`].
pub(crate) const BODY_COLUMN: &str = "body";

/// A targeting without the parts that have columns of their own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Body {
    pub(crate) default: ServeDraft,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) rules: Vec<RuleDraft>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) prerequisites: Vec<PrerequisiteDraft>,
}

impl Body {
    pub(crate) fn of(targeting: &TargetingDraft) -> Self {
        Self {
            default: targeting.default.clone(),
            rules: targeting.rules.clone(),
            prerequisites: targeting.prerequisites.clone(),
        }
    }

    pub(crate) fn with(self, enabled: bool, off_variant: String) -> TargetingDraft {
        let Self { default, rules, prerequisites } = self;
        TargetingDraft { enabled, off_variant, default, rules, prerequisites }
    }
}

impl FlagRow {
    pub(crate) fn parse(self) -> Result<FlagRecord> {
        let kind = kind_from_str(&self.kind)
            .ok_or_else(|| StoreError::corrupt("flags", "kind", self.key.as_str(), "unknown kind"))?;
        let variants = decode_format("flags", "variants", self.key.as_str(), self.format, &self.variants)?;
        let details = decode_format("flags", "details", self.key.as_str(), self.format, &self.details)?;
        Ok(FlagRecord {
            project: self.project,
            key: self.key,
            details,
            kind,
            variants,
            version: Version::from_row(self.version),
            created_at: Timestamp::from_micros(self.created_at),
            changed_at: Timestamp::from_micros(self.changed_at),
            archived_at: self.archived_at.map(Timestamp::from_micros),
        })
    }
}

impl TargetingRow {
    /// Names the row in errors.
    pub(crate) fn name(&self) -> String {
        format!("{}/{}", self.environment, self.flag)
    }

    pub(crate) fn read_body(&self) -> Result<Body> {
        decode_format("targetings", BODY_COLUMN, self.name(), self.format, &self.body)
    }

    pub(crate) fn read_allocation(&self) -> Result<Option<AllocationDraft>> {
        let read = |text: &String| decode_format("targetings", "allocation", self.name(), self.format, text);
        self.allocation.as_ref().map(read).transpose()
    }

    pub(crate) fn parse(self) -> Result<FlagTargeting> {
        let body = self.read_body()?;
        let allocation = self.read_allocation()?;
        Ok(FlagTargeting {
            environment: self.environment,
            targeting: body.with(self.enabled, self.off_variant),
            allocation,
            salt: self.salt,
            version: Version::from_row(self.version),
            generation: u64::try_from(self.generation).unwrap_or(0),
            changed_at: Timestamp::from_micros(self.changed_at),
        })
    }
}

pub(crate) fn kind_to_str(kind: ValueKind) -> &'static str {
    match kind {
        ValueKind::Boolean => "boolean",
        ValueKind::String => "string",
        ValueKind::Integer => "integer",
        ValueKind::Float => "float",
        ValueKind::Object => "object",
    }
}

pub(crate) fn kind_from_str(text: &str) -> Option<ValueKind> {
    Some(match text {
        "boolean" => ValueKind::Boolean,
        "string" => ValueKind::String,
        "integer" => ValueKind::Integer,
        "float" => ValueKind::Float,
        "object" => ValueKind::Object,
        _ => return None,
    })
}

/// Returns the words as one text in which each is found between separators.
pub(crate) fn joined_tags(tags: &[String]) -> String {
    tags.iter().fold(String::from(TAG_SEPARATOR), |text, tag| text + tag + TAG_SEPARATOR)
}

/// Stands between tags; a control character, so that no tag holds one.
pub(crate) const TAG_SEPARATOR: &str = "\u{1f}";
