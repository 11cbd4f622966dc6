//! What both routes do: wait for a turn, read, walk apart from evaluation, count, answer.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::Request;
use axum::response::Response;
use hoist_eval::{Span, Timestamp};

use super::answer::taken;
use super::encoding::Arrived;
use super::node::{Malformed, Node};
use super::unfit::{LeftOut, Unfit};
use crate::auth::Exports;
use crate::error::ApiError;
use crate::evidence::{Exported, Intake, Signal, Way};
use crate::limits::{OTLP_RECORDS_MAX, OTLP_TURNS};
use crate::snapshots::{ClientNumber, EnvironmentId, Slot};
use crate::telemetry::request_id;

/// The circumstances of one export.
pub(super) struct Circumstances {
    pub(super) intake: Intake,
    pub(super) place: EnvironmentId,
    /// The environment as evaluations name it.
    pub(super) set: String,
    pub(super) now: Timestamp,
    /// What is served there, and the token that exports.
    slot: Arc<Slot>,
    client: ClientNumber,
}

impl Circumstances {
    /// Marks flags as asked for, each when it was last. Flags that are not there are left out.
    pub(super) fn mark(&self, asked: &HashMap<String, Timestamp>) {
        let served = self.slot.served();
        let Some(served) = served.as_ref() else { return };
        for (flag, at) in asked {
            if let Some(card) = served.card_of(flag) {
                card.asked.note(self.client, *at);
            }
        }
    }
}

/// What was found in an export, to be counted once all of it was walked.
#[derive(Debug)]
pub(super) struct Found<T> {
    pub(super) taken: Vec<T>,
    pub(super) left_out: LeftOut,
    passed_over: u64,
}

impl<T> Default for Found<T> {
    fn default() -> Self {
        Self { taken: Vec::new(), left_out: LeftOut::default(), passed_over: 0 }
    }
}

impl<T> Found<T> {
    /// Notes what a record says; nothing if it is about something else.
    pub(super) fn note(&mut self, said: Result<Option<T>, Unfit>) {
        match said {
            Ok(Some(_)) if self.taken.len() >= OTLP_RECORDS_MAX => self.left_out.note(Unfit::TooMany),
            Ok(Some(said)) => self.taken.push(said),
            Ok(None) => self.passed_over += 1,
            Err(unfit) => self.left_out.note(unfit),
        }
    }
}

/// Takes an export: `walk` finds what is in it, `count` counts that.
pub(super) async fn export<T: 'static>(
    signal: Signal,
    access: &Exports,
    request: Request,
    walk: fn(Node<'_>, &Circumstances) -> Result<Found<T>, Malformed>,
    count: fn(Vec<T>, &Circumstances),
) -> Result<Response, ApiError> {
    let app = access.app();
    // Held until the answer: bodies in work are bounded in number as well as in size.
    let Ok(turns) = app.intake.turns(OTLP_TURNS) else {
        return Err(ApiError::RateLimited { retry_after: Span::from_seconds(1) });
    };
    let (parts, body) = request.into_parts();
    let arrived = Arrived::read(&parts.headers, body, app.config.limits.bodies.otlp).await?;
    let encoding = arrived.encoding;
    let place = access.place().clone();
    let set = format!("{}/{}", place.project, place.environment);
    let now = app.clock.now();
    let slot = app.snapshots.ensure(&place, now);
    let circumstances = Circumstances { intake: app.intake.clone(), place, set, now, slot, client: access.number() };
    // A large body takes a while to walk, and evaluation must not wait for it.
    let walked = tokio::task::spawn_blocking(move || {
        let _turns = turns;
        let body = arrived.plain()?;
        let found = walk(Node::of(encoding, &body)?, &circumstances)?;
        let tally = circumstances.intake.tally();
        tally.exported(signal, Exported::taken, found.taken.len() as u64);
        tally.exported(signal, Exported::passed_over, found.passed_over);
        tally.exported(signal, Exported::rejected, found.left_out.count());
        let way = match signal {
            Signal::logs => Way::logs,
            Signal::metrics => Way::metrics,
        };
        circumstances.intake.refuse(&circumstances.place, way, &found.left_out.refused(), now);
        count(found.taken, &circumstances);
        Ok::<_, ApiError>(found.left_out)
    });
    let left_out = walked.await.map_err(|fault| {
        tracing::error!(%fault, request_id = %request_id(), "reading an export panicked; report this with the backtrace above");
        ApiError::Internal
    })??;
    Ok(taken(signal, encoding, &left_out))
}
