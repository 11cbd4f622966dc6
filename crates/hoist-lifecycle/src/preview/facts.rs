//! What is seen today: how much the flag is asked for, and what each guard's queries answer.

use hoist_eval::Span;
use serde::{Deserialize, Serialize};

use crate::plan::GuardKey;
use crate::rollout::evidence::Reading;

/// What a preview goes by.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Facts {
    /// How much the flag is asked for; absent while nobody knows.
    pub traffic: Option<Traffic>,
    /// What guards' queries answer. A guard without one was not asked.
    pub answers: Vec<Answer>,
}

/// How much the flag is asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Traffic {
    /// Evaluations that were counted.
    pub evaluations: u64,
    /// In how much time.
    pub over: Span,
    /// Distinct units, where someone counts them.
    pub units: Option<Units>,
}

/// Distinct units that asked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Units {
    /// How many.
    pub count: u64,
    /// In how much time.
    pub over: Span,
}

/// What the queries of one guard answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The guard.
    pub guard: GuardKey,
    /// The answer about everyone as they are today, who have the control.
    pub now: Reading,
    /// The same, `apart` earlier.
    pub before: Reading,
    /// How far the two are apart.
    pub apart: Span,
    /// The answer about the treatment, where it is another question. Before the start nobody has it, so silence is
    /// expected.
    pub treatment: Option<Reading>,
}

/// How much happens, and how often it goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Rates {
    /// Opportunities in a second.
    pub per_second: f64,
    /// Events per opportunity.
    pub rate: f64,
}

/// Why rates are not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unknown {
    /// The metric is one number: it has neither opportunities nor events.
    OneNumber,
    /// Hoist counts the metric itself, and only while a rollout exposes units.
    CountedWhileExposed,
    /// The query was not asked.
    NotAsked,
    /// The query has no number for now.
    NoAnswer,
    /// The query has no number for the earlier moment.
    NoHistory,
    /// A counter went back in between.
    Reset,
    /// There were no opportunities.
    NoTraffic,
}

impl Facts {
    /// Returns what the guard's queries answer.
    pub fn answer(&self, guard: &GuardKey) -> Option<&Answer> {
        self.answers.iter().find(|answer| answer.guard == *guard)
    }
}

impl Traffic {
    /// Returns evaluations in a second; `None` if no time was watched.
    pub fn evaluations_per_second(&self) -> Option<f64> {
        (!self.over.is_zero()).then(|| self.evaluations as f64 / self.over.as_seconds_f64())
    }

    /// Returns distinct units in an hour; `None` where nobody counts them, or for less than an hour: units come back, so
    /// fewer are new in the second half of an hour than in the first.
    pub fn units_per_hour(&self) -> Option<f64> {
        let hour = Span::from_hours(1);
        let units = self.units.filter(|units| units.over >= hour)?;
        Some(units.count as f64 / (units.over.as_seconds_f64() / hour.as_seconds_f64()))
    }
}

impl Answer {
    /// Returns what happened between the two moments, as rates.
    pub fn rates(&self) -> Result<Rates, Unknown> {
        let (now, before) = match (&self.now, &self.before) {
            (Reading::Value { .. }, _) => return Err(Unknown::OneNumber),
            (Reading::Counters { events, total, .. }, before) => ((*events, *total), before),
            _ => return Err(Unknown::NoAnswer),
        };
        let Reading::Counters { events, total, .. } = before else { return Err(Unknown::NoHistory) };
        let (events, total) = (now.0 - events, now.1 - total);
        if events < 0.0 || total < 0.0 {
            return Err(Unknown::Reset);
        }
        if total <= 0.0 || self.apart.is_zero() {
            return Err(Unknown::NoTraffic);
        }
        Ok(Rates { per_second: total / self.apart.as_seconds_f64(), rate: events / total })
    }
}
