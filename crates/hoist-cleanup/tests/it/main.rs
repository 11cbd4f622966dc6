//! Rows for the search of references and for the removal of flags.

#![expect(clippy::unwrap_used, clippy::panic, clippy::match_bool, reason = "a test that cannot go on has failed")]

mod behaviour;
mod corpus;
mod laws;
mod page;
mod programs;
mod references;
mod rows;
