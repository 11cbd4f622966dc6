//! Rollouts: a flag climbing a plan in one environment, and the record of every decision on the way.

mod apply;
mod decisions;
mod list;
mod looks;
mod needs;
mod overlaps;
mod record;
mod safety;
mod start;

pub use apply::{Applied, Applying};
pub use decisions::DecisionRecord;
pub use list::RolloutFilter;
pub(crate) use needs::{check_no_audience, check_no_rollout, check_variants_stay};
pub use record::{NewRollout, PhaseName, RolloutRecord};
