//! What a data point of a sum or a histogram means: how often something happened to those who had a variant.

use std::hash::{BuildHasher as _, Hash as _, Hasher as _, RandomState};

use hoist_lifecycle::intake::BUCKETS;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value;
use opentelemetry_proto::tonic::metrics::v1::{ExponentialHistogramDataPoint, HistogramDataPoint, NumberDataPoint};
use prost::Message;

use super::attributes::{self, text};
use super::unfit::Unfit;
use crate::evidence::{SumPoint, VariantSum};

/// The flag of a data point that says "no value", as OTLP has it.
const NO_RECORDED_VALUE: u32 = 1;

/// A data point, whatever it is a point of.
pub(super) struct Point {
    attributes: Vec<KeyValue>,
    start: u64,
    time: u64,
    count: f64,
    sum: f64,
    silent: bool,
}

impl From<NumberDataPoint> for Point {
    fn from(point: NumberDataPoint) -> Self {
        let value = match point.value {
            Some(Value::AsInt(value)) => value as f64,
            Some(Value::AsDouble(value)) => value,
            None => 0.0,
        };
        Self {
            attributes: point.attributes,
            start: point.start_time_unix_nano,
            time: point.time_unix_nano,
            count: value,
            sum: value,
            silent: point.flags & NO_RECORDED_VALUE != 0,
        }
    }
}

impl From<HistogramDataPoint> for Point {
    fn from(point: HistogramDataPoint) -> Self {
        Self {
            attributes: point.attributes,
            start: point.start_time_unix_nano,
            time: point.time_unix_nano,
            count: point.count as f64,
            sum: point.sum.unwrap_or(0.0),
            silent: point.flags & NO_RECORDED_VALUE != 0,
        }
    }
}

impl From<ExponentialHistogramDataPoint> for Point {
    fn from(point: ExponentialHistogramDataPoint) -> Self {
        Self {
            attributes: point.attributes,
            start: point.start_time_unix_nano,
            time: point.time_unix_nano,
            count: point.count as f64,
            sum: point.sum.unwrap_or(0.0),
            silent: point.flags & NO_RECORDED_VALUE != 0,
        }
    }
}

/// An instrument, as far as its points have it in common.
pub(super) struct Instrument<'a> {
    pub(super) name: &'a str,
    pub(super) cumulative: bool,
    /// A hash of the environment and the reporter.
    pub(super) reporter: u64,
    pub(super) hashing: &'a RandomState,
}

impl Instrument<'_> {
    /// Returns what a point says; nothing if it is about no flag.
    pub(super) fn said(&self, point: &Point, set: &str) -> Result<Option<VariantSum>, Unfit> {
        let attributes = point.attributes.as_slice();
        let flag = text(attributes, attributes::FLAG);
        let Some((flag, variant)) = flag.zip(text(attributes, attributes::VARIANT)) else { return Ok(None) };
        if point.silent || text(attributes, attributes::SET).is_some_and(|of| of != set) {
            return Ok(None);
        }
        if !point.count.is_finite() || point.count < 0.0 || !point.sum.is_finite() {
            return Err(Unfit::NotFinite);
        }
        let instrument = self.hashing.hash_one((self.reporter, self.name, point.start));
        Ok(Some(VariantSum {
            flag: flag.to_owned(),
            variant: variant.to_owned(),
            event: self.name.to_owned(),
            point: SumPoint {
                series: self.series(instrument, attributes),
                cumulative: self.cumulative,
                start: point.start,
                time: point.time,
                count: point.count,
                sum: point.sum,
            },
            bucket: (self.reporter % BUCKETS as u64) as usize,
        }))
    }

    /// Returns what stands for the attributes in any order.
    fn series(&self, instrument: u64, attributes: &[KeyValue]) -> u64 {
        let each = attributes.iter().map(|attribute| {
            let mut hasher = self.hashing.build_hasher();
            attribute.key.hash(&mut hasher);
            hasher.write(&attribute.value.as_ref().map(Message::encode_to_vec).unwrap_or_default());
            hasher.finish()
        });
        self.hashing.hash_one((instrument, each.fold(0_u64, u64::wrapping_add)))
    }
}
