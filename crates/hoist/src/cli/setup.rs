//! `hoist setup`: the first admin token of a new server.

use clap::Args;
use serde_json::json;

use crate::client::path;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::text;
use crate::prompt;

use super::Context;

/// Make the first admin token of a new server, with its set-up code
#[derive(Debug, Args)]
#[command(after_help = "\
A new server prints a set-up code that works once, for 30 minutes. It is read from standard input, so that it is in no
process list and no shell history. The token that comes back is printed once; keep it where secrets are kept.

Example:
  HOIST_URL=http://127.0.0.1:8080 hoist setup")]
pub struct SetupArgs {
    /// Name of the token's holder
    #[arg(long, value_name = "NAME", default_value = "admin", value_parser = super::token::name)]
    name: String,
}

/// Exchanges the code for a token.
pub async fn run(args: SetupArgs, context: Context) -> Result<Exit, Failure> {
    let client = context.client()?;
    let code = prompt::secret("Set-up code")?;
    let answer = client.post_secret(&path(&["setup"]), &json!({ "code": code, "name": args.name })).await?;
    context.out.item(&answer.body, "secret", |to| writeln!(to, "{}", text(&answer.body, "secret")))?;
    context.out.say("This is the only time the token is shown. Put it into `HOIST_TOKEN`");
    Ok(Exit::Success)
}
