//! Writes files, runs the project's own check, and takes back what the check does not accept.

use std::collections::BTreeMap;
use std::process::Stdio;

use hoist_cleanup::{Cleaned, Level};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::refs::git::command_in;
use crate::source_tree::SourceTree;

use super::run::{Done, Modes};

/// How far each file goes; absent leaves it as it was.
type Levels = BTreeMap<String, Option<Level>>;

/// Writes the files of a cleanup; with a `verify` command, only as far as it succeeds, which `done` then says. Returns what
/// to tell.
pub(super) fn write(tree: &SourceTree, done: &mut Done, level: Level) -> Result<Vec<String>, Failure> {
    let (files, modes) = (done.outcome.files.clone(), done.modes.clone());
    let mut levels: Levels = files.iter().map(|f| (f.path.clone(), Some(level))).collect();
    let mut told = vec![];
    if !put_at(tree, &modes, &files, &levels)? {
        told.push("the `format` command fails, so files may not be formatted".to_owned());
    }
    if tree.config.verify.is_some() && !passes(tree)? {
        for level in levels.values_mut() {
            *level = None;
        }
        put_at(tree, &modes, &files, &levels)?;
        if !passes(tree)? {
            return Err(Failure::new(Exit::Failure, "verify", "the `verify` command fails without the change too")
                .hint("make it succeed first; nothing was written"));
        }
        let all: Vec<&Cleaned> = files.iter().collect();
        accept(tree, &modes, &files, &all, level, &mut levels)?;
        for (path, kept) in &levels {
            match kept {
                Some(kept) if *kept == level => {}
                Some(_) => told.push(format!("{path}: the `verify` command accepts the constant only")),
                None => told.push(format!("{path}: left as it was, because the `verify` command fails")),
            }
        }
    }
    done.outcome.files.retain(|file| levels.get(&file.path).copied().flatten().is_some());
    let held = levels.into_iter().filter_map(|(path, kept)| Some((path, kept.filter(|kept| *kept < level)?)));
    done.held = held.collect();
    Ok(told)
}

/// Adds files to those that are changed already, halving what fails until single files are left.
fn accept(
    tree: &SourceTree,
    modes: &Modes,
    files: &[Cleaned],
    candidates: &[&Cleaned],
    level: Level,
    levels: &mut Levels,
) -> Result<(), Failure> {
    let tries: &[Level] = if candidates.len() == 1 { &[level, Level::Constant] } else { &[level] };
    for attempt in tries {
        levels.extend(candidates.iter().map(|file| (file.path.clone(), Some(*attempt))));
        put_at(tree, modes, files, levels)?;
        if passes(tree)? {
            return Ok(());
        }
    }
    levels.extend(candidates.iter().map(|file| (file.path.clone(), None)));
    put_at(tree, modes, files, levels)?;
    if candidates.len() > 1 {
        let (first, second) = candidates.split_at(candidates.len() / 2);
        accept(tree, modes, files, first, level, levels)?;
        accept(tree, modes, files, second, level, levels)?;
    }
    Ok(())
}

/// Puts every file at its level, and back to what it was if it has none. Returns whether the `format` command succeeded.
fn put_at(tree: &SourceTree, modes: &Modes, files: &[Cleaned], levels: &Levels) -> Result<bool, Failure> {
    let level = |file: &Cleaned| levels.get(&file.path).copied().flatten();
    for file in files.iter().filter(|file| level(file).is_none()) {
        save(tree, modes, &file.path, &file.before)?;
    }
    put(tree, modes, files.iter().filter_map(|file| Some((file, level(file)?))))
}

/// Writes files as they are at their levels and formats them as the project does, so that what is checked is what stays.
/// Returns whether the `format` command succeeded.
pub(super) fn put<'t>(
    tree: &SourceTree,
    modes: &Modes,
    files: impl Iterator<Item = (&'t Cleaned, Level)>,
) -> Result<bool, Failure> {
    let mut paths = vec![];
    for (file, level) in files {
        if file.goes(level) {
            remove(tree, &file.path)?;
            continue;
        }
        save(tree, modes, &file.path, file.at(level))?;
        paths.push(format!("'{}'", file.path.replace('\'', r"'\''")));
    }
    let Some(command) = tree.config.format.as_ref().filter(|_| !paths.is_empty()) else { return Ok(true) };
    shell(tree, &format!("{command} {}", paths.join(" ")))
}

/// Writes a file; one that was deleted comes back with the permissions that it had.
fn save(tree: &SourceTree, modes: &Modes, path: &str, text: &str) -> Result<(), Failure> {
    let place = tree.place(path);
    let lost = modes.get(path).filter(|_| !place.exists());
    let written = std::fs::write(&place, text).and_then(|()| match lost {
        Some(mode) => std::fs::set_permissions(&place, mode.clone()),
        None => Ok(()),
    });
    written.map_err(|error| Failure::io(&format!("cannot write `{path}`"), &error))
}

fn remove(tree: &SourceTree, path: &str) -> Result<(), Failure> {
    match std::fs::remove_file(tree.place(path)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Failure::io(&format!("cannot delete `{path}`"), &error))
        }
        _ => Ok(()),
    }
}

fn passes(tree: &SourceTree) -> Result<bool, Failure> {
    let Some(command) = &tree.config.verify else { return Ok(true) };
    shell(tree, command)
}

/// Runs a command of `hoist.toml` in the tree, without its output. Returns whether it succeeded.
fn shell(tree: &SourceTree, command: &str) -> Result<bool, Failure> {
    let status = command_in(&tree.root, "sh")
        .args(["-c", command])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .map_err(|error| Failure::io("cannot run a command of hoist.toml", &error))?;
    Ok(status.success())
}
