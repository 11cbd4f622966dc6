//! Evaluating conditions and segments.

use super::{Observer, Outcome, Run, Segment};
use crate::condition::{Asks, Combine, Condition, FlagServes, Test};

impl<O: Observer> Run<'_, '_, O> {
    /// Goes one level deeper, or returns false when that is too deep.
    pub(super) fn enter(&mut self) -> bool {
        match self.depth.checked_sub(1) {
            Some(rest) => self.depth = rest,
            None => self.exhausted = true,
        }
        !self.exhausted
    }

    pub(super) fn leave(&mut self) {
        self.depth += 1;
    }

    pub(super) fn condition(&mut self, condition: &Condition) -> Outcome {
        if !self.step() {
            return Outcome::Absent;
        }
        match condition {
            Condition::Test(test) => self.test(test),
            Condition::Group(combine, members) => {
                if !self.enter() {
                    return Outcome::Absent;
                }
                self.observer.open();
                let outcome = self.group(*combine, members);
                self.observer.close(*combine, outcome);
                self.leave();
                outcome
            }
        }
    }

    fn group(&mut self, combine: Combine, members: &[Condition]) -> Outcome {
        match combine {
            Combine::All => self.first(members, Outcome::False),
            Combine::Any => self.first(members, Outcome::True),
            Combine::None => self.first(members, Outcome::True).negated(),
        }
    }

    /// Returns `wanted` if a member comes out so, else absent if a member is absent, else the opposite of `wanted`.
    fn first(&mut self, members: &[Condition], wanted: Outcome) -> Outcome {
        let mut otherwise = wanted.negated();
        for member in members {
            let outcome = self.condition(member);
            if outcome == wanted {
                return wanted;
            }
            if outcome == Outcome::Absent {
                otherwise = Outcome::Absent;
            }
        }
        otherwise
    }

    fn test(&mut self, test: &Test) -> Outcome {
        let outcome = match self.ask(test) {
            Outcome::Absent if test.absent_matches => Outcome::True,
            outcome if test.negate => outcome.negated(),
            outcome => outcome,
        };
        self.observer.test(test, outcome, self.context);
        outcome
    }

    fn ask(&mut self, test: &Test) -> Outcome {
        match &test.asks {
            Asks::Attribute(attribute, check) => match attribute.find(self.context) {
                Some(subject) => check.holds(&subject).into(),
                None if matches!(check, crate::condition::Check::Exists) => Outcome::False,
                None => Outcome::Absent,
            },
            Asks::Now(check) => check.holds_now(self.context.now()).into(),
            Asks::Segments(segments) => any(segments.iter().map(|segment| self.segment(segment))),
            Asks::Flags(flags) => any(flags.iter().map(|asked| self.flag_serves(asked))),
            Asks::Bucket(range) => match self.context.targeting_key() {
                Some(key) => range.holds(range.draw.bucket(key)).into(),
                None => Outcome::Absent,
            },
        }
    }

    fn flag_serves(&mut self, asked: &FlagServes) -> Outcome {
        self.served(asked).map_or(Outcome::Absent, |(_, serves)| serves.into())
    }

    /// Returns whether the unit belongs: not excluded, and included or matching the condition. Without a targeting key
    /// the lists, if there are any, are absent.
    pub(super) fn segment(&mut self, segment: &Segment) -> Outcome {
        if !self.step() || !self.enter() {
            return Outcome::Absent;
        }
        let key = self.context.targeting_key();
        let listed = |set: &crate::segment::KeySet| match key {
            _ if set.is_empty() => Outcome::False,
            Some(key) => set.contains(key).into(),
            None => Outcome::Absent,
        };
        let outcome = match (listed(&segment.excluded), listed(&segment.included)) {
            (Outcome::True, _) => Outcome::False,
            (Outcome::False, Outcome::True) => Outcome::True,
            (excluded, included) => {
                self.observer.open();
                let matches = segment.when.as_ref().map_or(Outcome::False, |when| self.condition(when));
                self.observer.drop_open();
                both(excluded.negated(), any([included, matches].into_iter()))
            }
        };
        self.leave();
        outcome
    }
}

/// Kleene's "or".
fn any(outcomes: impl Iterator<Item = Outcome>) -> Outcome {
    let mut result = Outcome::False;
    for outcome in outcomes {
        match outcome {
            Outcome::True => return Outcome::True,
            Outcome::Absent => result = Outcome::Absent,
            Outcome::False => {}
        }
    }
    result
}

/// Kleene's "and".
fn both(left: Outcome, right: Outcome) -> Outcome {
    any([left.negated(), right.negated()].into_iter()).negated()
}
