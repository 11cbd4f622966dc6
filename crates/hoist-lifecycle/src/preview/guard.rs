//! What a guard sees today.

use serde::Serialize;

use crate::backtest::is_recorded;
use crate::intake::BUCKETS;
use crate::metric::{Metric, MetricKey, MetricSource};
use crate::plan::{Guard, GuardKey};
use crate::rollout::evidence::Reading;
use crate::sequential::BUCKETS_MIN;

use super::facts::{Answer, Rates, Unknown};
use super::note::{Note, Severity};

/// What a guard sees today.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GuardPreview {
    /// The guard.
    pub guard: GuardKey,
    /// The metric.
    pub metric: MetricKey,
    /// The service that the guard came from; absent for one of the plan's own.
    pub service: Option<String>,
    /// What its query answers about everyone now, word for word; absent where nothing is asked.
    pub now: Option<Reading>,
    /// What it answers about the treatment, where that is another question.
    pub treatment: Option<Reading>,
    /// Today's rates, or why they are not known.
    pub base: Base,
}

/// Today's rates, or why they are not known.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Base {
    /// They are these.
    Known(Rates),
    /// They are not known.
    Unknown(Unknown),
}

impl Base {
    pub(super) fn rates(self) -> Option<Rates> {
        match self {
            Self::Known(rates) => Some(rates),
            Self::Unknown(_) => None,
        }
    }
}

/// Returns what the guard sees today, and notes what is odd about it.
pub(super) fn look(
    guard: &Guard,
    metric: Option<&Metric>,
    answer: Option<&Answer>,
    notes: &mut Vec<Note>,
) -> GuardPreview {
    let tracked = metric.is_some_and(|metric| metric.source().is_tracked());
    let base = match answer {
        _ if tracked => Err(Unknown::CountedWhileExposed),
        None => Err(Unknown::NotAsked),
        Some(answer) => answer.rates(),
    };
    let mut note = |severity, message: String| notes.push(Note::new(severity, message).of(guard.key()));
    match &base {
        Ok(rates) if rates.rate <= 0.0 => {
            let message = "no event in the time looked at, so times are not known: any event of the treatment that the \
                           control does not have is found within a few of them";
            note(Severity::Unknown, message.to_owned());
        }
        Ok(_) | Err(Unknown::OneNumber) => {}
        Err(why) => {
            let severity = if *why == Unknown::NoAnswer { Severity::Blocks } else { Severity::Unknown };
            let mut message = because(*why, answer.map(|answer| &answer.now));
            if let Some(metric) = metric.filter(|_| *why == Unknown::CountedWhileExposed) {
                message.push_str(played(guard, metric.source()));
            }
            note(severity, message);
        }
    }
    let rate = base.as_ref().ok().map(|rates| rates.rate);
    let value = match answer.map(|answer| &answer.now) {
        Some(Reading::Value { value, .. }) => Some(*value),
        _ => rate,
    };
    if value.is_some_and(|value| guard.limit().is_broken_by(value)) {
        let limit = guard.limit().threshold().unwrap_or_default();
        let message = format!(
            "today's value {} is beyond the limit {limit} already, before anyone has the treatment: the rollout would be \
             stopped by what is there now",
            value.unwrap_or_default()
        );
        note(Severity::Blocks, message);
    }
    if let Some(MetricSource::PromqlCounts { .. } | MetricSource::PromqlValue { .. }) = metric.map(Metric::source)
        && metric.is_some_and(|metric| !metric.source().names_variant())
    {
        let message = "the query does not name {{variant}}: it sees everyone, so at a small share a regression of the \
                       treatment is thinned out; count by variant to see it at once";
        note(Severity::Doubt, message.to_owned());
    }
    let by_groups = metric.is_some_and(|metric| metric.source().has_values()) && guard.limit().threshold().is_none();
    if by_groups {
        let message = format!(
            "judged from {BUCKETS_MIN} groups of units in each arm on: events by unit spread over {BUCKETS}, while sums that \
             come without units (OTLP) are one group for each process that reports them"
        );
        note(Severity::Unknown, message);
    }
    GuardPreview {
        guard: guard.key().clone(),
        metric: guard.metric().clone(),
        service: None,
        now: answer.map(|answer| answer.now.clone()),
        treatment: answer.and_then(|answer| answer.treatment.clone()),
        base: base.map_or_else(Base::Unknown, Base::Known),
    }
}

/// Says whether a back-test plays a guard on what Hoist counts itself.
fn played(guard: &Guard, source: &MetricSource) -> &'static str {
    if is_recorded(source, guard.limit().threshold().is_none()) {
        "; a back-test plays the guard from the recording of an earlier rollout"
    } else {
        "; no back-test plays the guard: units as they come and go are in no recording, and a limit on their share needs them"
    }
}

fn because(why: Unknown, now: Option<&Reading>) -> String {
    match why {
        Unknown::NoAnswer => match now {
            Some(Reading::Invalid(why)) => {
                format!("the query answers what cannot be judged ({}): the rollout would hold", word(why))
            }
            Some(Reading::Failed(why)) => format!("the source does not answer ({}): the rollout would hold", word(why)),
            _ => "the query has no data now, as it stands: the rollout would hold for as long as that is so".to_owned(),
        },
        Unknown::CountedWhileExposed => {
            "counted by Hoist while a rollout exposes units: until then there are no rates \
                                         to tell times from"
                .to_owned()
        }
        Unknown::NoHistory => {
            "the query has a number now and none for the earlier moment, so there are no rates yet".to_owned()
        }
        Unknown::Reset => {
            "a counter went back in the time looked at, so there are no rates; look again later".to_owned()
        }
        Unknown::NoTraffic => "there were no opportunities in the time looked at: at this traffic nothing is ever \
                               decided"
            .to_owned(),
        Unknown::NotAsked => {
            "the query was not asked: no metric source is configured, or the metric is not known".to_owned()
        }
        Unknown::OneNumber => String::new(),
    }
}

/// Returns the name under which a fault is stored and shown.
fn word(fault: &impl Serialize) -> String {
    serde_json::to_value(fault)
        .ok()
        .and_then(|name| name.as_str().map(|name| name.replace('_', " ")))
        .unwrap_or_default()
}
