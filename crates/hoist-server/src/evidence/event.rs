//! What every report of an event must keep to, however it comes.

use hoist_eval::Timestamp;
use hoist_lifecycle::limits::EVENT_BYTES_MAX;

use crate::limits::{EVENT_AGE_MAX, EVENT_AHEAD_MAX, EVENT_KEY_BYTES_MAX};

/// An event as somebody reports it.
#[derive(Debug, Clone, PartialEq)]
pub struct TrackedEvent {
    /// Its name.
    pub name: String,
    /// The targeting key of the unit.
    pub targeting_key: String,
    /// Its number, where it has one.
    pub value: Option<f64>,
    /// When it happened.
    pub at: Timestamp,
    /// What the reporter calls it; a second event of that id is a repetition.
    pub id: Option<String>,
}

/// Returns the name of an event without blanks around it, if it may be one.
pub(crate) fn name(text: &str) -> Option<&str> {
    let name = text.trim();
    let fits = !name.is_empty() && name.len() <= EVENT_BYTES_MAX && !name.chars().any(char::is_control);
    fits.then_some(name)
}

/// Returns whether a text may be a targeting key.
pub(crate) fn is_key(text: &str) -> bool {
    !text.is_empty() && text.len() <= EVENT_KEY_BYTES_MAX
}

/// Returns the time of an event that is said to have happened at `at`, if it is recent enough; never one to come.
pub(crate) fn recent(at: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let fits = at <= now.saturating_add(EVENT_AHEAD_MAX) && now.since(at) <= EVENT_AGE_MAX;
    fits.then_some(at.min(now))
}
