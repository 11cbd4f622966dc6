//! What should happen to a flag next: rollout plans, guards, evidence, and the decision.
//!
//! Nothing here does IO, reads a clock, draws randomness or waits. [`rollout::step`] is the only writer of a phase.

pub mod intake;
pub mod limits;
pub mod metric;
pub mod plan;
pub mod problem;
pub mod rollout;
pub mod sequential;

pub use problem::Problem;
