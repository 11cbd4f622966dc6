//! Attributes of records, in the names that they have had over time.
//!
//! The semantic conventions for feature flags renamed theirs while they were in development, and both names are sent by
//! official SDKs of today.

use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;

/// The flag.
pub(super) const FLAG: &[&str] = &["feature_flag.key"];
/// The variant that was served.
pub(super) const VARIANT: &[&str] = &["feature_flag.result.variant", "feature_flag.variant"];
/// Why it was served.
pub(super) const REASON: &[&str] = &["feature_flag.result.reason", "feature_flag.evaluation.reason"];
/// Who served it.
pub(super) const PROVIDER: &[&str] = &["feature_flag.provider.name", "feature_flag.provider_name"];
/// The unit: the id of the context, or the targeting key where the record is an application's own.
pub(super) const UNIT: &[&str] = &["feature_flag.context.id", "targetingKey", "targeting_key"];
/// The project and environment.
pub(super) const SET: &[&str] = &["feature_flag.set.id"];
/// The name of an event whose record has none.
pub(super) const EVENT: &[&str] = &["event.name"];
/// The number of an event.
pub(super) const VALUE: &[&str] = &["value"];
/// The id of a record.
pub(super) const RECORD: &[&str] = &["log.record.uid"];

/// Returns the text of the first of these attributes that is there and is a text.
pub(super) fn text<'a>(attributes: &'a [KeyValue], names: &[&str]) -> Option<&'a str> {
    names.iter().find_map(|name| match find(attributes, name)? {
        Value::StringValue(text) if !text.is_empty() => Some(text.as_str()),
        _ => None,
    })
}

/// Returns the number of the first of these attributes that is there and is a number.
pub(super) fn number(attributes: &[KeyValue], names: &[&str]) -> Option<f64> {
    names.iter().find_map(|name| match find(attributes, name)? {
        Value::IntValue(number) => Some(*number as f64),
        Value::DoubleValue(number) => Some(*number),
        _ => None,
    })
}

fn find<'a>(attributes: &'a [KeyValue], name: &str) -> Option<&'a Value> {
    attributes.iter().find(|attribute| attribute.key == name)?.value.as_ref()?.value.as_ref()
}
