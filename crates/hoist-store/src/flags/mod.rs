//! Flags: what a flag is in its project, and what it serves in each environment.
//!
//! What a flag serves is written in one place, [`apply_flag_change`]: by operators, by the API, by imports and by the
//! rollout controller alike.

mod archive;
mod asked;
mod change;
mod create;
mod list;
mod record;
mod salt;

use hoist_eval::draft::{AllocationDraft, TargetingDraft, VariantDraft};
use hoist_eval::{Timestamp, ValueKind};
use serde::{Deserialize, Serialize};

pub use asked::ASKED_ELSEWHERE;
pub(crate) use asked::check_segment;
pub(crate) use change::{apply_flag_change, standing};
pub(crate) use create::{fill_environment, lock_project};
pub use hoist_lifecycle::flag::{Category, Lifetime};
pub use list::FlagFilter;
pub(crate) use list::find;
pub(crate) use record::{FlagRow, TargetingRow, kind_from_str};
pub use salt::environment_salt;

use crate::write::Version;

/// What a flag is in all environments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FlagRecord {
    /// Its project.
    pub project: String,
    /// Its key.
    pub key: String,
    /// What people know about it.
    pub details: FlagDetails,
    /// The one type that all variants share. It never changes.
    pub kind: ValueKind,
    /// The possible outcomes.
    pub variants: Vec<VariantDraft>,
    /// The version of the definition.
    pub version: Version,
    /// When it was created.
    pub created_at: Timestamp,
    /// When the definition was changed last.
    pub changed_at: Timestamp,
    /// When it was archived; absent for a live flag.
    pub archived_at: Option<Timestamp>,
}

/// What people know about a flag.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct FlagDetails {
    /// A name for people.
    pub title: String,
    /// What it is for.
    pub description: String,
    /// Who answers for it.
    pub owner: String,
    /// What kind of decision it is.
    pub category: Category,
    /// How long it is meant to live.
    pub lifetime: Lifetime,
    /// The day after which it should be gone, `YYYY-MM-DD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_on: Option<String>,
    /// Words to find it by.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The service that asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The feature that it gates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feature: Option<String>,
    /// Whether browsers and apps may ask for it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub exposed_to_clients: bool,
}

/// A flag to be created.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewFlag {
    /// Its key.
    pub key: String,
    /// What people know about it.
    pub details: FlagDetails,
    /// The type of its variants.
    pub kind: ValueKind,
    /// Its variants.
    pub variants: Vec<VariantDraft>,
    /// What it serves in every environment at first, and what it will serve in environments to come.
    pub targeting: TargetingDraft,
    /// 32 hexadecimal characters, drawn once: the root of the flag's salts, see [`environment_salt`].
    pub seed: String,
    /// Whether the key may be one whose flag was archived a short while ago; then the write must give a reason.
    pub override_tombstone: bool,
}

/// What may be changed about a flag in all environments; absent parts stay.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct FlagUpdate {
    /// What people know about it.
    pub details: Option<FlagDetails>,
    /// Its variants.
    pub variants: Option<Vec<VariantDraft>>,
}

/// What a flag serves in one environment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FlagTargeting {
    /// The environment.
    pub environment: String,
    /// What operators edit.
    pub targeting: TargetingDraft,
    /// What a rollout owns.
    pub allocation: Option<AllocationDraft>,
    /// The salt of the flag in this environment; it outlives rollouts.
    pub salt: String,
    /// Counts the changes of what the flag serves here.
    pub version: Version,
    /// The generation of the environment that brought the last of them.
    pub generation: u64,
    /// When it was changed last.
    pub changed_at: Timestamp,
}

/// A change of what a flag serves in one environment.
#[derive(Debug, Clone, PartialEq)]
pub enum FlagChange {
    /// What operators edit, as a whole.
    Targeting(TargetingDraft),
    /// The kill switch alone. Works even when the rest cannot be read.
    Enabled(bool),
    /// What a rollout owns.
    Allocation(Option<AllocationDraft>),
    /// The end of a successful rollout: the default becomes this variant, and the allocation goes.
    Conclude {
        /// The variant.
        serve: String,
    },
}

/// The result of a change of what a flag serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlagChanged {
    /// The version that the flag has now in this environment.
    pub version: Version,
    /// The generation that the flag's last change has in this environment.
    pub generation: u64,
    /// Whether anything changed at all.
    pub changed: bool,
}
