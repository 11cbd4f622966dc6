//! Every odd answer of a metric source, given by a real server on a real socket, and what it becomes.

use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use futures::StreamExt as _;
use hoist_eval::{Span, Timestamp};
use hoist_lifecycle::metric::MetricSourceDraft;
use hoist_lifecycle::rollout::evidence::InvalidReading::{Infinite, Malformed, ManySeries, NotANumber, Partial};
use hoist_lifecycle::rollout::evidence::Reading::{self, Failed, Invalid, Missing};
use hoist_lifecycle::rollout::evidence::SourceFault::{
    Forbidden, Rejected, Timeout, TooLarge, Unauthorized, Unreachable,
};
use hoist_server::egress::{BoundSecret, Egress, EgressPolicy, Names, Target};
use hoist_server::limits::EGRESS_BODY_BYTES_MAX;
use hoist_server::metrics::{Ask, MetricSource, Prometheus};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};

use crate::egress_kit::{Reply, Server};

/// The instant that the tests ask for.
const NOW: Timestamp = Timestamp::from_seconds(1_750_000_000);

fn number(value: f64) -> Reading {
    Reading::Value { value, sampled_at: NOW }
}

fn success(result: &str) -> Reply {
    Reply::json(format!(r#"{{"status":"success","data":{result}}}"#))
}

fn vector(result: &str) -> Reply {
    success(&format!(r#"{{"resultType":"vector","result":{result}}}"#))
}

/// Returns one series with this text as its value.
pub(crate) fn value(text: &str) -> Reply {
    vector(&format!(r#"[{{"metric":{{"job":"shop"}},"value":[1750000000,"{text}"]}}]"#))
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

fn head(length: usize) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n").into_bytes()
}

/// A body that is well formed and longer than allowed.
fn long_body() -> String {
    format!(r#"{{"status":"success","data":{{"resultType":"vector","result":[]}},"pad":"{}"}}"#, "x".repeat(2 << 20))
}

/// The answers that give a number.
fn sound() -> Vec<(&'static str, Reply, Reading)> {
    let small =
        br#"{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1750000000,"1"]}]}}"#;
    vec![
        ("an integer", value("1"), number(1.0)),
        ("a fraction", value("0.015"), number(0.015)),
        ("an exponent", value("1.5e-3"), number(0.0015)),
        ("a negative rate", value("-3.25"), number(-3.25)),
        ("the negative zero", value("-0"), number(0.0)),
        ("the largest number", value("1.7976931348623157e308"), number(f64::MAX)),
        ("less than the smallest number", value("1e-400"), number(0.0)),
        ("compressed", Reply::http("200 OK", "Content-Encoding: gzip\r\n", gzip(small)), number(1.0)),
        (
            "fields that we do not know",
            Reply::json(String::from_utf8_lossy(small).replacen('{', r#"{"new":[1],"#, 1)),
            number(1.0),
        ),
        (
            "advice about the query",
            Reply::json(String::from_utf8_lossy(small).replacen(
                '{',
                r#"{"infos":["PromQL info: metric might not be a counter"],"#,
                1,
            )),
            number(1.0),
        ),
        (
            "advice in the list of warnings",
            Reply::json(String::from_utf8_lossy(small).replacen(
                '{',
                r#"{"warnings":["PromQL info: not a counter"],"#,
                1,
            )),
            number(1.0),
        ),
        (
            "no warnings",
            Reply::json(String::from_utf8_lossy(small).replacen('{', r#"{"warnings":null,"#, 1)),
            number(1.0),
        ),
    ]
}

/// Sound numbers of another time: they hold a rollout all the same.
pub(crate) fn dated() -> Vec<(&'static str, Reply, Reading)> {
    let at = |sampled_at| Reading::Value { value: 0.0, sampled_at };
    [
        ("an old sample", "1", at(Timestamp::from_seconds(1))),
        ("a sample from before time", "-1e300", at(Timestamp::from_micros(i64::MIN))),
        ("a sample from the future", "9999999999", at(Timestamp::from_seconds(9_999_999_999))),
        ("a sample from the end of time", "1e300", at(Timestamp::from_micros(i64::MAX))),
    ]
    .map(|(name, time, expected)| (name, vector(&format!(r#"[{{"metric":{{}},"value":[{time},"0"]}}]"#)), expected))
    .into()
}

/// The answers that hold a rollout.
pub(crate) fn odd() -> Vec<(&'static str, Reply, Reading)> {
    [odd_values(), odd_documents(), odd_exchanges(), refused()].concat()
}

/// Answers whose number is none.
fn odd_values() -> Vec<(&'static str, Reply, Reading)> {
    vec![
        ("nothing", vector("[]"), Missing),
        ("NaN", value("NaN"), Invalid(NotANumber)),
        ("positive infinity", value("+Inf"), Invalid(Infinite)),
        ("negative infinity", value("-Inf"), Invalid(Infinite)),
        ("more than a number holds", value("1e309"), Invalid(Infinite)),
        ("a word", value("many"), Invalid(Malformed)),
        ("empty text", value(""), Invalid(Malformed)),
        ("a number with a space", value(" 1"), Invalid(Malformed)),
        ("a number with a comma", value("1,5"), Invalid(Malformed)),
        ("a hexadecimal number", value("0x10"), Invalid(Malformed)),
        ("a value that is no text", vector(r#"[{"metric":{},"value":[1750000000,1]}]"#), Invalid(Malformed)),
        ("a null value", vector(r#"[{"metric":{},"value":[1750000000,null]}]"#), Invalid(Malformed)),
        ("a value without time", vector(r#"[{"metric":{},"value":["1"]}]"#), Invalid(Malformed)),
        ("a time that does not fit", vector(r#"[{"metric":{},"value":[1e999,"1"]}]"#), Invalid(Malformed)),
        (
            "a histogram",
            vector(r#"[{"metric":{},"histogram":[1750000000,{"count":"1","sum":"1"}]}]"#),
            Invalid(Malformed),
        ),
        (
            "two series",
            vector(r#"[{"metric":{"a":"1"},"value":[1750000000,"1"]},{"metric":{"a":"2"},"value":[1750000000,"1"]}]"#),
            Invalid(ManySeries),
        ),
        (
            "one series twice",
            vector(r#"[{"metric":{},"value":[1750000000,"1"]},{"metric":{},"value":[1750000000,"1"]}]"#),
            Invalid(ManySeries),
        ),
    ]
}

/// Answers in which there is no such number.
fn odd_documents() -> Vec<(&'static str, Reply, Reading)> {
    vec![
        ("a scalar", success(r#"{"resultType":"scalar","result":[1750000000,"1"]}"#), Invalid(Malformed)),
        ("a string", success(r#"{"resultType":"string","result":[1750000000,"1"]}"#), Invalid(Malformed)),
        (
            "a matrix",
            success(r#"{"resultType":"matrix","result":[{"metric":{},"values":[[1750000000,"1"]]}]}"#),
            Invalid(Malformed),
        ),
        ("an unknown type", success(r#"{"resultType":"tensor","result":[]}"#), Invalid(Malformed)),
        ("success without data", Reply::json(r#"{"status":"success"}"#), Invalid(Malformed)),
        (
            "an unknown status",
            Reply::json(r#"{"status":"maybe","data":{"resultType":"vector","result":[]}}"#),
            Invalid(Malformed),
        ),
        (
            "a status given twice",
            Reply::json(r#"{"status":"success","status":"success","data":{"resultType":"vector","result":[]}}"#),
            Invalid(Malformed),
        ),
        (
            "an error in a successful answer",
            Reply::json(r#"{"status":"error","errorType":"execution","error":"out of memory"}"#),
            Failed(Rejected),
        ),
        (
            "a warning beside a number",
            Reply::json(
                r#"{"status":"success","warnings":["store 2 did not answer"],"data":{"resultType":"vector","result":[{"metric":{},"value":[1750000000,"0"]}]}}"#,
            ),
            Invalid(Partial),
        ),
        (
            "a warning beside nothing",
            Reply::json(r#"{"status":"success","warnings":["partial"],"data":{"resultType":"vector","result":[]}}"#),
            Invalid(Partial),
        ),
        (
            "a page for people",
            Reply::http("200 OK", "Content-Type: text/html\r\n", "<html>Sign in</html>"),
            Invalid(Malformed),
        ),
        ("an empty body", Reply::http("200 OK", "", ""), Invalid(Malformed)),
        ("no content", Reply::http("204 No Content", "", ""), Invalid(Malformed)),
        ("bytes that are no text", Reply::http("200 OK", "", [0xff, 0xfe, 0x00]), Invalid(Malformed)),
        ("a thousand brackets", Reply::json("[".repeat(1000)), Invalid(Malformed)),
        ("half a document", Reply::json(r#"{"status":"success","data":{"resu"#), Invalid(Malformed)),
    ]
}

/// Exchanges that go wrong.
fn odd_exchanges() -> Vec<(&'static str, Reply, Reading)> {
    vec![
        ("a body that ends early", Reply::Bytes([head(500), b"{\"status\":".to_vec()].concat()), Invalid(Malformed)),
        ("a broken compression", Reply::http("200 OK", "Content-Encoding: gzip\r\n", "not gzip"), Invalid(Malformed)),
        (
            "a compression that nobody asked for",
            Reply::http("200 OK", "Content-Encoding: br\r\n", [0x0b, 0x02]),
            Invalid(Malformed),
        ),
        ("no HTTP", Reply::Bytes(b"SSH-2.0-OpenSSH_9.2\r\n\r\n".to_vec()), Failed(Unreachable)),
        ("a closed connection", Reply::Close, Failed(Unreachable)),
        ("silence", Reply::Hang, Failed(Timeout)),
        ("a slow drip", Reply::Drip(head(1_000_000)), Failed(Timeout)),
        ("a long body", Reply::json(long_body()), Failed(TooLarge)),
        (
            "100 MiB",
            Reply::Repeat { head: head(100 << 20), chunk: vec![b' '; 64 << 10], times: 1600 },
            Failed(TooLarge),
        ),
        (
            "a body without end",
            Reply::Repeat { head: b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), chunk: vec![b'['; 64 << 10], times: 1 << 20 },
            Failed(TooLarge),
        ),
        (
            "a compressed bomb",
            Reply::http("200 OK", "Content-Encoding: gzip\r\n", gzip(&vec![b' '; 64 << 20])),
            Failed(TooLarge),
        ),
    ]
}

/// The statuses that are no success.
fn refused() -> Vec<(&'static str, Reply, Reading)> {
    let status = |line: &'static str| (line, Reply::http(line, "", r#"{"status":"error"}"#));
    [
        ("301 Moved Permanently", Rejected),
        ("302 Found", Rejected),
        ("304 Not Modified", Rejected),
        ("400 Bad Request", Rejected),
        ("401 Unauthorized", Unauthorized),
        ("403 Forbidden", Unauthorized),
        ("404 Not Found", Rejected),
        ("422 Unprocessable Entity", Rejected),
        ("429 Too Many Requests", Rejected),
        ("500 Internal Server Error", Rejected),
        ("502 Bad Gateway", Rejected),
        ("503 Service Unavailable", Rejected),
        ("504 Gateway Timeout", Rejected),
    ]
    .map(|(line, fault)| {
        let (name, reply) = status(line);
        (name, reply, Failed(fault))
    })
    .into()
}

/// Returns a Prometheus at `url` with the limits that it always has.
pub(crate) fn prometheus(url: &str) -> MetricSource {
    prometheus_within(url, Duration::from_secs(10))
}

/// Returns a Prometheus at `url` that is waited for as long as a test of the answer `expected` should take.
pub(crate) fn prometheus_for(url: &str, expected: &Reading) -> MetricSource {
    prometheus_within(
        url,
        if *expected == Failed(Timeout) { Duration::from_millis(250) } else { Duration::from_secs(10) },
    )
}

fn prometheus_within(url: &str, total: Duration) -> MetricSource {
    let port = url.rsplit(':').next().and_then(|port| port.parse().ok()).unwrap_or(80);
    let egress = Egress::new(EgressPolicy::new([], []).for_operator_url(port), Names::System).unwrap();
    let source = egress.with_total(total).source(url, None).unwrap();
    MetricSource::Prometheus(Prometheus::new(source))
}

fn promql(query: &str) -> MetricSourceDraft {
    MetricSourceDraft::PromqlValue { query: query.to_owned() }
}

fn ask() -> Ask {
    Ask { at: NOW, lookback: Some(Span::from_seconds(60)) }
}

#[tokio::test]
async fn every_odd_answer_has_its_reading() {
    let rows: Vec<_> = [sound(), dated(), odd()].concat();
    assert!(rows.len() >= 60, "{} rows", rows.len());
    let checks = rows.into_iter().map(|(name, reply, expected)| async move {
        let server = Server::saying(reply).await;
        let reading = prometheus_for(&server.url(), &expected).read(&promql("up"), ask()).await;
        assert_eq!(reading, expected, "{name}");
        // The source recovers by itself, on the same client.
        server.say(|_| value("7"));
        assert_eq!(prometheus(&server.url()).read(&promql("up"), ask()).await, number(7.0), "after {name}");
    });
    // A few at a time, so that no row waits for another one's 100 MiB.
    futures::stream::iter(checks).buffer_unordered(4).for_each(|()| async {}).await;
}

#[tokio::test]
async fn one_client_recovers_after_every_fault() {
    let server = Server::saying(Reply::Close).await;
    let source = prometheus(&server.url());
    for (name, reply, expected) in odd() {
        // What takes all the time there is has its own test above.
        if expected == Failed(Timeout) {
            continue;
        }
        server.say(move |_| reply.clone());
        assert_eq!(source.read(&promql("up"), ask()).await, expected, "{name}");
        server.say(|_| value("7"));
        assert_eq!(source.read(&promql("up"), ask()).await, number(7.0), "after {name}");
    }
}

#[tokio::test]
async fn nobody_at_the_address() {
    let server = Server::saying(Reply::Close).await;
    let url = server.url();
    drop(server);
    assert_eq!(prometheus(&url).read(&promql("up"), ask()).await, Failed(Unreachable));
    assert_eq!(prometheus("http://no-such-host.invalid:9090").read(&promql("up"), ask()).await, Failed(Unreachable));
    assert_eq!(prometheus(&url.replace("http", "https")).read(&promql("up"), ask()).await, Failed(Unreachable));
    assert_eq!(MetricSource::Absent.read(&promql("up"), ask()).await, Missing);
}

#[tokio::test]
async fn a_server_that_does_not_speak_tls_is_unreachable_over_https() {
    let server = Server::saying(value("1")).await;
    let source = prometheus(&format!("https://{}", server.address));
    assert_eq!(source.read(&promql("up"), ask()).await, Failed(Unreachable));
}

#[tokio::test]
async fn a_certificate_that_ended_in_2020_is_as_good_as_nobody_there() {
    let certificate = CertificateDer::from(include_bytes!("../data/tls/expired.cert.der").to_vec());
    let key = PrivatePkcs8KeyDer::from(include_bytes!("../data/tls/expired.key.der").to_vec());
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key.into())
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let shaken = async {
        let (stream, _) = listener.accept().await.unwrap();
        acceptor.accept(stream).await.map(drop)
    };
    let (reading, shaken) = tokio::join!(async { prometheus(&url).read(&promql("up"), ask()).await }, shaken);
    assert_eq!(reading, Failed(Unreachable));
    let refused = shaken.unwrap_err().to_string();
    assert!(refused.contains("alert"), "the client hung up on the certificate, and not for another reason: {refused}");
}

/// What a kernel may hold of a connection on this machine for a client that reads no further, at most.
const IN_THE_KERNEL: usize = 15 << 20;

#[tokio::test]
async fn no_more_of_a_long_answer_is_read_than_may_be_kept() {
    for head in [head(100 << 20), b"HTTP/1.1 200 OK\r\n\r\n".to_vec()] {
        let server = Server::saying(Reply::Repeat { head, chunk: vec![b' '; 64 << 10], times: 1600 }).await;
        assert_eq!(prometheus(&server.url()).read(&promql("up"), ask()).await, Failed(TooLarge));
        let taken = server.sent();
        assert!(taken <= EGRESS_BODY_BYTES_MAX + IN_THE_KERNEL, "{taken} bytes of 100 MiB were taken");
    }
}

#[tokio::test]
async fn an_address_that_the_operator_does_not_allow_is_forbidden() {
    let server = Server::saying(value("1")).await;
    let egress = Egress::new(EgressPolicy::new([], [server.address.port()]), Names::System).unwrap();
    let source = egress.source(&format!("http://localhost:{}", server.address.port()), None).unwrap();
    let reading = MetricSource::Prometheus(Prometheus::new(source)).read(&promql("up"), ask()).await;
    assert_eq!(reading, Failed(Forbidden));
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn the_question_names_query_instant_look_back_and_secret() {
    let server = Server::saying(value("1")).await;
    let policy = EgressPolicy::new([], []).for_operator_url(server.address.port());
    let url = format!("{}/prom/", server.url());
    let origin = Target::parse(&url, &policy).unwrap().origin().clone();
    let egress = Egress::new(policy, Names::System).unwrap();
    let source = egress.source(&url, Some(BoundSecret::bearer(origin, "canary-0815"))).unwrap();
    let source = MetricSource::Prometheus(Prometheus::new(source));
    let reading = source.read(&promql(r#"rate(errors_total{variant="on"}[1m])"#), ask()).await;
    assert_eq!(reading, number(1.0));
    let request = server.requests().remove(0);
    let line = request.lines().next().unwrap();
    assert!(
        line.starts_with("GET /prom/api/v1/query?query=rate%28errors_total%7Bvariant%3D%22on%22%7D%5B1m%5D%29&"),
        "{line}"
    );
    assert!(line.contains("&time=1750000000.000&lookback_delta=60000ms "), "{line}");
    assert!(request.contains("authorization: Bearer canary-0815"), "{request}");
    assert!(!format!("{source:?}").contains("canary"), "a secret prints nothing");
}

/// Two counters: what each answers, whether absence is zero, and what becomes of it.
#[tokio::test]
async fn counters_are_read_at_one_instant() {
    let counters = |events, total| Reading::Counters { events, total, sampled_at: NOW };
    let rows = [
        (value("3"), value("100"), false, counters(3.0, 100.0)),
        (vector("[]"), value("100"), false, Missing),
        (vector("[]"), value("100"), true, counters(0.0, 100.0)),
        (value("3"), vector("[]"), true, Missing),
        (vector("[]"), vector("[]"), true, Missing),
        (value("NaN"), value("100"), true, Invalid(NotANumber)),
        (value("3"), value("+Inf"), true, Invalid(Infinite)),
        (Reply::http("500 Internal Server Error", "", ""), value("100"), true, Failed(Rejected)),
        (value("3"), Reply::Close, true, Failed(Unreachable)),
        (
            vector(r#"[{"metric":{},"value":[1749999990,"3"]}]"#),
            value("100"),
            false,
            Reading::Counters { events: 3.0, total: 100.0, sampled_at: Timestamp::from_seconds(1_749_999_990) },
        ),
    ];
    for (index, (events, total, absent_is_zero, expected)) in rows.into_iter().enumerate() {
        let server = Server::start("127.0.0.1", 0, move |request| {
            if request.contains("query=errors&") { events.clone() } else { total.clone() }
        })
        .await;
        let query =
            MetricSourceDraft::PromqlCounts { events: "errors".into(), total: "requests".into(), absent_is_zero };
        assert_eq!(prometheus(&server.url()).read(&query, ask()).await, expected, "row {index}");
        assert!(server.requests().iter().all(|request| request.contains("time=1750000000.000")), "row {index}");
    }
}
