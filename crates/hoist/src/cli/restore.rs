//! `hoist restore`: puts a backup back. The one command that writes to a database itself: there is no server to ask.

use std::fs::File;
use std::io::ErrorKind;
use std::path::PathBuf;

use clap::Args;
use hoist_server::{RawConfig, maintenance};
use serde_json::json;

use crate::connection::SOCKET;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::files;
use crate::progress::Progress;

use super::{Context, serve};

/// Put a copy back, into a new data folder or an empty database
#[derive(Debug, Args)]
#[command(after_help = "\
The whole file is checked before anything is written. Tokens work as they did when the copy was made.

Example:
  hoist restore hoist-2027-03-31.backup --data /var/lib/hoist-restored")]
pub struct RestoreArgs {
    /// The file that `hoist backup` wrote
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// PostgreSQL URL of an empty database; without it the data goes into the data folder
    #[arg(long, env = "HOIST_DATABASE_URL", hide_env_values = true, value_name = "URL")]
    database_url: Option<String>,
}

/// Restores the copy.
pub async fn run(args: RestoreArgs, context: Context) -> Result<Exit, Failure> {
    let data = context.connection.data_or_default();
    let embedded = args.database_url.is_none();
    if embedded && (data.join("hoist.db").exists() || data.join(SOCKET).exists()) {
        let message = format!("`{}` holds data already", data.display());
        let hint = "restore into a new folder with `--data`, then start the server there";
        return Err(Failure::new(Exit::Conflict, "not_empty", message).hint(hint));
    }
    let opened = File::open(&args.file)
        .and_then(|file| if file.metadata()?.is_dir() { Err(ErrorKind::IsADirectory.into()) } else { Ok(()) });
    opened.map_err(|error| files::unreadable(&args.file, &error).hint("name the file that `hoist backup` wrote"))?;
    let database_url = args.database_url.map(Into::into);
    let config = serve::check(RawConfig { data: Some(data.clone()), database_url, ..RawConfig::default() })?;
    let progress = Progress::of_unknown(context.out, "Checking the copy and putting it back");
    let restored = maintenance::restore(&config, &args.file).await;
    drop(progress);
    let manifest = restored
        .map_err(|error| Failure::invalid(error.to_string()).hint("nothing was written; try another backup"))?;
    let rows: u64 = manifest.rows.values().sum();
    let result = json!({ "data": data.display().to_string(), "installation": manifest.installation, "rows": rows });
    context.out.item(&result, "data", |to| {
        if embedded {
            writeln!(to, "Restored {rows} rows into `{}`", data.display())?;
            writeln!(to, "Start the server with `hoist serve --data {}`", data.display())
        } else {
            writeln!(to, "Restored {rows} rows into the database")
        }
    })?;
    Ok(Exit::Success)
}
