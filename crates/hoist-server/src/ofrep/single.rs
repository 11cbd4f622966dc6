//! One flag for one context.

use bytes::Bytes;
use hoist_eval::{ErrorCode, Timestamp, evaluate_index};
use http::StatusCode;

use crate::ofrep::failure::Failure;
use crate::ofrep::request;
use crate::snapshots::{ClientNumber, Served};

/// Returns the body of the answer: what was rendered when the snapshot was taken over, and the reason.
pub(super) fn answer(
    served: &Served,
    is_client: bool,
    client: ClientNumber,
    key: &str,
    body: &[u8],
    now: Timestamp,
) -> Result<Bytes, Failure> {
    let context = request::context(body, now)?;
    let index = served.snapshot.flag_index(key).ok_or_else(Failure::flag_not_found)?;
    // A flag that is hidden from browsers and apps looks to them as if it were not there.
    let card = served.card(index).filter(|card| card.for_clients || !is_client).ok_or_else(Failure::flag_not_found)?;
    card.asked.note(client, now);
    let resolution = evaluate_index(&served.snapshot, index, &context);
    let fragment = card.record(&resolution, context.targeting_key(), None);
    if let Some(code) = resolution.error {
        return Err(failure(code));
    }
    let fragment = fragment.ok_or_else(|| failure(ErrorCode::General))?;
    let reason = resolution.reason.as_str();
    let closing = br#","reason":""#.len() + reason.len() + br#""}"#.len();
    let mut answer = Vec::with_capacity(fragment.text.len() + served.set.single.len() + closing);
    answer.extend_from_slice(&fragment.text);
    answer.extend_from_slice(&served.set.single);
    answer.extend_from_slice(br#","reason":""#);
    answer.extend_from_slice(reason.as_bytes());
    answer.extend_from_slice(br#""}"#);
    Ok(Bytes::from(answer))
}

/// What is said when evaluation itself has no answer.
fn failure(code: ErrorCode) -> Failure {
    match code {
        ErrorCode::FlagNotFound => Failure::flag_not_found(),
        ErrorCode::ParseError => {
            let details = "the flag's definition is broken; its page lists the problems";
            Failure::new(StatusCode::BAD_REQUEST, code, details)
        }
        _ => Failure::new(StatusCode::BAD_REQUEST, ErrorCode::General, "the evaluation ran into its bounds"),
    }
}
