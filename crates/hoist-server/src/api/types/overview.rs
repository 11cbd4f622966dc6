//! The flags of a project at one glance.

use serde::Serialize;
use utoipa::ToSchema;

use super::flag::{Flag, FlagCategory, FlagLifetime, Kind};
use super::rollout::PhaseName;
use super::targeting::Weight;
use super::time::Time;

/// Every live flag of a project.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Overview {
    /// The environments that the token reaches, in their order.
    pub environments: Vec<String>,
    /// The flags, by key.
    pub flags: Vec<OverviewFlag>,
}

/// A flag in a list.
#[derive(Debug, Clone, PartialEq, Default, Serialize, ToSchema)]
pub struct OverviewFlag {
    /// The key.
    pub key: String,
    /// A name for people.
    pub title: String,
    /// Who answers for it.
    pub owner: String,
    /// What kind of decision it is; absent if its definition cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<FlagCategory>,
    /// How long it is meant to live.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifetime: Option<FlagLifetime>,
    /// The type of its variants.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// The day after which it should be gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_on: Option<String>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// When it was created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Time>,
    /// When it was changed last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<Time>,
    /// What it serves in each environment.
    pub environments: Vec<OverviewEnvironment>,
}

/// What a flag serves in one environment, in short.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct OverviewEnvironment {
    /// The environment.
    pub environment: String,
    /// The kill switch.
    pub enabled: bool,
    /// The variant of everyone while the flag is off.
    pub off_variant: String,
    /// What those get whom no rule and no audience names.
    pub weights: Vec<Weight>,
    /// The segments that a rollout serves before everyone else.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub audiences: Vec<String>,
    /// How many rules come first.
    pub rules: usize,
    /// Where its rollout is, if one is going.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phase: Option<PhaseName>,
    /// That rollout.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rollout: Option<String>,
    /// Whether what is stored of it cannot be read. It can still be switched off.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub broken: bool,
}

impl OverviewFlag {
    /// Returns what a list shows of a flag, in no environment yet.
    pub(crate) fn of(flag: Flag) -> Self {
        Self {
            key: flag.key,
            title: flag.title,
            owner: flag.owner,
            category: Some(flag.category),
            lifetime: Some(flag.lifetime),
            kind: Some(flag.kind),
            expires_on: flag.expires_on,
            tags: flag.tags,
            created_at: Some(flag.created_at),
            changed_at: Some(flag.changed_at),
            environments: Vec::new(),
        }
    }
}
