//! All flags for one context.
//!
//! The answer is worked out in two passes over the snapshot: the first evaluates and yields the ETag, the second copies
//! rendered fragments. A client that has the answer already is spared the second, and, once its pair of body and ETag
//! is known, the first as well.

use std::sync::atomic::Ordering;

use bytes::Bytes;
use hoist_eval::{EvaluationContext, Timestamp, evaluate_index};
use http::HeaderMap;

use crate::ofrep::etag::{self, Validator};
use crate::ofrep::failure::Failure;
use crate::ofrep::request;
use crate::ofrep::stream::pass::{self, Period};
use crate::snapshots::{Fragment, Served, reason_index};

/// Who asks, as far as the answer depends on it.
#[derive(Debug, Clone, Copy)]
pub struct Asker<'a> {
    /// The id of the token.
    pub token: &'a str,
    /// The digest that the store keeps of the token.
    pub digest: &'a [u8],
    /// Whether the token is a browser's or an app's: it sees the flags that are meant for those.
    pub is_client: bool,
    /// Whether the server has not heard from the store lately.
    pub stale: bool,
}

/// A bulk answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bulk {
    /// The validator of the answer.
    pub etag: String,
    /// The answer; absent if the client has it already.
    pub body: Option<Bytes>,
}

/// Returns the answer to a request for all flags.
pub(super) fn answer(
    served: &Served,
    asker: Asker<'_>,
    headers: &HeaderMap,
    body: &[u8],
    now: Timestamp,
) -> Result<Bulk, Failure> {
    let period = Period::of(now);
    // What the answer depends on beside flags and context: the URL of the stream, and whether the server is behind.
    let identity = (asker.token, period.number(), asker.stale);
    if let Some(unchanged) = &served.unchanged
        && let Some(etag) = etag::presented(headers).find(|etag| unchanged.knows(identity, body, etag))
    {
        return Ok(Bulk { etag: etag.to_owned(), body: None });
    }
    let context = request::context(body, now)?;
    let (parts, validator) = evaluate(served, asker.is_client, &context);
    let etag = validator.finish(&format!("{} {} {}", identity.0, identity.1, identity.2));
    if let Some(unchanged) = &served.unchanged {
        unchanged.remember(identity, body, &etag);
    }
    if etag::matches(headers, &etag) {
        return Ok(Bulk { etag, body: None });
    }
    let body = render(served, asker, period, &parts);
    Ok(Bulk { etag, body: Some(body) })
}

/// One flag's part of the answer: what was rendered in advance, and what closes it.
struct Part<'s> {
    fragment: &'s Fragment,
    closing: &'static str,
}

fn evaluate<'s>(served: &'s Served, is_client: bool, context: &EvaluationContext<'_>) -> (Vec<Part<'s>>, Validator) {
    let mut validator = Validator::new(served.set.digest);
    let mut parts = Vec::with_capacity(served.snapshot.len());
    let turn = served.bulk_turn.take();
    for (flag, card) in served.cards_ahead() {
        if is_client && !card.for_clients {
            continue;
        }
        let resolution = evaluate_index(&served.snapshot, flag.index(), context);
        let Some(fragment) = card.record(&resolution, context.targeting_key(), turn.as_ref()) else { continue };
        validator.add(fragment.digest, reason_index(resolution.reason));
        let closing = if resolution.error.is_some() { "}}" } else { closing(resolution.reason) };
        parts.push(Part { fragment, closing });
    }
    (parts, validator)
}

/// Closes a flag's metadata and adds the reason.
fn closing(reason: hoist_eval::Reason) -> &'static str {
    use hoist_eval::Reason;
    match reason {
        Reason::Static => r#"},"reason":"STATIC"}"#,
        Reason::Default => r#"},"reason":"DEFAULT"}"#,
        Reason::TargetingMatch => r#"},"reason":"TARGETING_MATCH"}"#,
        Reason::Split => r#"},"reason":"SPLIT"}"#,
        Reason::Disabled => r#"},"reason":"DISABLED"}"#,
        Reason::Error => r#"},"reason":"ERROR"}"#,
    }
}

fn render(served: &Served, asker: Asker<'_>, period: Period, parts: &[Part<'_>]) -> Bytes {
    let mut answer = Vec::with_capacity(served.bulk_bytes.load(Ordering::Relaxed) + 512);
    answer.extend_from_slice(br#"{"flags":["#);
    for (place, part) in parts.iter().enumerate() {
        if place > 0 {
            answer.push(b',');
        }
        answer.extend_from_slice(&part.fragment.text);
        answer.extend_from_slice(part.closing.as_bytes());
    }
    answer.extend_from_slice(br#"],"metadata":{"#);
    answer.extend_from_slice(&served.set.bulk);
    if asker.stale {
        answer.extend_from_slice(br#","stale":true"#);
    }
    answer.extend_from_slice(br#"},"eventStreams":[{"type":"sse","endpoint":{"requestUri":"/ofrep/v1/stream?token="#);
    answer.extend_from_slice(pass::make(asker.token, asker.digest, period).as_bytes());
    answer.extend_from_slice(br#""},"inactivityDelaySec":120}]}"#);
    served.bulk_bytes.fetch_max(answer.len(), Ordering::Relaxed);
    Bytes::from(answer)
}
