//! Tokens and set-up.

use hoist_store::TokenRecord;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body::FromBody;

use super::time::Time;

/// A token to be made.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTokenBody {
    /// What it is for.
    pub kind: TokenKindName,
    /// A name for people.
    pub name: String,
    /// What its holder may do; needed for admin tokens, and for no others.
    #[serde(default)]
    pub role: Option<RoleName>,
    /// The only project that it is good for; needed for all but admin tokens.
    #[serde(default)]
    pub project: Option<String>,
    /// The only environment that it is good for; needed for all but admin tokens.
    #[serde(default)]
    pub environment: Option<String>,
    /// When it ends. Absent means in 90 days for admin tokens, and never for others.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Time>,
}

impl FromBody for NewTokenBody {}

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TokenKindName {
    /// Management, within a role.
    Admin,
    /// Evaluation by programs that may know every flag and rule of an environment.
    Server,
    /// Evaluation by browsers and apps.
    Client,
    /// A node that holds whole environments for others.
    Edge,
}

/// What the holder of an admin token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoleName {
    /// Looks.
    Viewer,
    /// Builds features and tries them out in open environments.
    Developer,
    /// Decides what is released when.
    Releaser,
    /// Stops what hurts.
    Operator,
    /// Looks after Hoist itself.
    Admin,
}

/// A token, without its secret.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Token {
    /// The id: the third part of the token's text.
    pub id: String,
    /// What it is for.
    pub kind: TokenKindName,
    /// A name for people.
    pub name: String,
    /// What its holder may do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<RoleName>,
    /// The only project that it is good for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// The only environment that it is good for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// Who made it.
    pub created_by: String,
    /// When it was made.
    pub created_at: Time,
    /// When it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Time>,
    /// When it was revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Time>,
    /// Whether it is a browser's session, or a link that makes one.
    pub session: bool,
    /// When it was used last, give or take a minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<Time>,
}

/// A token that was just made.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MadeToken {
    /// The token, as it will be listed.
    #[serde(flatten)]
    pub token: Token,
    /// Its text. This is the only time that it is shown.
    pub secret: String,
}

/// What sets an installation up.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Setup {
    /// The one-time code that `hoist serve` printed.
    pub code: String,
    /// A name for the first administrator's token.
    pub name: String,
}

impl FromBody for Setup {}

/// Converts between the names of the API and those of the core.
macro_rules! same {
    ($wire:ident, $core:path { $($variant:ident),* }) => {
        impl From<$core> for $wire {
            fn from(core: $core) -> Self {
                use $core as Core;
                match core { $(Core::$variant => Self::$variant,)* }
            }
        }

        impl From<$wire> for $core {
            fn from(wire: $wire) -> Self {
                match wire { $($wire::$variant => Self::$variant,)* }
            }
        }
    };
}

same!(TokenKindName, crate::auth::TokenKind { Admin, Server, Client, Edge });
same!(RoleName, crate::auth::Role { Viewer, Developer, Releaser, Operator, Admin });

impl From<TokenRecord> for Token {
    fn from(record: TokenRecord) -> Self {
        let session = crate::auth::is_session(&record.actions);
        let role = record.actions.iter().find_map(|action| crate::auth::Role::parse(action));
        Self {
            id: record.id,
            kind: record.kind.into(),
            name: record.title,
            role: role.map(RoleName::from),
            project: record.project,
            environment: record.environment,
            created_by: record.created_by,
            created_at: record.created_at.into(),
            expires_at: record.expires_at.map(Time::from),
            revoked_at: record.revoked_at.map(Time::from),
            session,
            last_used_at: record.last_used_at.map(Time::from),
        }
    }
}
