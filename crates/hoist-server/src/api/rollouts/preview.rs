//! What a rollout would do, told before it starts.

use hoist_eval::FlagKey;
use hoist_lifecycle::preview::preview;

use crate::api::types::overlap::RolloutOverlapChoice;
use crate::api::types::preview::{NewPreview, Preview};
use crate::api::validate::{finish, key};
use crate::auth::{Granted, InProject, Reads};
use crate::body::Mutation;
use crate::error::{ApiError, FieldProblem};
use crate::limits::REGRESSION_MAX;

use super::{facts, overlaps, start, warnings};

/// Regression that is assumed where nobody says.
const REGRESSION_DEFAULT: f64 = 2.0;

/// Says what a rollout would do, and writes nothing: whom each stage would reach, how long each guard takes to decide at
/// today's traffic, what would be missed, and what each query answers now. Everything that would refuse the start
/// refuses the preview, but a flag that is switched off, or has a rollout already. Traffic is what this server answered
/// lately.
#[utoipa::path(post, path = "/api/v1/projects/{project}/rollouts/preview", operation_id = "preview_rollout",
    tag = "rollouts", params(("project" = String, Path, description = "The project.")),
    request_body = NewPreview, responses((status = 200, body = Preview)))]
pub(crate) async fn handle(
    granted: Granted<Reads, InProject>,
    mutation: Mutation<NewPreview>,
) -> Result<axum::Json<Preview>, ApiError> {
    let body = &mutation.body;
    let mut problems = Vec::new();
    key::<FlagKey>("flag", &body.flag, &mut problems);
    let regression = body.regression.unwrap_or(REGRESSION_DEFAULT);
    if !(regression > 1.0 && regression <= REGRESSION_MAX) {
        let message = format!("must be more than 1 and at most {REGRESSION_MAX}: how many times worse");
        problems.push(FieldProblem::new("regression", "out_of_range", message));
    }
    finish(problems)?;
    let place = granted.enter(&body.environment).await?;
    let mut spec = start::spec(&place, &body.flag, &body.plan).await?;
    let found = overlaps::of_others(place.store(), &spec).await?;
    let mut blocked = Vec::new();
    match body.overlap {
        None => blocked.extend(found.iter().map(overlaps::message)),
        Some(RolloutOverlapChoice::Exclude) => match overlaps::divide(place.store(), &spec, &found).await {
            Err(ApiError::StartRefused(problems)) => {
                blocked.extend(problems.into_iter().map(|problem| problem.message));
            }
            divided => {
                if let Some((_, parts)) = divided? {
                    spec = spec.keeping_to(&parts.second);
                }
            }
        },
        Some(RolloutOverlapChoice::Serialise | RolloutOverlapChoice::Accept { .. }) => {}
    }
    let facts = facts::gather(&place, &spec).await?;
    let told = preview(&spec, &facts, regression);
    let mut shown = Preview::new(told, regression);
    if let Some(warning) = warnings::sourceless(&place.app().source, &spec) {
        shown.block(warning);
    }
    for message in blocked {
        shown.block(message);
    }
    let (project, environment) = (place.project().as_str(), place.environment().as_str());
    if let Some(active) = place.store().active_rollout(project, environment, &body.flag).await? {
        let message = "of the flag is not over, so another one cannot start: wait for it, cancel it or roll it back";
        shown.block(format!("rollout {} {message}", active.id));
    }
    Ok(axum::Json(shown))
}
