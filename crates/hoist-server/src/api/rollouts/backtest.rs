//! What a plan would have done in the past.

use std::sync::Arc;

use hoist_eval::{FlagKey, Span, Timestamp};
use hoist_lifecycle::backtest::{Terms, backtest};
use hoist_lifecycle::limits::{BACKTEST_REPLAYS_MAX, BACKTEST_STEPS_MAX};

use crate::api::apart::holding;
use crate::api::types::backtest::{Backtest, NewBacktest};
use crate::api::validate::{finish, key};
use crate::auth::{Granted, InProject, Reads};
use crate::body::Mutation;
use crate::error::{ApiError, FieldProblem};
use crate::limits::{BACKTEST_REPLAYS, BACKTEST_RETRY, BACKTEST_SINCE, BACKTEST_SINCE_MAX, REGRESSION_MAX};

use super::{past, start};

/// Regression that is assumed where nobody says.
const REGRESSION_DEFAULT: f64 = 1.5;

/// Plays a plan through the past, and writes nothing: how often it would have raised a false alarm, how long it would have
/// taken and for what it would have waited, and when it would have found a regression. The past is that of the metrics'
/// queries, or the counts that come with the request. Everything that would refuse a preview refuses this. One back-test
/// is played at a time; the same request has the same answer as long as the past is the same.
#[utoipa::path(post, path = "/api/v1/projects/{project}/rollouts/backtest", operation_id = "backtest_rollout",
    tag = "rollouts", params(("project" = String, Path, description = "The project.")),
    request_body = NewBacktest, responses((status = 200, body = Backtest)))]
pub(crate) async fn handle(
    granted: Granted<Reads, InProject>,
    mutation: Mutation<NewBacktest>,
) -> Result<axum::Json<Backtest>, ApiError> {
    let body = mutation.body;
    let mut problems = Vec::new();
    key::<FlagKey>("flag", &body.flag, &mut problems);
    let terms = terms(&body, &mut problems);
    let recorded = past::recorded(&body, &mut problems);
    finish(problems)?;
    let place = granted.enter(&body.environment).await?;
    let mut problems = Vec::new();
    let stretch = match &recorded {
        Some(recorded) => recorded.stretch(body.from.map(|at| at.0), place.now()),
        None => stretch(&body, place.now(), &mut problems),
    };
    finish(problems)?;
    let spec = start::spec(&place, &body.flag, &body.plan).await?;
    // Before the past is fetched: it is large, and whoever waits would hold it.
    let turn = Arc::clone(&place.app().backtests).try_acquire_owned();
    let turn = turn.map_err(|_| ApiError::RateLimited { retry_after: BACKTEST_RETRY })?;
    let history = match recorded {
        Some(recorded) => recorded.history(stretch),
        None => past::gather(&place.app().source, &spec, stretch).await,
    };
    let told = holding(turn, move || backtest(&spec, &history, &terms)).await?;
    Ok(axum::Json(told.into()))
}

/// A stretch of time, the end after the beginning.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stretch {
    pub(super) from: Timestamp,
    pub(super) length: Span,
}

fn terms(body: &NewBacktest, problems: &mut Vec<FieldProblem>) -> Terms {
    let regression = body.regression.unwrap_or(REGRESSION_DEFAULT);
    if !(regression > 1.0 && regression <= REGRESSION_MAX) {
        let message = format!("must be more than 1 and at most {REGRESSION_MAX}: how many times worse");
        problems.push(FieldProblem::new("regression", "out_of_range", message));
    }
    let replays = body.replays.unwrap_or(BACKTEST_REPLAYS);
    if !(1..=BACKTEST_REPLAYS_MAX).contains(&replays) {
        let message = format!("must be from 1 to {BACKTEST_REPLAYS_MAX}");
        problems.push(FieldProblem::new("replays", "out_of_range", message));
    }
    if body.since.is_some() && (body.from.is_some() || body.to.is_some()) {
        problems.push(FieldProblem::new("since", "conflict", "give either this, or `from` and `to`"));
    }
    if (body.recorded.is_some() || body.recorded_values.is_some()) && (body.since.is_some() || body.to.is_some()) {
        let message = "a recording is as long as it is; leave `since` and `to` out";
        problems.push(FieldProblem::new("recorded", "conflict", message));
    }
    Terms { replays, seed: body.seed.unwrap_or(1), regression, steps: BACKTEST_STEPS_MAX }
}

/// Returns the stretch that was asked for, which has to be over.
fn stretch(body: &NewBacktest, now: Timestamp, problems: &mut Vec<FieldProblem>) -> Stretch {
    let to = body.to.map_or(now, |at| at.0);
    let from = body.from.map_or_else(|| to.saturating_sub(body.since.unwrap_or(BACKTEST_SINCE)), |at| at.0);
    let length = to.since(from);
    if to > now {
        problems.push(FieldProblem::new("to", "out_of_range", "lies ahead; leave it out for now"));
    }
    if length.is_zero() || length > BACKTEST_SINCE_MAX {
        let field = if body.since.is_some() { "since" } else { "from" };
        let message = format!("must lie before the end of the past that is played, by at most {BACKTEST_SINCE_MAX}");
        problems.push(FieldProblem::new(field, "out_of_range", message));
    }
    Stretch { from, length }
}
