//! Evidence that may be looked at as often as one likes.
//!
//! Everything here is an *e-process*: a number that starts at one and, as long as the service is healthy, is not
//! expected to grow, whenever one stops looking. The chance that it *ever* reaches `1/alpha` is therefore at most
//! `alpha` (Ville's inequality), so a rollout may be judged at every tick without paying for the looks. A test for a
//! fixed sample, looked at again and again, would roll back half of all healthy rollouts.
//!
//! Each process mixes several sizes of harm, because the size is not known beforehand, and starts over at regular
//! moments with an ever smaller part of its stake, because a regression that comes late must not have to make up for
//! a long healthy past. Both mixtures are e-processes again.
//!
//! A guard that compares the treatment with the control:
//! - [`CountEvidence`]: events per opportunity in both arms, against "the treated rate is at most `margin` times the
//!   control's"; and, reversed, against "it is at least so many times worse", which is what a stage is left on.
//!
//! A guard that compares the treatment with a limit:
//! - [`Rate`]: events per opportunity, against "the true rate is within the limit".
//! - [`Breaches`]: polls beyond a limit, against "a healthy service is beyond it in at most 5 % of polls".
//!
//! [`kernel`] has the increments of one flush, [`Grid`] the sizes of harm, [`Mixture`] and [`Sums`] the mixtures.

mod breaches;
mod count;
mod epochs;
mod flush;
mod grid;
pub mod kernel;
mod mixture;
mod numeric;
mod rate;
mod version;

pub use breaches::Breaches;
pub use count::{CountEvidence, CountKind, CountTest, StageTotals};
pub use epochs::Epochs;
pub use flush::{CountFlush, FlushFault};
pub use grid::{Direction, Grid, SIZES};
pub use mixture::{Mixture, Sums};
pub use rate::Rate;
pub use version::Version;
