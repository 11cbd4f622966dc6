//! Log records: exposures and events of units, and flags that were asked for.

use std::collections::HashMap;

use axum::extract::Request;
use axum::response::Response;
use hoist_eval::Timestamp;

use super::encoding::Protobuf;
use super::export::{Circumstances, Found, export};
use super::node::{Malformed, Name, Node};
use super::record::{Asked, Said, said};
use crate::auth::Exports;
use crate::error::ApiError;
use crate::evidence::Signal;

/// Where log records are exported to.
pub(super) const PATH: &str = "/v1/logs";

const RESOURCE_LOGS: Name = (1, "resourceLogs");
const SCOPE_LOGS: Name = (2, "scopeLogs");
const LOG_RECORDS: Name = (2, "logRecords");

/// Takes log records as OTLP exports them. Records of `feature_flag.evaluation` are exposures, and say that the flag is asked
/// for; other records with an event name and a unit are events. Other records are passed over. Records that cannot be read are named in `partialSuccess`.
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
    let mut asked: HashMap<String, Timestamp> = HashMap::new();
    let mut note = |flag: &str, at: Timestamp| match asked.get_mut(flag) {
        Some(last) => *last = at.max(*last),
        None => drop(asked.insert(flag.to_owned(), at)),
    };
    for said in said {
        match said {
            Said::Exposure(exposure) => {
                note(&exposure.flag, exposure.at);
                served.push(exposure);
            }
            Said::Asked(Asked { flag, at }) => note(&flag, at),
            Said::Event(event) => events.push(event),
        }
    }
    circumstances.mark(&asked);
    // Exposures first, so that the events that came with them need not wait.
    if !served.is_empty() {
        intake.expose_all(place, &served, *now);
    }
    if !events.is_empty() {
        intake.track(place, &events, *now);
    }
}
