//! Instants and days as people read them.

use std::fmt;

use hoist_eval::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An instant, as RFC 3339 in UTC with microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, format = DateTime, example = "2026-11-21T22:00:00.000000Z")]
pub struct Time(pub Timestamp);

impl From<Timestamp> for Time {
    fn from(at: Timestamp) -> Self {
        Self(at)
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.0}", self.calendar())
    }
}

impl Time {
    /// Returns the instant, or the nearest one in the years that a calendar has.
    fn calendar(self) -> jiff::Timestamp {
        jiff::Timestamp::from_microsecond(self.0.as_micros()).unwrap_or(jiff::Timestamp::MAX)
    }
}

impl Serialize for Time {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:.6}", self.calendar()))
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let at: jiff::Timestamp =
            text.parse().map_err(|_| serde::de::Error::custom("must be an instant such as 2026-11-21T22:00:00Z"))?;
        Ok(Self(Timestamp::from_micros(at.as_microsecond())))
    }
}
