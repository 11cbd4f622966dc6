//! Writes files, runs the project's own check, and takes back what the check does not accept.

use std::collections::BTreeMap;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::process::Stdio;

use hoist_cleanup::{Cleaned, Language, Level, Reason, Refusal};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::limits::{CHECK_OUTPUT_BYTES_MAX, CHECK_RUNS_MAX, CHECK_SAYS_CHARS_MAX};
use crate::refs::git::command_in;
use crate::source_tree::SourceTree;

use super::run::{Done, Modes};

/// What is told of files that one commit has in two steps.
pub(super) const LATER: &str = "so the next commit has it too";

/// How far each file is; absent is as it was.
type Levels = BTreeMap<String, Level>;

/// Files on their way through the levels. Wherever it stops, the project's own check accepts what is written.
pub(super) struct Checked<'t> {
    tree: &'t SourceTree,
    files: Vec<Cleaned>,
    modes: Modes,
    /// How far to go.
    asked: Level,
    levels: Levels,
    /// Whether what is written now is known to pass.
    is_sound: bool,
    /// Whether the `format` command failed once.
    is_raw: bool,
    /// What to tell so far.
    told: Vec<String>,
    /// How often the check ran, and what it said last.
    runs: usize,
    said: String,
    /// For each file that the check refused at a level, what it said.
    refused: BTreeMap<(String, Level), String>,
}

/// Writes the files of a cleanup as far as the project's own check accepts them, which `done` then says. Returns what to tell.
pub(super) fn write(tree: &SourceTree, done: &mut Done, level: Level) -> Result<Vec<String>, Failure> {
    let mut checked = Checked::new(tree, done, level);
    let less: &[Level] = match level {
        Level::Constant => &[],
        Level::Fold => &[Level::Constant],
        Level::Deep => &[Level::Fold, Level::Constant],
    };
    checked.advance(level, less)?;
    Ok(checked.finish(done))
}

impl<'t> Checked<'t> {
    pub(super) fn new(tree: &'t SourceTree, done: &Done, asked: Level) -> Self {
        Self {
            tree,
            files: done.outcome.files.clone(),
            modes: done.modes.clone(),
            asked,
            levels: Levels::new(),
            is_sound: false,
            is_raw: false,
            told: vec![],
            runs: 0,
            said: String::new(),
            refused: BTreeMap::new(),
        }
    }

    /// Returns the paths of the files that were changed so far.
    pub(super) fn changed(&self) -> impl Iterator<Item = &str> {
        self.levels.keys().map(String::as_str)
    }

    /// Takes every file to a level, or leaves it where it is if the check does not accept that. A file that is alone to blame
    /// may come to one of the `less` levels.
    pub(super) fn advance(&mut self, level: Level, less: &[Level]) -> Result<(), Failure> {
        let moves = |file: &&Cleaned| {
            let from = self.levels.get(&file.path).map_or(file.before.as_str(), |from| file.at(*from));
            file.at(level) != from || file.goes(level)
        };
        let (moved, there): (Vec<Cleaned>, Vec<Cleaned>) = self.files.iter().cloned().partition(|file| moves(&file));
        for file in there {
            self.levels.entry(file.path).and_modify(|at| *at = level);
        }
        let (stand, fall): (Vec<&Cleaned>, _) = moved.iter().partition(|file| self.stands(file, level));
        self.told.extend(
            fall.into_iter().map(|file| format!("{}: {} alone would not compile, {LATER}", file.path, name(level))),
        );
        let files: Vec<String> = stand.into_iter().map(|file| file.path.clone()).collect();
        if files.is_empty() || self.accepts(&files, level)? {
            return Ok(());
        }
        if !self.is_sound {
            if !self.passes()?.is_empty() {
                return Err(Failure::new(Exit::Failure, "verify", "the `verify` command fails without the change too")
                    .hint("make it succeed first; nothing was written"));
            }
            self.is_sound = true;
        }
        if self.passes_later(&files, level)? {
            return Ok(());
        }
        self.bisect(&files, level, less)
    }

    /// Returns whether the check accepts all files together at the next level, where it refuses them at this one: a linter does
    /// not take constants as conditions.
    fn passes_later(&mut self, files: &[String], level: Level) -> Result<bool, Failure> {
        let next = match level {
            Level::Constant => Level::Fold,
            Level::Fold | Level::Deep => Level::Deep,
        };
        if level >= self.asked || files.len() < 2 {
            return Ok(false);
        }
        let (before, why) = (self.levels.clone(), self.said.clone());
        if !self.accepts(files, next)? {
            return Ok(false);
        }
        self.levels = before;
        self.put()?;
        let (what, files) = (name(level), super::show::count(files.len(), "file"));
        self.told.push(format!("{files}: the `verify` command does not accept {what} alone, {LATER}: {why}"));
        Ok(true)
    }

    /// Returns whether a file can be at a level. One that cannot goes on to the next.
    fn stands(&self, file: &Cleaned, level: Level) -> bool {
        level == self.asked || file.stands_alone(level)
    }

    /// Finds which of some files the check refuses: together they are refused.
    fn bisect(&mut self, files: &[String], level: Level, less: &[Level]) -> Result<(), Failure> {
        if self.runs >= CHECK_RUNS_MAX {
            let told =
                format!("the `verify` command ran {CHECK_RUNS_MAX} times; what it was not asked about by then is left");
            if !self.told.contains(&told) {
                self.told.push(told);
            }
            return Ok(());
        }
        if files.len() == 1 {
            let file = self.files.iter().find(|file| files.first() == Some(&file.path)).cloned();
            let less = less.iter().filter(|level| file.as_ref().is_some_and(|file| self.stands(file, **level)));
            for level in less.copied().collect::<Vec<_>>() {
                if self.accepts(files, level)? {
                    break;
                }
            }
            return Ok(());
        }
        let (first, second) = files.split_at(files.len() / 2);
        for half in [first, second] {
            if !self.accepts(half, level)? {
                self.bisect(half, level, less)?;
            }
        }
        Ok(())
    }

    /// Takes files to a level, and back to where they were if the check does not accept that. Returns whether it does.
    fn accepts(&mut self, files: &[String], level: Level) -> Result<bool, Failure> {
        let before = self.levels.clone();
        self.levels.extend(files.iter().map(|path| (path.clone(), level)));
        self.put()?;
        let said = self.passes()?;
        if said.is_empty() {
            self.is_sound = true;
            return Ok(true);
        }
        self.said.clone_from(&said);
        if let [only] = files {
            self.refused.insert((only.clone(), level), said);
        }
        self.levels = before;
        self.put()?;
        Ok(false)
    }

    /// Returns what is wrong with what is written now; nothing if the check accepts it.
    fn passes(&mut self) -> Result<String, Failure> {
        self.runs += 1;
        match &self.tree.config.verify {
            None => Ok(String::new()),
            Some(command) => shell(self.tree, command),
        }
    }

    /// Says in `done` how far each file came, if that is not as far as was asked. Returns what to tell.
    pub(super) fn finish(self, done: &mut Done) -> Vec<String> {
        let asked = self.asked;
        let mut told = self.told;
        if self.is_raw {
            told.push("the `format` command fails, so files may not be formatted".to_owned());
        }
        for file in &self.files {
            let path = &file.path;
            let kept = self.levels.get(path).copied();
            let said = self.refused.iter().rfind(|((refused, _), _)| refused == path).map(|(_, said)| said.as_str());
            if kept == Some(asked) {
                let later = self.refused.iter().filter(|((refused, _), _)| refused == path);
                told.extend(later.map(|((_, level), why)| {
                    let what = name(*level);
                    format!("{path}: the `verify` command does not accept {what} alone, {LATER}: {why}")
                }));
                continue;
            }
            let why = match kept {
                None => "left as it was, because the `verify` command fails",
                Some(Level::Constant) => "the `verify` command accepts the constant only",
                Some(_) => "the `verify` command accepts all but the removal of what only served the flag",
            };
            let said = said.unwrap_or("it was not asked about this file alone");
            told.push(format!("{path}: {why}: {said}"));
            done.refuse(file, kept, said);
        }
        done.outcome.files.retain(|file| self.levels.contains_key(&file.path));
        done.held = self.levels.into_iter().filter(|(_, level)| *level < asked).collect();
        told
    }

    /// Writes every file as it is at its level, and formats them as the project does, so that what is checked is what stays.
    fn put(&mut self) -> Result<(), Failure> {
        let mut paths = vec![];
        for file in &self.files {
            match self.levels.get(&file.path) {
                Some(level) if file.goes(*level) => remove(self.tree, &file.path)?,
                level => {
                    let text = level.map_or(file.before.as_str(), |level| file.at(*level));
                    save(self.tree, &self.modes, &file.path, text)?;
                    // A formatter of code may not take data.
                    if level.is_some() && Language::of_path(&file.path).is_some() {
                        // A path that begins with `-` is no option.
                        paths.push(format!("'./{}'", file.path.replace('\'', r"'\''")));
                    }
                }
            }
        }
        if let Some(command) = self.tree.config.format.as_ref().filter(|_| !paths.is_empty()) {
            self.is_raw |= !shell(self.tree, &format!("{command} {}", paths.join(" ")))?.is_empty();
        }
        Ok(())
    }
}

impl Done {
    /// Takes out of the outcome what did not happen to a file, and says so where the file's first change would be.
    fn refuse(&mut self, file: &Cleaned, kept: Option<Level>, said: &str) {
        let outcome = &mut self.outcome;
        let mine = outcome.changes.iter().filter(|change| change.file == file.path);
        let line = mine.map(|change| change.line).min().unwrap_or(1);
        let stays = |of: &str, stage: Level| of != file.path || kept.is_some_and(|kept| stage <= kept);
        outcome.changes.retain(|change| stays(&change.file, change.stage));
        if kept.is_none() {
            outcome.risks.retain(|risk| risk.file != file.path);
            outcome.replaced -= file.replaced.min(outcome.replaced);
        }
        let (path, note) = (file.path.clone(), format!("the `verify` command says: {said}"));
        outcome.refusals.push(Refusal { file: path, line, code: Reason::VerifyFailed, level: kept, note });
        outcome.refusals.sort();
    }
}

/// Returns what comes at a level, in words.
fn name(level: Level) -> &'static str {
    match level {
        Level::Constant => "the constant",
        Level::Fold => "what the flag decided",
        Level::Deep => "what only served the flag",
    }
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

/// Runs a command of `hoist.toml` in the tree. Returns nothing if it succeeded, and how it ended with the last line of its output
/// if it did not.
fn shell(tree: &SourceTree, command: &str) -> Result<String, Failure> {
    let failed = |error: &std::io::Error| Failure::io("cannot run a command of hoist.toml", error);
    // A file takes whatever is printed, and keeps nobody waiting.
    let mut output = tempfile::tempfile().map_err(|error| failed(&error))?;
    let copies = output.try_clone().and_then(|out| Ok((out, output.try_clone()?)));
    let (out, err) = copies.map_err(|error| failed(&error))?;
    let mut shell = command_in(&tree.root, "sh");
    let status =
        shell.args(["-c", command]).stdin(Stdio::null()).stdout(Stdio::from(out)).stderr(Stdio::from(err)).status();
    let status = status.map_err(|error| failed(&error))?;
    if status.success() {
        return Ok(String::new());
    }
    let ended = status.code().map_or_else(|| "it was killed".to_owned(), |code| format!("it ends with code {code}"));
    let mut bytes = vec![];
    let length = output.metadata().map_or(0, |file| file.len());
    let read = output
        .seek(SeekFrom::Start(length.saturating_sub(CHECK_OUTPUT_BYTES_MAX)))
        .and_then(|_| output.take(CHECK_OUTPUT_BYTES_MAX).read_to_end(&mut bytes));
    let text = String::from_utf8_lossy(&bytes);
    let last = text.lines().rev().map(str::trim).find(|line| !line.is_empty()).filter(|_| read.is_ok());
    let shown: Option<String> =
        last.map(|line| line.chars().filter(|letter| !letter.is_control()).take(CHECK_SAYS_CHARS_MAX).collect());
    Ok(shown.map_or_else(|| ended.clone(), |line| format!("{ended}: {line}")))
}
