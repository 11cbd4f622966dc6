//! Writes files, runs the project's own check, and takes back what the check does not accept.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use hoist_cleanup::{Cleaned, Level};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::source_tree::SourceTree;

use super::run::Done;

/// Writes the files of a cleanup; with a `verify` command, only as far as it succeeds. Returns what to tell.
pub(super) fn write(tree: &SourceTree, done: &mut Done, level: Level) -> Result<Vec<String>, Failure> {
    let files = done.outcome.files.clone();
    let mut levels: BTreeMap<String, Option<Level>> = files.iter().map(|f| (f.path.clone(), Some(level))).collect();
    let mut told = vec![];
    write_at(tree, &files, &levels)?;
    format(tree, &files)?;
    if tree.config.verify.is_some() && !passes(tree)? {
        for level in levels.values_mut() {
            *level = None;
        }
        write_at(tree, &files, &levels)?;
        if !passes(tree)? {
            return Err(Failure::new(Exit::Failure, "verify", "the `verify` command fails without the change too")
                .hint("make it succeed first; nothing was written"));
        }
        let all: Vec<&Cleaned> = files.iter().collect();
        accept(tree, &files, &all, level, &mut levels)?;
        for (path, kept) in &levels {
            match kept {
                Some(kept) if *kept == level => {}
                Some(_) => told.push(format!("{path}: the `verify` command accepts the constant only")),
                None => told.push(format!("{path}: left as it was, because the `verify` command fails")),
            }
        }
    }
    done.outcome.files.retain(|file| levels.get(&file.path).copied().flatten().is_some());
    Ok(told)
}

/// Adds files to those that are changed already, halving what fails until single files are left.
fn accept(
    tree: &SourceTree,
    files: &[Cleaned],
    candidates: &[&Cleaned],
    level: Level,
    levels: &mut BTreeMap<String, Option<Level>>,
) -> Result<(), Failure> {
    let tries: &[Level] = if candidates.len() == 1 { &[level, Level::Constant] } else { &[level] };
    for attempt in tries {
        levels.extend(candidates.iter().map(|file| (file.path.clone(), Some(*attempt))));
        write_at(tree, files, levels)?;
        if passes(tree)? {
            return Ok(());
        }
    }
    levels.extend(candidates.iter().map(|file| (file.path.clone(), None)));
    write_at(tree, files, levels)?;
    if candidates.len() > 1 {
        let (first, second) = candidates.split_at(candidates.len() / 2);
        accept(tree, files, first, level, levels)?;
        accept(tree, files, second, level, levels)?;
    }
    Ok(())
}

fn write_at(tree: &SourceTree, files: &[Cleaned], levels: &BTreeMap<String, Option<Level>>) -> Result<(), Failure> {
    for file in files {
        let text = match levels.get(&file.path).copied().flatten() {
            Some(level) => file.at(level),
            None => &file.before,
        };
        std::fs::write(tree.place(&file.path), text)
            .map_err(|error| Failure::io(&format!("cannot write `{}`", file.path), &error))?;
    }
    Ok(())
}

fn passes(tree: &SourceTree) -> Result<bool, Failure> {
    let Some(command) = &tree.config.verify else { return Ok(true) };
    shell(tree, command)
}

fn format(tree: &SourceTree, files: &[Cleaned]) -> Result<(), Failure> {
    let Some(command) = tree.config.format.as_ref().filter(|_| !files.is_empty()) else { return Ok(()) };
    let paths: Vec<String> = files.iter().map(|file| format!("'{}'", file.path.replace('\'', r"'\''"))).collect();
    shell(tree, &format!("{command} {}", paths.join(" "))).map(|_| ())
}

/// Runs a command of `hoist.toml` in the tree, without its output. Returns whether it succeeded.
fn shell(tree: &SourceTree, command: &str) -> Result<bool, Failure> {
    let status = Command::new("sh")
        .args(["-c", command])
        .current_dir(&tree.root)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .map_err(|error| Failure::io("cannot run a command of hoist.toml", &error))?;
    Ok(status.success())
}
