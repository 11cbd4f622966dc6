//! Tests of the command line: the pure parts directly, everything else by running the executable.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on should stop"
)]
#![expect(clippy::needless_pass_by_value, reason = "tables of rows read better without references")]

mod arguments;
mod cleanup;
mod cleanup_commits;
mod commands;
mod conditions;
mod demo;
mod docs;
mod documents;
mod harness;
#[cfg(unix)]
mod kill;
mod offline;
mod queries;
mod recipes;
mod recordings;
mod refs;
mod retirement;
mod server;
mod starting;
mod terminal;
mod watch_view;
mod whole_loop;
