//! Every case of the corpus: what goes in, what comes out, and what is refused.
//!
//! `HOIST_BLESS=1` writes what comes out into the corpus; read it before you keep it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use hoist_cleanup::{Cleaned, HoistToml, KeySet, Level, Outcome, Request, SourceFile, cleanup, definitions};
use hoist_eval::FlagValue;
use serde::Deserialize;

/// `case.toml` of a case.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    /// What the case shows, in one sentence.
    pub(crate) title: String,
    /// The rules and refusals that it is an example of.
    pub(crate) shows: Vec<String>,
    /// The value that the flag ended with.
    pub(crate) value: toml::Value,
    #[serde(default)]
    pub(crate) level: Option<Level>,
    /// The refusals, as `file:line code`.
    #[serde(default)]
    pub(crate) refused: Vec<String>,
    /// `hoist.toml` of the repository.
    #[serde(default)]
    pub(crate) config: String,
}

pub(crate) fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

/// Returns the folders of all cases of a language, in order.
pub(crate) fn cases(language: &str) -> Vec<(String, PathBuf, Case)> {
    let mut found: Vec<_> = fs::read_dir(corpus().join(language))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("case.toml").exists())
        .map(|path| {
            let case = toml::from_str(&fs::read_to_string(path.join("case.toml")).unwrap());
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name.clone(), path, case.unwrap_or_else(|error| panic!("{name}: {error}")))
        })
        .collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

pub(crate) fn files(folder: &Path) -> Vec<SourceFile> {
    let mut found: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| SourceFile {
            path: path.file_name().unwrap().to_string_lossy().into_owned(),
            text: fs::read_to_string(&path).unwrap(),
        })
        .collect();
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

pub(crate) fn value(value: &toml::Value) -> FlagValue {
    match value {
        toml::Value::Boolean(value) => FlagValue::Boolean(*value),
        toml::Value::String(text) => FlagValue::String(text.as_str().into()),
        toml::Value::Integer(number) => FlagValue::Integer(*number),
        toml::Value::Float(number) => FlagValue::Float(*number),
        other => panic!("no value of a flag: {other}"),
    }
}

pub(crate) fn run(case: &Case, files: &[SourceFile]) -> Outcome {
    let config = HoistToml::parse(&case.config).unwrap();
    let keys = KeySet::new(["new-nav".to_owned()], &config).unwrap();
    let definitions: Vec<_> = files.iter().flat_map(|file| definitions(&file.path, &file.text, &keys)).collect();
    let value = value(&case.value);
    let level = case.level.unwrap_or(Level::Deep);
    let request = Request { key: "new-nav", value: &value, level, config: &config, definitions: &definitions };
    let mentions = |path: &str, name: &str| files.iter().any(|file| file.path != path && file.text.contains(name));
    cleanup(files, &request, &mentions)
}

/// Returns every file of a case as it is afterwards.
pub(crate) fn after(files: &[SourceFile], outcome: &Outcome) -> BTreeMap<String, String> {
    let mut texts: BTreeMap<String, String> = files.iter().map(|file| (file.path.clone(), file.text.clone())).collect();
    texts.extend(outcome.files.iter().map(|file| (file.path.clone(), file.deep.clone())));
    let gone = |file: &&Cleaned| file.goes(Level::Deep);
    outcome.files.iter().filter(gone).for_each(|file| drop(texts.remove(&file.path)));
    texts
}

fn check(language: &str) {
    let bless = std::env::var_os("HOIST_BLESS").is_some();
    let mut wrong = vec![];
    for (name, folder, case) in cases(language) {
        let files = files(&folder.join("before"));
        let outcome = run(&case, &files);
        let texts = after(&files, &outcome);
        let refused: Vec<String> = outcome
            .refusals
            .iter()
            .map(|refusal| format!("{}:{} {}", refusal.file, refusal.line, refusal.code.code()))
            .collect();
        if bless {
            let folder = folder.join("after");
            let _ = fs::remove_dir_all(&folder);
            fs::create_dir_all(&folder).unwrap();
            for (path, text) in &texts {
                fs::write(folder.join(path), text).unwrap();
            }
            bless_refusals(&folder.join("../case.toml"), &refused);
        }
        for (path, text) in &texts {
            let expected = fs::read_to_string(folder.join("after").join(path)).unwrap_or_default();
            if *text != expected {
                wrong.push(format!("{language}/{name}/{path}:\n{text}"));
            }
        }
        let stays = fs::read_dir(folder.join("after")).map_or(0, Iterator::count);
        if stays != texts.len() {
            wrong.push(format!("{language}/{name}: {} files afterwards", texts.len()));
        }
        if refused != case.refused {
            wrong.push(format!("{language}/{name}: refused = {refused:?}"));
        }
        // Running again on the result changes nothing.
        let again: Vec<SourceFile> =
            texts.iter().map(|(path, text)| SourceFile { path: path.clone(), text: text.clone() }).collect();
        let second = after(&again, &run(&case, &again));
        if second != texts {
            wrong.push(format!("{language}/{name} changes again:\n{second:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n---\n"));
}

fn bless_refusals(path: &Path, refused: &[String]) {
    let text = fs::read_to_string(path).unwrap();
    let lines = text.lines().map(|line| match line.starts_with("refused = ") {
        true => format!("refused = {refused:?}\n"),
        false => format!("{line}\n"),
    });
    fs::write(path, lines.collect::<String>()).unwrap();
}

#[test]
fn javascript_is_cleaned_as_expected() {
    check("javascript");
}

#[test]
fn typescript_is_cleaned_as_expected() {
    check("typescript");
}

#[test]
fn python_is_cleaned_as_expected() {
    check("python");
}

#[test]
fn go_is_cleaned_as_expected() {
    check("go");
}

#[test]
fn java_is_cleaned_as_expected() {
    check("java");
}

#[test]
fn rust_is_cleaned_as_expected() {
    check("rust");
}
