//! What stays in the terminal when the screen has closed: where the rollout was seen last, and what can be done now.

use crate::exit::Exit;

use super::lines::line;
use super::model::model;
use super::rollout::{Decided, Phase, Rollout};

/// What a watch saw last.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The rollout.
    pub rollout: Rollout,
    /// Its decisions, the latest first.
    pub decisions: Vec<Decided>,
}

impl Seen {
    /// Returns where the rollout was seen, and how it came there.
    pub fn lines(&self) -> Vec<String> {
        let Self { rollout, decisions } = self;
        let here = format!("{} in {}: {}", rollout.flag, rollout.environment, model(rollout, decisions).phase);
        [here].into_iter().chain(decisions.first().map(|last| line(rollout, last))).collect()
    }
}

/// Returns what can be done after a watch that ended so.
pub fn hint(rollout: &Rollout, exit: Exit) -> String {
    let which = format!("{} --env {}", rollout.flag, rollout.environment);
    match (rollout.phase, exit) {
        (Phase::RolledBack, _) => format!(
            "`hoist rollout explain {which}` says why, guard by guard; once it is mended, `hoist rollout start` begins anew"
        ),
        (Phase::Cancelled, _) => {
            format!("`hoist flag show {}` says what is served now; `hoist rollout start` begins anew", rollout.flag)
        }
        (Phase::Completed, _) => {
            "everybody has it; `hoist stale` says when the flag has done its work, and `hoist cleanup` takes it out"
                .to_owned()
        }
        (Phase::Paused, _) => format!(
            "it waits for a person: `hoist rollout resume {which}` goes on, `hoist rollout rollback {which}` goes back"
        ),
        (Phase::Scheduled | Phase::Progressing, Exit::TimedOut) => {
            format!("the time is up and the rollout goes on; `hoist rollout watch {which}` follows it again")
        }
        (Phase::Scheduled | Phase::Progressing, _) => {
            format!("the rollout goes on; `hoist rollout watch {which}` follows it again")
        }
    }
}
