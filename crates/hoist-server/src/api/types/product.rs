//! Services, features, and what flags are linked with.

use hoist_lifecycle::product::{FeatureDraft, ServiceDraft};
use hoist_store::{ClientSeen, Keyed};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body::FromBody;

use super::plan::Guard;
use super::time::Time;

/// Declares an entity of the product: what is sent, and what is shown.
macro_rules! entity {
    ($(#[$doc:meta])* $name:ident, $kept:ident, $field:ident, $draft:ident
     $(, $(#[$more_doc:meta])* $more:ident: $kind:ty)?) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            /// Its key.
            pub key: String,
            /// A name for people; empty means that the key is the name.
            #[serde(default, skip_serializing_if = "String::is_empty")]
            pub title: String,
            /// What it is for.
            #[serde(default, skip_serializing_if = "String::is_empty")]
            pub description: String,
            /// Who answers for it.
            #[serde(default, skip_serializing_if = "String::is_empty")]
            pub owner: String,
            /// Where people find more about it.
            #[serde(default, skip_serializing_if = "String::is_empty")]
            pub url: String,
            $(
                $(#[$more_doc])*
                #[serde(default, skip_serializing_if = "Vec::is_empty")]
                pub $more: $kind,
            )?
        }

        impl FromBody for $name {}

        impl From<$name> for $draft {
            fn from(body: $name) -> Self {
                let $name { key, title, description, owner, url $(, $more)? } = body;
                $(let $more = $more.into_iter().map(Into::into).collect();)?
                Self { key, title, description, owner, url $(, $more)? }
            }
        }

        impl From<$draft> for $name {
            fn from(draft: $draft) -> Self {
                let $draft { key, title, description, owner, url $(, $more)? } = draft;
                $(let $more = $more.into_iter().map(Into::into).collect();)?
                Self { key, title, description, owner, url $(, $more)? }
            }
        }

        /// The same as it is kept.
        #[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
        pub struct $kept {
            /// The project.
            pub project: String,
            /// The key.
            pub key: String,
            /// The body, as it would be sent to change it.
            pub $field: $name,
            /// The version; it is the ETag.
            pub version: u64,
            /// When it was changed last.
            pub changed_at: Time,
        }

        impl From<Keyed<$draft>> for $kept {
            fn from(kept: Keyed<$draft>) -> Self {
                Self {
                    project: kept.project,
                    key: kept.key,
                    $field: kept.draft.into(),
                    version: kept.version.0,
                    changed_at: kept.changed_at.into(),
                }
            }
        }
    };
}

entity! {
    /// A service: something that runs and asks for flags.
    Service, KeptService, service, ServiceDraft,
    /// What every rollout of a flag that the service asks for is watched by, beside the guards of its plan. A guard of the
    /// plan with the same key stands instead.
    guards: Vec<Guard>
}
entity! {
    /// A feature: something that users see or do.
    Feature, KeptFeature, feature, FeatureDraft
}

/// What a flag is linked with, and who was seen to ask for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FlagLinks {
    /// The flag.
    pub flag: String,
    /// Keys of the services that are said to ask for it.
    pub services: Vec<String>,
    /// Keys of the features that it is said to gate.
    pub features: Vec<String>,
    /// Clients that were seen to ask for it by itself, the latest first.
    pub observed: Vec<ObservedClient>,
}

/// A client that was seen to ask for a flag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ObservedClient {
    /// The environment.
    pub environment: String,
    /// The id of its token.
    pub token: String,
    /// The name of its token; absent for one that is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// When it asked first.
    pub first_at: Time,
    /// When it asked last, give or take a few minutes.
    pub last_at: Time,
}

impl ObservedClient {
    /// Returns a client as the API shows it.
    pub(crate) fn of(seen: ClientSeen, name: Option<String>) -> Self {
        Self {
            environment: seen.environment,
            token: seen.client,
            name,
            first_at: seen.first_at.into(),
            last_at: seen.last_at.into(),
        }
    }
}
