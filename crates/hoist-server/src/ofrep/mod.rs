//! Evaluation over HTTP, as the OpenFeature Remote Evaluation Protocol has it.

mod asked;
mod bulk;
mod etag;
mod evaluate;
mod failure;
mod request;
mod respond;
mod single;
pub mod stream;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, options};

use crate::app::App;

pub(crate) use asked::Asked;
pub use bulk::{Asker, Bulk};
pub(crate) use evaluate::{evaluate, is_evaluation, refused};
pub use failure::Failure;
pub(crate) use respond::{allow_origin, preflight};

/// Returns the routes below `/ofrep/v1`, all but the evaluations themselves: a POST to one of these paths is answered
/// before the router, by `evaluate`. Clients ask for all flags with and without a slash at the end, and for keys
/// that hold slashes.
pub fn routes(app: &App) -> Router {
    let preflight = async || respond::preflight();
    Router::new()
        .route("/ofrep/v1/evaluate/flags", options(preflight))
        .route("/ofrep/v1/evaluate/flags/", options(preflight))
        .route("/ofrep/v1/evaluate/flags/{*key}", options(preflight))
        .route("/ofrep/v1/stream", get(stream::open).options(preflight))
        .with_state(Arc::new(app.clone()))
}
