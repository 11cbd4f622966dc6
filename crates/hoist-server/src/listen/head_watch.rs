//! A deadline for request heads. Hyper's own runs from the end of the previous answer, so it bounds the silence between
//! two requests as well; a head that trickles in needs a shorter one that starts with its first byte. And hyper has none
//! at all until it has seen enough to tell HTTP/1 from HTTP/2, so the first one starts with the connection.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

use crate::limits::HEADER_READ_TIME;

use super::activity::Activity;

/// How HTTP/2 connections begin; their frames have deadlines of their own.
const H2_PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// What a connection speaks, as far as its first bytes tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Protocol {
    /// So many bytes came, and all of them begin the preface of HTTP/2.
    Preface(usize),
    Http1,
    Http2,
}

/// A connection whose reads fail once a head has been arriving for longer than [`HEADER_READ_TIME`]. The first head, or
/// the preface of HTTP/2, is waited for from the start.
pub(super) struct HeadWatch<Io> {
    io: Io,
    activity: Activity,
    deadline: Pin<Box<Sleep>>,
    protocol: Protocol,
}

impl<Io> HeadWatch<Io> {
    pub(super) fn new(io: Io, activity: Activity) -> Self {
        activity.begin();
        Self { io, activity, deadline: deadline(limit()), protocol: Protocol::Preface(0) }
    }

    /// Notes that bytes have come; if no request is being served, a head has begun.
    fn received(&mut self, bytes: &[u8]) {
        if let Protocol::Preface(seen) = self.protocol {
            self.protocol = with_preface(seen, bytes);
            if self.protocol == Protocol::Http2 {
                self.activity.answered();
            }
        }
        if self.protocol == Protocol::Http1 && self.activity.begin() {
            self.deadline.as_mut().reset(limit());
        }
    }
}

/// Returns what a connection speaks that has sent `seen` bytes of the preface of HTTP/2, and then `bytes`.
fn with_preface(seen: usize, bytes: &[u8]) -> Protocol {
    let missing = H2_PREFACE.get(seen..).unwrap_or_default();
    if bytes.starts_with(missing) {
        Protocol::Http2
    } else if missing.starts_with(bytes) {
        Protocol::Preface(seen + bytes.len())
    } else {
        Protocol::Http1
    }
}

/// Returns when a head that begins now must be complete.
fn limit() -> Instant {
    Instant::now() + Duration::from(HEADER_READ_TIME)
}

#[expect(clippy::disallowed_methods, reason = "a deadline of a connection, not a task that waits")]
fn deadline(until: Instant) -> Pin<Box<Sleep>> {
    Box::pin(tokio::time::sleep_until(until))
}

impl<Io: AsyncRead + Unpin> AsyncRead for HeadWatch<Io> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.io).poll_read(cx, buf);
        if read.is_ready() {
            let fresh = buf.filled().get(before..).unwrap_or_default();
            if !fresh.is_empty() {
                self.received(fresh);
            }
            return read;
        }
        let waits_for_head = self.protocol != Protocol::Http2 && self.activity.waits_for_head();
        if waits_for_head && self.deadline.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Err(io::Error::from(io::ErrorKind::TimedOut)));
        }
        Poll::Pending
    }
}

impl<Io: AsyncWrite + Unpin> AsyncWrite for HeadWatch<Io> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    /// Sends one byte a second and returns after how many seconds the reader gave up; nothing if it never did.
    async fn trickle(first: &[u8], activity: Activity) -> Option<u64> {
        let (mut client, server) = tokio::io::duplex(1024);
        let mut watch = HeadWatch::new(server, activity);
        client.write_all(first).await.unwrap();
        let began = Instant::now();
        let sending = async {
            for _ in 0..60 {
                client.write_all(b"x").await.unwrap();
                deadline(Instant::now() + Duration::from_secs(1)).await;
            }
        };
        let reading = async {
            let mut byte = [0; 1];
            while watch.read(&mut byte).await.is_ok() {}
            began.elapsed().as_secs()
        };
        tokio::select! {
            () = sending => None,
            seconds = reading => Some(seconds),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_that_trickles_in_is_cut_off() {
        assert_eq!(trickle(b"GET / HT", Activity::default()).await, Some(10));
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_may_trickle_here_for_it_has_a_deadline_of_its_own() {
        let activity = Activity::default();
        activity.serving();
        assert_eq!(trickle(b"body", activity).await, None);
    }

    #[tokio::test(start_paused = true)]
    async fn frames_have_deadlines_of_their_own() {
        assert_eq!(trickle(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Activity::default()).await, None);
    }
}
