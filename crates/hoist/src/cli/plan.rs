//! `hoist plan`: stages and guards, and the built-in templates to start from.

use clap::{Args, Subcommand};
use hoist_lifecycle::plan::{GuardDraft, Plan, PlanDraft, PlanKey, Stage, StageDraft};
use serde_json::Value;

use crate::exit::Exit;
use crate::failure::{Failure, Problem};
use crate::files;
use crate::output::{Column, at, text, yaml};

use super::Context;
use super::documents::{self, FileArg, Kind};

const KIND: Kind = Kind { one: "plan", many: "plans", write: documents::write_as::<PlanDraft> };

/// Rollout plans: stages and guards
#[derive(Debug, Subcommand)]
pub enum PlanCommand {
    /// Create a plan from a file
    #[command(after_help = "Example:\n  hoist plan show canary > checkout.yaml    # then edit\n  \
        hoist plan create checkout --file checkout.yaml")]
    Create(WriteArgs),
    /// List the plans, and the built-in templates
    List,
    /// Show a plan or a built-in template as YAML that can be edited and given back
    Show(KeyArg),
    /// Replace a plan; rollouts that run keep what they started with
    Set(WriteArgs),
    /// Delete a plan
    Delete(KeyArg),
}

/// The plan to work on.
#[derive(Debug, Args)]
pub struct KeyArg {
    /// The plan's key
    #[arg(value_name = "KEY")]
    key: PlanKey,
}

/// A plan as the command line gives it.
#[derive(Debug, Args)]
pub struct WriteArgs {
    /// The plan's key
    #[arg(value_name = "KEY")]
    key: PlanKey,
    #[command(flatten)]
    file: FileArg,
}

/// Carries out a command.
pub async fn run(command: PlanCommand, context: Context) -> Result<Exit, Failure> {
    match command {
        PlanCommand::Create(args) => documents::create(KIND, &read(&args)?, &context).await,
        PlanCommand::List => documents::list(KIND, COLUMNS, &context).await,
        PlanCommand::Show(args) => show(args.key.as_str(), &context).await,
        PlanCommand::Set(args) => documents::set(KIND, args.key.as_str(), &read(&args)?, &context).await,
        PlanCommand::Delete(args) => documents::delete(KIND, args.key.as_str(), &context).await,
    }
}

const COLUMNS: &[Column] = &[
    Column("KEY", |item| text(item, "key")),
    Column("STAGES", stages),
    Column("GUARDS", |item| at(item, "plan.guards").and_then(Value::as_array).map_or(0, Vec::len).to_string()),
    Column("ORIGIN", |item| if at(item, "project").is_some() { "project" } else { "built in" }.to_owned()),
];

/// Returns the stages in one line, such as `internal 100 % > 1 % > 5 %`, with the shares that they reach: what a holdback leaves
/// out is left out.
fn stages(item: &Value) -> String {
    let draft = at(item, "plan").and_then(|plan| serde_json::from_value::<PlanDraft>(plan.clone()).ok());
    let Some(plan) = draft.and_then(|draft| Plan::parse(&draft).ok()) else { return String::new() };
    let stage = |stage: &Stage| {
        let share = stage.share();
        stage.audience().map_or_else(|| share.to_string(), |audience| format!("{audience} {share}"))
    };
    plan.stages().iter().map(stage).collect::<Vec<_>>().join(" > ")
}

/// Shows a template without asking anyone; everything else is the server's.
async fn show(key: &str, context: &Context) -> Result<Exit, Failure> {
    let Some(template) = templates().into_iter().find(|plan| plan.key == key) else {
        return documents::show(KIND, key, context).await;
    };
    let document = yaml(&template)?;
    let value = serde_json::to_value(&template).unwrap_or_default();
    context.out.item(&value, "key", |to| to.write_all(document.as_bytes()))?;
    Ok(Exit::Success)
}

/// Returns the built-in plans.
pub fn templates() -> Vec<PlanDraft> {
    hoist_lifecycle::plan::templates::templates()
}

fn read(args: &WriteArgs) -> Result<Value, Failure> {
    let document = documents::read(args.key.as_str(), &args.file.file)?;
    check(shape(document.clone(), &args.file.file.display().to_string())?)?;
    Ok(document)
}

/// Turns a document into a plan, or says what is wrong: the first fault of each stage, of each guard, and of the rest.
pub fn shape(document: Value, name: &str) -> Result<PlanDraft, Failure> {
    files::shape(document.clone(), name).map_err(|failure| {
        let faults = faults(document);
        if faults.is_empty() { failure } else { failure.problems(faults) }
    })
}

fn faults(mut document: Value) -> Vec<Problem> {
    let mut faults = Vec::new();
    let mut parts = |list: &str, fault: fn(Value) -> Option<Problem>| {
        let Some(Value::Array(parts)) = document.get_mut(list) else { return };
        // What is looked at here is taken out of the rest.
        for (index, part) in std::mem::take(parts).into_iter().enumerate() {
            faults.extend(fault(part).map(|fault| {
                let dot = if fault.path.is_empty() { "" } else { "." };
                Problem { path: format!("{list}[{index}]{dot}{}", fault.path), ..fault }
            }));
        }
    };
    parts("stages", |stage| files::form::<StageDraft>(stage).err());
    parts("guards", |guard| files::form::<GuardDraft>(guard).err());
    faults.extend(files::form::<PlanDraft>(document).err());
    faults
}

/// Checks a plan before it goes anywhere, so that every fault is known at once.
pub fn check(draft: PlanDraft) -> Result<PlanDraft, Failure> {
    match Plan::parse(&draft) {
        Ok(_) => Ok(draft),
        Err(problems) => {
            let problems =
                problems.into_iter().map(|problem| Problem { path: problem.path, message: problem.message }).collect();
            Err(Failure::invalid("the plan cannot be carried out").problems(problems))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::stages;

    #[test]
    fn stages_are_listed_with_what_they_reach() {
        let check = |holdback: Option<f64>, expected: &str| {
            let stage = |name: &str, percentage: f64| json!({"name": name, "percentage": percentage, "bake": "1h"});
            let inside = json!({"name": "inside", "audience": "internal", "percentage": 100.0, "bake": "1h"});
            let all = [inside, stage("some", 12.5), stage("most", 97.0), stage("all", 100.0)];
            let mut plan = json!({"key": "p", "treatment": "on", "stages": all});
            if let Some(holdback) = holdback {
                plan["holdback"] = holdback.into();
            }
            assert_eq!(stages(&json!({ "plan": plan })), expected);
        };
        check(None, "internal 100 % > 12.5 % > 97 % > 100 %");
        check(Some(2.0), "internal 100 % > 12.5 % > 97 % > 98 %");
        check(Some(4.3), "internal 100 % > 12.5 % > 95.7 % > 95.7 %");
    }
}
