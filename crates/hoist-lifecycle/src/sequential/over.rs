//! What stays that are over have left to the evidence of counts.

use serde::{Deserialize, Serialize};

use super::grid::SIZES;
use super::mixture::Sums;

/// Sums of stays that are over, each divided by the dispersion that its stay ended with.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct Over {
    /// Of safety, from stays of the stage that lasts.
    pub(super) safe: Sums<SIZES>,
}
