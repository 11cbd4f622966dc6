//! Integration tests of the evaluator: one binary, tables of rows, and laws.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should stop"
)]
#![expect(clippy::needless_pass_by_value, reason = "tables of rows read better without references")]

mod broken;
mod bucketing;
mod context;
mod evaluation;
mod export;
mod kit;
mod laws;
mod limits;
mod logic;
mod operators;
mod problems;
mod reference;
mod testbed;
mod trace;
