//! Bodies as applications send them, and reading them.

use std::borrow::Cow;

use anyhow::Result;
use hoist_lifecycle::intake::Arm;
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use prost::Message;
use serde::{Deserialize, Serialize};

use crate::Told;

/// Events of one body.
pub(crate) const EVENTS: usize = 1_000;
/// The name of the event that is counted.
pub(crate) const EVENT: &str = "checkout-error";
const UNIT: &str = "feature_flag.context.id";
const VARIANT: &str = "feature_flag.result.variant";

/// A form of a body.
#[derive(Clone, Copy)]
pub(crate) enum Form {
    TrackedJson,
    OtlpProtobuf,
    OtlpJson,
    ExposuresProtobuf,
}

#[derive(Serialize, Deserialize)]
struct Track<'a> {
    #[serde(borrow)]
    events: Vec<TrackedEvent<'a>>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct TrackedEvent<'a> {
    #[serde(borrow)]
    event: Cow<'a, str>,
    #[serde(borrow)]
    targeting_key: Cow<'a, str>,
}

impl Form {
    pub(crate) const ALL: [Self; 4] = [Self::TrackedJson, Self::OtlpProtobuf, Self::OtlpJson, Self::ExposuresProtobuf];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::TrackedJson => "tracked events, JSON",
            Self::OtlpProtobuf => "events over OTLP, protobuf",
            Self::OtlpJson => "events over OTLP, JSON",
            Self::ExposuresProtobuf => "exposures over OTLP, protobuf",
        }
    }

    /// Returns the body of this number; each is of other units.
    pub(crate) fn body(self, number: usize) -> Vec<u8> {
        let units: Vec<String> = (0..EVENTS).map(|unit| format!("user-{}", number * EVENTS + unit)).collect();
        match self {
            Self::TrackedJson => {
                let event = |unit: &String| TrackedEvent { event: EVENT.into(), targeting_key: unit.clone().into() };
                serde_json::to_vec(&Track { events: units.iter().map(event).collect() }).unwrap_or_default()
            }
            Self::OtlpProtobuf => export(units.iter().map(|unit| event(unit))).encode_to_vec(),
            Self::OtlpJson => serde_json::to_vec(&export(units.iter().map(|unit| event(unit)))).unwrap_or_default(),
            Self::ExposuresProtobuf => export(units.iter().map(|unit| exposure(unit))).encode_to_vec(),
        }
    }

    /// Reads a body, and hands on what it tells.
    pub(crate) fn read(self, body: &[u8], take: &mut dyn FnMut(Told<'_>)) -> Result<()> {
        let export = match self {
            Self::TrackedJson => {
                let track: Track<'_> = serde_json::from_slice(body)?;
                for event in &track.events {
                    take(Told { unit: &event.targeting_key, event: Ok(&event.event) });
                }
                return Ok(());
            }
            Self::OtlpJson => serde_json::from_slice(body)?,
            Self::OtlpProtobuf | Self::ExposuresProtobuf => ExportLogsServiceRequest::decode(body)?,
        };
        for record in export.resource_logs.iter().flat_map(|logs| &logs.scope_logs).flat_map(|logs| &logs.log_records) {
            let Some(unit) = text(record, UNIT) else { continue };
            let event = match text(record, VARIANT) {
                Some("on") => Err(Arm::Treatment),
                Some(_) => Err(Arm::Control),
                None => Ok(record.event_name.as_str()),
            };
            take(Told { unit, event });
        }
        Ok(())
    }
}

fn export(records: impl Iterator<Item = LogRecord>) -> ExportLogsServiceRequest {
    let scope_logs = vec![ScopeLogs { log_records: records.collect(), ..ScopeLogs::default() }];
    ExportLogsServiceRequest { resource_logs: vec![ResourceLogs { scope_logs, ..ResourceLogs::default() }] }
}

fn event(unit: &str) -> LogRecord {
    record(EVENT, vec![attribute(UNIT, unit)])
}

fn exposure(unit: &str) -> LogRecord {
    let attributes = [
        ("feature_flag.key", "new-checkout"),
        (VARIANT, if unit.ends_with('7') { "on" } else { "off" }),
        ("feature_flag.result.reason", "split"),
        ("feature_flag.provider.name", "ofrep"),
        (UNIT, unit),
    ];
    record("feature_flag.evaluation", attributes.map(|(key, value)| attribute(key, value)).to_vec())
}

fn record(name: &str, attributes: Vec<KeyValue>) -> LogRecord {
    let time_unix_nano = 1_750_000_000_000_000_000;
    LogRecord { time_unix_nano, event_name: name.to_owned(), attributes, ..LogRecord::default() }
}

fn attribute(key: &str, value: &str) -> KeyValue {
    let value = AnyValue { value: Some(Value::StringValue(value.to_owned())) };
    KeyValue { key: key.to_owned(), value: Some(value), ..KeyValue::default() }
}

fn text<'a>(record: &'a LogRecord, name: &str) -> Option<&'a str> {
    let found = record.attributes.iter().find(|attribute| attribute.key == name)?;
    match found.value.as_ref()?.value.as_ref()? {
        Value::StringValue(text) => Some(text),
        _ => None,
    }
}
