//! Exports of OpenTelemetry, from the request to the sums that guards read. Whatever is sent is sent in both encodings.

use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};
use hoist_lifecycle::rollout::evidence::Reading;
use hoist_server::auth::TokenKind;
use hoist_server::limits::{EVENT_KEY_BYTES_MAX, OTLP_BODY_BYTES_MAX, OTLP_RECORD_BYTES_MAX, REPORTS_MAX};
use opentelemetry_proto::tonic::collector::logs::v1::{ExportLogsServiceRequest, ExportLogsServiceResponse};
use opentelemetry_proto::tonic::collector::metrics::v1::{ExportMetricsServiceRequest, ExportMetricsServiceResponse};
use prost::Message;
use serde_json::{Value, json};

use crate::harness::{Answer, Ask};
use crate::tracking::Shop;

const JSON: &str = "application/json";
const PROTOBUF: &str = "application/x-protobuf";
const ENCODINGS: [&str; 2] = [JSON, PROTOBUF];

/// Returns attributes as OTLP writes them.
fn attributes(members: &Value) -> Value {
    let value = |value: &Value| match value {
        Value::String(text) => json!({ "stringValue": text }),
        Value::Number(number) if number.is_f64() => json!({ "doubleValue": number }),
        Value::Number(number) => json!({ "intValue": number.to_string() }),
        other => panic!("{other} is no attribute"),
    };
    members.as_object().unwrap().iter().map(|(key, member)| json!({"key": key, "value": value(member)})).collect()
}

/// Returns a log record with an event's name; `t` is its time in nanoseconds.
fn record(name: &str, t: u64, members: &Value) -> Value {
    json!({"timeUnixNano": t.to_string(), "eventName": name, "attributes": attributes(members)})
}

fn evaluation(t: u64, unit: &str, variant: &str) -> Value {
    let members =
        json!({"feature_flag.key": "f", "feature_flag.result.variant": variant, "feature_flag.context.id": unit});
    record("feature_flag.evaluation", t, &members)
}

fn logs(records: &[Value]) -> Value {
    let scope = json!({"scope": {"name": "test"}, "logRecords": records});
    json!({"resourceLogs": [{"resource": {"attributes": attributes(&json!({"service.name": "shop"}))}, "scopeLogs": [scope]}]})
}

fn metrics(metrics: &[Value]) -> Value {
    let scope = json!({"scope": {"name": "test"}, "metrics": metrics});
    json!({"resourceMetrics": [{"resource": {"attributes": attributes(&json!({"service.name": "shop"}))}, "scopeMetrics": [scope]}]})
}

fn encoded(path: &str, media_type: &str, body: &Value) -> Vec<u8> {
    match (media_type, path) {
        (JSON, _) => body.to_string().into_bytes(),
        (_, "/v1/logs") => serde_json::from_value::<ExportLogsServiceRequest>(body.clone()).unwrap().encode_to_vec(),
        _ => serde_json::from_value::<ExportMetricsServiceRequest>(body.clone()).unwrap().encode_to_vec(),
    }
}

/// Returns how many records an answer says were left out, and why.
fn left_out(path: &str, answer: &Answer) -> (i64, String) {
    assert_eq!(answer.status, 200, "{}", answer.text());
    match (answer.header("content-type"), path) {
        (Some(JSON), _) => {
            let partial = answer.json()["partialSuccess"].clone();
            let count = partial["rejectedLogRecords"].as_str().or(partial["rejectedDataPoints"].as_str());
            (count.map_or(0, |count| count.parse().unwrap()), partial["errorMessage"].as_str().unwrap_or("").to_owned())
        }
        (Some(PROTOBUF), "/v1/logs") => {
            let partial = ExportLogsServiceResponse::decode(answer.body.as_slice()).unwrap().partial_success;
            partial.map(|partial| (partial.rejected_log_records, partial.error_message)).unwrap_or_default()
        }
        (Some(PROTOBUF), _) => {
            let partial = ExportMetricsServiceResponse::decode(answer.body.as_slice()).unwrap().partial_success;
            partial.map(|partial| (partial.rejected_data_points, partial.error_message)).unwrap_or_default()
        }
        (other, _) => panic!("{other:?} was not asked for"),
    }
}

impl Shop {
    fn nanos(&self, seconds: i64) -> u64 {
        u64::try_from((self.app.clock.now().as_seconds() + seconds) * 1_000_000_000).unwrap()
    }

    fn export(&self, path: &str, media_type: &str, body: impl Into<Vec<u8>>) -> Ask {
        self.app.ask("POST", path).token(&self.server).header("content-type", media_type).raw(body)
    }

    async fn send(&self, path: &str, media_type: &str, body: &Value) -> (i64, String) {
        left_out(path, &self.export(path, media_type, encoded(path, media_type, body)).send().await)
    }

    async fn exposed(&self) -> (u64, u64) {
        let exposed = self.sums().await.exposed;
        (exposed.treatment, exposed.control)
    }

    /// Returns what the guard on errors per visit reads: visits and errors of the treatment, then of the control.
    async fn rates(&self) -> [u64; 4] {
        match self.reading("g2").await {
            Reading::Arms { treatment, control, .. } => {
                [treatment.n, treatment.x, control.n, control.x].map(|count| count as u64)
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn exposures_and_events_of_units_come_as_log_records() {
    let shop = Shop::open().await;
    let t = shop.nanos(0);
    for (index, media_type) in ENCODINGS.into_iter().enumerate() {
        let unit = |name: &str| format!("{name}-{index}");
        let old = json!({"event.name": "feature_flag.evaluation", "feature_flag.key": "f",
            "feature_flag.variant": "off", "targetingKey": unit("b"), "feature_flag.evaluation.reason": "split"});
        let records = [
            evaluation(t, &unit("a"), "on"),
            record("", t, &old),
            record("visit", t, &json!({"feature_flag.context.id": unit("a")})),
            record("visit", t, &json!({"targetingKey": unit("b"), "value": 2.5})),
            record("error", t, &json!({"targeting_key": unit("a"), "value": 3})),
            record("", t, &json!({"event.name": "error", "targetingKey": unit("a")})),
            json!({"body": {"stringValue": "an ordinary line"}}),
            record("login", t, &json!({"user.id": "of no unit"})),
        ];
        assert_eq!(shop.send("/v1/logs", media_type, &logs(&records)).await, (0, String::new()));
    }
    assert_eq!(shop.exposed().await, (2, 2));
    assert_eq!(shop.rates().await, [2, 4, 2, 0]);
}

#[tokio::test]
async fn only_evaluations_that_a_split_may_have_decided_are_exposures() {
    let shop = Shop::open().await;
    let mut units = 0;
    let mut check = async |members: Value, counts: bool| {
        let before = shop.exposed().await.0;
        for media_type in ENCODINGS {
            units += 1;
            let mut all = json!({"feature_flag.key": "f", "feature_flag.result.variant": "on",
                "feature_flag.context.id": format!("u{units}")});
            all.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
            let body = logs(&[record("feature_flag.evaluation", shop.nanos(0), &all)]);
            assert_eq!(shop.send("/v1/logs", media_type, &body).await.0, 0, "{members}");
        }
        assert_eq!(shop.exposed().await.0 - before, if counts { 2 } else { 0 }, "{members}");
    };
    for (reason, counts) in [
        ("split", true),
        ("SPLIT", true),
        ("cached", true),
        ("stale", true),
        ("unknown", true),
        ("static", false),
        ("default", false),
        ("disabled", false),
        ("error", false),
        ("targeting_match", false),
    ] {
        check(json!({"feature_flag.result.reason": reason}), counts).await;
    }
    let flagd = json!({"feature_flag.result.reason": "targeting_match", "feature_flag.provider.name": "flagd"});
    check(flagd, true).await;
    check(json!({"feature_flag.set.id": "default/staging"}), true).await;
    check(json!({"feature_flag.set.id": "default/production"}), false).await;
    check(json!({"feature_flag.key": "another"}), false).await;
    check(json!({"feature_flag.result.variant": "unheard-of"}), false).await;
    check(json!({"feature_flag.result.variant": ""}), false).await;
    check(json!({"feature_flag.context.id": ""}), false).await;
}

/// Whoever evaluates in the process asks nobody; the record of an evaluation says that the flag is in use, whatever came of it
/// and whether or not it exposes somebody.
#[tokio::test]
async fn evaluations_mark_their_flag_as_asked_for() {
    for (name, members) in [
        ("an exposure", json!({"feature_flag.result.variant": "on", "feature_flag.context.id": "user-1"})),
        ("no unit", json!({"feature_flag.result.variant": "on"})),
        ("off", json!({"feature_flag.result.reason": "disabled", "feature_flag.context.id": "user-1"})),
    ] {
        let shop = Shop::open().await;
        let root = shop.app.root().await;
        let stale = "/api/v1/projects/default/flags/f/staleness";
        let evaluated = async || {
            let told = shop.app.ask("GET", stale).token(&root).send().await.expect(200);
            told["evaluated_at"].clone()
        };
        assert_eq!(evaluated().await, Value::Null, "{name}: nobody has asked");
        let with = |key: &str, set: &str| {
            let mut all = members.clone();
            all["feature_flag.key"] = json!(key);
            all["feature_flag.set.id"] = json!(set);
            record("feature_flag.evaluation", shop.nanos(0), &all)
        };
        let elsewhere = logs(&[with("f", "default/production"), with("nothing", "default/staging")]);
        assert_eq!(shop.send("/v1/logs", JSON, &elsewhere).await.0, 0);
        assert_eq!(evaluated().await, Value::Null, "{name}: of somewhere else");
        assert_eq!(shop.send("/v1/logs", JSON, &logs(&[with("f", "default/staging")])).await.0, 0);
        let seen = evaluated().await;
        assert!(seen.is_string(), "{name}: {seen}");
    }
}

#[tokio::test]
async fn a_record_that_is_left_out_is_told_of_and_costs_no_other() {
    let shop = Shop::open().await;
    let t = shop.nanos(0);
    let mut visits = 0;
    let mut check = async |bad: Value, reason: &str| {
        for media_type in ENCODINGS {
            visits += 1;
            let good = record("visit", t, &json!({"targetingKey": "user-0"}));
            let (count, message) = shop.send("/v1/logs", media_type, &logs(&[bad.clone(), good])).await;
            assert_eq!(count, 1, "{reason}: {message}");
            assert!(message.contains(reason), "{message}");
            let [treated, _, control, _] = shop.rates().await;
            assert_eq!(treated + control, visits, "{reason}");
        }
    };
    shop.visit(0..1).await;
    let visit = |t: u64, members: Value| record("visit", t, &members);
    let long = "k".repeat(EVENT_KEY_BYTES_MAX + 1);
    check(record("feature_flag.evaluation", t, &json!({"targetingKey": "u"})), "feature_flag.key").await;
    check(visit(t, json!({ "targetingKey": long })), "bytes").await;
    check(visit(shop.nanos(-8 * 24 * 3_600), json!({"targetingKey": "u"})), "dated").await;
    check(visit(shop.nanos(600), json!({"targetingKey": "u"})), "dated").await;
    check(visit(u64::MAX, json!({"targetingKey": "u"})), "dated").await;
    check(record("e\u{0}", t, &json!({"targetingKey": "u"})), "control characters").await;
    check(visit(t, json!({"targetingKey": "u", "note": "x".repeat(OTLP_RECORD_BYTES_MAX)})), "65536").await;
    // What the encodings can say wrong differs.
    let broken = r#"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"attributes":7},{"attributes":[{"key":1}]}]}]}]}"#;
    let answer = shop.export("/v1/logs", JSON, broken).send().await;
    assert_eq!(left_out("/v1/logs", &answer).0, 2, "{}", answer.text());
    let nested = |number: u8, inner: &[u8]| [&[number << 3 | 2, u8::try_from(inner.len()).unwrap()], inner].concat();
    let broken = nested(1, &nested(2, &[nested(2, &[0xff]), nested(2, &[])].concat()));
    let answer = shop.export("/v1/logs", PROTOBUF, broken).send().await;
    assert_eq!(left_out("/v1/logs", &answer).0, 1, "an empty record is sound");
    let root = shop.app.root().await;
    let told = shop.app.ask("GET", "/metrics").token(&root).send().await.text();
    assert!(told.contains(r#"hoist_otlp_records_total{signal="logs",outcome="rejected"} 17"#), "{told}");
}

#[tokio::test]
async fn a_request_that_cannot_be_read_is_refused_in_its_own_encoding() {
    let shop = Shop::open().await;
    let check = async |ask: Ask, status: u16, words: &str| {
        let answer = ask.send().await;
        assert_eq!(answer.status, status, "{words}: {}", answer.text());
        let message = match answer.header("content-type") {
            Some(JSON) => answer.json()["message"].as_str().unwrap().to_owned(),
            // A text of more than 127 bytes has a length of two.
            Some(PROTOBUF) => String::from_utf8_lossy(&answer.body).into_owned(),
            other => panic!("{other:?}"),
        };
        assert!(message.contains(words), "{message}");
        answer
    };
    for path in ["/v1/logs", "/v1/metrics"] {
        for media_type in ENCODINGS {
            let send = |body: Vec<u8>| shop.export(path, media_type, body);
            check(send(b"{\"resourceLogs\": 7, \"resourceMetrics\": 7".to_vec()), 400, "no export request").await;
            check(send(vec![0x0a, 0x05, 0x00]), 400, "no export request").await;
            check(send(vec![b' '; OTLP_BODY_BYTES_MAX + 1]), 413, &OTLP_BODY_BYTES_MAX.to_string()).await;
            let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
            bomb.write_all(&vec![b' '; OTLP_BODY_BYTES_MAX + 1]).unwrap();
            let bomb = send(bomb.finish().unwrap()).header("content-encoding", "gzip");
            check(bomb, 413, &OTLP_BODY_BYTES_MAX.to_string()).await;
            check(send(b"{}".to_vec()).header("content-encoding", "gzip"), 400, "gzip").await;
            check(send(b"{}".to_vec()).header("content-encoding", "br"), 415, "gzip").await;
            let turns: Vec<_> = (0..REPORTS_MAX).map(|_| shop.app.server.app().intake.turn().unwrap()).collect();
            let full = check(send(Vec::new()), 429, "Retry-After").await;
            assert_eq!(full.header("retry-after"), Some("1"));
            drop(turns);
        }
        check(shop.export(path, "text/plain", "{}"), 415, "application/x-protobuf").await;
        let client = shop.app.token(TokenKind::Client, None, Some("default"), Some("staging")).await;
        let ask = |token: &str| shop.app.ask("POST", path).token(token).raw_json("{}");
        check(ask(&client), 403, "server or edge token").await;
        check(shop.app.ask("POST", path).raw_json("{}"), 401, "token").await;
        let edge = shop.app.token(TokenKind::Edge, None, Some("default"), Some("staging")).await;
        assert_eq!(ask(&edge).send().await.text(), "{}");
    }
}

#[tokio::test]
async fn bodies_may_be_compressed() {
    let shop = Shop::open().await;
    for (index, media_type) in ENCODINGS.into_iter().enumerate() {
        let body = encoded("/v1/logs", media_type, &logs(&[evaluation(shop.nanos(0), &format!("u{index}"), "on")]));
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(&body).unwrap();
        let ask = shop.export("/v1/logs", media_type, gzip.finish().unwrap()).header("content-encoding", "gzip");
        assert_eq!(ask.send().await.status, 200);
    }
    assert_eq!(shop.exposed().await, (2, 0));
}

/// A point of a sum or, with a sum of its values, of a histogram.
struct Point<'a>(&'a str, u64, u64, u64);

impl Point<'_> {
    fn json(&self, name: &str) -> Value {
        let Self(variant, start, time, count) = self;
        let members = json!({"feature_flag.key": "f", "feature_flag.result.variant": variant});
        let mut point = json!({"attributes": attributes(&members), "startTimeUnixNano": start.to_string(),
            "timeUnixNano": time.to_string()});
        if name == "sum" {
            point["asInt"] = json!(count.to_string());
        } else {
            point["count"] = json!(count.to_string());
            point["sum"] = json!(0.5);
        }
        point
    }
}

fn metric(name: &str, kind: &str, temporality: u8, points: &[Point<'_>]) -> Value {
    let points: Vec<Value> = points.iter().map(|point| point.json(kind)).collect();
    let mut data = json!({"aggregationTemporality": temporality, "dataPoints": points});
    if kind == "sum" {
        data["isMonotonic"] = json!(true);
    }
    json!({"name": name, kind: data})
}

const DELTA: u8 = 1;
const CUMULATIVE: u8 = 2;

#[tokio::test]
async fn sums_and_histograms_by_variant_become_sums_of_arms() {
    for media_type in ENCODINGS {
        let shop = Shop::open().await;
        let (t0, t1, t2) = (shop.nanos(0), shop.nanos(10), shop.nanos(20));
        let send = async |name: &str, kind: &str, temporality: u8, points: &[Point<'_>]| {
            let body = metrics(&[metric(name, kind, temporality, points)]);
            assert_eq!(shop.send("/v1/metrics", media_type, &body).await, (0, String::new()));
        };
        send("visit", "histogram", DELTA, &[Point("on", t0, t1, 40), Point("off", t0, t1, 50)]).await;
        send("visit", "exponentialHistogram", DELTA, &[Point("on", t1, t2, 4)]).await;
        send("error", "sum", CUMULATIVE, &[Point("on", t0, t1, 3), Point("off", t0, t1, 1)]).await;
        send("error", "sum", CUMULATIVE, &[Point("on", t0, t2, 5), Point("off", t0, t2, 1)]).await;
        assert_eq!(shop.rates().await, [44, 5, 50, 1], "{media_type}");
        send("error", "sum", CUMULATIVE, &[Point("on", t0, t2, 5)]).await;
        assert_eq!(shop.rates().await[1], 5, "sent again");
        send("error", "sum", CUMULATIVE, &[Point("on", t2, t2 + 1, 2)]).await;
        assert_eq!(shop.rates().await[1], 7, "a process that began anew");
        send("others", "sum", DELTA, &[Point("on", t0, t1, 9)]).await;
        send("error", "sum", DELTA, &[Point("unheard-of", t0, t1, 9)]).await;
        assert_eq!(shop.rates().await, [44, 7, 50, 1], "{media_type}");
    }
}

#[tokio::test]
async fn what_may_lie_before_the_stage_counts_for_nobody() {
    let shop = Shop::open().await;
    let (before, t1, t2, t3) = (shop.nanos(-60), shop.nanos(10), shop.nanos(20), shop.nanos(30));
    let send = async |name: &str, temporality: u8, points: &[Point<'_>]| {
        let body = metrics(&[metric(name, "sum", temporality, points)]);
        assert_eq!(shop.send("/v1/metrics", PROTOBUF, &body).await.0, 0);
    };
    send("visit", DELTA, &[Point("on", before, t1, 1_000), Point("off", t1, t2, 7)]).await;
    send("error", CUMULATIVE, &[Point("off", before, t1, 1_000)]).await;
    assert_eq!(shop.rates().await, [0, 0, 7, 0]);
    // What a series that was not heard before holds may be as old as its start.
    send("error", CUMULATIVE, &[Point("off", before, t2, 1_002), Point("on", before, t2, 900)]).await;
    assert_eq!(shop.rates().await, [0, 0, 7, 2]);
    send("error", CUMULATIVE, &[Point("on", before, t2 + 1, 904)]).await;
    assert_eq!(shop.rates().await, [0, 4, 7, 2]);
    // A sum that went back costs what lies between.
    send("error", CUMULATIVE, &[Point("off", before, t3, 10)]).await;
    send("error", CUMULATIVE, &[Point("off", before, t3 + 1, 11)]).await;
    assert_eq!(shop.rates().await, [0, 4, 7, 3]);
}

#[tokio::test]
async fn points_that_say_nothing_of_how_often_are_left_out() {
    let shop = Shop::open().await;
    let (t0, t1) = (shop.nanos(0), shop.nanos(10));
    let check = async |change: &dyn Fn(&mut Value), reason: &str| {
        for media_type in ENCODINGS {
            let mut bad = metric("error", "sum", DELTA, &[Point("on", t0, t1, 3)]);
            change(&mut bad);
            let (count, message) = shop.send("/v1/metrics", media_type, &metrics(&[bad])).await;
            assert_eq!((count, message.contains(reason)), (i64::from(!reason.is_empty()), true), "{message}");
        }
    };
    check(&|bad| bad["sum"]["isMonotonic"] = json!(false), "may go down").await;
    check(&|bad| bad["sum"]["aggregationTemporality"] = json!(0), "temporality").await;
    check(&|bad| bad["sum"]["dataPoints"][0]["asInt"] = json!("-1"), "negative").await;
    check(&|bad| bad["sum"]["dataPoints"][0]["flags"] = json!(1), "").await;
    check(&|bad| bad["sum"]["dataPoints"][0]["attributes"] = json!([]), "").await;
    check(&|bad| bad["gauge"] = bad.as_object_mut().unwrap().remove("sum").unwrap(), "").await;
    assert_eq!(shop.reading("g2").await, Reading::Missing);
}
