//! `hoist flag links`.

use serde_json::Value;

use crate::cli::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{at, text, write_fields};

use super::{KeyArg, explain};

/// Shows what a flag is linked with, and who was seen to ask for it.
pub async fn run(args: KeyArg, context: Context) -> Result<Exit, Failure> {
    let key = args.as_str();
    let client = context.client()?;
    let outcome = client.get(&client.in_project(&["flags", key, "links"])).await;
    let links = explain(&client, key, outcome).await?.body;
    context.out.item(&links, "flag", |to| {
        write_fields(
            to,
            &[
                ("flag", text(&links, "flag")),
                ("services", text(&links, "services")),
                ("features", text(&links, "features")),
            ],
        )?;
        let observed = at(&links, "observed").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        for seen in observed {
            let name = match text(seen, "name") {
                name if name.is_empty() => text(seen, "token"),
                name => name,
            };
            let (environment, last) = (text(seen, "environment"), text(seen, "last_at"));
            writeln!(
                to,
                "  {name} asked for it in {environment}, last on {}",
                last.chars().take(10).collect::<String>()
            )?;
        }
        Ok(())
    })?;
    Ok(Exit::Success)
}
