//! An exported record: one JSON document a line, the oldest first; or one array, the latest first, as `--json` lists it.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use hoist_server::api::types::audit::{AuditEntry, AuditFile, BadHash};
use hoist_server::body;
use serde_json::Value;

use crate::failure::Failure;
use crate::files;
use crate::limits::{AUDIT_LINE_BYTES_MAX, FILE_BYTES_MAX};
use crate::output::Output;
use crate::progress::Progress;

use super::verify::Head;

/// What to do about a file that is no export.
const EXPORT: &str = "write it anew with `hoist audit list --lines`";

/// Checks the chain of a file and returns what the server would say of it, with the number of its first entry.
pub fn check(file: &Path, head: Option<&Head>, out: Output) -> Result<Value, Failure> {
    let name = file.display().to_string();
    let mut from = open(file)?;
    let saved = head.map(|head| (head.seq, head.hash.as_str()));
    let mut chain = AuditFile::new(saved).map_err(|error| Failure::usage(error.to_string()))?;
    let start = from.fill_buf().map_err(|error| unreadable(file, &error))?;
    if start.trim_ascii_start().first() == Some(&b'[') {
        push_array(&mut chain, from, &name)?;
    } else {
        let length = std::fs::metadata(file).ok().filter(std::fs::Metadata::is_file).map(|file| file.len());
        push_lines(&mut chain, from, &name, &Progress::of_bytes(out, "Checking the record", length))?;
    }
    let Some((first, check)) = chain.finish() else {
        return Err(Failure::invalid(format!("`{name}` holds no entries")).hint(EXPORT));
    };
    let mut check = serde_json::to_value(check).unwrap_or_default();
    if let Some(members) = check.as_object_mut() {
        members.insert("first".to_owned(), Value::from(first));
    }
    Ok(check)
}

fn open(file: &Path) -> Result<Box<dyn BufRead>, Failure> {
    if file == Path::new("-") {
        return Ok(Box::new(BufReader::new(io::stdin())));
    }
    let opened = File::open(file).map_err(|error| unreadable(file, &error))?;
    Ok(Box::new(BufReader::new(opened)))
}

fn unreadable(file: &Path, error: &io::Error) -> Failure {
    files::unreadable(file, error).hint("name a file that `hoist audit list --lines` wrote")
}

fn push_lines(
    chain: &mut AuditFile,
    mut from: Box<dyn BufRead>,
    name: &str,
    progress: &Progress,
) -> Result<(), Failure> {
    for number in 1_u64.. {
        let place = || format!("`{name}`, line {number}");
        let mut line = Vec::new();
        let read = from.by_ref().take(AUDIT_LINE_BYTES_MAX + 1).read_until(b'\n', &mut line);
        if read.map_err(|error| Failure::io(&format!("cannot read `{name}`"), &error))? == 0 {
            return Ok(());
        }
        if line.len() as u64 > AUDIT_LINE_BYTES_MAX {
            let message = format!("{} is longer than {AUDIT_LINE_BYTES_MAX} bytes", place());
            return Err(Failure::invalid(message).hint(EXPORT));
        }
        progress.advance(line.len() as u64);
        if line.trim_ascii().is_empty() {
            continue;
        }
        let entry: AuditEntry = serde_json::from_slice(&line).map_err(|error| no_entry(&place(), &error))?;
        chain.push(entry).map_err(|error| bad(&place(), error))?;
    }
    Ok(())
}

fn push_array(chain: &mut AuditFile, from: Box<dyn BufRead>, name: &str) -> Result<(), Failure> {
    let mut text = String::new();
    let read = from.take(FILE_BYTES_MAX + 1).read_to_string(&mut text);
    read.map_err(|error| Failure::io(&format!("cannot read `{name}`"), &error))?;
    if text.len() as u64 > FILE_BYTES_MAX {
        return Err(Failure::invalid(format!("`{name}` is larger than {FILE_BYTES_MAX} bytes")).hint(EXPORT));
    }
    let entries: Result<Vec<AuditEntry>, Failure> =
        files::value(&text, name).and_then(|value| files::shape(value, name));
    let mut entries = entries.map_err(|failure| failure.hint(EXPORT))?;
    if entries.first().map(|entry| entry.seq) > entries.last().map(|entry| entry.seq) {
        entries.reverse();
    }
    entries.into_iter().try_for_each(|entry| chain.push(entry)).map_err(|error| bad(&format!("`{name}`"), error))
}

fn no_entry(place: &str, error: &serde_json::Error) -> Failure {
    let fault = body::describe("", &error.to_string()).message;
    Failure::invalid(format!("{place} is not an entry: {fault}")).hint(EXPORT)
}

fn bad(place: &str, error: BadHash) -> Failure {
    Failure::invalid(format!("{place}: {error}")).hint(EXPORT)
}
