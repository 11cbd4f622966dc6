//! Rows for the search of references and for the removal of flags.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that cannot go on has failed")]
#![expect(
    clippy::match_bool,
    clippy::print_stdout,
    clippy::format_push_string,
    clippy::format_collect,
    reason = "programs are put together from pieces, and what was skipped is said"
)]

mod behaviour;
mod corpus;
mod dialects;
mod fixtures;
mod fuzz;
mod laws;
mod page;
mod programs;
mod references;
mod rows;
