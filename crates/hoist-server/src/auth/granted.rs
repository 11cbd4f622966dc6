//! The proof that a request may do what its route does. It is made here, by the check, and nowhere else; it is the only
//! way from a handler to the store.

use std::marker::PhantomData;
use std::sync::Arc;

use axum::extract::{FromRequestParts, MatchedPath};
use hoist_eval::{EnvironmentKey, ProjectKey, Timestamp};
use hoist_store::{Actor, EnvironmentRecord, IdempotencyKey, Store, Write};
use http::request::Parts;

use crate::app::App;
use crate::body::Mutation;
use crate::error::ApiError;
use crate::listen::Peer;
use crate::snapshots::{ClientNumber, EnvironmentId};
use crate::telemetry::Notes;

use super::TokenKind;
use super::action::Does;
use super::cache::Entry;
use super::evaluation::EvaluationAccess;
use super::place::{Anywhere, InEnvironment, InProject, Place};
use super::principal::{Principal, Scope};
use super::role::{Action, Cell};
use super::session::{self, Origin};

/// The one route where the token of a sign-in link is good.
const SIGN_IN_PATH: &str = "/api/v1/session";

/// The app as the state of management routes. Handlers may name it and cannot open it.
#[derive(Clone)]
pub struct Sealed(App);

impl Sealed {
    /// Seals the app.
    pub(crate) fn new(app: &App) -> Self {
        Self(app.clone())
    }
}

/// Proof that the caller may do `A` at a place of kind `P`.
pub struct Granted<A, P> {
    app: App,
    principal: Principal,
    actor: Actor,
    place: P,
    action: PhantomData<fn() -> A>,
}

impl<A: Does, P: Place> FromRequestParts<Sealed> for Granted<A, P> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, Sealed(app): &Sealed) -> Result<Self, ApiError> {
        note_route(parts);
        let principal = principal(parts, app).await?;
        let actor = principal.actor();
        if let Some(notes) = parts.extensions.get::<Notes>() {
            notes.actor(&actor.id);
        }
        let place = P::find(parts, &app.store, principal.scope()).await?;
        allow(A::ACTION, &principal, place.protected())?;
        Ok(Self { app: app.clone(), principal, actor, place, action: PhantomData })
    }
}

/// Returns who asks: the built-in admin on the local socket, or the holder of an admin token.
async fn principal(parts: &Parts, app: &App) -> Result<Principal, ApiError> {
    let peer = parts.extensions.get::<Peer>().copied().ok_or(ApiError::Unauthenticated)?;
    if let Peer::AdminSocket { uid } = peer {
        return Ok(Principal::Socket { uid });
    }
    let entry = match authenticate(parts, &peer, app).await {
        Ok(entry) => entry,
        // A link that somebody on the machine made signs in before there is an administrator.
        Err(_) if !app.auth.is_initialised().await? => return Err(ApiError::SetupRequired),
        Err(refusal) => return Err(refusal),
    };
    entry.admin_rate.check()?;
    let identity = entry.identity.clone();
    if matches!(identity.origin, Origin::Link { .. }) && parts.uri.path() != SIGN_IN_PATH {
        return Err(ApiError::Unauthenticated);
    }
    match (identity.kind, identity.role) {
        (TokenKind::Admin, Some(role)) => Ok(Principal::Token { identity, role }),
        _ => Err(ApiError::Forbidden { needs: "an admin token" }),
    }
}

/// Returns the token that a request presents, if it holds.
async fn authenticate(parts: &Parts, peer: &Peer, app: &App) -> Result<Arc<Entry>, ApiError> {
    let text = session::presented(parts)?;
    app.auth.authenticate(peer, text, app.clock.moment()).await
}

/// Checks the matrix. A place that is no environment counts as open, and roles that may act in protected environments
/// alone are let through to enter one.
fn allow(action: Action, principal: &Principal, protected: Option<bool>) -> Result<(), ApiError> {
    let cell = action.cell(principal.role());
    let allowed = match protected {
        Some(protected) => cell.allows(protected),
        None => cell != Cell::Never,
    };
    if allowed { Ok(()) } else { Err(ApiError::Forbidden { needs: action.needs() }) }
}

impl<A: Does, P: Place> Granted<A, P> {
    /// Returns the store.
    pub fn store(&self) -> &Store {
        &self.app.store
    }

    /// Returns the rest of the app.
    pub(crate) fn app(&self) -> &App {
        &self.app
    }

    /// Returns who asks.
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// Returns who asks, as the audit log names them.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Returns the time.
    pub fn now(&self) -> Timestamp {
        self.app.clock.now()
    }

    /// Returns the circumstances of the write that `mutation` asks for.
    pub fn write<T>(&self, mutation: &Mutation<T>) -> Write<'_> {
        let mut write = Write::new(&self.actor, self.now());
        write.expected = mutation.expected;
        write.idempotency = mutation.once.as_ref().map(|(key, digest)| IdempotencyKey {
            scope: self.principal.idempotency_scope(),
            key: key.clone(),
            digest: *digest,
        });
        write
    }

    /// Refuses callers whose token is limited to one environment: what is changed here belongs to all of them.
    pub fn require_whole_project(&self) -> Result<(), ApiError> {
        match self.principal.scope() {
            Scope::Installation | Scope::Project(_) => Ok(()),
            Scope::Environment(..) => Err(ApiError::Forbidden { needs: "a token of the whole project" }),
        }
    }

    /// Refuses callers whose role may do this in protected environments alone, or whose token is limited to one
    /// environment: what is changed here is open to all.
    pub fn require_open(&self) -> Result<(), ApiError> {
        self.require_whole_project()?;
        if A::ACTION.cell(self.principal.role()).allows(false) {
            Ok(())
        } else {
            Err(ApiError::Forbidden { needs: A::ACTION.needs() })
        }
    }

    /// Refuses callers whose role may not do this in protected environments, or whose token is limited to one
    /// environment.
    pub fn require_protected(&self) -> Result<(), ApiError> {
        self.require_whole_project()?;
        allow(A::ACTION, &self.principal, Some(true))
    }

    fn at<Q>(&self, place: Q) -> Granted<A, Q> {
        let (app, principal, actor) = (self.app.clone(), self.principal.clone(), self.actor.clone());
        Granted { app, principal, actor, place, action: PhantomData }
    }
}

impl<A: Does> Granted<A, Anywhere> {
    /// Returns the same for a project that the body names, if the caller reaches it.
    pub async fn enter(&self, project: &str) -> Result<Granted<A, InProject>, ApiError> {
        Ok(self.at(InProject::named(project, self.store(), self.principal.scope()).await?))
    }
}

impl<A: Does> Granted<A, InProject> {
    /// Returns the project.
    pub fn project(&self) -> &ProjectKey {
        &self.place.project
    }

    /// Returns the same for an environment that the body or a record names, if the caller may do this there.
    pub async fn enter(&self, environment: &str) -> Result<Granted<A, InEnvironment>, ApiError> {
        let project = self.place.project.clone();
        let place = InEnvironment::named(project, environment, self.store(), self.principal.scope()).await?;
        allow(A::ACTION, &self.principal, place.protected())?;
        Ok(self.at(place))
    }
}

impl<A: Does> Granted<A, InEnvironment> {
    /// Returns the project.
    pub fn project(&self) -> &ProjectKey {
        &self.place.project
    }

    /// Returns the environment's key.
    pub fn environment(&self) -> &EnvironmentKey {
        &self.place.environment
    }

    /// Returns the environment as it was found.
    pub fn environment_record(&self) -> &EnvironmentRecord {
        &self.place.record
    }
}

/// Proof that the caller may try to set the installation up: it is on this machine, and has not tried too often.
pub struct SetupAccess {
    app: App,
}

impl FromRequestParts<Sealed> for SetupAccess {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, Sealed(app): &Sealed) -> Result<Self, ApiError> {
        note_route(parts);
        let peer = parts.extensions.get::<Peer>().copied().ok_or(ApiError::SetupRemote)?;
        app.auth.count_attempt(&peer)?;
        if !peer.is_local() {
            return Err(ApiError::SetupRemote);
        }
        if app.auth.is_initialised().await? {
            return Err(ApiError::SetupDone);
        }
        Ok(Self { app: app.clone() })
    }
}

impl SetupAccess {
    pub(crate) fn app(&self) -> &App {
        &self.app
    }
}

/// Proof that the caller may report what units of one environment do: whoever may evaluate its flags may.
pub struct Reports {
    app: App,
    access: EvaluationAccess,
}

impl FromRequestParts<Sealed> for Reports {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, Sealed(app): &Sealed) -> Result<Self, ApiError> {
        note_route(parts);
        let peer = parts.extensions.get::<Peer>().copied().ok_or(ApiError::Unauthenticated)?;
        let access = app.auth.evaluation(&peer, &parts.headers).await?;
        Ok(Self { app: app.clone(), access })
    }
}

impl Reports {
    pub(crate) fn app(&self) -> &App {
        &self.app
    }

    /// Returns the project.
    pub(crate) fn project(&self) -> &ProjectKey {
        self.access.project()
    }

    /// Returns the environment.
    pub(crate) fn environment(&self) -> &EnvironmentKey {
        self.access.environment()
    }
}

impl Guard for Reports {
    const REQUIREMENT: Requirement = Requirement::Evaluation;
}

/// Proof that the caller may export telemetry about units of one environment. Sums and times are taken as they are told,
/// so a client's token, which is public, is not enough.
pub struct Exports(Reports);

impl FromRequestParts<Sealed> for Exports {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, sealed: &Sealed) -> Result<Self, ApiError> {
        let reports = Reports::from_request_parts(parts, sealed).await?;
        if reports.access.is_client() {
            return Err(ApiError::Forbidden { needs: "a server or edge token" });
        }
        Ok(Self(reports))
    }
}

impl Exports {
    pub(crate) fn app(&self) -> &App {
        &self.0.app
    }

    /// Returns the environment that the telemetry is about.
    pub(crate) fn place(&self) -> &EnvironmentId {
        self.0.access.place()
    }

    /// Returns the number that stands for the token where marks are left of who asked.
    pub(crate) fn number(&self) -> ClientNumber {
        self.0.access.number()
    }
}

impl Guard for Exports {
    const REQUIREMENT: Requirement = Requirement::Export;
}

/// Proof of nothing: for routes that tell everybody the same, and touch no data.
pub struct Anyone(());

impl FromRequestParts<Sealed> for Anyone {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &Sealed) -> Result<Self, ApiError> {
        note_route(parts);
        Ok(Self(()))
    }
}

fn note_route(parts: &Parts) {
    if let (Some(notes), Some(route)) = (parts.extensions.get::<Notes>(), parts.extensions.get::<MatchedPath>()) {
        notes.route(route.as_str());
    }
}

/// What a route asks of its callers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requirement {
    /// An admin token or the socket, with leave for this action at a place of this kind.
    Permission {
        /// What is done.
        action: Action,
        /// The kind of place.
        place: &'static str,
    },
    /// A server, client or edge token of one environment.
    Evaluation,
    /// A server or edge token of one environment.
    Export,
    /// A caller on this machine, before anyone has set the installation up.
    Setup,
    /// Nothing.
    Nothing,
}

/// A guard value: the first argument of every handler.
pub trait Guard {
    /// What it proves.
    const REQUIREMENT: Requirement;
}

impl<A: Does, P: Place> Guard for Granted<A, P> {
    const REQUIREMENT: Requirement = Requirement::Permission { action: A::ACTION, place: P::NAME };
}

impl Guard for SetupAccess {
    const REQUIREMENT: Requirement = Requirement::Setup;
}

impl Guard for Anyone {
    const REQUIREMENT: Requirement = Requirement::Nothing;
}

/// The arguments of a handler that begins with a guard value. Routes are made of such handlers only.
pub trait Declares {
    /// What the route asks of its callers.
    const REQUIREMENT: Requirement;
}

macro_rules! declares {
    ($($argument:ident),*) => {
        impl<M, G: Guard, $($argument),*> Declares for (M, G, $($argument,)*) {
            const REQUIREMENT: Requirement = G::REQUIREMENT;
        }
    };
}

declares!();
declares!(A);
declares!(A, B);
declares!(A, B, C);
declares!(A, B, C, D);
