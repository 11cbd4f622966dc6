//! Sessions of the console.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::auth::{Origin, Principal, Role, Scope};
use crate::body::FromBody;

use super::time::Time;
use super::token::RoleName;

/// A session to be made. The token that it is made from stands in the Authorization header.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSession {}

impl FromBody for NewSession {
    fn absent() -> Option<Self> {
        Some(Self::default())
    }
}

/// Who the caller is.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Session {
    /// The name, as the audit log shows it.
    pub name: String,
    /// What the caller may do.
    pub role: RoleName,
    /// The only project that the caller reaches; absent means all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// The only environment that the caller reaches; absent means all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// When the token or the session ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Time>,
    /// Whether this is a browser's session, which signing out ends.
    pub browser: bool,
    /// What the role allows: each action with where.
    pub allowed: Vec<Allowed>,
}

/// Where a role allows an action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Allowed {
    /// The action: `read`, `edit`, `advance`, `stop`, `tokens`, `audit` or `administer`.
    pub action: String,
    /// Whether it is allowed where no environment is protected.
    pub open: bool,
    /// Whether it is allowed in protected environments.
    pub protected: bool,
}

/// A link that signs in once.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SignInLink {
    /// What follows the server's address.
    pub path: String,
    /// When it ends.
    pub expires_at: Time,
}

impl Session {
    /// Describes the principal.
    pub(crate) fn of(principal: &Principal) -> Self {
        let (project, environment) = match principal.scope() {
            Scope::Installation => (None, None),
            Scope::Project(project) => (Some(project.to_string()), None),
            Scope::Environment(project, environment) => (Some(project.to_string()), Some(environment.to_string())),
        };
        let (expires_at, browser) = match principal {
            Principal::Socket { .. } => (None, false),
            Principal::Token { identity, .. } => {
                (identity.expires_at.map(Time::from), matches!(identity.origin, Origin::Session { .. }))
            }
        };
        let role = principal.role();
        let (name, allowed) = (principal.actor().id, allowed(role));
        Self { name, role: role.into(), project, environment, expires_at, browser, allowed }
    }
}

fn allowed(role: Role) -> Vec<Allowed> {
    let rows = crate::auth::MATRIX.iter().map(|row| {
        let cell = row.action.cell(role);
        let action = format!("{:?}", row.action).to_lowercase();
        Allowed { action, open: cell.allows(false), protected: cell.allows(true) }
    });
    rows.collect()
}
