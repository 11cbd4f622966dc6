//! Log records: exposures and events of units.

use axum::extract::Request;
use axum::response::Response;

use super::encoding::Protobuf;
use super::export::{Circumstances, Found, export};
use super::node::{Malformed, Name, Node};
use super::record::{Said, said};
use crate::auth::Exports;
use crate::error::ApiError;
use crate::evidence::Signal;

/// Where log records are exported to.
pub(super) const PATH: &str = "/v1/logs";

const RESOURCE_LOGS: Name = (1, "resourceLogs");
const SCOPE_LOGS: Name = (2, "scopeLogs");
const LOG_RECORDS: Name = (2, "logRecords");

/// Takes log records as OTLP exports them. Records of `feature_flag.evaluation` are exposures; other records with an event
/// name and a unit are events. Other records are passed over. Records that cannot be read are named in `partialSuccess`.
#[utoipa::path(post, path = "/v1/logs", operation_id = "exportLogs", tag = "track",
    request_body(description = "ExportLogsServiceRequest", content(
        (serde_json::Value = "application/json"), (Protobuf = "application/x-protobuf"))),
    responses((status = 200, description = "ExportLogsServiceResponse, in the encoding of the request")))]
pub(crate) async fn handle(access: Exports, request: Request) -> Result<Response, ApiError> {
    export(Signal::logs, &access, request, walk, count).await
}

fn walk(body: Node<'_>, circumstances: &Circumstances) -> Result<Found<Said>, Malformed> {
    let mut found = Found::default();
    body.each(RESOURCE_LOGS, &mut |resource| {
        resource.each(SCOPE_LOGS, &mut |scope| {
            scope.each(LOG_RECORDS, &mut |record| {
                let said = record.read().and_then(|record| said(&record, &circumstances.set, circumstances.now));
                found.note(said);
                Ok(())
            })
        })
    })?;
    Ok(found)
}

fn count(said: Vec<Said>, circumstances: &Circumstances) {
    let Circumstances { intake, place, now, .. } = circumstances;
    let (mut served, mut events) = (Vec::new(), Vec::new());
    for said in said {
        match said {
            Said::Exposure(exposure) => served.push(exposure),
            Said::Event(event) => events.push(event),
        }
    }
    // Exposures first, so that the events that came with them need not wait.
    if !served.is_empty() {
        intake.expose_all(place, &served, *now);
    }
    if !events.is_empty() {
        intake.track(place, &events, *now);
    }
}
