//! Services and features alike: described by the same options, and linked with flags.

use clap::Args;
use hoist_eval::FlagKey;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::files;

use super::documents::{self, Kind, OptionalFile};
use super::{Context, flag};

/// What a service or a feature is, in a file or in options.
#[derive(Debug, Args)]
pub struct Described {
    #[command(flatten)]
    pub(super) file: OptionalFile,
    /// Name for people
    #[arg(long, value_name = "TEXT", conflicts_with = "file")]
    title: Option<String>,
    /// What it is for
    #[arg(long, value_name = "TEXT", conflicts_with = "file")]
    description: Option<String>,
    /// Who answers for it
    #[arg(long, value_name = "NAME", conflicts_with = "file")]
    owner: Option<String>,
    /// Where people find more about it
    #[arg(long = "page", value_name = "URL", conflicts_with = "file")]
    page: Option<String>,
}

/// Returns the document that was given, checked as a `Draft`.
pub fn draft<Draft: DeserializeOwned>(kind: Kind, key: &str, said: &Described) -> Result<Value, Failure> {
    let document = if let Some(file) = &said.file.file {
        documents::read(key, file)?
    } else {
        let given = |text: &Option<String>| text.clone().unwrap_or_default();
        json!({
            "key": key, "title": given(&said.title), "description": given(&said.description),
            "owner": given(&said.owner), "url": given(&said.page),
        })
    };
    files::shape::<Draft>(document.clone(), &format!("the {}", kind.one))?;
    Ok(document)
}

/// Links a flag with a service or a feature, or takes that back.
pub async fn link(kind: Kind, key: &str, flag: &FlagKey, linked: bool, context: &Context) -> Result<Exit, Failure> {
    // The service or feature first, so that what is missing is named.
    documents::get(kind, key, context).await?;
    let (one, flag) = (kind.one, flag.as_str());
    let client = context.client()?;
    let path = client.in_project(&["flags", flag, kind.many, key]);
    let outcome = if linked { client.put(&path, &json!({}), None).await } else { client.delete(&path, None).await };
    flag::explain(&client, flag, outcome).await?;
    let said = if linked { "Linked" } else { "No longer linked" };
    let done = json!({ "key": key, "flag": flag, "linked": linked });
    context.out.item(&done, "key", |to| writeln!(to, "{said}: {one} `{key}` and flag `{flag}`"))?;
    Ok(Exit::Success)
}
