//! Finds the uses of flags in source code, and removes a retired flag: pure text in, edits out.
//!
//! - [`references()`] finds where keys occur, each with its place, the shape of the use and how the key got there;
//! - a cleanup replaces each call by the value that the flag ended with, and simplifies what becomes constant;
//! - it refuses, with a reason, whenever the outcome is not certain.
//!
//! What it leaves out: walking folders, writing files, talking to a Git host or to the server. The caller reads the
//! files and applies the outcome, so that every behaviour of this crate can be a row in a test.

#![expect(clippy::match_same_arms, reason = "tables of nodes have one line for each thing they say")]

mod clean;
mod config;
mod file;
mod lang;
mod language;
pub mod limits;
mod references;
mod scope;
mod sdk;
mod shape;
mod sites;
mod tree;
mod unknown;

pub use clean::{
    Change, Cleaned, Level, Outcome, RULES, Reason, Refusal, Request, Risk, Rule, SourceFile, cleanup, words_of_name,
};
pub use config::{Alias, Call, CallType, ConfigError, HoistToml, KeyArgument, Visibility};
pub use file::{KeyDefinition, Via};
pub use language::Language;
pub use references::{CodeReference, KeySet, KeySetError, ReferenceKind, definitions, references};
pub use tree::ParseError;
pub use unknown::UnknownKeys;
