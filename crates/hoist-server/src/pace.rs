//! How often each flag is asked for, lately: the traffic that a preview of a rollout goes by.
//!
//! Evaluations are counted where they happen; what is kept here are two earlier readings of each flag's count, at most
//! 48 bytes and a key for each flag. The older of them is between one and two [`PACE_TURN`]s old once the server has
//! run for that long, so what is told is of the last half hour to hour. It is the traffic of this server alone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use hoist_eval::{Span, Timestamp};

use crate::limits::{PACE_MIN, PACE_TURN};
use crate::snapshots::{Card, EnvironmentId, Snapshots};

/// The earlier readings of every flag's count. Cloning is cheap.
#[derive(Debug, Clone, Default)]
pub struct Pace(Arc<Mutex<HashMap<EnvironmentId, Flags>>>);

type Flags = HashMap<Box<str>, [Reading; 2]>;

/// A flag's count at some time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Reading {
    at: Timestamp,
    count: u64,
}

impl Pace {
    /// Takes note of every flag's count. Flags that are gone are forgotten.
    pub fn look(&self, snapshots: &Snapshots, now: Timestamp) {
        let mut environments = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut seen = HashMap::new();
        for slot in snapshots.slots() {
            let served = slot.served();
            let Some(served) = served.as_ref() else { continue };
            let earlier = environments.remove(&slot.id).unwrap_or_default();
            let flag = |key: &str, card: &Card| {
                let this = Reading { at: now, count: count(card) };
                (Box::from(key), turned(earlier.get(key).copied(), this))
            };
            let flags: Flags = served.cards().map(|(found, card)| flag(found.key().as_str(), card)).collect();
            seen.insert(slot.id.clone(), flags);
        }
        *environments = seen;
    }

    /// Returns how many evaluations of the flag there were, and in how much time; nothing before it was watched for
    /// [`PACE_MIN`].
    pub fn of(&self, snapshots: &Snapshots, id: &EnvironmentId, flag: &str, now: Timestamp) -> Option<(u64, Span)> {
        let slot = snapshots.slot(id)?;
        let served = slot.served();
        let count = count(served.as_ref()?.card_of(flag)?);
        let environments = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let [older, _] = environments.get(id)?.get(flag).copied()?;
        let over = now.since(older.at);
        // A count that went back began anew, because the flag has other variants now.
        (over >= PACE_MIN && count >= older.count).then(|| (count - older.count, over))
    }
}

/// Returns how often the flag has answered, errors included.
fn count(card: &Card) -> u64 {
    card.counts.answers().map(|(_, _, count)| count).sum()
}

/// Returns the two readings to keep: the newer one becomes the older one once it is a turn old.
fn turned(earlier: Option<[Reading; 2]>, this: Reading) -> [Reading; 2] {
    match earlier {
        Some([_, newer]) if this.count < newer.count => [this, this],
        Some([_, newer]) if this.at.since(newer.at) >= PACE_TURN => [newer, this],
        Some(kept) => kept,
        None => [this, this],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(minute: i64, count: u64) -> Reading {
        Reading { at: Timestamp::from_seconds(minute * 60), count }
    }

    #[test]
    fn the_older_reading_is_one_to_two_turns_old() {
        let mut kept = turned(None, reading(0, 0));
        assert_eq!(kept, [reading(0, 0); 2]);
        for minute in 1..300 {
            let this = reading(minute, minute as u64);
            kept = turned(Some(kept), this);
            let age = this.at.since(kept[0].at);
            assert!(age <= PACE_TURN.saturating_mul(2), "{minute}: {age}");
            assert!(minute < 60 || age >= PACE_TURN, "{minute}: {age}");
        }
    }

    #[test]
    fn a_count_that_went_back_begins_anew() {
        let kept = turned(Some([reading(0, 50), reading(30, 90)]), reading(31, 3));
        assert_eq!(kept, [reading(31, 3); 2]);
    }
}
