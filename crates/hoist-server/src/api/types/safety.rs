//! Whether a rollback has reached everybody.

use hoist_eval::Span;
use hoist_lifecycle::safety as pure;
use serde::Serialize;
use utoipa::ToSchema;

use super::time::Time;

/// Whether a rollback has reached everybody, as far as can be known.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = RolloutSafety)]
pub struct Safety {
    /// `watching`, `safe`, or `unconfirmed`: watched for as long as anybody watches, without becoming safe.
    pub status: &'static str,
    /// The variant that nobody shall have any more.
    pub variant: String,
    /// The generation that took it back.
    pub generation: u64,
    /// When the rollback was committed.
    pub since: Time,
    /// From then until everything was within the tolerance.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "250ms")]
    pub safe_after: Option<Span>,
    /// When people were told that it is not safe.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub escalated_at: Option<Time>,
    /// The share of answers, and of streams, that may still be behind.
    pub tolerance: f64,
    /// The time after which people are told.
    #[schema(value_type = String, example = "1m")]
    pub deadline: Span,
    /// Servers that have reported.
    pub servers: usize,
    /// Evaluations of the flag since the rollback.
    pub answered: u64,
    /// Those that still answered the variant.
    pub still: u64,
    /// The share of the latest answers that did; absent if nobody asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
    /// Open streams.
    pub streams: u64,
    /// Those that have not been told to fetch again.
    pub behind: u64,
    /// Who lags behind, in words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stragglers: Vec<String>,
}

impl From<&pure::Safety> for Safety {
    fn from(safety: &pure::Safety) -> Self {
        let found = safety.finding.as_ref();
        let (status, safe_after) = match safety.status {
            pure::SafetyStatus::Watching => ("watching", None),
            pure::SafetyStatus::Safe { after } => ("safe", Some(after)),
            pure::SafetyStatus::Unconfirmed => ("unconfirmed", None),
        };
        Self {
            status,
            variant: safety.variant.clone(),
            generation: safety.generation,
            since: safety.since.into(),
            safe_after,
            escalated_at: safety.escalated_at.map(Time::from),
            tolerance: safety.terms.tolerance,
            deadline: safety.terms.deadline,
            servers: found.map_or(0, |found| found.servers),
            answered: found.map_or(0, |found| found.answered),
            still: found.map_or(0, |found| found.still),
            share: found.and_then(|found| found.share),
            streams: found.map_or(0, |found| found.streams),
            behind: found.map_or(0, |found| found.behind),
            stragglers: found.into_iter().flat_map(|found| &found.stragglers).map(words).collect(),
        }
    }
}

fn words(straggler: &pure::Straggler) -> String {
    match straggler {
        pure::Straggler::Server { server } => format!("server {server} still answers by the old definition"),
        pure::Straggler::Silent { server } => format!("server {server} was not safe when it was last heard of"),
        pure::Straggler::Streams { server, token, streams } => {
            format!("{streams} streams of token {token} on server {server} have not been told to fetch again")
        }
    }
}
