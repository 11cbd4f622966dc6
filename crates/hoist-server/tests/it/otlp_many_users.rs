//! 200,000 users of applications that evaluate in the process and report in batches.

use hoist_eval::{EvaluationContext, evaluate};
use hoist_server::limits::TRACK_EVENTS_MAX;
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use prost::Message;
use serde_json::json;

use crate::otlp_rollouts::{Shop, id};

/// Users who come in each window of ten seconds.
const COMERS: u32 = 10_000;
/// Most users: nearly as many as the table of units holds before it keeps a sample.
const USERS: u32 = 220_000;

fn attribute(key: &str, value: &str) -> KeyValue {
    let value = AnyValue { value: Some(Value::StringValue(value.to_owned())) };
    KeyValue { key: key.to_owned(), value: Some(value), ..KeyValue::default() }
}

/// Exposures come over OTLP, failures by tracking.
#[tokio::test]
async fn a_regression_among_200_000_users_is_rolled_back_at_1_percent() {
    let shop = Shop::open().await;
    let rollout = shop.start("f", 1.0, json!({"kind": "affected_units", "event": "error"})).await;
    let slot = shop.app.server.app().snapshots.slot(&id()).unwrap();
    let (mut users, mut treated) = (0, 0);
    let mut record = shop.record(&rollout).await;
    while users < USERS && record.is_active() {
        let served = slot.served();
        let snapshot = &served.as_ref().unwrap().snapshot;
        let (mut log_records, mut failed) = (Vec::new(), Vec::new());
        for _ in 0..COMERS {
            users += 1;
            let user = format!("user-{users}");
            let context = EvaluationContext::builder(shop.app.clock.now()).targeting_key(&user).build().unwrap();
            let variant = evaluate(snapshot, "f", &context).variant.unwrap();
            let is_treated = variant.as_str() == "on";
            treated += u32::from(is_treated);
            log_records.push(LogRecord {
                event_name: "feature_flag.evaluation".to_owned(),
                attributes: vec![
                    attribute("feature_flag.key", "f"),
                    attribute("feature_flag.result.variant", variant.as_str()),
                    attribute("feature_flag.context.id", &user),
                ],
                ..LogRecord::default()
            });
            // As many as are to be expected, neither lucky nor unlucky: 2 % of the treated, 1 % of the others.
            let fails = if is_treated { treated % 50 == 25 } else { (users - treated) % 100 == 50 };
            if fails {
                failed.push(json!({"event": "error", "targetingKey": user}));
            }
        }
        let scope_logs = vec![ScopeLogs { log_records, ..ScopeLogs::default() }];
        let resource_logs = vec![ResourceLogs { scope_logs, ..ResourceLogs::default() }];
        let body = ExportLogsServiceRequest { resource_logs }.encode_to_vec();
        let ask = |path: &str| shop.app.ask("POST", path).token(&shop.server);
        let exported = ask("/v1/logs").header("content-type", "application/x-protobuf").raw(body).send().await;
        assert_eq!((exported.status, exported.body.len()), (200, 0), "{}", exported.text());
        for events in failed.chunks(TRACK_EVENTS_MAX) {
            ask("/api/v1/track").json(&json!({ "events": events })).send().await.expect(202);
        }
        record = shop.window(&rollout).await;
    }
    assert_eq!(record.state.phase.as_str(), "rolled_back", "after {users} users, {treated} of them treated");
    assert!(treated > 500, "{treated} treated users prove nothing");
}
