//! Where flags occur in a tree of files: the walk, the scan, what is wrong with what was found, and the forms in which
//! it is written.

pub mod added;
pub mod check;
pub mod git;
pub mod known;
pub mod scan;
pub mod walk;
pub mod write;

use hoist_cleanup::KeyDefinition;
use serde::{Deserialize, Serialize};

/// One place in code that names a flag, as it is written and sent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The file, from the root of the repository, with `/`.
    pub path: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
    /// The first column that belongs no more.
    pub end: u32,
    /// The flag's key.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// What the place does, such as `evaluation`.
    pub kind: String,
    /// How it names the flag, such as `literal`.
    pub via: String,
    /// The function or class around it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub symbol: Option<String>,
    /// A digest of the line without its surrounding space.
    pub hash: String,
    /// The line itself, if it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snippet: Option<String>,
    /// What is wrong with the place, such as `retired_in_code`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<String>,
}

/// Everything that a scan found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// The places, in the order of files and lines.
    pub places: Vec<Place>,
    /// How many files were looked at.
    pub files: u64,
    /// Files that could not be read, or are larger than is looked at.
    pub unread: Vec<String>,
    /// The constants that hold a key, in the files that were read.
    pub definitions: Vec<KeyDefinition>,
}
