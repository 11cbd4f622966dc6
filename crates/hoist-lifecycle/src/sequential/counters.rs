//! From counters that only grow to what happened between two looks.

use serde::{Deserialize, Serialize};

use super::flush::CountFlush;

/// The counters of both arms at the last look.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Counters {
    last: Option<CountFlush>,
}

/// What two looks make of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Difference {
    /// There is nothing to compare with yet.
    First,
    /// No counter has moved: the source answered with the same sample again.
    Unchanged,
    /// Events have moved and their opportunities have not yet. Nothing is taken until both have, so that no event is lost.
    Waiting,
    /// A counter went back, as it does when a process begins anew. The interval is dropped in both arms: dropping one would
    /// favour the other.
    Reset,
    /// What happened in between.
    Flush(CountFlush),
}

impl Counters {
    /// Takes one look at the counters, all four at once. Counters that are not finite or below zero change nothing and
    /// count as [`Difference::Unchanged`].
    pub fn observe(&mut self, now: CountFlush) -> Difference {
        if now.check(false).is_err() {
            return Difference::Unchanged;
        }
        let Some(last) = self.last.replace(now) else { return Difference::First };
        let flush = CountFlush {
            n_treatment: now.n_treatment - last.n_treatment,
            n_control: now.n_control - last.n_control,
            x_treatment: now.x_treatment - last.x_treatment,
            x_control: now.x_control - last.x_control,
        };
        let moves = [flush.n_treatment, flush.n_control, flush.x_treatment, flush.x_control];
        if moves.iter().any(|change| *change < 0.0) {
            return Difference::Reset;
        }
        if moves.iter().all(|change| *change <= 0.0) {
            return Difference::Unchanged;
        }
        if flush.check(false).is_err() {
            self.last = Some(last);
            return Difference::Waiting;
        }
        Difference::Flush(flush)
    }

    /// Forgets the last look, as at the beginning of another stage.
    pub fn forget(&mut self) {
        self.last = None;
    }
}
