//! All flags for one context.
//!
//! Evaluating yields the ETag, and the fragments that the answer is copied from. A client that may have the answer already
//! is spared the copies if it does, and, once its pair of body and ETag is known, the evaluations as well; for others both
//! are one pass.

use std::sync::atomic::Ordering;

use bytes::Bytes;
use hoist_eval::{EvaluationContext, Reason, Resolution, Timestamp, evaluate_index};
use http::HeaderMap;
use http::header::IF_NONE_MATCH;

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
    let mut answer = Answer::begin(served);
    let mut parts = Vec::new();
    let is_conditional = headers.contains_key(IF_NONE_MATCH);
    let take = |part| if is_conditional { parts.push(part) } else { answer.add(part) };
    let validator = evaluate(served, asker.is_client, &context, take);
    let etag = validator.finish(&format!("{} {} {}", identity.0, identity.1, identity.2));
    if let Some(unchanged) = &served.unchanged {
        unchanged.remember(identity, body, &etag);
    }
    if etag::matches(headers, &etag) {
        return Ok(Bulk { etag, body: None });
    }
    for part in parts {
        answer.add(part);
    }
    Ok(Bulk { etag, body: Some(answer.end(served, asker, period)) })
}

/// One flag's part of the answer: what was rendered in advance, and what closes it.
#[derive(Debug, Clone, Copy)]
struct Part<'s> {
    fragment: &'s Fragment,
    closing: &'static Closing,
}

/// Hands each flag's part to `each`, and returns the validator of all of them.
fn evaluate<'s>(
    served: &'s Served,
    is_client: bool,
    context: &EvaluationContext<'_>,
    mut each: impl FnMut(Part<'s>),
) -> Validator {
    let mut validator = Validator::new(served.set.digest);
    let turn = served.bulk_turn.take();
    for (flag, card) in served.cards_ahead() {
        if is_client && !card.for_clients {
            continue;
        }
        let resolution = evaluate_index(&served.snapshot, flag.index(), context);
        let Some(fragment) = card.record(&resolution, context.targeting_key(), turn.as_ref()) else { continue };
        validator.add(fragment.digest, reason_index(resolution.reason));
        each(Part { fragment, closing: Closing::of(&resolution) });
    }
    validator
}

/// What closes a flag's metadata, adds the reason, and separates the flag from the next.
#[derive(Debug)]
struct Closing {
    /// Filled up with zeros: copying a length that is known beforehand takes no call.
    text: [u8; Self::BYTES],
    length: usize,
}

impl Closing {
    /// Room for the longest.
    const BYTES: usize = 32;

    const fn new(plain: &str) -> Self {
        let mut text = [0; Self::BYTES];
        let (head, _) = text.split_at_mut(plain.len());
        head.copy_from_slice(plain.as_bytes());
        Self { text, length: plain.len() }
    }

    fn of(resolution: &Resolution<'_>) -> &'static Self {
        static STATIC: Closing = Closing::new(r#"},"reason":"STATIC"},"#);
        static DEFAULT: Closing = Closing::new(r#"},"reason":"DEFAULT"},"#);
        static TARGETING_MATCH: Closing = Closing::new(r#"},"reason":"TARGETING_MATCH"},"#);
        static SPLIT: Closing = Closing::new(r#"},"reason":"SPLIT"},"#);
        static DISABLED: Closing = Closing::new(r#"},"reason":"DISABLED"},"#);
        static ERROR: Closing = Closing::new("}},");
        match resolution.reason {
            Reason::Static => &STATIC,
            Reason::Default => &DEFAULT,
            Reason::TargetingMatch => &TARGETING_MATCH,
            Reason::Split => &SPLIT,
            Reason::Disabled => &DISABLED,
            Reason::Error => &ERROR,
        }
    }
}

/// The body of an answer, as far as it is written.
struct Answer(Vec<u8>);

impl Answer {
    fn begin(served: &Served) -> Self {
        let mut text = Vec::with_capacity(served.bulk_bytes.load(Ordering::Relaxed) + 512);
        text.extend_from_slice(br#"{"flags":["#);
        Self(text)
    }

    fn add(&mut self, Part { fragment, closing }: Part<'_>) {
        self.0.extend_from_slice(&fragment.text);
        let end = self.0.len() + closing.length;
        self.0.extend_from_slice(&closing.text);
        self.0.truncate(end);
    }

    fn end(self, served: &Served, asker: Asker<'_>, period: Period) -> Bytes {
        let Self(mut text) = self;
        // What separates the last flag from the next; before the first there is a bracket.
        text.pop_if(|last| *last == b',');
        text.extend_from_slice(br#"],"metadata":{"#);
        text.extend_from_slice(&served.set.bulk);
        if asker.stale {
            text.extend_from_slice(br#","stale":true"#);
        }
        text.extend_from_slice(br#"},"eventStreams":[{"type":"sse","endpoint":{"requestUri":"/ofrep/v1/stream?token="#);
        text.extend_from_slice(pass::make(asker.token, asker.digest, period).as_bytes());
        text.extend_from_slice(br#""},"inactivityDelaySec":120}]}"#);
        served.bulk_bytes.fetch_max(text.len(), Ordering::Relaxed);
        Bytes::from(text)
    }
}
