//! One connection: hyper with every deadline and bound set.

use std::convert::Infallible;
use std::future::{Future, pending, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;

use axum::response::Response as RoutedResponse;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::limits;
use crate::shutdown::Shutdown;

use super::activity::Activity;
use super::answer::AnswerBody;
use super::front::{Front, Peer};
use super::head_watch::HeadWatch;
use super::lasting;
use super::lent::{Lent, Owner};
use super::write_watch::WriteWatch;

/// Returns hyper's builder with every bound set. The convenience server of axum sets none of them.
pub(super) fn builder() -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        // Runs from the end of the previous answer; `HeadWatch` has the shorter one for heads that have begun.
        .header_read_timeout(std::time::Duration::from(limits::IDLE_TIME))
        // HEADER_FIELDS_MAX is hyper's own bound. Setting it, to the same number, makes hyper fill its tables for each
        // request anew.
        .max_buf_size(limits::HEADER_BYTES_MAX);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits::H2_STREAMS_MAX)
        .max_pending_accept_reset_streams(limits::H2_PENDING_RESETS_MAX)
        .max_header_list_size(u32::try_from(limits::HEADER_BYTES_MAX).unwrap_or(u32::MAX))
        .keep_alive_interval(std::time::Duration::from(limits::H2_PING_TIME))
        .keep_alive_timeout(std::time::Duration::from(limits::H2_PING_TIME));
    builder
}

/// Serves one connection until it ends, or until a stop is requested and its requests have their answers. Returns the
/// socket and the answer if one lasts that is to go on without hyper.
pub(super) async fn serve<Io>(
    io: Io,
    peer: Peer,
    front: Arc<Front>,
    builder: &auto::Builder<TokioExecutor>,
    shutdown: &Shutdown,
) -> Option<(Io, RoutedResponse)>
where
    Io: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (activity, owner) = (Activity::default(), Owner::new());
    let lent = Lent::new(io, activity.clone(), &owner);
    let io = TokioIo::new(WriteWatch::new(HeadWatch::new(lent, activity.clone())));
    let service = Requests { front, peer, activity: activity.clone() };
    let outcome = {
        let mut connection = pin!(builder.serve_connection(io, service));
        tokio::select! {
            outcome = until_left(connection.as_mut(), &activity) => outcome,
            () = shutdown.requested() => {
                connection.as_mut().graceful_shutdown();
                tokio::select! {
                    outcome = until_left(connection.as_mut(), &activity) => outcome,
                    () = shutdown.forced() => Ok(None),
                }
            }
        }
    };
    // The connection is no more, so the socket has come back.
    outcome
        .unwrap_or_else(|fault| {
            // Peers go away in many ways; none of them is news.
            tracing::trace!(%fault, "connection ended");
            None
        })
        .and_then(|answer| Some((owner.take()?, answer)))
}

/// Waits until the connection ends, or has an answer that is to go on without it.
async fn until_left<Connection, Fault>(
    mut connection: Pin<&mut Connection>,
    activity: &Activity,
) -> Result<Option<RoutedResponse>, Fault>
where
    Connection: Future<Output = Result<(), Fault>>,
{
    poll_fn(|cx| match connection.as_mut().poll(cx) {
        Poll::Ready(outcome) => Poll::Ready(outcome.map(|()| None)),
        // Requests of HTTP/1 are served within this poll, and what waits to be written wakes it.
        Poll::Pending => activity.take_lasting().map_or(Poll::Pending, |answer| Poll::Ready(Ok(Some(answer)))),
    })
    .await
}

/// The requests of one connection.
#[derive(Clone)]
struct Requests {
    front: Arc<Front>,
    peer: Peer,
    activity: Activity,
}

impl hyper::service::Service<Request<Incoming>> for Requests {
    type Response = Response<AnswerBody>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let Self { front, peer, activity } = self.clone();
        activity.serving();
        // Two futures, so that an evaluation does not move the many bytes that a route of the router may need.
        if Front::is_evaluation(&request) {
            Box::pin(async move {
                let response = front.evaluate(peer, request).await;
                activity.answered();
                Ok(response)
            })
        } else {
            let may_last = lasting::may_last(&request);
            Box::pin(async move {
                let response = front.answer(peer, request).await;
                if may_last && lasting::lasts(&response) {
                    activity.leave(response);
                    return pending().await;
                }
                activity.answered();
                Ok(response.map(AnswerBody::Routed))
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;
    use std::time::Duration;

    use bytes::Bytes;
    use hyper::service::service_fn;
    use tokio::io::AsyncWriteExt;
    use tokio::time::{Instant, timeout};

    use super::*;

    /// Sends the parts, one a second, and then nothing; returns after how many seconds the server hung up.
    async fn patience(parts: &[&[u8]]) -> u64 {
        let (mut client, server) = tokio::io::duplex(64 * 1024);
        let began = Instant::now();
        let builder = builder();
        let io = TokioIo::new(HeadWatch::new(server, Activity::default()));
        let service =
            service_fn(|_| async { Ok::<_, Infallible>(Response::new(AnswerBody::Whole(Bytes::new().into()))) });
        let connection = builder.serve_connection(io, service);
        let sending = async {
            for part in parts {
                client.write_all(part).await.unwrap();
                let _passed = timeout(Duration::from_secs(1), pending::<()>()).await;
            }
            pending::<()>().await;
        };
        tokio::select! {
            _ended = connection => began.elapsed().as_secs(),
            () = sending => 0,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn silence_before_the_first_head_ends() {
        let rows: [&[&[u8]]; 7] = [
            &[],
            &[b"G"],
            &[b"GET / HT", b"TP/1.1\r\n"],
            &[b"P"],
            &[b"PRI * HTTP/2"],
            &[b"PRI * HTTP/2.0\r\n\r\n", b"SM\r\n\r"],
            &[b"PRI * HTTP/2.0\r\n\r\n", b"GET"],
        ];
        for parts in rows {
            let seconds = patience(parts).await;
            assert!(seconds <= 10, "{parts:?}: {seconds} s");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_preface_in_parts_begins_a_connection() {
        let seconds = patience(&[b"PRI * ", b"HTTP/2.0\r\n\r\nSM", b"\r\n\r\n\0\0\0\x04\0\0\0\0\0"]).await;
        // Then it is the unanswered ping that ends it.
        assert!((30..=60).contains(&seconds), "{seconds} s");
    }
}
