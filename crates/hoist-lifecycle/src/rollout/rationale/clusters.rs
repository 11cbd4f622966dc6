//! How events that come in clusters are counted, for people.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::words::Significant;

/// Dispersion from which people are told of it, where no units stand out.
const TOLD_FROM: f64 = 1.5;

/// Events that vary more than independent ones do, because some units have many.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ClusterFacts {
    /// How many times as much they vary: so many of them count as one, above 1.
    pub dispersion: f64,
    /// Whether that is because few units of the treatment have many of its events, as a client in a crash loop does.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stands_out: bool,
}

impl ClusterFacts {
    /// Returns the facts; `None` for events that are as good as independent.
    pub(in crate::rollout) fn of(dispersion: f64, stands_out: bool) -> Option<Self> {
        (dispersion > 1.0).then_some(Self { dispersion, stands_out })
    }

    /// `; few treated units have many of the events, so that 12.4 of them count as one`, where it makes a difference.
    pub(super) fn words(self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { dispersion, stands_out } = self;
        if !stands_out && dispersion < TOLD_FROM {
            return Ok(());
        }
        let why = if stands_out { "few treated units have many of the events" } else { "some units have many events" };
        write!(f, "; {why}, so that {} of them count as one", Significant(dispersion))
    }
}
