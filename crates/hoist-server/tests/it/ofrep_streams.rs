//! Streams: what a client hears, when it is let in, and when it is cut off.

use std::num::NonZeroU32;

use bytes::Bytes;
use hoist_eval::Span;
use hoist_server::Config;
use hoist_server::auth::TokenKind;
use hoist_server::clock::Clock;
use hoist_server::limits::{STREAM_LANES, STREAM_PASS_SECONDS};
use hoist_store::Actor;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::client::conn::http1::handshake;
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::ofrep_kit::{START, Serving, user};

const ALL: &str = "/ofrep/v1/evaluate/flags";

/// One open stream, or the refusal to open one.
struct Stream {
    status: StatusCode,
    headers: HeaderMap,
    body: Incoming,
    heard: String,
}

impl Stream {
    async fn open(serving: &Serving, uri: &str, headers: &[(&str, &str)]) -> Self {
        let socket = TcpStream::connect(serving.address()).await.unwrap();
        let (mut sender, connection) = handshake(TokioIo::new(socket)).await.unwrap();
        #[expect(clippy::disallowed_methods, reason = "ends with its connection")]
        drop(tokio::spawn(connection));
        let mut request = Request::builder().uri(uri).header("host", "localhost").header("accept", "text/event-stream");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = sender.send_request(request.body(Empty::<Bytes>::new()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        Self { status: parts.status, headers: parts.headers, body, heard: String::new() }
    }

    /// Returns the next block, up to the empty line; nothing when the stream has ended.
    async fn next(&mut self) -> Option<String> {
        loop {
            if let Some((block, rest)) = self.heard.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.heard = rest;
                return Some(block);
            }
            let frame = self.body.frame().await?.ok()?;
            self.heard.push_str(std::str::from_utf8(frame.data_ref()?).unwrap());
        }
    }
}

/// The fields of one event.
fn field<'e>(event: &'e str, name: &str) -> Option<&'e str> {
    event.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

/// Asks for all flags and returns where the answer says that changes are told.
async fn uri(serving: &Serving) -> String {
    let all = serving.evaluate(ALL, &user("u")).await.json();
    all["eventStreams"][0]["endpoint"]["requestUri"].as_str().unwrap().to_owned()
}

/// Lets a second go by, and the task of the streams have its turn.
async fn second(serving: &Serving) {
    let mut notice = serving.server.app().board.watch("streams").unwrap();
    let before = notice.borrow().activations;
    serving.clock.advance(Span::from_seconds(1));
    notice.wait_for(|notice| notice.activations > before).await.unwrap();
}

#[tokio::test]
async fn a_new_stream_asks_the_client_to_fetch() {
    let serving = Serving::start().await;
    let mut stream = Stream::open(&serving, &uri(&serving).await, &[("origin", "https://shop.example")]).await;
    assert_eq!(stream.status, 200);
    assert_eq!(stream.headers["content-type"], "text/event-stream");
    assert_eq!(stream.headers["access-control-allow-origin"], "*");
    let event = stream.next().await.unwrap();
    let position = serving.settle().await.to_string();
    assert_eq!(field(&event, "event"), Some("message"));
    assert_eq!(field(&event, "id"), Some(position.as_str()));
    let data: Value = serde_json::from_str(field(&event, "data").unwrap()).unwrap();
    assert_eq!(data, json!({"type": "refetchEvaluation", "etag": position}));
    let retry: u64 = field(&event, "retry").unwrap().parse().unwrap();
    assert!((2_000..20_000).contains(&retry), "{retry}");
}

#[tokio::test]
async fn a_client_that_is_up_to_date_is_left_alone_and_another_is_not() {
    let serving = Serving::start().await;
    let position = serving.settle().await.to_string();
    let uri = uri(&serving).await;
    let mut current = Stream::open(&serving, &uri, &[("last-event-id", &position)]).await;
    let greeting = current.next().await.unwrap();
    assert_eq!(field(&greeting, "data"), None, "{greeting}");
    for last in ["1.1", "9.9", "nonsense", ""] {
        let mut behind = Stream::open(&serving, &uri, &[("last-event-id", last)]).await;
        assert!(field(&behind.next().await.unwrap(), "data").is_some(), "{last}");
    }
}

#[tokio::test]
async fn a_change_reaches_every_stream_and_what_is_fetched_then_has_it() {
    let serving = Serving::start().await;
    let uri = uri(&serving).await;
    let mut streams = Vec::new();
    for _ in 0..3 * STREAM_LANES {
        let mut stream = Stream::open(&serving, &uri, &[]).await;
        stream.next().await.unwrap();
        streams.push(stream);
    }
    serving.off("simple").await;
    serving.server.app().nudges.changed();
    for stream in &mut streams {
        let event = stream.next().await.unwrap();
        let etag = serde_json::from_str::<Value>(field(&event, "data").unwrap()).unwrap()["etag"].clone();
        let query = format!("{ALL}?flagConfigEtag={}", etag.as_str().unwrap());
        let all = serving.evaluate(&query, &user("u")).await.json();
        let flag = all["flags"].as_array().unwrap().iter().find(|flag| flag["key"] == "simple").unwrap().clone();
        assert_eq!(flag["reason"], "DISABLED");
    }
}

#[tokio::test]
async fn an_idle_stream_has_a_heartbeat_every_fifteen_seconds() {
    let serving = Serving::start().await;
    let position = serving.settle().await;
    let mut stream = Stream::open(&serving, &uri(&serving).await, &[]).await;
    stream.next().await.unwrap();
    for _ in 0..3 {
        for _ in 0..STREAM_LANES {
            second(&serving).await;
        }
        assert_eq!(stream.next().await.unwrap(), format!(": {position}"));
    }
}

#[tokio::test]
async fn a_revoked_token_loses_its_streams_within_five_seconds() {
    let serving = Serving::start().await;
    let kept = uri(&serving).await;
    let (id, token) = serving.token(TokenKind::Client, "browser").await;
    let bearer = format!("Bearer {token}");
    let all = serving.send("POST", ALL, &[("authorization", &bearer)], "{}").await.json();
    let revoked = all["eventStreams"][0]["endpoint"]["requestUri"].as_str().unwrap();
    let mut kept = Stream::open(&serving, &kept, &[]).await;
    let mut cut = Stream::open(&serving, revoked, &[]).await;
    kept.next().await.unwrap();
    cut.next().await.unwrap();
    let actor = Actor::system();
    serving.store.revoke_token(&serving.write(&actor), &id).await.unwrap();
    for _ in 0..4 {
        second(&serving).await;
    }
    while let Some(block) = cut.next().await {
        assert!(block.starts_with(':'), "only heartbeats until the end: {block}");
    }
    let again = Stream::open(&serving, revoked, &[]).await;
    assert_eq!(again.status, 401, "its URL is worth nothing either");
    assert_eq!(serving.server.app().streams.open(), 1, "streams of other tokens go on");
}

#[tokio::test]
async fn only_a_pass_or_a_token_opens_a_stream() {
    let serving = Serving::start().await;
    let good = uri(&serving).await;
    let (rest, signature) = good.rsplit_once('.').unwrap();
    let other = if signature.starts_with('A') { 'B' } else { 'A' };
    let other_signature = format!("{rest}.{other}{}", &signature[1..]);
    let forged = [
        "/ofrep/v1/stream".to_owned(),
        "/ofrep/v1/stream?token=".to_owned(),
        "/ofrep/v1/stream?token=x".to_owned(),
        other_signature,
        format!("/ofrep/v1/stream?token={}", serving.token),
    ];
    for uri in forged {
        let refused = Stream::open(&serving, &uri, &[]).await;
        assert_eq!(refused.status, 401, "{uri}");
        assert_eq!(refused.headers["content-type"], "application/json");
    }
    let bearer = format!("Bearer {}", serving.token);
    let by_header = Stream::open(&serving, "/ofrep/v1/stream", &[("authorization", &bearer)]).await;
    assert_eq!(by_header.status, 200);
}

#[tokio::test]
async fn a_stream_asks_for_a_new_url_in_time_and_ends_when_its_own_has_lapsed() {
    let serving = Serving::start().await;
    let first = uri(&serving).await;
    let mut stream = Stream::open(&serving, &first, &[]).await;
    stream.next().await.unwrap();
    serving.clock.advance(Span::from_seconds(STREAM_PASS_SECONDS + STREAM_PASS_SECONDS * 2 / 3));
    for _ in 0..STREAM_LANES {
        second(&serving).await;
    }
    let renewal = stream.next().await.unwrap();
    assert!(field(&renewal, "data").is_some(), "{renewal}");
    assert_ne!(uri(&serving).await, first);
    serving.clock.advance(Span::from_seconds(STREAM_PASS_SECONDS));
    for _ in 0..STREAM_LANES {
        second(&serving).await;
    }
    while let Some(block) = stream.next().await {
        assert!(block.starts_with(':'), "{block}");
    }
    assert_eq!(Stream::open(&serving, &first, &[]).await.status, 401);
}

#[tokio::test]
async fn streams_beyond_the_caps_are_told_to_come_back_later() {
    let mut config = Config::ephemeral();
    config.limits.streams.server = 2;
    config.limits.streams.per_second = NonZeroU32::new(1_000).unwrap();
    let serving = Serving::start_with(config, Clock::manual(START)).await;
    let uri = uri(&serving).await;
    let first = Stream::open(&serving, &uri, &[]).await;
    let _second = Stream::open(&serving, &uri, &[]).await;
    let refused = Stream::open(&serving, &uri, &[("origin", "https://shop.example")]).await;
    assert_eq!(refused.status, 503);
    let seconds: u64 = refused.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=5).contains(&seconds), "{seconds}");
    assert_eq!(refused.headers["access-control-allow-origin"], "*");
    assert_eq!(serving.evaluate(ALL, &user("u")).await.status, 200, "polling goes on");
    drop(first);
    // The server notices the closed connection on its own; opening is tried until it has.
    let mut opened = Stream::open(&serving, &uri, &[]).await;
    while opened.status != 200 {
        tokio::task::yield_now().await;
        opened = Stream::open(&serving, &uri, &[]).await;
    }
}

#[tokio::test]
async fn a_stop_ends_the_streams_and_does_not_wait_for_them() {
    let serving = Serving::start().await;
    let mut stream = Stream::open(&serving, &uri(&serving).await, &[]).await;
    stream.next().await.unwrap();
    serving.server.stop().await;
    assert_eq!(stream.next().await, None);
}

/// Reads from a connection until `enough` of what was read.
async fn read_until(socket: &mut TcpStream, enough: impl Fn(&str) -> bool) -> String {
    let mut read = Vec::new();
    while !std::str::from_utf8(&read).is_ok_and(&enough) {
        assert!(socket.read_buf(&mut read).await.unwrap() > 0, "{}", String::from_utf8_lossy(&read));
    }
    String::from_utf8(read).unwrap()
}

#[tokio::test]
async fn a_stream_may_follow_other_requests_of_its_connection() {
    let serving = Serving::start().await;
    let uri = uri(&serving).await;
    let request = |target: &str| format!("GET {target} HTTP/1.1\r\nhost: localhost\r\n\r\n");
    let (health, stream) = (request("/healthz"), request(&uri));
    for (parts, healthy) in [(vec![&stream], 0), (vec![&health, &stream], 1), (vec![&stream, &health], 0)] {
        // What is sent before its turn is all sent at once.
        let mut socket = TcpStream::connect(serving.address()).await.unwrap();
        let sent: String = parts.iter().map(|part| part.as_str()).collect();
        socket.write_all(sent.as_bytes()).await.unwrap();
        let read = read_until(&mut socket, |read| read.ends_with("\n\n\r\n")).await;
        assert_eq!(read.matches("HTTP/1.1 200 OK\r\n").count(), healthy + 1, "{read}");
        let (_, stream) = read.rsplit_once("HTTP/1.1").unwrap();
        let (head, body) = stream.split_once("\r\n\r\n").unwrap();
        for header in ["content-type: text/event-stream", "transfer-encoding: chunked", "connection: close", "date: "] {
            assert!(head.contains(header), "{header}: {head}");
        }
        let (length, rest) = body.split_once("\r\n").unwrap();
        assert_eq!(usize::from_str_radix(length, 16).unwrap(), rest.len() - 2, "{body:?}");
        second(&serving).await;
    }
}

#[tokio::test]
async fn old_and_new_versions_of_http_get_streams_too() {
    let serving = Serving::start().await;
    let uri = uri(&serving).await;
    let mut socket = TcpStream::connect(serving.address()).await.unwrap();
    socket.write_all(format!("GET {uri} HTTP/1.0\r\nhost: localhost\r\n\r\n").as_bytes()).await.unwrap();
    let old = read_until(&mut socket, |read| read.ends_with("\n\n")).await;
    assert!(!old.contains("chunked") && old.contains("\r\n\r\nretry: "), "{old}");
    let socket = TokioIo::new(TcpStream::connect(serving.address()).await.unwrap());
    let (mut sender, connection) = hyper::client::conn::http2::handshake(TokioExecutor::new(), socket).await.unwrap();
    #[expect(clippy::disallowed_methods, reason = "ends with its connection")]
    drop(tokio::spawn(connection));
    let request = Request::builder().uri(format!("http://localhost{uri}")).body(Empty::<Bytes>::new()).unwrap();
    let mut new = sender.send_request(request).await.unwrap();
    assert!(new.body_mut().frame().await.unwrap().unwrap().data_ref().unwrap().starts_with(b"retry: "));
}

#[tokio::test]
async fn the_head_of_a_stream_is_not_a_stream() {
    let serving = Serving::start().await;
    let uri = uri(&serving).await;
    let mut socket = TcpStream::connect(serving.address()).await.unwrap();
    let head = format!("HEAD {uri} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    socket.write_all(head.as_bytes()).await.unwrap();
    let mut read = String::new();
    socket.read_to_string(&mut read).await.unwrap();
    assert!(read.starts_with("HTTP/1.1 200 OK\r\n") && read.ends_with("\r\n\r\n"), "{read}");
}
