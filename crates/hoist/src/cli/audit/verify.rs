//! `hoist audit verify`: on the server, or from an exported file alone.

use std::io::{self, Write};
use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use serde_json::{Value, json};

use crate::cli::Context;
use crate::client::path;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::text;
use crate::progress::Progress;

use super::file;

/// What is checked, and against what.
#[derive(Debug, Args)]
#[command(after_help = "\
A chain alone does not show that its end was cut off. Keep the end that is printed, and give it to a later check.

Examples:
  hoist audit verify
  hoist audit verify --file audit.jsonl --head 1207:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
pub struct VerifyArgs {
    /// Check a file that `hoist audit list --lines` wrote, without a server; `-` reads standard input
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// The end of the record as an earlier check printed it: its number and its hash
    #[arg(long, value_name = "NUMBER:HASH")]
    head: Option<Head>,
}

/// The end of a record that was kept elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The number of the last entry.
    pub seq: u64,
    /// Its hash, in hexadecimal.
    pub hash: String,
}

impl FromStr for Head {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        const RULE: &str = "must be a number and a hash, such as 12: and 64 hexadecimal characters";
        let (seq, hash) = text.split_once(':').ok_or(RULE)?;
        let is_hash = hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit());
        let seq = seq.parse().ok().filter(|_| is_hash).ok_or(RULE)?;
        Ok(Self { seq, hash: hash.to_owned() })
    }
}

/// Checks the record.
pub async fn run(args: VerifyArgs, context: &Context) -> Result<Exit, Failure> {
    let check = match &args.file {
        Some(file) => file::check(file, args.head.as_ref(), context.out)?,
        None => online(context, args.head.as_ref()).await?,
    };
    let sound = text(&check, "sound") == "true";
    context.out.item(&check, "sound", |to| write(to, &check, sound))?;
    Ok(if sound { Exit::Success } else { Exit::Failure })
}

async fn online(context: &Context, head: Option<&Head>) -> Result<Value, Failure> {
    let query = head.map(|head| format!("?head_seq={}&head_hash={}", head.seq, head.hash)).unwrap_or_default();
    let address = path(&["audit", "verify"]) + &query;
    let client = context.client()?;
    let _progress = Progress::of_unknown(context.out, "The server checks its record");
    Ok(client.get(&address).await?.body)
}

fn write(to: &mut dyn Write, check: &Value, sound: bool) -> io::Result<()> {
    let checked = text(check, "checked");
    if let Some(first) = check.get("first").filter(|first| **first != json!(1)) {
        writeln!(to, "The file begins at entry {first}; what was before it is not checked")?;
    }
    if sound {
        writeln!(to, "The record is sound: {checked} entries, none altered or missing")?;
        writeln!(to, "Its end is entry {}, {}", text(check, "head_seq"), text(check, "head_hash"))?;
        writeln!(to, "Keep that line where nobody who administers this server can write")
    } else {
        let (bad, fault) = (text(check, "first_bad"), text(check, "fault"));
        writeln!(to, "The record is not sound: entry {bad} is {fault}; {checked} entries before it are sound")
    }
}
