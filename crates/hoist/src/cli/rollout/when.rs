//! Moments, as people write them.

use std::str::FromStr;

use hoist_eval::{Span, Timestamp};

/// A moment, or a time from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// At an instant.
    At(Timestamp),
    /// After a time, by this machine's clock.
    In(Span),
}

impl When {
    /// Returns the moment that is meant `now`.
    pub fn from(self, now: Timestamp) -> Timestamp {
        match self {
            Self::At(at) => at,
            Self::In(span) => now.saturating_add(span),
        }
    }
}

impl FromStr for When {
    type Err = &'static str;

    /// Reads `2027-03-31T09:00:00Z`, with any offset, or `+30m`. A time without an offset is refused: whose nine o'clock
    /// it is would depend on the machine.
    fn from_str(text: &str) -> Result<Self, &'static str> {
        const RULE: &str = "must be an instant such as 2027-03-31T09:00:00Z, or a time from now such as +30m";
        if let Some(span) = text.strip_prefix('+') {
            return span.parse().map(Self::In).map_err(|_| RULE);
        }
        let at: jiff::Timestamp = text.parse().map_err(|_| RULE)?;
        Ok(Self::At(Timestamp::from_micros(at.as_microsecond())))
    }
}

/// Reads a moment of the past: an instant with its offset.
pub fn past(text: &str) -> Result<Timestamp, &'static str> {
    match text.parse() {
        Ok(When::At(at)) => Ok(at),
        Ok(When::In(_)) | Err(_) => Err("must be an instant such as 2027-03-31T09:00:00Z"),
    }
}
