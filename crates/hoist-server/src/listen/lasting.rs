//! Answers that last for as long as somebody listens.
//!
//! Hyper keeps two buffers of 8 KiB and its parsing state for every connection while an answer is being sent. An event
//! stream needs none of it: after its head it is a chunk now and then. So its socket is taken back from hyper, and a
//! small task writes what is left to write. That is done on HTTP/1.1; HTTP/2 shares a connection between its streams.

use std::io;

use axum::body::Body;
use axum::response::Response;
use futures::FutureExt;
use hoist_eval::Timestamp;
use http::header::{CONNECTION, DATE, TRANSFER_ENCODING};
use http::{HeaderValue, Method, Request, Version};
use http_body_util::BodyExt;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::limits::HEADER_BYTES_MAX;
use crate::shutdown::Shutdown;

use super::write_watch::WriteWatch;

/// Marks an answer, among its extensions, that lasts and may go on without hyper.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lasting;

/// Returns whether an answer to this request could go on without hyper.
pub(super) fn may_last<B>(request: &Request<B>) -> bool {
    request.version() == Version::HTTP_11 && request.method() == Method::GET
}

/// Returns whether the answer is marked as one that lasts.
pub(super) fn lasts(answer: &Response) -> bool {
    answer.extensions().get::<Lasting>().is_some()
}

/// Sends an answer whole, head first, and ends the connection with it; ends before that when the client has gone, or
/// when there is no more time.
pub(super) async fn send<Io>(io: Io, opening: Vec<u8>, rest: Body, shutdown: Shutdown)
where
    Io: AsyncRead + AsyncWrite + Unpin,
{
    let outcome = tokio::select! {
        outcome = write(WriteWatch::new(io), opening, rest) => outcome,
        () = shutdown.forced() => Ok(()),
    };
    if let Err(fault) = outcome {
        tracing::trace!(%fault, "connection ended");
    }
}

/// Returns what an answer begins with, which is its head and what there is of its body already, and the rest of its body.
pub(super) fn open(mut answer: Response, now: Timestamp) -> (Vec<u8>, Body) {
    let headers = answer.headers_mut();
    headers.insert(TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    if let Some(date) = http_date(now) {
        headers.insert(DATE, date);
    }
    let mut opening = format!("HTTP/1.1 {}\r\n", answer.status()).into_bytes();
    for (name, value) in answer.headers() {
        for part in [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"] {
            opening.extend_from_slice(part);
        }
    }
    opening.extend_from_slice(b"\r\n");
    let mut body = answer.into_body();
    if let Some(Some(Ok(frame))) = body.frame().now_or_never()
        && let Some(data) = frame.data_ref()
    {
        write_chunk(&mut opening, data);
    }
    (opening, body)
}

fn http_date(now: Timestamp) -> Option<HeaderValue> {
    let now = jiff::Timestamp::from_second(now.as_seconds()).ok()?;
    let text = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&now).ok()?;
    HeaderValue::try_from(text).ok()
}

/// Appends a piece of a body. An empty piece is left out: it would mean the end.
fn write_chunk(out: &mut Vec<u8>, data: &[u8]) {
    if data.is_empty() {
        return;
    }
    out.extend_from_slice(format!("{:x}\r\n", data.len()).as_bytes());
    out.extend_from_slice(data);
    out.extend_from_slice(b"\r\n");
}

async fn write<Io>(mut io: Io, opening: Vec<u8>, mut body: Body) -> io::Result<()>
where
    Io: AsyncRead + AsyncWrite + Unpin,
{
    io.write_all(&opening).await?;
    drop(opening);
    // Nothing more is expected from the client but its end. Another request is passed over; who says more than that is cut
    // off.
    let mut patience = HEADER_BYTES_MAX;
    loop {
        let mut ignored = [0; 16];
        tokio::select! {
            frame = body.frame() => {
                let Some(frame) = frame else { break };
                let Ok(data) = frame.map_err(io::Error::other)?.into_data() else { continue };
                let mut chunk = Vec::with_capacity(data.len() + 16);
                write_chunk(&mut chunk, &data);
                io.write_all(&chunk).await?;
            }
            read = io.read(&mut ignored) => match read? {
                0 => return Ok(()),
                length => match patience.checked_sub(length) {
                    Some(rest) => patience = rest,
                    None => return Ok(()),
                },
            },
        }
    }
    io.write_all(b"0\r\n\r\n").await?;
    io.shutdown().await
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use bytes::Bytes;
    use futures::stream;
    use http_body_util::StreamBody;
    use hyper::body::Frame;
    use tokio::io::DuplexStream;

    use super::*;

    fn answer(pieces: &'static [&'static str]) -> Response {
        let pieces = pieces.iter().map(|piece| Ok::<_, Infallible>(Frame::data(Bytes::from_static(piece.as_bytes()))));
        Response::new(Body::new(StreamBody::new(stream::iter(pieces))))
    }

    async fn sent(answer: Response, client: &mut DuplexStream, server: DuplexStream) -> String {
        let (opening, rest) = open(answer, Timestamp::EPOCH);
        let mut read = String::new();
        let (read_whole, ()) =
            tokio::join!(client.read_to_string(&mut read), send(server, opening, rest, Shutdown::new()));
        read_whole.unwrap();
        read
    }

    #[tokio::test]
    async fn an_answer_is_written_whole() {
        let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\
                    date: Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\n";
        let rows: [(&[&str], &str); 4] = [
            (&[], "0\r\n\r\n"),
            (&["one"], "3\r\none\r\n0\r\n\r\n"),
            (&["", "one", "", "0123456789abcdef"], "3\r\none\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n"),
            (&["one", "\r\n"], "3\r\none\r\n2\r\n\r\n\r\n0\r\n\r\n"),
        ];
        for (pieces, expected) in rows {
            let (mut client, server) = tokio::io::duplex(64);
            let read = sent(answer(pieces), &mut client, server).await;
            assert_eq!(read.strip_prefix(head), Some(expected), "{pieces:?}");
        }
    }

    #[tokio::test]
    async fn an_answer_ends_with_its_client_and_with_the_time() {
        for forced in [false, true] {
            let (client, server) = tokio::io::duplex(1_024);
            let (opening, _) = open(answer(&[]), Timestamp::EPOCH);
            let endless = Body::new(StreamBody::new(stream::pending::<Result<Frame<Bytes>, Infallible>>()));
            let shutdown = Shutdown::new();
            let kept = forced.then_some(client);
            if forced {
                shutdown.now();
            }
            send(server, opening, endless, shutdown).await;
            drop(kept);
        }
    }

    #[tokio::test]
    async fn what_a_client_goes_on_saying_is_passed_over() {
        let (mut client, server) = tokio::io::duplex(1_024);
        client.write_all(&[b'x'; 100]).await.unwrap();
        let read = sent(answer(&["one"]), &mut client, server).await;
        assert!(read.ends_with("3\r\none\r\n0\r\n\r\n"), "{read}");
    }

    #[tokio::test]
    async fn a_client_that_never_stops_talking_is_cut_off() {
        let (mut client, server) = tokio::io::duplex(1_024);
        let endless = Body::new(StreamBody::new(stream::pending::<Result<Frame<Bytes>, Infallible>>()));
        let talking = vec![b'x'; 2 * HEADER_BYTES_MAX];
        let (said, ()) = tokio::join!(client.write_all(&talking), send(server, Vec::new(), endless, Shutdown::new()));
        assert!(said.is_err());
    }

    #[test]
    fn what_a_stream_keeps_is_small() {
        let (_client, server) = tokio::io::duplex(64);
        let sending = send(server, Vec::new(), Body::empty(), Shutdown::new());
        assert!(size_of_val(&sending) <= 800, "{} bytes", size_of_val(&sending));
    }
}
