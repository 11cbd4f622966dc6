//! The audit log.

use hoist_store::audit::{AuditHead, AuditRecord, AuditVerdict, GENESIS, Verifier};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::time::Time;

/// One change, as the log has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AuditEntry {
    /// Its number, from 1 and without gaps.
    pub seq: u64,
    /// When.
    pub at: Time,
    /// The kind of actor.
    pub actor_kind: String,
    /// Who.
    pub actor: String,
    /// The id of the token that was presented.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The project.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// The environment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// What was done, such as `flag.targeting`.
    pub action: String,
    /// The kind of thing that was changed.
    pub subject_kind: String,
    /// The key or id of the thing that was changed.
    pub subject: String,
    /// Why, in the actor's words.
    pub reason: String,
    /// What changed, as it was.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    #[schema(value_type = Option<Object>)]
    pub before: Option<serde_json::Value>,
    /// What changed, as it is.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    #[schema(value_type = Option<Object>)]
    pub after: Option<serde_json::Value>,
    /// The hash of the record before: 64 hexadecimal characters, zeros before the first.
    pub previous: String,
    /// The record's hash, over everything above: 64 hexadecimal characters.
    pub hash: String,
}

/// Reads a value that is there, null included: an absent one and null are sealed differently.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<serde_json::Value>, D::Error> {
    serde_json::Value::deserialize(deserializer).map(Some)
}

/// What checking the chain came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AuditCheck {
    /// Whether every record is as it was written, in order, and none is missing.
    pub sound: bool,
    /// How many records were found sound before the first bad one.
    pub checked: u64,
    /// The number of the first bad record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_bad: Option<u64>,
    /// What was done to it: `edited`, `missing`, `swapped`, `inserted` or `truncated`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<&'static str>,
    /// The number of the last sound record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub head_seq: Option<u64>,
    /// Its hash. Keep it where nobody who administers this server can write.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub head_hash: Option<String>,
}

impl From<AuditRecord> for AuditEntry {
    fn from(record: AuditRecord) -> Self {
        // Text that is not JSON is shown as text rather than hidden.
        let show = |text: String| serde_json::from_str(&text).unwrap_or(serde_json::Value::String(text));
        Self {
            seq: record.seq,
            at: record.at.into(),
            actor_kind: record.actor_kind,
            actor: record.actor_id,
            token: record.token,
            project: record.project,
            environment: record.environment,
            action: record.action,
            subject_kind: record.subject_kind,
            subject: record.subject,
            reason: record.reason,
            before: record.before.map(show),
            after: record.after.map(show),
            previous: hex::encode(record.previous),
            hash: hex::encode(record.hash),
        }
    }
}

impl TryFrom<AuditEntry> for AuditRecord {
    type Error = BadHash;

    /// Returns the record as it was sealed. What changed is sealed as the text that storage writes, which is the one
    /// that its value is written as.
    fn try_from(entry: AuditEntry) -> Result<Self, BadHash> {
        Ok(Self {
            seq: entry.seq,
            at: entry.at.0,
            actor_kind: entry.actor_kind,
            actor_id: entry.actor,
            token: entry.token,
            project: entry.project,
            environment: entry.environment,
            action: entry.action,
            subject_kind: entry.subject_kind,
            subject: entry.subject,
            reason: entry.reason,
            before: entry.before.map(|value| value.to_string()),
            after: entry.after.map(|value| value.to_string()),
            previous: hash("previous", &entry.previous)?,
            hash: hash("hash", &entry.hash)?,
        })
    }
}

/// A hash that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` must be 64 hexadecimal characters")]
pub struct BadHash(&'static str);

fn hash(field: &'static str, text: &str) -> Result<[u8; 32], BadHash> {
    let mut hash = [0; 32];
    hex::decode_to_slice(text, &mut hash).map_err(|_| BadHash(field))?;
    Ok(hash)
}

/// Checks an exported chain, entry by entry, in constant memory. Needs neither a server nor a database.
#[derive(Debug, Default)]
pub struct AuditFile {
    first: u64,
    saved: Option<AuditHead>,
    verifier: Option<Verifier>,
}

impl AuditFile {
    /// Returns a check of nothing yet. A head that was saved elsewhere, its number and its hash, also shows an end that
    /// was cut off and a chain that was written anew.
    pub fn new(saved: Option<(u64, &str)>) -> Result<Self, BadHash> {
        let head = |(seq, text): (u64, &str)| Ok(AuditHead { seq, hash: hash("head", text)? });
        Ok(Self { saved: saved.map(head).transpose()?, ..Self::default() })
    }

    /// Takes the next entry, the oldest first. A file may begin later than the log: what its first entry says of the
    /// one before it is then taken on trust.
    pub fn push(&mut self, entry: AuditEntry) -> Result<(), BadHash> {
        let record = AuditRecord::try_from(entry)?;
        let verifier = self.verifier.get_or_insert_with(|| {
            self.first = record.seq;
            let previous = if record.seq <= 1 { GENESIS } else { record.previous };
            let mut verifier = Verifier::starting(record.seq, Some(previous));
            if let Some(saved) = self.saved.take() {
                verifier.expect(saved);
            }
            verifier
        });
        verifier.push(record);
        Ok(())
    }

    /// Returns the number of the first entry and what the check came to; nothing if there was no entry.
    pub fn finish(self) -> Option<(u64, AuditCheck)> {
        let verifier = self.verifier?;
        Some((self.first, verifier.finish().into()))
    }
}

impl From<AuditVerdict> for AuditCheck {
    fn from(verdict: AuditVerdict) -> Self {
        Self {
            sound: verdict.is_sound(),
            checked: verdict.sound,
            first_bad: verdict.fault.map(|(seq, _)| seq),
            fault: verdict.fault.map(|(_, fault)| fault.as_str()),
            head_seq: verdict.head.as_ref().map(|head| head.seq),
            head_hash: verdict.head.as_ref().map(|head| hex::encode(head.hash)),
        }
    }
}
