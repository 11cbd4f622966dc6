//! How refusals of the crates below become refusals of the API.

use hoist_store::{Refusal, StoreError};

use super::{ApiError, FieldProblem};
use crate::telemetry::request_id;

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        let request_id = request_id();
        match error {
            StoreError::Conflict { current, .. } => Self::VersionConflict { current: current.0 },
            StoreError::Missing { what } => Self::NotFound { what },
            // Its id is new, so what exists is another one of the same flag, started at the same moment.
            StoreError::Exists { what: "rollout" } => Self::RolloutActive,
            StoreError::Exists { what } => Self::KeyTaken { what },
            StoreError::Refused(refusal) => refusal.into(),
            StoreError::Unavailable(source) => {
                tracing::warn!(request_id, %source, "the database is unavailable; evaluation goes on from memory, writes are refused until it is back");
                Self::StoreUnavailable
            }
            StoreError::Full(source) => {
                tracing::error!(request_id, %source, "the database is full or read-only; evaluation goes on, writes are refused; free space on the data volume");
                Self::StoreFull
            }
            StoreError::Corrupt { table, column, ref key, .. } => {
                tracing::error!(
                    request_id,
                    table,
                    column,
                    key,
                    "a stored record cannot be read; restore a backup or repair the row; `hoist doctor` checks the rest"
                );
                Self::StoreCorrupt
            }
            StoreError::Damaged(source) => {
                tracing::error!(
                    request_id,
                    %source,
                    "the database is damaged; keep a copy of it, then restore the latest backup; `hoist doctor` checks it"
                );
                Self::StoreCorrupt
            }
            other => {
                let causes = causes(&other);
                tracing::error!(request_id, error = %other, causes, "the store refused for a reason that is a defect; report this line");
                Self::Internal
            }
        }
    }
}

/// Returns what lies behind an error, from the nearest cause to the root.
fn causes(error: &dyn std::error::Error) -> String {
    let chain = std::iter::successors(error.source(), |cause| cause.source());
    chain.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Tombstone { .. } => Self::KeyTaken { what: "flag" },
            Refusal::Archived => Self::InUse { what: "flag", detail: "it is archived; unarchive it first" },
            Refusal::AsksArchived { flag } => {
                let message =
                    format!("asks about the flag {flag}, which is archived; unarchive that first, or take it out");
                Self::invalid("", "archived", message)
            }
            Refusal::Overlaps { rollout } => {
                let message =
                    format!("rollout {rollout} started at the same moment and overlaps with this one; start again");
                Self::StartRefused(vec![FieldProblem::new("overlap", "overlaps", message)])
            }
            Refusal::InUse { what, detail } => Self::InUse { what, detail },
            Refusal::ActiveRollout { .. } => Self::RolloutActive,
            Refusal::IdempotencyKeyReused => Self::IdempotencyKeyReused,
            Refusal::ReasonNeeded => Self::invalid("reason", "missing_field", "must say why"),
            Refusal::TooMany { what, most } => {
                Self::invalid("", "too_many", format!("there are too many {what}: at most {most}"))
            }
            Refusal::Invalid { field, rule } => Self::invalid(field, "invalid", rule),
            Refusal::Fenced => Self::Contended,
            Refusal::OlderScan => Self::OlderScan,
            _ => Self::Internal,
        }
    }
}

impl From<hoist_eval::Problem> for FieldProblem {
    fn from(problem: hoist_eval::Problem) -> Self {
        let code = serde_json::to_value(problem.code).ok().and_then(|code| code.as_str().map(str::to_owned));
        Self { path: problem.path, code: code.unwrap_or_else(|| "invalid".to_owned()), message: problem.message }
    }
}

impl From<hoist_lifecycle::Problem> for FieldProblem {
    fn from(problem: hoist_lifecycle::Problem) -> Self {
        Self { path: problem.path, code: "invalid".to_owned(), message: problem.message }
    }
}

impl From<hoist_lifecycle::rollout::decision::TransitionError> for ApiError {
    fn from(error: hoist_lifecycle::rollout::decision::TransitionError) -> Self {
        Self::Transition(error)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::listen::RequestId;
    use crate::telemetry::within;

    #[test]
    fn the_loser_of_a_race_to_start_is_told_of_the_winner() {
        assert_eq!(ApiError::from(StoreError::Exists { what: "rollout" }), ApiError::RolloutActive);
        assert_eq!(ApiError::from(StoreError::Exists { what: "flag" }), ApiError::KeyTaken { what: "flag" });
    }

    /// What was logged.
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_defect_of_the_store_is_logged_under_the_request() {
        let log = Log::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt().json().with_writer(move || writer.clone()).finish();
        let guard = tracing::subscriber::set_default(subscriber);
        let corrupt =
            || StoreError::Corrupt { table: "flags", column: "variants", key: "checkout".to_owned(), source: None };
        let told = within(RequestId::numbered(0xabc), async { ApiError::from(corrupt()) }).await;
        drop(guard);
        assert_eq!(told, ApiError::StoreCorrupt);
        let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        assert!(text.contains(r#""request_id":"0000000000000abc""#), "{text}");
    }
}
