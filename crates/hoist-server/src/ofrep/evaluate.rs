//! The two evaluations: from the request to the answer, without waiting for anything but the request's own body.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::poll;
use http::header::{CONTENT_ENCODING, ORIGIN};
use http::request::Parts;
use http::{HeaderMap, Response};
use http_body_util::BodyExt;
use hyper::body::Body;

use crate::app::App;
use crate::auth::EvaluationAccess;
use crate::clock::Moment;
use crate::error::ApiError;
use crate::limits::{BODY_READ_TIME, CATCH_UP_WAIT, STALE_AFTER};
use crate::listen::{AnswerBody, Peer};
use crate::ofrep::bulk::{self, Asker, Bulk};
use crate::ofrep::failure::Failure;
use crate::ofrep::respond::{self, Refusal};
use crate::ofrep::single;
use crate::snapshots::{Position, Slot};

/// Where the paths for one flag and for all begin.
const ALL_FLAGS: &str = "/ofrep/v1/evaluate/flags";

/// What a path asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted<'p> {
    All,
    /// The flag of this key: everything after the prefix, slashes too, for several providers do not encode keys.
    One(&'p str),
}

/// Returns what a path asks for; nothing if it is none of the two.
fn wanted(path: &str) -> Option<Wanted<'_>> {
    match path.strip_prefix(ALL_FLAGS)? {
        "" | "/" => Some(Wanted::All),
        rest => rest.strip_prefix('/').map(Wanted::One),
    }
}

/// Returns whether the path is one that flags are evaluated at.
pub(crate) fn is_evaluation(path: &str) -> bool {
    wanted(path).is_some()
}

/// Returns the key that a path names: everything after the prefix.
pub(super) fn key(path: &str) -> Option<&str> {
    match wanted(path) {
        Some(Wanted::One(key)) => Some(key),
        Some(Wanted::All) | None => None,
    }
}

/// Evaluates what the path asks for.
pub(crate) async fn evaluate<B>(app: &App, peer: &Peer, parts: &Parts, body: B) -> Response<AnswerBody>
where
    B: Body<Data = Bytes> + Unpin,
{
    let answered = match wanted(parts.uri.path()) {
        Some(Wanted::One(key)) => {
            one(app, peer, parts, key, body).await.map(|body| respond::single(body, is_browser(parts)))
        }
        Some(Wanted::All) => all(app, peer, parts, body).await.map(|bulk| respond::bulk(bulk, is_browser(parts))),
        None => Err(ApiError::NoSuchRoute.into()),
    };
    answered.unwrap_or_else(|refusal| refused(parts, refusal))
}

/// Returns the answer to an evaluation that gets none.
pub(crate) fn refused(parts: &Parts, refusal: impl Into<Refusal>) -> Response<AnswerBody> {
    respond::refusal(refusal.into(), key(parts.uri.path()), is_browser(parts))
}

fn is_browser(parts: &Parts) -> bool {
    parts.headers.contains_key(ORIGIN)
}

async fn one<B>(app: &App, peer: &Peer, parts: &Parts, key: &str, body: B) -> Result<Bytes, Refusal>
where
    B: Body<Data = Bytes> + Unpin,
{
    let at = app.clock.moment();
    let access = app.auth.evaluation_at(peer, &parts.headers, at).await?;
    let slot = slot(app, &access)?;
    let (body, at) = read(app, at, body, &parts.headers, app.config.limits.bodies.evaluation).await?;
    let served = slot.served();
    let served = served.as_ref().ok_or_else(Failure::not_ready)?;
    let answer = single::answer(served, access.is_client(), access.number(), key, &body, at.wall)?;
    app.metrics.evaluation().observe(app.clock.monotonic().saturating_sub(at.monotonic));
    Ok(answer)
}

async fn all<B>(app: &App, peer: &Peer, parts: &Parts, body: B) -> Result<Bulk, Refusal>
where
    B: Body<Data = Bytes> + Unpin,
{
    let at = app.clock.moment();
    let access = app.auth.evaluation_at(peer, &parts.headers, at).await?;
    let slot = slot(app, &access)?;
    let (body, at) = read(app, at, body, &parts.headers, app.config.limits.bodies.bulk).await?;
    let at = if catch_up(&slot, parts.uri.query()).await { app.clock.moment() } else { at };
    slot.taken_whole.note(access.number(), at.wall);
    let served = slot.served();
    let served = served.as_ref().ok_or_else(Failure::not_ready)?;
    let asker = Asker {
        token: access.token(),
        digest: access.digest(),
        is_client: access.is_client(),
        stale: slot.age(at.wall) > STALE_AFTER,
    };
    let answer = bulk::answer(served, asker, &parts.headers, &body, at.wall)?;
    app.metrics.evaluation().observe(app.clock.monotonic().saturating_sub(at.monotonic));
    Ok(answer)
}

fn slot(app: &App, access: &EvaluationAccess) -> Result<Arc<Slot>, Failure> {
    app.snapshots.slot(access.place()).ok_or_else(Failure::not_ready)
}

/// Waits a moment for a snapshot that a stream of another server has announced to the client and that has not come
/// here yet, and returns whether it waited. Without such an announcement there is nothing to wait for.
async fn catch_up(slot: &Slot, query: Option<&str>) -> bool {
    let Some(announced) = query.and_then(announced) else { return false };
    if announced <= slot.position() {
        return false;
    }
    let mut moved = slot.watch();
    let arrived = moved.wait_for(|position| *position >= announced);
    // In vain is no failure: the client has what this server has.
    let _waited = tokio::time::timeout(CATCH_UP_WAIT, arrived).await;
    true
}

/// Returns the position that the client was told of by a stream.
fn announced(query: &str) -> Option<Position> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.filter(|(name, _)| *name == "flagConfigEtag").find_map(|(_, value)| value.parse().ok())
}

/// Reads a body of at most `limit` bytes, and returns it with the time after that. Nearly all are there already, in one
/// piece: that is not copied, and takes neither a timer nor another reading of the clock.
async fn read<B>(app: &App, at: Moment, body: B, headers: &HeaderMap, limit: usize) -> Result<(Bytes, Moment), ApiError>
where
    B: Body<Data = Bytes> + Unpin,
{
    if headers.contains_key(CONTENT_ENCODING) {
        return Err(ApiError::UnsupportedEncoding);
    }
    let mut collecting = std::pin::pin!(collect(body, limit));
    if let std::task::Poll::Ready(whole) = poll!(collecting.as_mut()) {
        return Ok((whole?, at));
    }
    let whole = tokio::time::timeout(Duration::from(BODY_READ_TIME), collecting).await;
    Ok((whole.map_err(|_| ApiError::BodyIncomplete)??, app.clock.moment()))
}

async fn collect<B>(mut body: B, limit: usize) -> Result<Bytes, ApiError>
where
    B: Body<Data = Bytes> + Unpin,
{
    let mut first: Option<Bytes> = None;
    let mut rest = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| ApiError::BodyIncomplete)?;
        let Ok(data) = frame.into_data() else { continue };
        let so_far = first.as_ref().map_or(rest.len(), Bytes::len);
        if so_far.saturating_add(data.len()) > limit {
            return Err(ApiError::BodyTooLarge { limit });
        }
        if rest.is_empty() && first.is_none() {
            first = Some(data);
            continue;
        }
        if let Some(first) = first.take() {
            rest.extend_from_slice(&first);
        }
        rest.extend_from_slice(&data);
    }
    Ok(first.unwrap_or_else(|| rest.freeze()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_asks_for_all_flags_or_for_one() {
        for (path, expected) in [
            ("/ofrep/v1/evaluate/flags", Some(Wanted::All)),
            ("/ofrep/v1/evaluate/flags/", Some(Wanted::All)),
            ("/ofrep/v1/evaluate/flags/a", Some(Wanted::One("a"))),
            ("/ofrep/v1/evaluate/flags/a/b", Some(Wanted::One("a/b"))),
            ("/ofrep/v1/evaluate/flagship", None),
            ("/ofrep/v1/evaluate", None),
            ("/ofrep/v1/stream", None),
        ] {
            assert_eq!(wanted(path), expected, "{path}");
        }
    }
}
