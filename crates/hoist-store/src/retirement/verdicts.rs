//! What was said about each flag last. People are told when that changes, and not again.

use hoist_eval::Timestamp;
use hoist_lifecycle::staleness::State;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::audit::{Entry, append};
use crate::driver::{Tx, on, row};
use crate::error::Result;
use crate::flags::lock_project;
use crate::json::{FORMAT, decode_format, encode};
use crate::outbox::{self, Event};
use crate::store::{Store, mutate, read};
use crate::write::Write;

/// What was said about a flag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerdictRecord {
    /// The flag.
    pub flag: String,
    /// How far it was on its way out.
    pub state: String,
    /// What had been found, each with its severity: `rolled_out:candidate`.
    pub reasons: Vec<String>,
    /// When that changed last.
    pub changed_at: Timestamp,
}

/// What is said about a flag now.
#[derive(Debug, Clone, PartialEq)]
pub struct VerdictNote {
    /// The flag.
    pub flag: String,
    /// How far it is on its way out.
    pub state: State,
    /// What was found, each with its severity.
    pub reasons: Vec<String>,
    /// What people are told; absent if there is nothing to tell them.
    pub notice: Option<Value>,
}

row!(
    "verdicts",
    struct VerdictRow {
        flag: String,
        state: String,
        reasons: String,
        format: i64,
        changed_at: i64,
    }
);

const LIST: &str = "SELECT flag, state, reasons, format, changed_at FROM verdicts WHERE project = $1 ORDER BY flag";
const FIND: &str = "SELECT flag, state, reasons, format, changed_at FROM verdicts WHERE project = $1 AND flag = $2";
const PUT: &str = "INSERT INTO verdicts (project, flag, state, reasons, format, changed_at, checked_at)
    VALUES ($1, $2, $3, $4, $5, $6, $6) ON CONFLICT (project, flag) DO UPDATE SET state = excluded.state,
    reasons = excluded.reasons, format = excluded.format, changed_at = excluded.changed_at,
    checked_at = excluded.checked_at";

impl Store {
    /// Returns what was said about each flag of a project last.
    pub async fn verdicts(&self, project: &str) -> Result<Vec<VerdictRecord>> {
        let rows = read!(self, Plain, |tx| list(tx, project))?;
        rows.into_iter().map(VerdictRow::parse).collect()
    }

    /// Notes what is said about a flag now, and tells people through the outbox if the note says so. Returns whether
    /// it was news: what another server has noted meanwhile is not noted again, and nobody is told twice.
    pub async fn note_verdict(&self, write: &Write<'_>, project: &str, note: &VerdictNote) -> Result<bool> {
        mutate!(self, write, |tx| put(tx, write, project, note))
    }
}

impl VerdictRow {
    fn parse(self) -> Result<VerdictRecord> {
        let reasons = decode_format("verdicts", "reasons", self.flag.as_str(), self.format, &self.reasons)?;
        let changed_at = Timestamp::from_micros(self.changed_at);
        Ok(VerdictRecord { flag: self.flag, state: self.state, reasons, changed_at })
    }
}

async fn list(tx: &mut Tx, project: &str) -> Result<Vec<VerdictRow>> {
    Ok(on!(tx, |c| sqlx::query_as::<_, VerdictRow>(LIST).bind(project).fetch_all(c).await)?)
}

async fn find(tx: &mut Tx, project: &str, flag: &str) -> Result<Option<VerdictRow>> {
    Ok(on!(tx, |c| sqlx::query_as::<_, VerdictRow>(FIND).bind(project).bind(flag).fetch_optional(c).await)?)
}

async fn put(tx: &mut Tx, write: &Write<'_>, project: &str, note: &VerdictNote) -> Result<bool> {
    // Two servers that look at the same time take turns.
    lock_project(tx, project).await?;
    let was = find(tx, project, &note.flag).await?;
    if let Some(was) = was.map(VerdictRow::parse).transpose()?
        && was.state == note.state.as_str()
        && was.reasons == note.reasons
    {
        return Ok(false);
    }
    let reasons = encode(&note.reasons)?;
    on!(tx, |c| sqlx::query(PUT)
        .bind(project)
        .bind(&note.flag)
        .bind(note.state.as_str())
        .bind(&reasons)
        .bind(FORMAT)
        .bind(write.now.as_micros())
        .execute(c)
        .await
        .map(drop))?;
    let Some(notice) = &note.notice else { return Ok(true) };
    let what = json!({ "state": note.state, "reasons": note.reasons });
    let entry = Entry::new("flag.stale", "flag", &note.flag).project(project).created(what);
    let seq = append(tx, write, entry).await?;
    let event = Event { topic: "flag.stale", stream: outbox::stream(project, "", &note.flag), payload: notice.clone() };
    outbox::put(tx, write.now, seq, 0, &event, None).await?;
    Ok(true)
}
