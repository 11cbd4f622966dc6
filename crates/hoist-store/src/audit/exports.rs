//! Telling the log of copies that people take: nothing changes, and somebody now has it.

use serde_json::json;

use super::append::{Entry, append};
use crate::error::Result;
use crate::store::{Store, mutate};
use crate::write::Write;

impl Store {
    /// Notes that somebody took a copy of what an environment serves, as a document of this format, and returns the record's
    /// number. An environment that is not there is noted all the same; whoever exports looks first.
    pub async fn record_export(
        &self,
        write: &Write<'_>,
        (project, environment): (&str, &str),
        format: &str,
    ) -> Result<u64> {
        let entry = Entry::new("environment.export", "environment", environment)
            .environment(project, environment)
            .created(json!({ "format": format }));
        mutate!(self, write, |tx| append(tx, write, entry))
    }

    /// Notes that somebody took a copy of the log itself, in lines of this format, and returns the record's number.
    pub async fn record_audit_export(&self, write: &Write<'_>, format: &str) -> Result<u64> {
        let entry = Entry::new("audit.export", "installation", "audit").created(json!({ "format": format }));
        mutate!(self, write, |tx| append(tx, write, entry))
    }
}
