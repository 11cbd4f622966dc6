//! Access to the evaluation of one environment's flags.

use std::sync::Arc;

use hoist_eval::{EnvironmentKey, ProjectKey};
use http::HeaderMap;

use crate::clock::Moment;
use crate::error::ApiError;
use crate::listen::Peer;
use crate::ofrep::stream::pass::Pass;
use crate::snapshots::{ClientNumber, EnvironmentId};

use super::TokenKind;
use super::cache::Entry;
use super::principal::Scope;
use super::{Auth, credentials};

/// Leave to evaluate the flags of one environment. Only a token gives it.
#[derive(Debug, Clone)]
pub struct EvaluationAccess {
    entry: Arc<Entry>,
    place: EnvironmentId,
}

impl EvaluationAccess {
    /// Returns the project.
    pub fn project(&self) -> &ProjectKey {
        &self.place.project
    }

    /// Returns the environment.
    pub fn environment(&self) -> &EnvironmentKey {
        &self.place.environment
    }

    /// Returns both: the environment whose flags may be evaluated.
    pub fn place(&self) -> &EnvironmentId {
        &self.place
    }

    /// Returns the id of the token; it is no secret.
    pub fn token(&self) -> &str {
        &self.entry.identity.id
    }

    /// Returns the digest that is kept of the token. It keys what is derived from the token, and is never shown.
    pub(crate) fn digest(&self) -> &[u8] {
        &self.entry.digest
    }

    /// Returns the number that stands for the token where marks are left of who asked.
    pub(crate) fn number(&self) -> ClientNumber {
        ClientNumber::of(&self.entry.digest)
    }

    /// Returns whether the token is a browser's or an app's, which may not learn more than its own answers.
    pub fn is_client(&self) -> bool {
        self.entry.identity.kind == TokenKind::Client
    }
}

impl Auth {
    /// Returns what the token among the headers may evaluate: 401 without a token that holds, 403 for one that is not
    /// for evaluation, 429 with Retry-After beyond its rate.
    pub async fn evaluation(&self, peer: &Peer, headers: &HeaderMap) -> Result<EvaluationAccess, ApiError> {
        self.evaluation_at(peer, headers, self.0.clock.moment()).await
    }

    /// Returns the same for a caller that has read the clock already.
    pub(crate) async fn evaluation_at(
        &self,
        peer: &Peer,
        headers: &HeaderMap,
        at: Moment,
    ) -> Result<EvaluationAccess, ApiError> {
        grant(self.authenticate(peer, credentials::presented(headers), at).await?)
    }

    /// Returns what a token may evaluate that came otherwise than in a header.
    pub async fn evaluation_by_text(&self, peer: &Peer, text: &str) -> Result<EvaluationAccess, ApiError> {
        grant(self.authenticate(peer, Some(text), self.0.clock.moment()).await?)
    }

    /// Returns what the token behind a stream's pass may evaluate.
    pub(crate) async fn evaluation_by_pass(&self, peer: &Peer, pass: &Pass<'_>) -> Result<EvaluationAccess, ApiError> {
        let entry = self.0.find(pass.token).await?;
        match entry {
            Some(entry) if pass.holds(&entry.digest, self.0.clock.now()) && !self.is_expired(&entry.identity) => {
                grant(entry)
            }
            Some(_) | None => Err(self.0.refuse(peer)),
        }
    }

    /// Returns whether a token that opened a stream still holds: false within two seconds of its revocation.
    pub(crate) async fn is_token_current(&self, id: &str) -> bool {
        match self.0.find(id).await {
            Ok(Some(entry)) => {
                !self.is_expired(&entry.identity) && self.has_parent(&entry.identity).await.unwrap_or(true)
            }
            Ok(None) => false,
            // Without the store nobody can know; what was served goes on being served.
            Err(_) => true,
        }
    }

    /// Returns whether access that was given is still due: false within two seconds of a revocation. Streams ask this
    /// now and then.
    pub async fn is_current(&self, access: &EvaluationAccess) -> bool {
        self.is_still_valid(&access.entry.identity).await
    }
}

fn grant(entry: Arc<Entry>) -> Result<EvaluationAccess, ApiError> {
    entry.evaluation_rate.check()?;
    match (entry.identity.kind, &entry.identity.scope) {
        (TokenKind::Server | TokenKind::Client | TokenKind::Edge, Scope::Environment(project, environment)) => {
            let place = EnvironmentId { project: project.clone(), environment: environment.clone() };
            Ok(EvaluationAccess { entry, place })
        }
        _ => Err(ApiError::Forbidden { needs: "a server, client or edge token of one environment" }),
    }
}
