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
//!   Values beyond the control's quantile ([`Histogram`]) are such events. [`tempered_log_harm`] is for units that have many.
//! - [`StratifiedEvidence`]: means ([`MeanEvidence`]) and ratios of two sums ([`RatioEvidence`]) over units, stratified by
//!   stage; [`Clusters`] are groups of units that may have many values, [`PairedSums`] takes out what was known before.
//!
//! A guard that compares the treatment with a limit:
//! - [`AbsoluteEvidence`]: events per opportunity, against "the true rate is within the limit" ([`Rate`]), and reversed.
//! - [`Breaches`]: polls beyond a limit, against "a healthy service is beyond it in at most 5 % of polls".
//!
//! Beside the guards, [`SrmEvidence`] and [`TelemetryEvidence`] say whether the comparison itself can be trusted,
//! [`combine()`] makes one decision of many guards, [`Treatments`] those of many treatments, [`ratio_sequence`] shows how much worse the treatment may be, and
//! [`information_rate`] how long a stage will take.
//!
//! [`kernel`] has the increments of one flush, [`Grid`] the sizes of harm, [`Mixture`] and [`Sums`] the mixtures. Evidence
//! is stored with its layout's [`Version`].

mod absolute;
mod breaches;
mod buckets;
mod clusters;
mod combine;
mod count;
mod counters;
mod cuped;
mod epochs;
mod flush;
mod grid;
mod histogram;
pub mod kernel;
mod means;
mod mixture;
mod moments;
mod noninferiority;
mod normal;
mod numeric;
mod over;
mod planner;
mod rate;
mod ratio;
mod ratios;
mod srm;
mod stakes;
mod strata;
mod stratified;
mod student;
mod tempered;
mod treatments;
mod version;

pub use absolute::AbsoluteEvidence;
pub use breaches::Breaches;
pub use buckets::{BUCKETS, Overdispersion, dispersion, guard_dispersion, settled_dispersion, treated_dispersion};
pub use clusters::Clusters;
pub use combine::{Combined, anytime_p, combine};
pub use count::{CountEvidence, CountKind, CountTest, StageTotals};
pub use counters::{Counters, Difference};
pub use cuped::PairedSums;
pub use epochs::Epochs;
pub use flush::{CountFlush, FlushFault};
pub use grid::{Direction, Grid, SIZES};
pub use histogram::{Edge, Histogram};
pub use means::{MeanEvidence, MeanFlush, RatioEvidence, RatioFlush};
pub use mixture::{Mixture, Sums};
pub use moments::Moments;
pub use noninferiority::default_noninferiority;
pub use normal::{NormalMixture, ln_normal_cdf};
pub use planner::{information_rate, requests_to_decide};
pub use rate::Rate;
pub use ratio::{Ends, RatioInterval, ratio_sequence, tempered_ratio_sequence, worst_ratio};
pub(crate) use ratio::{log_harm_of, ratio_estimate};
pub use ratios::{BUCKETS_MIN, RatioSums, clustered_ratio, few_buckets, variance_of_ratio};
pub use srm::{ODDS, SrmEvidence, TelemetryEvidence};
pub use stakes::Stakes;
pub use strata::{Estimate, difference, stratified};
pub use stratified::{
    Arms, Effects, MeanTest, Sample, StratifiedEvidence, TooFew, mean_log_evidence, mean_lower_bound,
};
pub use student::t_to_z;
pub(crate) use tempered::settled_log_harm;
pub use tempered::tempered_log_harm;
pub use treatments::Treatments;
pub use version::Version;
