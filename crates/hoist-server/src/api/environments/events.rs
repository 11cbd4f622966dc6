//! What happens in an environment, as a stream of hints: each says that something changed and how to tell what, and
//! carries none of it. A page that hears one asks again for what it shows.

use std::convert::Infallible;

use axum::response::Sse;
use axum::response::sse::Event;
use futures::Stream;
use hoist_eval::Span;
use hoist_store::StoreError;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::extract::Parameters;
use crate::api::types::events::{EnvironmentMarks, RolloutMark};
use crate::api::watchers::WatchPlace;
use crate::app::App;
use crate::auth::{Granted, InEnvironment, Reads};
use crate::error::ApiError;
use crate::limits::{WATCH_HEARTBEAT, WATCH_POLL};

/// How long to listen.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// End after the first event.
    #[serde(default)]
    #[param(required = false)]
    once: bool,
}

/// Streams what an environment has reached, as server-sent events: at once, and then whenever any of it grows. The data
/// of an event is the environment's marks. Comments in between show that the stream lives.
#[utoipa::path(get, path = "/api/v1/projects/{project}/environments/{environment}/events",
    operation_id = "watch_environment", tag = "environments",
    params(("project" = String, Path, description = "The project."),
           ("environment" = String, Path, description = "The environment."), Wanted),
    responses((status = 200, body = EnvironmentMarks, content_type = "text/event-stream")))]
pub(crate) async fn handle(
    granted: Granted<Reads, InEnvironment>,
    Parameters(wanted): Parameters<Wanted>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ApiError> {
    let app = granted.app().clone();
    let token = granted.principal().token().map(str::to_owned);
    let place = app.watchers.take(token.as_deref())?;
    let watch = Watch {
        app,
        project: granted.project().to_string(),
        environment: granted.environment().to_string(),
        token,
        shown: None,
        once: wanted.once,
        _place: place,
    };
    Ok(Sse::new(futures::stream::unfold(watch, next)))
}

struct Watch {
    app: App,
    project: String,
    environment: String,
    /// The token that opened the stream; without it, somebody on the machine did.
    token: Option<String>,
    shown: Option<EnvironmentMarks>,
    once: bool,
    _place: WatchPlace,
}

/// Waits for something to tell. The stream ends when its token holds no more, when the server stops, and when the store
/// cannot be read: the watcher comes back.
async fn next(mut watch: Watch) -> Option<(Result<Event, Infallible>, Watch)> {
    if watch.once && watch.shown.is_some() {
        return None;
    }
    let mut quiet = Span::ZERO;
    loop {
        if let Some(token) = &watch.token
            && !watch.app.auth.is_token_current(token).await
        {
            return None;
        }
        let marks = watch.marks().await.ok()?;
        if watch.shown.as_ref() != Some(&marks) {
            let event = Event::default().json_data(&marks);
            watch.shown = Some(marks);
            return Some((Ok(event.unwrap_or_else(|_| Event::default().comment("cannot be shown"))), watch));
        }
        if quiet >= WATCH_HEARTBEAT {
            return Some((Ok(Event::default().comment("")), watch));
        }
        tokio::select! {
            () = watch.app.clock.sleep(WATCH_POLL) => quiet = quiet.saturating_add(WATCH_POLL),
            () = watch.app.shutdown.requested() => return None,
        }
    }
}

impl Watch {
    async fn marks(&self) -> Result<EnvironmentMarks, StoreError> {
        let rollouts = self.app.store.rollout_marks(&self.project, &self.environment).await?.into_iter();
        Ok(EnvironmentMarks {
            generation: self.app.store.generation(&self.project, &self.environment).await?.unwrap_or_default(),
            audit: self.app.store.audit_head().await?.seq,
            rollouts: rollouts.map(|(id, version)| RolloutMark { id, version: version.0 }).collect(),
        })
    }
}
