//! The only file of this crate that reads clocks, waits, or draws randomness.
#![expect(clippy::disallowed_methods, reason = "this file is where the command line meets time and chance")]

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use hoist_eval::{Span, Timestamp};

/// Returns the time of day.
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

/// Returns the day, in UTC.
pub fn today() -> jiff::civil::Date {
    instant(now()).to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// Returns the time of day after some time, as RFC 3339 in UTC.
pub fn from_now(time: Span) -> String {
    instant(now().saturating_add(time)).to_string()
}

fn instant(at: Timestamp) -> jiff::Timestamp {
    jiff::Timestamp::from_microsecond(at.as_micros()).unwrap_or(jiff::Timestamp::MAX)
}

/// Returns a moment for measuring lengths of time.
pub fn moment() -> Instant {
    Instant::now()
}

/// Waits.
pub async fn wait(time: Duration) {
    tokio::time::sleep(time).await;
}

/// Draws 128 random bits.
pub fn draw() -> u128 {
    rand::random()
}
