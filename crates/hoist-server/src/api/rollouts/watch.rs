//! A rollout as it goes: one event for each change, until it is over.

use std::convert::Infallible;

use axum::response::Sse;
use axum::response::sse::Event;
use futures::Stream;
use hoist_eval::Span;
use hoist_lifecycle::rollout::RolloutId;
use hoist_store::{RolloutRecord, Version};

use crate::api::extract::Named;
use crate::api::types::rollout::Rollout;
use crate::api::watchers::WatchPlace;
use crate::app::App;
use crate::auth::{Granted, InProject, Reads};
use crate::error::ApiError;
use crate::limits::{WATCH_HEARTBEAT, WATCH_POLL};

/// Streams a rollout as server-sent events: its present state at once, then every change, until it is over. The data
/// of an event is a rollout; its id is the version. Comments in between show that the stream lives.
#[utoipa::path(get, path = "/api/v1/projects/{project}/rollouts/{rollout}/watch", operation_id = "watch_rollout",
    tag = "rollouts",
    params(("project" = String, Path, description = "The project."),
           ("rollout" = String, Path, description = "The rollout.")),
    responses((status = 200, body = Rollout, content_type = "text/event-stream")))]
pub(crate) async fn handle(
    granted: Granted<Reads, InProject>,
    Named(id): Named<RolloutId>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ApiError> {
    let record = super::find(&granted, id.as_str()).await?;
    let app = granted.app().clone();
    let token = granted.principal().token().map(str::to_owned);
    let place = app.watchers.take(token.as_deref())?;
    let watch =
        Watch { app, token, id: record.id.clone(), shown: None, first: Some(record), over: false, _place: place };
    Ok(Sse::new(futures::stream::unfold(watch, next)))
}

struct Watch {
    app: App,
    /// The token that opened the stream; without it, somebody on the machine did.
    token: Option<String>,
    id: String,
    /// The version that the watcher has seen.
    shown: Option<Version>,
    first: Option<RolloutRecord>,
    over: bool,
    _place: WatchPlace,
}

/// Waits for something to tell. The stream ends when the rollout is over, when its token holds no more, when the server
/// stops, and when the store cannot be read: the watcher comes back.
async fn next(mut watch: Watch) -> Option<(Result<Event, Infallible>, Watch)> {
    if watch.over {
        return None;
    }
    let mut quiet = Span::ZERO;
    loop {
        if let Some(token) = &watch.token
            && !watch.app.auth.is_token_current(token).await
        {
            return None;
        }
        let record = match watch.first.take() {
            Some(record) => record,
            None => watch.app.store.rollout(&watch.id).await.ok()??,
        };
        if watch.shown != Some(record.version) {
            watch.shown = Some(record.version);
            watch.over = record.state.phase.is_terminal();
            return Some((Ok(event(record)), watch));
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

fn event(record: RolloutRecord) -> Event {
    let id = record.version.to_string();
    let event = Event::default().id(id).json_data(Rollout::from(record));
    event.unwrap_or_else(|_| Event::default().comment("cannot be shown"))
}
