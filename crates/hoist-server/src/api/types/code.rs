//! Scans of code: what is sent, and what is shown.

use std::collections::BTreeMap;

use hoist_lifecycle::staleness::Reason;
use hoist_store::{CodeReference as Stored, FlagReferences, ReferenceKind, ReferenceVia, Removal, ScanRecord};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body::FromBody;
use crate::bounds::Bodies;

use super::time::Time;

/// What a scan of one commit found.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewScan {
    /// The repository, as its owner calls it, such as `example/shop`.
    pub repository: String,
    /// The branch.
    pub branch: String,
    /// Whether it is the branch that everything is deployed from. A repository has one: the one that was called so
    /// last.
    #[serde(default)]
    pub main: bool,
    /// The commit.
    pub commit: String,
    /// When it was committed: a scan of an earlier commit than the last one is refused.
    #[schema(value_type = String, format = DateTime)]
    pub committed_at: Time,
    /// Whether every file could be read.
    pub complete: bool,
    /// How many files were looked at.
    pub files: u64,
    /// What was found, by the keys of flags. Keys that are no flag's are kept too.
    pub references: BTreeMap<String, Vec<CodeReference>>,
    /// Commits that took the last reference of a key away, where they are known.
    #[serde(default)]
    pub removals: Vec<CodeRemoval>,
}

impl FromBody for NewScan {
    fn bytes_max(bodies: &Bodies) -> usize {
        bodies.scan
    }
}

/// One place in code that names a flag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeReference {
    /// The file, from the root of the repository, with `/`.
    pub path: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
    /// The first column that belongs no more.
    pub end: u32,
    /// What the place does.
    pub kind: CodeReferenceKind,
    /// How it names the flag.
    pub via: CodeReferenceVia,
    /// The function or class around it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub symbol: Option<String>,
    /// A digest of the line without its surrounding space, in hexadecimal.
    pub hash: String,
    /// The line itself, if the repository's owner chooses to send it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snippet: Option<String>,
    /// What is wrong with the place: `unknown_in_code`, `retired_in_code` or `expired`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<String>,
}

/// What a place in code does with a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CodeReferenceKind {
    /// Asks for its value.
    Evaluation,
    /// Gives its key a name.
    Definition,
    /// Calls a function that asks for its value.
    WrapperCall,
    /// Sets it up in a test.
    Test,
    /// Names it in a configuration file.
    Config,
    /// Names it otherwise.
    Text,
}

/// How a place in code names a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CodeReferenceVia {
    /// By its key.
    Literal,
    /// By a constant.
    Const,
    /// By a member of an enumeration.
    Enum,
    /// By another spelling of its key.
    Alias,
    /// By a function made for it.
    Wrapper,
}

/// A commit that took the last reference of a key away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeRemoval {
    /// The key.
    pub flag: String,
    /// The commit.
    pub commit: String,
    /// When it was committed.
    #[schema(value_type = String, format = DateTime)]
    pub removed_at: Time,
}

/// The last scan of a branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Scan {
    /// The repository.
    pub repository: String,
    /// The branch.
    pub branch: String,
    /// Whether it is the branch that everything is deployed from.
    pub main: bool,
    /// The commit.
    pub commit: String,
    /// When it was committed.
    pub committed_at: Time,
    /// Whether every file could be read.
    pub complete: bool,
    /// How many files were looked at.
    pub files: u64,
    /// When.
    pub scanned_at: Time,
    /// By whom.
    pub scanned_by: String,
}

/// A branch of a repository.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScannedBranch {
    /// The repository.
    pub repository: String,
    /// The branch.
    pub branch: String,
    /// Why, for the audit log.
    #[serde(default)]
    pub reason: String,
}

impl FromBody for ScannedBranch {}

/// Everything that the last scan of a branch found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ScanContent {
    /// The scan.
    pub scan: Scan,
    /// What it found, by key.
    pub references: BTreeMap<String, Vec<CodeReference>>,
}

/// Where one flag occurs in one branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FlagOccurrences {
    /// The repository.
    pub repository: String,
    /// The branch.
    pub branch: String,
    /// Whether it is the branch that everything is deployed from.
    pub main: bool,
    /// The commit that was scanned.
    pub commit: String,
    /// When.
    pub scanned_at: Time,
    /// How many places there are.
    pub count: u64,
    /// The places, cut off after 5,000.
    pub references: Vec<CodeReference>,
}

/// Converts both ways between an enum of the API and one of the store.
macro_rules! same {
    ($wire:ident, $core:ident { $($variant:ident),* }) => {
        impl From<$core> for $wire {
            fn from(core: $core) -> Self {
                match core { $($core::$variant => Self::$variant,)* }
            }
        }

        impl From<$wire> for $core {
            fn from(wire: $wire) -> Self {
                match wire { $($wire::$variant => Self::$variant,)* }
            }
        }
    };
}

same!(CodeReferenceKind, ReferenceKind { Evaluation, Definition, WrapperCall, Test, Config, Text });
same!(CodeReferenceVia, ReferenceVia { Literal, Const, Enum, Alias, Wrapper });

impl From<CodeReference> for Stored {
    fn from(wire: CodeReference) -> Self {
        let finding = wire.finding.as_deref();
        Self {
            path: wire.path,
            line: wire.line,
            column: wire.column,
            end: wire.end,
            kind: wire.kind.into(),
            via: wire.via.into(),
            symbol: wire.symbol,
            hash: wire.hash,
            snippet: wire.snippet,
            finding: Reason::ALL.into_iter().find(|reason| Some(reason.as_str()) == finding),
        }
    }
}

impl From<Stored> for CodeReference {
    fn from(stored: Stored) -> Self {
        Self {
            path: stored.path,
            line: stored.line,
            column: stored.column,
            end: stored.end,
            kind: stored.kind.into(),
            via: stored.via.into(),
            symbol: stored.symbol,
            hash: stored.hash,
            snippet: stored.snippet,
            finding: stored.finding.map(|reason| reason.as_str().to_owned()),
        }
    }
}

impl From<CodeRemoval> for Removal {
    fn from(wire: CodeRemoval) -> Self {
        Self { flag: wire.flag, commit: wire.commit, removed_at: wire.removed_at.0 }
    }
}

impl From<ScanRecord> for Scan {
    fn from(record: ScanRecord) -> Self {
        Self {
            repository: record.repository,
            branch: record.branch,
            main: record.main,
            commit: record.commit,
            committed_at: record.committed_at.into(),
            complete: record.complete,
            files: record.files,
            scanned_at: record.scanned_at.into(),
            scanned_by: record.scanned_by,
        }
    }
}

impl ScanContent {
    /// Returns a scan with what it found.
    pub(crate) fn of(scan: ScanRecord, found: Vec<FlagReferences>) -> Self {
        let references = found.into_iter().map(|found| (found.flag, wire(found.references)));
        Self { scan: scan.into(), references: references.collect() }
    }
}

/// Returns references as the API shows them.
pub(crate) fn wire(stored: Vec<Stored>) -> Vec<CodeReference> {
    stored.into_iter().map(CodeReference::from).collect()
}
