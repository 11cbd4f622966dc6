//! One open stream, as the response body that the connection asks for its next bytes.
//!
//! There is no timer per stream, and no task but the connection's: a stream sleeps until its lane is woken, writes shared
//! bytes, and sleeps again. What it owns is its place, its subscription and three numbers.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures::Stream;
use hoist_eval::Timestamp;
use hyper::body::{Body, Frame};
use tokio::sync::watch;
use tokio_stream::wrappers::WatchStream;

use crate::ofrep::stream::acks::{Ack, Acks};
use crate::ofrep::stream::admission::Place;
use crate::ofrep::stream::fanout::Pulse;
use crate::snapshots::Position;

/// The body of one stream.
#[derive(Debug)]
pub struct EventBody {
    pulses: WatchStream<Arc<Pulse>>,
    place: Place,
    ack: Ack,
    opening: Option<Bytes>,
    position: Position,
    beat: u64,
    /// When the client should have fetched a new URL: it is asked to from here on.
    renew_at: Timestamp,
    /// When the pass that opened the stream lapses.
    lapses_at: Timestamp,
}

/// What differs from stream to stream.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// What the client says it has seen last.
    pub last_seen: Option<Position>,
    /// How long the client waits before it connects again, in milliseconds.
    pub retry_millis: u64,
    /// When the client is asked to fetch a new URL.
    pub renew_at: Timestamp,
    /// When the stream must end.
    pub lapses_at: Timestamp,
}

impl EventBody {
    /// Opens a stream. It begins with the reconnection time and, unless the client says that it is up to date, with the
    /// request to fetch: web clients do not fetch on their own when a stream opens again.
    pub fn open(mut pulses: watch::Receiver<Arc<Pulse>>, place: Place, acks: &Acks, token: &str, terms: Terms) -> Self {
        let pulse = Arc::clone(&pulses.borrow_and_update());
        let ack = acks.join(token, pulse.position);
        let greeting = if terms.last_seen == Some(pulse.position) { &pulse.heartbeat } else { &pulse.refetch };
        let mut opening = format!("retry: {}\n", terms.retry_millis).into_bytes();
        opening.extend_from_slice(greeting);
        Self {
            pulses: WatchStream::from_changes(pulses),
            place,
            ack,
            opening: Some(Bytes::from(opening)),
            position: pulse.position,
            beat: pulse.beat,
            renew_at: terms.renew_at,
            lapses_at: terms.lapses_at,
        }
    }

    /// Returns what a wake-up means: bytes to write, nothing, or the end.
    fn hear(&mut self, pulse: &Pulse) -> Heard {
        if self.place.lost() || pulse.at >= self.lapses_at {
            return Heard::End;
        }
        if pulse.position != self.position || pulse.at >= self.renew_at {
            self.position = pulse.position;
            self.ack.stand(pulse.position);
            self.beat = pulse.beat;
            self.renew_at = if pulse.at >= self.renew_at { self.lapses_at } else { self.renew_at };
            return Heard::Write(pulse.refetch.clone());
        }
        if pulse.beat != self.beat {
            self.beat = pulse.beat;
            return Heard::Write(pulse.heartbeat.clone());
        }
        Heard::Nothing
    }
}

enum Heard {
    Write(Bytes),
    Nothing,
    End,
}

impl Body for EventBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let stream = self.get_mut();
        if let Some(opening) = stream.opening.take() {
            return Poll::Ready(Some(Ok(Frame::data(opening))));
        }
        loop {
            let Some(pulse) = ready!(Pin::new(&mut stream.pulses).poll_next(cx)) else { return Poll::Ready(None) };
            match stream.hear(&pulse) {
                Heard::Write(bytes) => return Poll::Ready(Some(Ok(Frame::data(bytes)))),
                Heard::Nothing => {}
                Heard::End => return Poll::Ready(None),
            }
        }
    }
}
