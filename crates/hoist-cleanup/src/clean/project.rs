//! Many files at once: constants and functions of one file that others use, and one bad file that stops nothing.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use hoist_eval::FlagValue;
use serde::Serialize;

use crate::clean::constant::Born;
use crate::clean::fixtures::{self, Fixture, Gives};
use crate::clean::mentions;
use crate::clean::outcome::{Change, Level, Reason, Refusal, Risk};
use crate::clean::rules;
use crate::clean::stages::{EMPTY_FILE, Job, STILL_ASKED, Staged};
use crate::clean::verify;
use crate::config::{HoistToml, Visibility};
use crate::file::{Externals, File, KeyDefinition};
use crate::language::Language;
use crate::limits::TEXT_LINES_MAX;
use crate::references::is_test;

/// A file as the caller read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Its path, with `/` between the parts.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// What is to be removed.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// The flag's key.
    pub key: &'a str,
    /// The value that the flag ended with.
    pub value: &'a FlagValue,
    /// How far to go.
    pub level: Level,
    /// The repository's configuration.
    pub config: &'a HoistToml,
    /// Constants that hold keys, from [`crate::definitions`] over the repository.
    pub definitions: &'a [KeyDefinition],
}

/// A file that changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cleaned {
    /// Its path.
    pub path: String,
    /// The text before.
    #[serde(skip)]
    pub before: String,
    /// The text with the calls replaced.
    #[serde(skip)]
    pub constant: String,
    /// The text with everything constant folded.
    #[serde(skip)]
    pub fold: String,
    /// The text without what only served the flag.
    #[serde(skip)]
    pub deep: String,
    /// Whether nothing of the file is left at the deepest level, and nothing names it, so that it goes.
    pub emptied: bool,
    /// How many calls in it were replaced.
    pub replaced: usize,
}

impl Cleaned {
    /// Returns the text at a level.
    pub fn at(&self, level: Level) -> &str {
        match level {
            Level::Constant => &self.constant,
            Level::Fold => &self.fold,
            Level::Deep => &self.deep,
        }
    }

    /// Returns whether the text at a level has nothing that would keep it from being compiled by itself, as far as that is seen:
    /// what one level leaves may be gone at the next.
    pub fn stands_alone(&self, level: Level) -> bool {
        let Some(language) = Language::of_path(&self.path) else { return true };
        let parsed = |text: &str| File::parse(language, text).ok();
        let (before, after) = (parsed(&self.before), parsed(self.at(level)));
        before.zip(after).is_some_and(|(before, after)| verify::fault(&before, &after).is_none())
    }

    /// Returns whether the file goes at a level.
    pub fn goes(&self, level: Level) -> bool {
        self.emptied && level == Level::Deep
    }
}

/// What a cleanup did, and what it left.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Outcome {
    /// The files that change, in the order of their paths.
    pub files: Vec<Cleaned>,
    /// Each application of a rule.
    pub changes: Vec<Change>,
    /// What is left for a person.
    pub refusals: Vec<Refusal>,
    /// What a reviewer should look at.
    pub risks: Vec<Risk>,
    /// How many calls were replaced.
    pub replaced: usize,
    /// Exported names that became the value, for which other files should be given as well.
    pub wanted: Vec<String>,
}

/// Removes a flag from some files.
///
/// `mentions` says whether a file other than the named one has a name in it; it is asked for names that other files
/// could use, and for [`words_of_name`] of files of which nothing is left. The outcome does not depend on the order of the files. Files that change nothing are not in it.
pub fn cleanup(files: &[SourceFile], request: &Request<'_>, mentions: &dyn Fn(&str, &str) -> bool) -> Outcome {
    let mut ordered: Vec<&SourceFile> = files.iter().collect();
    ordered.sort_by(|a, b| a.path.cmp(&b.path));
    let mut staged: Vec<Staged> =
        ordered.iter().map(|file| clean(file, request, mentions, &HashMap::new(), false)).collect();
    // What still asks for the flag is to get the same answer in tests.
    if staged.iter().any(|staged| staged.left > 0) {
        for (file, staged) in ordered.iter().zip(&mut staged).filter(|(_, staged)| staged.settings > 0) {
            *staged = clean(file, request, mentions, &HashMap::new(), true);
        }
    }
    let mut wanted = vec![];
    if request.level > Level::Constant {
        wanted = propagate(&ordered, &mut staged, request, mentions);
    }
    let mut outcome = Outcome { wanted, ..Outcome::default() };
    for (file, mut staged) in ordered.into_iter().zip(staged) {
        let emptied = staged.has_nothing
            && request.level == Level::Deep
            && !file.text.starts_with("#!")
            && is_unnamed(&file.path, mentions);
        if emptied {
            outcome.changes.push(Change { file: file.path.clone(), line: 1, rule: rules::FILE, stage: Level::Deep });
            staged.risks.retain(|risk| risk.code != EMPTY_FILE);
        }
        let [constant, fold, deep] = staged.texts;
        outcome.changes.extend(staged.changes);
        outcome.refusals.extend(staged.refusals);
        outcome.risks.extend(staged.risks);
        outcome.replaced += staged.replaced;
        if [&constant, &fold, &deep].into_iter().any(|text| *text != file.text) {
            let (path, before) = (file.path.clone(), file.text.clone());
            let replaced = staged.replaced;
            outcome.files.push(Cleaned { path, before, constant, fold, deep, emptied, replaced });
        }
    }
    outcome
}

/// Files that are looked for by their name, or that stand for their folder.
const ENTRIES: [&str; 13] = [
    "index",
    "main",
    "mod",
    "lib",
    "__init__",
    "__main__",
    "package-info",
    "module-info",
    "setup",
    "conftest",
    "doc",
    "build",
    "app",
];

/// Returns the words of a file's name without its extension. Whoever names the file writes all of them.
pub fn words_of_name(path: &str) -> impl Iterator<Item = &str> {
    stem(path).split(|sign: char| !sign.is_alphanumeric() && !matches!(sign, '_' | '$')).filter(|word| !word.is_empty())
}

fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// Returns whether no other file can mean a file by its name.
///
/// A file of Go belongs to its package and one of Rust to the module that declares it, whatever they are called; what else
/// such a package has is not known here.
fn is_unnamed(path: &str, mentions: &dyn Fn(&str, &str) -> bool) -> bool {
    let by_name = Language::of_path(path).is_some_and(|language| !matches!(language, Language::Go | Language::Rust));
    by_name && !ENTRIES.contains(&stem(path)) && words_of_name(path).any(|word| !mentions(path, word))
}

/// Cleans one file; whatever goes wrong inside stays inside.
fn clean(
    file: &SourceFile,
    request: &Request<'_>,
    mentions: &dyn Fn(&str, &str) -> bool,
    imported: &HashMap<String, Born>,
    keeps_settings: bool,
) -> Staged {
    let unchanged = || [(); 3].map(|()| file.text.clone());
    let Some(language) = Language::of_path(&file.path) else {
        if let Some(staged) = fixture(file, request, keeps_settings) {
            return staged;
        }
        let refusals = in_text(file, request.key);
        // Whatever is no prose and no data may be code of a language that is not read here, and ask for the flag.
        let left = if is_test(&file.path) || mentions::is_prose_or_data(&file.path) { 0 } else { refusals.len() };
        return Staged { texts: unchanged(), refusals, left, ..Staged::default() };
    };
    let mut externals = Externals::default();
    request.definitions.iter().filter(|definition| definition.file != file.path).for_each(|d| externals.add(d));
    let elsewhere = |name: &str| mentions(&file.path, name);
    let job = Job {
        path: &file.path,
        source: &file.text,
        language,
        request,
        externals: &externals,
        elsewhere: &elsewhere,
        imported,
        keeps_settings,
    };
    let failed = |note: &str| Staged {
        texts: unchanged(),
        refusals: vec![Refusal {
            file: file.path.clone(),
            line: 1,
            code: Reason::ParseError,
            level: None,
            note: note.to_owned(),
        }],
        ..Staged::default()
    };
    match catch_unwind(AssertUnwindSafe(|| job.run())) {
        Ok(Ok(staged)) => staged,
        Ok(Err(error)) => failed(&error.to_string()),
        Err(_) => failed("a defect of this program; the file was not touched"),
    }
}

/// Cleans a file in which tests define flags; nothing if it is none.
fn fixture(file: &SourceFile, request: &Request<'_>, keeps_settings: bool) -> Option<Staged> {
    let Fixture { line, gives } = fixtures::fixture(&file.path, &file.text, request.key, request.value)?;
    let mut staged = Staged { texts: [(); 3].map(|()| file.text.clone()), ..Staged::default() };
    let (code, note) = match gives {
        Gives::TheValue(rest) if !keeps_settings => {
            let rule = rules::ENTRY;
            staged.texts = [(); 3].map(|()| rest.clone());
            staged.changes = vec![Change { file: file.path.clone(), line, rule, stage: Level::Constant }];
            staged.settings = 1;
            return Some(staged);
        }
        Gives::TheValue(_) => (Reason::TextReference, STILL_ASKED),
        Gives::Another => (Reason::TestPinsOtherValue, ""),
        Gives::Depends => (Reason::TestPinsOtherValue, "it is switched off there, or has conditions"),
    };
    staged.refusals = vec![Refusal { file: file.path.clone(), line, code, level: None, note: note.to_owned() }];
    Some(staged)
}

/// Returns the lines of a file that is no code, or of a language that is not known, which name the flag.
fn in_text(file: &SourceFile, key: &str) -> Vec<Refusal> {
    let code = mentions::in_other_file(&file.path);
    let lines = file.text.lines().zip(1..).filter(|(line, _)| mentions::places(line, key).next().is_some());
    let refusal = |(_, line)| Refusal { file: file.path.clone(), line, code, level: None, note: String::new() };
    lines.take(TEXT_LINES_MAX).map(refusal).collect()
}

/// Carries exported constants and functions into the files that import them. Returns the names to look for elsewhere.
fn propagate(
    files: &[&SourceFile],
    staged: &mut [Staged],
    request: &Request<'_>,
    mentions: &dyn Fn(&str, &str) -> bool,
) -> Vec<String> {
    if request.config.visibility != Visibility::Application {
        return vec![];
    }
    let exports: Vec<(String, String, Born)> = files
        .iter()
        .zip(staged.iter())
        .flat_map(|(file, staged)| {
            staged.exports.iter().map(|(name, born)| (file.path.clone(), name.clone(), born.clone()))
        })
        .collect();
    let mut wanted: Vec<String> = exports.iter().map(|(_, name, _)| name.trim_end_matches("()").to_owned()).collect();
    wanted.sort();
    wanted.dedup();
    let keeps_settings = staged.iter().any(|staged| staged.left > 0);
    for (file, staged) in files.iter().zip(staged.iter_mut()) {
        let imported = imports_of(file, &exports);
        if !imported.is_empty() {
            *staged = clean(file, request, mentions, &imported, keeps_settings);
        }
    }
    wanted
}

/// Returns the exported names that a file imports, by the name it knows them under.
fn imports_of(file: &SourceFile, exports: &[(String, String, Born)]) -> HashMap<String, Born> {
    let fits = |(path, name, _): &&(String, String, Born)| {
        let short = name.trim_end_matches("()");
        let module = module_of(path);
        *path != file.path
            && file.text.contains(short)
            && Language::of_path(path)
                .zip(Language::of_path(&file.path))
                .is_some_and(|(a, b)| a.is_script() == b.is_script())
            && import_lines(&file.text, short).any(|line| line.contains(&module))
    };
    exports.iter().filter(fits).map(|(_, name, born)| (name.clone(), born.clone())).collect()
}

fn module_of(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.split('.').next().unwrap_or(name).to_owned()
}

fn import_lines<'t>(text: &'t str, name: &'t str) -> impl Iterator<Item = &'t str> {
    text.lines().filter(move |line| {
        let import = line.trim_start().starts_with("import ") || line.trim_start().starts_with("from ");
        import && line.contains(name) && !line.contains(" as ")
    })
}
