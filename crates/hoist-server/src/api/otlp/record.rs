//! What a log record means.

use hoist_eval::Timestamp;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::logs::v1::LogRecord;

use super::attributes::{self, number, text};
use super::unfit::Unfit;
use crate::evidence::{Served, TrackedEvent, event};
use crate::limits::EVENT_ID_BYTES_MAX;

/// The name of the event that an evaluation is.
const EVALUATION: &str = "feature_flag.evaluation";
/// Providers that evaluate exported rules themselves, where a split is a rule like any other.
const IN_PROCESS: &str = "flagd";

/// What a log record says that is of use here.
#[derive(Debug, PartialEq)]
pub(super) enum Said {
    Exposure(Served),
    /// An evaluation that puts nobody into an arm: the flag was asked for, and no more.
    Asked(Asked),
    Event(TrackedEvent),
}

/// A flag that somebody asked for.
#[derive(Debug, PartialEq)]
pub(super) struct Asked {
    pub(super) flag: String,
    pub(super) at: Timestamp,
}

/// Returns what a record says; nothing if it is about something else: an ordinary line of a log, an event without a unit, or
/// a flag of somewhere else. `set` is the environment whose flags count, as `project/environment`.
pub(super) fn said(record: &LogRecord, set: &str, now: Timestamp) -> Result<Option<Said>, Unfit> {
    let attributes = record.attributes.as_slice();
    let name = match record.event_name.as_str() {
        "" => text(attributes, attributes::EVENT).unwrap_or(""),
        name => name,
    };
    if name.is_empty() {
        return Ok(None);
    }
    let unit = text(attributes, attributes::UNIT);
    if name == EVALUATION {
        let flag = text(attributes, attributes::FLAG).ok_or(Unfit::FlagMissing)?;
        if text(attributes, attributes::SET).is_some_and(|of| of != set) {
            return Ok(None);
        }
        let (flag, at) = (flag.to_owned(), time(record, now)?);
        let served = unit.zip(text(attributes, attributes::VARIANT)).zip(drawn(attributes));
        return Ok(Some(match served {
            Some(((unit, variant), drawn)) => {
                Said::Exposure(Served { flag, variant: variant.to_owned(), drawn, targeting_key: key(unit)?, at })
            }
            None => Said::Asked(Asked { flag, at }),
        }));
    }
    let Some(unit) = unit else { return Ok(None) };
    let name = event::name(name).ok_or(Unfit::NameInvalid)?;
    let value = number(attributes, attributes::VALUE);
    if value.is_some_and(|value| !value.is_finite()) {
        return Err(Unfit::NotFinite);
    }
    let id = text(attributes, attributes::RECORD).filter(|id| id.len() <= EVENT_ID_BYTES_MAX);
    Ok(Some(Said::Event(TrackedEvent {
        name: name.to_owned(),
        targeting_key: key(unit)?,
        value,
        at: time(record, now)?,
        id: id.map(str::to_owned),
    })))
}

/// Returns whether a split may have decided; nothing if the evaluation failed, or the flag was off.
fn drawn(attributes: &[KeyValue]) -> Option<bool> {
    let reason = text(attributes, attributes::REASON).unwrap_or("").to_ascii_lowercase();
    match reason.as_str() {
        "error" | "disabled" => None,
        "static" | "default" => Some(false),
        "targeting_match" => {
            let provider = text(attributes, attributes::PROVIDER).unwrap_or("").to_ascii_lowercase();
            Some(provider.contains(IN_PROCESS))
        }
        // A split, an answer from a cache, or nothing that would tell.
        _ => Some(true),
    }
}

fn key(unit: &str) -> Result<String, Unfit> {
    if event::is_key(unit) { Ok(unit.to_owned()) } else { Err(Unfit::KeyInvalid) }
}

/// Returns when it happened, or else when it was observed; now if the record does not say.
fn time(record: &LogRecord, now: Timestamp) -> Result<Timestamp, Unfit> {
    let nanos = [record.time_unix_nano, record.observed_time_unix_nano].into_iter().find(|nanos| *nanos > 0);
    let Some(nanos) = nanos else { return Ok(now) };
    let at = Timestamp::from_micros(i64::try_from(nanos / 1_000).map_err(|_| Unfit::TimeOutOfRange)?);
    event::recent(at, now).ok_or(Unfit::TimeOutOfRange)
}
