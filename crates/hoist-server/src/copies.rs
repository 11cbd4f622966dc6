//! Which copies were noted in the audit log a moment ago.
//!
//! Whoever may read may take copies, and each is noted. A record is kept for good and costs a serialised write, so whoever
//! takes the same copy again and again is noted once a minute: the log says who had what, and does not grow with a loop.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use hoist_eval::Timestamp;
use hoist_store::Actor;

use crate::limits::{COPIES_NOTED_MAX, COPY_NOTED_FOR};

/// What was copied, and by whom.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Copied {
    actor: String,
    token: Option<String>,
    /// The environment, as `project/environment`; nothing for the audit log.
    place: Option<String>,
    format: &'static str,
}

impl Copied {
    /// Returns what a person or a program copies.
    pub fn new(actor: &Actor, place: Option<String>, format: &'static str) -> Self {
        Self { actor: format!("{:?}/{}", actor.kind, actor.id), token: actor.token.clone(), place, format }
    }
}

/// The copies that were noted of late. Cloning is cheap.
#[derive(Debug, Clone, Default)]
pub struct Copies(Arc<Mutex<HashMap<Copied, Timestamp>>>);

impl Copies {
    /// Notes a copy with what `record` does, unless the same one was noted in the last minute.
    ///
    /// # Errors
    ///
    /// What `record` says. The copy counts as not noted then.
    pub async fn note<T, E>(
        &self,
        copied: Copied,
        now: Timestamp,
        record: impl Future<Output = Result<T, E>>,
    ) -> Result<(), E> {
        if self.is_due(&copied, now) {
            record.await?;
            self.remember(copied, now);
        }
        Ok(())
    }

    /// Returns whether a copy is to be noted now: the same one was not in the last minute.
    fn is_due(&self, copied: &Copied, now: Timestamp) -> bool {
        let noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let stands = |at: &Timestamp| *at <= now && now < at.saturating_add(COPY_NOTED_FOR);
        !noted.get(copied).is_some_and(stands)
    }

    /// Remembers that a copy was noted. What is forgotten for lack of room is noted again.
    fn remember(&self, copied: Copied, now: Timestamp) {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.len() >= COPIES_NOTED_MAX {
            noted.retain(|_, at| now < at.saturating_add(COPY_NOTED_FOR));
        }
        if noted.len() < COPIES_NOTED_MAX {
            noted.insert(copied, now);
        }
    }
}

#[cfg(test)]
mod tests {
    use hoist_eval::Span;
    use hoist_store::ActorKind;

    use super::*;

    fn copied(token: &str, place: &str, format: &'static str) -> Copied {
        let actor = Actor { token: Some(token.to_owned()), ..Actor::new(ActorKind::Token, "ci") };
        Copied::new(&actor, Some(place.to_owned()), format)
    }

    #[test]
    fn the_same_copy_is_noted_once_a_minute() {
        let (copies, start) = (Copies::default(), Timestamp::from_seconds(1_000));
        let at = |seconds| start.saturating_add(Span::from_seconds(seconds));
        let first = || copied("t1", "default/staging", "hoist");
        assert!(copies.is_due(&first(), at(0)));
        copies.remember(first(), at(0));
        for (other, seconds, expected) in [
            (first(), 0, false),
            (first(), 59, false),
            (first(), 60, true),
            (copied("t2", "default/staging", "hoist"), 1, true),
            (copied("t1", "default/production", "hoist"), 1, true),
            (copied("t1", "default/staging", "flagd"), 1, true),
        ] {
            assert_eq!(copies.is_due(&other, at(seconds)), expected, "{other:?} after {seconds} s");
        }
        assert!(copies.is_due(&first(), Timestamp::from_seconds(0)), "a clock that went back hides nothing");
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let (copies, now) = (Copies::default(), Timestamp::from_seconds(1_000));
        for number in 0..COPIES_NOTED_MAX + 5 {
            copies.remember(copied("t", &number.to_string(), "hoist"), now);
        }
        assert_eq!(copies.0.lock().unwrap().len(), COPIES_NOTED_MAX);
        assert!(copies.is_due(&copied("t", &COPIES_NOTED_MAX.to_string(), "hoist"), now), "then each is noted");
        let later = now.saturating_add(COPY_NOTED_FOR);
        copies.remember(copied("t", "x", "hoist"), later);
        assert_eq!(copies.0.lock().unwrap().len(), 1);
    }
}
