//! The web console: files that the build of `console/` left, served from the binary.
//!
//! Files under `/assets/` carry a digest of their content in their names and may be kept for a year; the page itself is
//! asked for anew each time. Every address that a person may open and that is no other route gets the page, which then
//! finds its own way. A build that found no console has a page that says how to get one: nothing else depends on it.

mod assets;

use axum::Router;
use axum::extract::{Path, Request};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::{ACCEPT, ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use http::{HeaderMap, HeaderValue, Method};

use crate::error::ApiError;

use assets::{Encoding, File};

const PAGE: &str = "index.html";
const WITHOUT: &str = include_str!("without.html");
/// Where programs ask. A person's mistake there gets a program's answer.
const OTHERS: [&str; 4] = ["/api/", "/ofrep/", "/v1/", "/assets/"];

/// Returns the routes of the console's files.
pub fn routes() -> Router {
    Router::new().route("/", get(page)).route("/assets/{file}", get(asset)).route("/favicon.svg", get(icon))
}

/// Answers what no route is for: with the console for a person who opened an address, else with a refusal.
pub(crate) async fn fallback(request: Request) -> Response {
    let wants_page = request.headers().get(ACCEPT).is_some_and(|accept| {
        accept.to_str().is_ok_and(|text| text.split(',').any(|kind| kind.trim().starts_with("text/html")))
    });
    let path = request.uri().path();
    let is_others = OTHERS.iter().any(|prefix| path.starts_with(prefix));
    if wants_page && !is_others && matches!(*request.method(), Method::GET | Method::HEAD) {
        page(request.headers().clone()).await
    } else {
        ApiError::NoSuchRoute.into_response()
    }
}

async fn page(headers: HeaderMap) -> Response {
    let Some(file) = assets::find(PAGE, accepted(&headers)) else {
        let html = HeaderValue::from_static("text/html; charset=utf-8");
        return ([(CONTENT_TYPE, html), (CACHE_CONTROL, HeaderValue::from_static("no-cache"))], WITHOUT)
            .into_response();
    };
    answer(PAGE, file, "no-cache")
}

async fn asset(Path(file): Path<String>, headers: HeaderMap) -> Response {
    let name = format!("assets/{file}");
    match assets::find(&name, accepted(&headers)) {
        Some(found) => answer(&name, found, "public, max-age=31536000, immutable"),
        None => ApiError::NoSuchRoute.into_response(),
    }
}

async fn icon(headers: HeaderMap) -> Response {
    match assets::find("favicon.svg", accepted(&headers)) {
        Some(found) => answer("favicon.svg", found, "public, max-age=86400"),
        None => ApiError::NoSuchRoute.into_response(),
    }
}

/// Returns the encodings that the client takes, best first.
fn accepted(headers: &HeaderMap) -> Vec<Encoding> {
    let text = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let takes = |name: &str| {
        text.split(',').any(|part| {
            let mut parts = part.split(';').map(str::trim);
            parts.next() == Some(name) && parts.next() != Some("q=0")
        })
    };
    [Encoding::Brotli, Encoding::Gzip].into_iter().filter(|encoding| takes(encoding.name())).collect()
}

fn answer(name: &str, file: File, cache: &'static str) -> Response {
    let mut response = file.bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type(name)));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = file.encoding {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding.name()));
    }
    response
}

/// Returns the type of what the console's build makes; anything else is bytes.
fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, end)| end) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}
