//! The management API: `/api/v1`, and the two routes of OTLP.
//!
//! One verb a file. A handler is short: it names its permission in its first argument, checks the body, asks the store
//! once, wakes the tasks, and shows the result. [`routes`] is the list of all of them.

mod apart;
mod audit;
mod environments;
pub(crate) mod extract;
mod features;
mod flags;
mod fresh;
mod links;
mod metrics;
mod openapi;
mod otlp;
mod plans;
mod projects;
mod registry;
mod rollouts;
mod scans;
mod segments;
mod services;
mod session;
mod staleness;
mod system;
mod targeting;
mod tokens;
mod track;
pub mod types;
mod validate;
pub mod watchers;

use axum::{Extension, Router};
use bytes::Bytes;
use http::HeaderValue;
use http::header::CACHE_CONTROL;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::app::App;
use crate::auth::Sealed;

use registry::Registry;
pub use registry::RouteEntry;
pub(crate) use system::backup::sweep as sweep_backups;

/// Adds a route by the path of its module.
macro_rules! add {
    ($registry:expr => $($module:ident :: $verb:ident),* $(,)?) => {
        $registry$(.add::<$module::$verb::__path_handle, _, _>($module::$verb::handle))*
    };
}

fn registry() -> Registry {
    add!(Registry::new() =>
        system::setup, system::info, system::openapi, system::backup,
        session::get, session::create, session::delete, session::link,
        projects::list, projects::create,
        environments::list, environments::create, environments::get, environments::update, environments::export,
        environments::events, environments::intake,
        flags::overview, flags::list, flags::create, flags::get, flags::update, flags::archive, flags::unarchive,
        targeting::get, targeting::set, targeting::on, targeting::off, targeting::evaluate,
        segments::list, segments::create, segments::get, segments::replace, segments::delete,
        plans::list, plans::create, plans::get, plans::replace, plans::delete,
        metrics::list, metrics::create, metrics::get, metrics::replace, metrics::delete,
        services::list, services::create, services::get, services::replace, services::delete,
        features::list, features::create, features::get, features::replace, features::delete,
        links::get, links::link_service, links::unlink_service, links::link_feature, links::unlink_feature,
        staleness::list, staleness::get, staleness::snooze, staleness::wake,
        staleness::open_cleanup, staleness::close_cleanup,
        scans::list, scans::upload, scans::content, scans::forget, scans::of_flag,
        rollouts::list, rollouts::start, rollouts::preview, rollouts::backtest, rollouts::get, rollouts::decisions,
        rollouts::looks, rollouts::recording, rollouts::watch,
        rollouts::pause, rollouts::resume, rollouts::promote, rollouts::rollback, rollouts::cancel,
        tokens::list, tokens::create, tokens::revoke,
        audit::list, audit::verify,
        track::report,
        otlp::logs, otlp::metrics,
    )
}

/// Returns the routes of the list.
pub fn routes(app: &App) -> Router {
    let (router, document, _) = registry().finish(openapi::document());
    let document = Bytes::from(serde_json::to_vec(&document).unwrap_or_default());
    router
        .route(track::PATH, axum::routing::options(track::preflight))
        .layer(Extension(system::openapi::Document(document)))
        .layer(axum::middleware::from_fn(track::across_origins))
        .layer(axum::middleware::from_fn(otlp::refusals))
        .layer(SetResponseHeaderLayer::overriding(CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .with_state(Sealed::new(app))
}

/// Returns every route with what it asks of its callers.
pub fn table() -> Vec<RouteEntry> {
    registry().finish(openapi::document()).2
}

/// Returns the OpenAPI document as JSON.
pub fn openapi_json() -> serde_json::Value {
    serde_json::to_value(registry().finish(openapi::document()).1).unwrap_or_default()
}
