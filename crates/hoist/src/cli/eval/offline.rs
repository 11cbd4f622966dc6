//! Evaluation without a server, from a document that `hoist export` wrote.

use std::path::Path;

use hoist_eval::draft::SnapshotDraft;
use hoist_eval::{EvaluationContext, FlagValue, Generation, compile, evaluate_traced};
use serde_json::{Value, json};

use crate::clock;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::files;
use crate::suggest;

/// Returns the answer in the form in which the server gives it.
pub fn evaluate(snapshot: &Path, flag: &str, unit: &Value) -> Result<Value, Failure> {
    let draft: SnapshotDraft = files::read_as(snapshot)?;
    let compiled = compile(&draft, Generation(0), None);
    let unit = EvaluationContext::from_value(unit, clock::now()).map_err(|error| super::refused(&error))?;
    if compiled.snapshot.flag(flag).is_none() {
        let known: Vec<&str> = draft.flags.iter().map(|flag| flag.key.as_str()).collect();
        let failure = Failure::new(Exit::NotFound, "flag_not_found", format!("the document has no flag `{flag}`"));
        return Err(match suggest::nearest(flag, known) {
            Some(name) => failure.hint(format!("did you mean `{name}`?")),
            None => failure,
        });
    }
    let (resolution, trace) = evaluate_traced(&compiled.snapshot, flag, &unit);
    Ok(json!({
        "flag": flag,
        "value": resolution.value.map(value),
        "variant": resolution.variant,
        "reason": resolution.reason,
        "error": resolution.error,
        "trace": trace,
    }))
}

fn value(value: &FlagValue) -> Value {
    match value {
        FlagValue::Boolean(value) => json!(value),
        FlagValue::String(value) => json!(&**value),
        FlagValue::Integer(value) => json!(value),
        FlagValue::Float(value) => json!(value),
        FlagValue::Object(value) => json!(&**value),
    }
}
