//! Trying a flag out.

use hoist_eval::{EvaluationContext, FlagKey, FlagValue, Generation, Timestamp};
use hoist_store::EnvironmentSnapshot;

use crate::api::apart::apart;
use crate::api::extract::Named;
use crate::api::types::evaluation::{TriedOut, TryOut};
use crate::auth::{Granted, InEnvironment, Reads};
use crate::body::Mutation;
use crate::error::ApiError;

/// Returns what a flag is worth for a context, and what each rule said. Nothing is counted as served.
#[utoipa::path(post, path = "/api/v1/projects/{project}/flags/{flag}/environments/{environment}/evaluate",
    operation_id = "evaluate_flag", tag = "targeting",
    params(("project" = String, Path, description = "The project."),
           ("flag" = String, Path, description = "The flag."),
           ("environment" = String, Path, description = "The environment.")),
    request_body = TryOut, responses((status = 200, body = TriedOut)))]
pub(crate) async fn handle(
    granted: Granted<Reads, InEnvironment>,
    Named(flag): Named<FlagKey>,
    mutation: Mutation<TryOut>,
) -> Result<axum::Json<TriedOut>, ApiError> {
    let (project, environment) = (granted.project().as_str(), granted.environment().as_str());
    let absent = || ApiError::NotFound { what: "flag" };
    let stored = granted.store().snapshot(project, environment).await?.ok_or_else(absent)?;
    let (context, now) = (mutation.body.context, granted.now());
    let tried = apart(&granted.app().apart, move || try_out(&stored, &flag, context, now)).await??;
    Ok(axum::Json(tried))
}

/// Compiles anew, so that the answer is about what is stored and not about what this node has got round to serve.
fn try_out(
    stored: &EnvironmentSnapshot,
    flag: &FlagKey,
    context: serde_json::Map<String, serde_json::Value>,
    now: Timestamp,
) -> Result<TriedOut, ApiError> {
    let compiled = hoist_eval::compile(&stored.draft, Generation(stored.generation), None);
    compiled.snapshot.flag_index(flag.as_str()).ok_or(ApiError::NotFound { what: "flag" })?;
    let context = serde_json::Value::Object(context);
    let context = EvaluationContext::from_value(&context, now)
        .map_err(|error| ApiError::invalid("context", "invalid", error.to_string()))?;
    let (resolution, trace) = hoist_eval::evaluate_traced(&compiled.snapshot, flag.as_str(), &context);
    Ok(TriedOut {
        flag: flag.to_string(),
        value: resolution.value.map(json),
        variant: resolution.variant.map(ToString::to_string),
        reason: resolution.reason.as_str().to_owned(),
        error: resolution.error.map(|error| error.as_str().to_owned()),
        generation: stored.generation,
        trace: serde_json::to_value(&trace).unwrap_or_default(),
    })
}

fn json(value: &FlagValue) -> serde_json::Value {
    match value {
        FlagValue::Boolean(value) => (*value).into(),
        FlagValue::String(value) => (&**value).into(),
        FlagValue::Integer(value) => (*value).into(),
        FlagValue::Float(value) => (*value).into(),
        FlagValue::Object(value) => serde_json::Value::Object((**value).clone()),
    }
}
