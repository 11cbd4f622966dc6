//! Reading events.
//!
//! One bad event must not cost the good ones beside it, and good ones are nearly all there is: a body is read in one go,
//! and only if that fails is each event read by itself to find the bad ones.

use std::borrow::Cow;

use hoist_eval::Timestamp;
use hoist_lifecycle::limits::EVENT_BYTES_MAX;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::error::{ApiError, FieldProblem};
use crate::evidence::{Refusal, Refused, TrackedEvent, event};
use crate::limits::{EVENT_AGE_MAX, EVENT_AHEAD_MAX, EVENT_ID_BYTES_MAX, EVENT_KEY_BYTES_MAX, TRACK_EVENTS_MAX};

const SHAPE: &str = "send one event, or an object with a list `events`";

/// A body: one event, or several under `events`.
#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow, default)]
    events: Option<Vec<EventBody<'a>>>,
}

/// The same, with each event left alone.
#[derive(Deserialize)]
struct Slow<'a> {
    #[serde(borrow, default)]
    events: Option<Vec<&'a RawValue>>,
}

/// An event. Members that are not listed are passed over: tracking details may hold anything.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EventBody<'a> {
    #[serde(borrow)]
    event: Cow<'a, str>,
    #[serde(borrow, default)]
    targeting_key: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    context: Option<Context<'a>>,
    #[serde(default)]
    value: Option<f64>,
    #[serde(default)]
    details: Option<Details>,
    #[serde(borrow, default)]
    at: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    id: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Context<'a> {
    #[serde(borrow, default)]
    targeting_key: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Details {
    #[serde(default)]
    value: Option<f64>,
}

/// The events of a body, and what is wrong with the others.
#[derive(Debug, Default)]
pub(super) struct Parsed {
    pub(super) events: Vec<TrackedEvent>,
    pub(super) problems: Vec<FieldProblem>,
    /// The others, by cause.
    pub(super) refused: Refused,
}

/// Reads a body. An error means that there are no events to be told apart.
pub(super) fn parse(body: &[u8], now: Timestamp) -> Result<Parsed, ApiError> {
    // A derived reader would take a list for the members in their order.
    if body.trim_ascii_start().first().is_some_and(|first| *first != b'{') {
        return Err(ApiError::BadJson { line: 1, column: 1, rule: SHAPE });
    }
    let mut parsed = Parsed::default();
    match serde_json::from_slice::<Body<'_>>(body) {
        Ok(Body { events: Some(events) }) => {
            bounded(events.len())?;
            for (index, event) in events.into_iter().enumerate() {
                parsed.take(&format!("events[{index}]."), event, now);
            }
        }
        Ok(Body { events: None }) => parsed.read("", body, now),
        Err(_) => {
            let slow: Slow<'_> = serde_json::from_slice(body).map_err(|error| bad_json(&error))?;
            let events = slow.events.unwrap_or_default();
            bounded(events.len())?;
            for (index, event) in events.into_iter().enumerate() {
                parsed.read(&format!("events[{index}]."), event.get().as_bytes(), now);
            }
        }
    }
    Ok(parsed)
}

fn bounded(events: usize) -> Result<(), ApiError> {
    if events <= TRACK_EVENTS_MAX {
        return Ok(());
    }
    let message = format!("holds {events} events; send at most {TRACK_EVENTS_MAX} at a time");
    Err(ApiError::Invalid(vec![FieldProblem::new("events", "too_many", message)]))
}

fn bad_json(error: &serde_json::Error) -> ApiError {
    ApiError::BadJson { line: error.line(), column: error.column(), rule: SHAPE }
}

impl Parsed {
    fn read(&mut self, prefix: &str, text: &[u8], now: Timestamp) {
        match serde_json::from_slice(text) {
            Ok(event) => self.take(prefix, event, now),
            Err(error) => {
                let path = if prefix.is_empty() { "event" } else { prefix.trim_end_matches('.') };
                let shape = "`event` and `targetingKey` are texts, `value` is a number, `at` and `id` are texts";
                let message = format!("is no event ({shape}); see column {} of it", error.column());
                self.refuse(Refusal::unreadable, FieldProblem::new(path, "malformed", message));
            }
        }
    }

    fn refuse(&mut self, cause: Refusal, problem: FieldProblem) {
        self.problems.push(problem);
        *self.refused.entry(cause).or_default() += 1;
    }

    fn take(&mut self, prefix: &str, event: EventBody<'_>, now: Timestamp) {
        let mut refuse = |member: &str, code: &str, message: String| {
            let cause = match member {
                "event" => Refusal::name,
                "targetingKey" => Refusal::unit,
                "id" => Refusal::id,
                _ => Refusal::time,
            };
            self.refuse(cause, FieldProblem::new(format!("{prefix}{member}"), code, message));
        };
        let Some(name) = event::name(&event.event) else {
            let rule = format!("must be 1 to {EVENT_BYTES_MAX} bytes without control characters");
            return refuse("event", "invalid", rule);
        };
        let key = event.targeting_key.or(event.context.and_then(|context| context.targeting_key));
        let Some(key) = key.filter(|key| event::is_key(key)) else {
            let rule = format!(
                "must name the unit, here or as context.targetingKey, in 1 to {EVENT_KEY_BYTES_MAX} bytes: the key that \
                 its flags are evaluated with"
            );
            return refuse("targetingKey", "invalid", rule);
        };
        let value = event.value.or(event.details.and_then(|details| details.value));
        if event.id.as_ref().is_some_and(|id| id.is_empty() || id.len() > EVENT_ID_BYTES_MAX) {
            return refuse("id", "invalid", format!("must be 1 to {EVENT_ID_BYTES_MAX} bytes"));
        }
        let at = match event.at.as_deref().map(moment) {
            None => now,
            Some(Some(at)) => {
                if let Some(at) = event::recent(at, now) {
                    at
                } else {
                    let rule = format!("must lie within {EVENT_AGE_MAX} before now and {EVENT_AHEAD_MAX} after");
                    return refuse("at", "out_of_range", rule);
                }
            }
            Some(None) => {
                return refuse("at", "invalid", "must be RFC 3339, such as 2026-03-01T12:00:00Z".to_owned());
            }
        };
        self.events.push(TrackedEvent {
            name: name.to_owned(),
            targeting_key: key.into_owned(),
            value,
            at,
            id: event.id.map(Cow::into_owned),
        });
    }
}

fn moment(text: &str) -> Option<Timestamp> {
    let at: jiff::Timestamp = text.parse().ok()?;
    Some(Timestamp::from_micros(at.as_microsecond()))
}
