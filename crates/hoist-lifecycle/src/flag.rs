//! What kind of thing a flag is, as far as its life goes.

use serde::{Deserialize, Serialize};

/// What kind of decision a flag is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Brings a change to users a little at a time, and goes when it is through.
    #[default]
    Release,
    /// Compares variants.
    Experiment,
    /// Lets operators switch off what costs too much.
    Operations,
    /// Decides who may use what.
    Permission,
}

impl Category {
    /// Returns the name as it is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Experiment => "experiment",
            Self::Operations => "operations",
            Self::Permission => "permission",
        }
    }
}

/// How long a flag is meant to live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lifetime {
    /// Until its change is through.
    #[default]
    Temporary,
    /// As long as the product.
    Permanent,
    /// As long as an experiment.
    Experiment,
}

impl Lifetime {
    /// Returns the name as it is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Temporary => "temporary",
            Self::Permanent => "permanent",
            Self::Experiment => "experiment",
        }
    }
}
