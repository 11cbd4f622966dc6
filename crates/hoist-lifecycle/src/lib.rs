//! What should happen to a flag next: rollout plans, guards, evidence, the decision, and whether its work is done.
//!
//! Nothing here does IO, reads a clock, draws randomness or waits. [`rollout::step`] is the only writer of a phase.

pub mod analyze;
pub mod backtest;
pub mod flag;
pub mod intake;
pub mod limits;
pub mod metric;
pub mod plan;
pub mod preview;
pub mod problem;
pub mod product;
pub mod rollout;
pub mod safety;
pub mod sequential;
pub mod staleness;

pub use problem::Problem;
