//! OTLP over HTTP: what the exporters and collectors of OpenTelemetry send, in both of its encodings.
//!
//! A body is walked, not parsed: containers are looked through where they lie ([`node`]), and one log record or data point
//! at a time becomes a tree, so that no body costs more than a few times its size. A record that cannot be read costs
//! itself alone; the answer says how many there were, as the protocol has it. Nothing is counted before the whole body has
//! been walked, so a request that is refused has had no effect and can be sent again.
//!
//! What records mean is in [`record`] and [`point`].

mod answer;
mod attributes;
mod encoding;
mod export;
mod json;
pub(super) mod logs;
pub(super) mod metrics;
mod node;
mod point;
mod record;
mod unfit;

pub(super) use answer::refusals;
