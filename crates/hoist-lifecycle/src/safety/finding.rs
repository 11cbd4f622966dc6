//! What the reports of all servers come to.

use hoist_eval::{Span, Timestamp};
use serde::{Deserialize, Serialize};

use crate::limits::{SAFETY_SETTLE, SAFETY_SILENT, SAFETY_STRAGGLERS_MAX};

use super::Terms;
use super::report::SafetyReport;

/// What the reports of all servers come to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// When it was found.
    pub at: Timestamp,
    /// Servers that have reported.
    pub servers: usize,
    /// Evaluations since the rollback, as far as they were reported.
    pub answered: u64,
    /// Those that still answered the variant.
    pub still: u64,
    /// The share of the latest answers that did; absent if nobody asked lately.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
    /// Open streams.
    pub streams: u64,
    /// Those that have not been told to fetch again.
    pub behind: u64,
    /// Who lags behind, at most [`SAFETY_STRAGGLERS_MAX`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stragglers: Vec<Straggler>,
    /// From the commit of the rollback until everything was within the tolerance; absent while it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub safe_after: Option<Span>,
}

/// Somebody who may still have the variant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Straggler {
    /// A server that still answers by the old definition, or answers the variant.
    Server {
        /// Its name.
        server: String,
    },
    /// A server that was not safe when it was last heard of.
    Silent {
        /// Its name.
        server: String,
    },
    /// Streams of a token that have not been told to fetch again.
    Streams {
        /// The server that carries them.
        server: String,
        /// The token.
        token: String,
        /// How many.
        streams: u64,
    },
}

/// Returns what the reports come to. It is safe once every server that has reported is within the tolerance, and every
/// server had the time to report once; the time to safety is that of the last of them. A server that falls silent while it
/// was safe counts as safe, for servers only move forward; one that was not is named.
pub fn judge(since: Timestamp, terms: Terms, reports: &[SafetyReport], now: Timestamp) -> Finding {
    let sum = |of: fn(&SafetyReport) -> u64| reports.iter().map(of).fold(0, u64::saturating_add);
    let (recent, recent_still) = (sum(|report| report.recent_answered), sum(|report| report.recent_still));
    let (streams, behind) = (sum(|report| report.streams), sum(SafetyReport::behind_in_all));
    let safe_at = reports.iter().map(|report| report.safe_at).collect::<Option<Vec<_>>>();
    let last = safe_at.and_then(|moments| moments.into_iter().max());
    let settled = now.since(since) >= SAFETY_SETTLE;
    let within = behind as f64 <= terms.tolerance * streams as f64;
    Finding {
        at: now,
        servers: reports.len(),
        answered: sum(|report| report.answered),
        still: sum(|report| report.still),
        share: (recent > 0).then(|| recent_still as f64 / recent as f64),
        streams,
        behind,
        stragglers: reports.iter().flat_map(|report| stragglers(report, now)).take(SAFETY_STRAGGLERS_MAX).collect(),
        safe_after: last.filter(|_| settled && within).map(|at| at.since(since)),
    }
}

fn stragglers(report: &SafetyReport, now: Timestamp) -> Vec<Straggler> {
    let server = || report.server.clone();
    let mut found = Vec::new();
    if report.safe_at.is_none() && now.since(report.at) > SAFETY_SILENT {
        found.push(Straggler::Silent { server: server() });
    } else if !report.is_current || report.recent_still > 0 {
        found.push(Straggler::Server { server: server() });
    }
    found.extend(report.behind.iter().map(|(token, streams)| Straggler::Streams {
        server: server(),
        token: token.clone(),
        streams: *streams,
    }));
    found
}
