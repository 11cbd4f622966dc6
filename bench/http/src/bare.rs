//! The server to compare with: hyper, a borrowed read of the body, and bytes that were given to it beforehand. It knows
//! no tokens, no flags, no limits and no metrics.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use anyhow::Result;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::load::{self, Case};
use crate::process::Server;

#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    context: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Context<'a> {
    #[serde(borrow)]
    targeting_key: Option<&'a str>,
}

/// What is answered from now on.
#[derive(Clone, Default)]
struct Taught {
    status: StatusCode,
    body: Bytes,
}

/// Serves on one thread until the process is ended.
pub(crate) fn run(address: &str) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(address).await?;
        let taught = Arc::new(Mutex::new(Taught::default()));
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let taught = Arc::clone(&taught);
            tokio::spawn(async move {
                let service = service_fn(move |request| answer(request, Arc::clone(&taught)));
                let _ended =
                    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
            });
        }
    })
}

async fn answer(request: Request<Incoming>, taught: Arc<Mutex<Taught>>) -> Result<Response<Full<Bytes>>, Infallible> {
    let status = request.headers().get("x-teach").and_then(|status| status.to_str().ok()?.parse().ok());
    let body = request.into_body().collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    let mut held = taught.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some(status) = status {
        *held = Taught { status: StatusCode::from_u16(status).unwrap_or_default(), body };
        return Ok(Response::default());
    }
    let taught = held.clone();
    drop(held);
    let context = serde_json::from_slice::<Body<'_>>(&body).ok().and_then(|body| body.context);
    let key = context.and_then(|context| serde_json::from_str::<Context<'_>>(context.get()).ok()?.targeting_key);
    std::hint::black_box(key);
    let mut response = Response::new(Full::new(taught.body));
    *response.status_mut() = taught.status;
    response.headers_mut().insert("content-type", hyper::header::HeaderValue::from_static("application/json"));
    Ok(response)
}

/// Tells a bare server what the other one answers.
pub(crate) async fn teach(server: &Server, case: &Case) -> Result<()> {
    let status = case.status.to_string();
    let request = load::request("/", &[("x-teach".to_owned(), status)], case.answer.clone())?;
    load::send_one(server.address, request).await.map(drop)
}
