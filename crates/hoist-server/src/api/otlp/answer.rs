//! Answers in the encoding of the request, refusals included.

use axum::body::Body;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use opentelemetry_proto::tonic::collector::logs::v1::{ExportLogsPartialSuccess, ExportLogsServiceResponse};
use opentelemetry_proto::tonic::collector::metrics::v1::{ExportMetricsPartialSuccess, ExportMetricsServiceResponse};
use prost::Message;
use serde_json::json;

use super::encoding::Encoding;
use super::unfit::LeftOut;
use super::{logs, metrics};
use crate::error::Problem;
use crate::evidence::Signal;

/// The message that carries a refusal: `google.rpc.Status`, of which OTLP uses the text.
#[derive(Clone, PartialEq, Message)]
struct Status {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
}

/// Returns the answer to an export that was taken, with what was left out of it.
pub(super) fn taken(signal: Signal, encoding: Encoding, left_out: &LeftOut) -> Response {
    let rejected = i64::try_from(left_out.count()).unwrap_or(i64::MAX);
    let error_message = left_out.sentence();
    let body = match (encoding, signal) {
        _ if rejected == 0 => match encoding {
            Encoding::Protobuf => Vec::new(),
            Encoding::Json => b"{}".to_vec(),
        },
        (Encoding::Protobuf, Signal::logs) => {
            let partial = ExportLogsPartialSuccess { rejected_log_records: rejected, error_message };
            ExportLogsServiceResponse { partial_success: Some(partial) }.encode_to_vec()
        }
        (Encoding::Protobuf, Signal::metrics) => {
            let partial = ExportMetricsPartialSuccess { rejected_data_points: rejected, error_message };
            ExportMetricsServiceResponse { partial_success: Some(partial) }.encode_to_vec()
        }
        (Encoding::Json, signal) => {
            let name = match signal {
                Signal::logs => "rejectedLogRecords",
                Signal::metrics => "rejectedDataPoints",
            };
            // Numbers of 64 bits are texts in the JSON of protobuf.
            let partial = json!({ name: rejected.to_string(), "errorMessage": error_message });
            json!({ "partialSuccess": partial }).to_string().into_bytes()
        }
    };
    encoded(encoding, body, Response::new(Body::empty()))
}

/// Gives refusals of the two routes the form that exporters read. The status and the headers, Retry-After among them, stay.
pub(in crate::api) async fn refusals(request: Request, next: Next) -> Response {
    let ours = [logs::PATH, metrics::PATH].contains(&request.uri().path());
    let encoding = Encoding::of(request.headers()).unwrap_or(Encoding::Json);
    let response = next.run(request).await;
    match response.extensions().get::<Problem>().filter(|_| ours).map(Problem::sentence) {
        None => response,
        Some(message) => {
            let body = match encoding {
                Encoding::Protobuf => Status { code: 0, message }.encode_to_vec(),
                Encoding::Json => json!({ "message": message }).to_string().into_bytes(),
            };
            encoded(encoding, body, response)
        }
    }
}

fn encoded(encoding: Encoding, body: Vec<u8>, mut response: Response) -> Response {
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(encoding.media_type()));
    *response.body_mut() = Body::from(body);
    response
}
