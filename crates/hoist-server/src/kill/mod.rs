//! The kill page: `/kill`. It lists flags and switches them off, and is all there is to it: HTML from the server, one
//! style sheet, no script, no part of the console, and nothing of a flag but its name, its switch and its off variant.
//! So it works when the console does not, and for flags whose rules nobody can read.

mod form;
mod html;
mod list;
mod off;
mod sign_in;

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION};
use http::{HeaderValue, StatusCode};

use crate::app::App;
use crate::auth::Sealed;
use crate::error::ApiError;

const STYLE: &str = include_str!("style.css");

/// Returns the routes of the kill page.
pub fn routes(app: &App) -> Router {
    Router::new()
        .route("/kill", get(list::handle))
        .route("/kill/sign-in", post(sign_in::handle))
        .route("/kill/off/{project}/{environment}/{flag}", post(off::handle))
        .route("/kill.css", get(style))
        .with_state(Sealed::new(app))
}

async fn style() -> Response {
    let css = HeaderValue::from_static("text/css; charset=utf-8");
    ([(CONTENT_TYPE, css), (CACHE_CONTROL, HeaderValue::from_static("no-cache"))], STYLE).into_response()
}

/// Returns a page that no cache keeps.
fn page(status: StatusCode, body: String) -> Response {
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    let headers = [(CONTENT_TYPE, html), (CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    (status, headers, body).into_response()
}

/// Sends the browser to another page, by GET.
fn see(path: &str) -> Response {
    match HeaderValue::try_from(path) {
        Ok(location) => (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response(),
        Err(_) => ApiError::Internal.into_response(),
    }
}

/// Says in words for people why something did not work. Who is not signed in may do that on the same page.
fn refuse(error: ApiError) -> Response {
    let signed_out = matches!(error, ApiError::Unauthenticated);
    let refusal = error.into_response();
    let problem = refusal.extensions().get::<crate::error::Problem>();
    let words = problem.map_or_else(|| "The request was refused".to_owned(), crate::error::Problem::sentence);
    let status = refusal.status();
    if signed_out { page(status, html::sign_in(Some(&words))) } else { page(status, html::message(&words)) }
}
