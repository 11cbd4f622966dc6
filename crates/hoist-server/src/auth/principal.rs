//! Who asks: a token that has been checked, or somebody on the machine itself.

use std::sync::Arc;

use hoist_eval::{EnvironmentKey, ProjectKey, Timestamp};
use hoist_store::{Actor, ActorKind, TokenRecord};

use super::TokenKind;
use super::role::Role;
use super::session::Origin;

/// What a token reaches. There is no empty scope that might be taken for everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Everything.
    Installation,
    /// One project with all its environments.
    Project(ProjectKey),
    /// One environment; of its project, what belongs to no environment can be seen.
    Environment(ProjectKey, EnvironmentKey),
}

impl Scope {
    /// Returns whether the scope reaches into `project`.
    pub fn reaches_project(&self, project: &ProjectKey) -> bool {
        match self {
            Self::Installation => true,
            Self::Project(own) | Self::Environment(own, _) => own == project,
        }
    }

    /// Returns whether the scope reaches `environment` of `project`.
    pub fn reaches(&self, project: &ProjectKey, environment: &EnvironmentKey) -> bool {
        match self {
            Self::Installation => true,
            Self::Project(own) => own == project,
            Self::Environment(own, own_environment) => own == project && own_environment == environment,
        }
    }

    /// Returns whether everything that `other` reaches is reached by this.
    pub fn covers(&self, other: &Self) -> bool {
        match other {
            Self::Installation => *self == Self::Installation,
            Self::Project(project) => match self {
                Self::Installation => true,
                Self::Project(own) => own == project,
                Self::Environment(..) => false,
            },
            Self::Environment(project, environment) => self.reaches(project, environment),
        }
    }
}

/// A token whose secret has been checked, without the secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenIdentity {
    /// The token's id.
    pub id: String,
    /// A name for people.
    pub name: String,
    /// What it is for.
    pub kind: TokenKind,
    /// What its holder may do; admin tokens have one and no other kind does.
    pub role: Option<Role>,
    /// What it reaches.
    pub scope: Scope,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// What kind of admin token it is.
    pub origin: Origin,
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// Somebody on the machine, through the admin socket: a built-in admin.
    Socket {
        /// The user id.
        uid: u32,
    },
    /// The holder of an admin token.
    Token {
        /// The token.
        identity: Arc<TokenIdentity>,
        /// What its holder may do.
        role: Role,
    },
}

impl Principal {
    /// Returns what the principal may do.
    pub fn role(&self) -> Role {
        match self {
            Self::Socket { .. } => Role::Admin,
            Self::Token { role, .. } => *role,
        }
    }

    /// Returns what the principal reaches.
    pub fn scope(&self) -> &Scope {
        match self {
            Self::Socket { .. } => &Scope::Installation,
            Self::Token { identity, .. } => &identity.scope,
        }
    }

    /// Returns whether the principal made the token. Tokens may share a name, so only the id tells.
    pub fn has_made(&self, token: &TokenRecord) -> bool {
        match self {
            Self::Socket { .. } => false,
            Self::Token { identity, .. } => token.created_by == identity.id,
        }
    }

    /// Returns the id of the token; nothing on the admin socket.
    pub fn token(&self) -> Option<&str> {
        match self {
            Self::Socket { .. } => None,
            Self::Token { identity, .. } => Some(&identity.id),
        }
    }

    /// Returns the principal as the audit log names it.
    pub fn actor(&self) -> Actor {
        match self {
            Self::Socket { uid } => Actor::new(ActorKind::Socket, format!("uid {uid}")),
            Self::Token { identity, .. } => Actor {
                kind: ActorKind::Token,
                id: if identity.name.is_empty() { identity.id.clone() } else { identity.name.clone() },
                token: Some(identity.id.clone()),
            },
        }
    }

    /// Returns what keeps this principal's idempotency keys apart from others'.
    pub fn idempotency_scope(&self) -> String {
        match self {
            Self::Socket { uid } => format!("socket:{uid}"),
            Self::Token { identity, .. } => format!("token:{}", identity.id),
        }
    }
}
