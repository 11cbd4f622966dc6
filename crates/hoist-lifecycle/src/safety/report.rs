//! What one server sees of itself after a rollback.

use hoist_eval::Timestamp;
use serde::{Deserialize, Serialize};

use super::Terms;

/// One look of a server at itself. Counts are of this server since it started; what matters is how they grow.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    /// When.
    pub at: Timestamp,
    /// Whether it answers by the definition that the rollback wrote, or a later one.
    pub is_current: bool,
    /// Whether that definition may give the variant to anybody, by a rule or by an allocation of before. What a current
    /// server answers is then no sign of anything.
    pub may_serve: bool,
    /// Evaluations of the flag so far.
    pub answers: u64,
    /// Those that answered the variant.
    pub bad: u64,
    /// Open streams.
    pub streams: u64,
    /// Streams that have not been told to fetch again, by token.
    pub behind: Vec<(String, u64)>,
    /// Those of tokens that are not named, as there are too many.
    pub behind_unnamed: u64,
}

/// What a server remembers between its looks at one rollback.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Progress {
    /// The counts at the last look.
    last: Option<(u64, u64)>,
    still: u64,
    answered: u64,
    safe_at: Option<Timestamp>,
}

/// What one server says about itself. Stored beside the rollout, and replaced by the next one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SafetyReport {
    /// The server's name.
    pub server: String,
    /// When.
    pub at: Timestamp,
    /// Whether it answers by the definition that the rollback wrote, or a later one.
    pub is_current: bool,
    /// Evaluations since its first look after the rollback.
    pub answered: u64,
    /// Those that still answered the variant.
    pub still: u64,
    /// Evaluations between its last two looks.
    pub recent_answered: u64,
    /// Those that still answered the variant.
    pub recent_still: u64,
    /// Open streams.
    pub streams: u64,
    /// Streams that have not been told to fetch again, by token, those with the most first.
    pub behind: Vec<(String, u64)>,
    /// Those of tokens that are not named, as there are too many. Servers of before do not say it.
    #[serde(default)]
    pub behind_unnamed: u64,
    /// Since when it is within the tolerance; absent while it is not.
    pub safe_at: Option<Timestamp>,
}

impl SafetyReport {
    /// Returns how many streams have not been told to fetch again, named or not.
    pub fn behind_in_all(&self) -> u64 {
        total(&self.behind, self.behind_unnamed)
    }
}

fn total(named: &[(String, u64)], unnamed: u64) -> u64 {
    named.iter().map(|(_, streams)| *streams).fold(unnamed, u64::saturating_add)
}

impl Progress {
    /// Takes a look into account and returns the report to make of it.
    pub fn report(&mut self, server: &str, look: Look, terms: Terms) -> SafetyReport {
        // Counts of a flag begin anew when its variants change.
        let (answers, bad) =
            self.last.filter(|last| last.0 <= look.answers && last.1 <= look.bad).unwrap_or((look.answers, look.bad));
        let recent_answered = look.answers - answers;
        let counts = !(look.is_current && look.may_serve);
        let recent_still = if counts { look.bad - bad } else { 0 };
        self.last = Some((look.answers, look.bad));
        self.answered = self.answered.saturating_add(recent_answered);
        self.still = self.still.saturating_add(recent_still);
        let behind = total(&look.behind, look.behind_unnamed);
        let within = |part: u64, whole: u64| part as f64 <= terms.tolerance * whole as f64;
        let is_safe = look.is_current && within(recent_still, recent_answered) && within(behind, look.streams);
        self.safe_at = if is_safe { self.safe_at.or(Some(look.at)) } else { None };
        SafetyReport {
            server: server.to_owned(),
            at: look.at,
            is_current: look.is_current,
            answered: self.answered,
            still: self.still,
            recent_answered,
            recent_still,
            streams: look.streams,
            behind: look.behind,
            behind_unnamed: look.behind_unnamed,
            safe_at: self.safe_at,
        }
    }
}
