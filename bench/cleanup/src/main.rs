//! The work of `hoist refs` and `hoist cleanup` on a folder, without a server: what `run.py` measures beside its peers.
//!
//! `text DIR KEYS` finds the files with a key in their text, `refs DIR KEYS` classifies every reference, and
//! `cleanup DIR KEY VALUE` cleans in memory. `parse DIR KEYS` is the floor under `refs`: the parser alone, for the files
//! with a key. Each prints what it found, so that a run that does nothing is seen.

use std::error::Error;
use std::path::Path;
use std::sync::Mutex;

use hoist_cleanup::{HoistToml, KeySet, Level, Request, SourceFile, cleanup, references};
use hoist_eval::FlagValue;
use ignore::{WalkBuilder, WalkState};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let config = HoistToml::default();
    match arguments.as_slice() {
        ["text", folder, keys] => {
            let keys = read(keys, &config)?;
            let found = visit(folder, |_, text| keys.occurs_in(text).then_some(()));
            println!("{} files", found.len());
        }
        ["refs", folder, keys] => {
            let keys = read(keys, &config)?;
            let found = visit(folder, |path, text| {
                let count = references(path, text, &keys, &config).len();
                (count > 0).then_some(count)
            });
            println!("{} files, {} references", found.len(), found.iter().sum::<usize>());
        }
        ["parse", folder, keys] => {
            let keys = read(keys, &config)?;
            let found = visit(folder, |path, text| keys.occurs_in(text).then(|| parse(path, text)).flatten());
            println!("{} files, {} nodes", found.len(), found.iter().sum::<usize>());
        }
        ["cleanup", folder, key, value] => {
            let keys = KeySet::new([(*key).to_owned()], &config)?;
            let files = visit(folder, |path, text| {
                keys.occurs_in(text).then(|| SourceFile { path: path.to_owned(), text: text.to_owned() })
            });
            let value = FlagValue::Boolean(*value == "true");
            let request = Request { key, value: &value, level: Level::Fold, config: &config, definitions: &[] };
            let outcome = cleanup(&files, &request, &|_, _| true);
            let (changed, left) = (outcome.files.len(), outcome.refusals.len());
            println!("{} replaced, {changed} files, {left} left", outcome.replaced);
        }
        _ => return Err("text DIR KEYS | refs DIR KEYS | parse DIR KEYS | cleanup DIR KEY VALUE".into()),
    }
    Ok(())
}

fn read(keys: &str, config: &HoistToml) -> Result<KeySet, Box<dyn Error>> {
    let keys = std::fs::read_to_string(keys)?;
    Ok(KeySet::new(keys.lines().map(str::to_owned), config)?)
}

/// Parses a file and does nothing with it. Returns how many nodes there are.
fn parse(path: &str, text: &str) -> Option<usize> {
    let grammar = match path.rsplit('.').next()? {
        "java" => tree_sitter_java::LANGUAGE,
        "go" => tree_sitter_go::LANGUAGE,
        "ts" => tree_sitter_typescript::LANGUAGE_TYPESCRIPT,
        "py" => tree_sitter_python::LANGUAGE,
        _ => return None,
    };
    let mut parser = tree_sitter::Parser::new();
    parser.set_language(&grammar.into()).ok()?;
    Some(parser.parse(text, None)?.root_node().descendant_count())
}

/// Walks a folder as `hoist` does, and keeps what a function finds in the files.
fn visit<T: Send>(folder: &str, look: impl Fn(&str, &str) -> Option<T> + Sync) -> Vec<T> {
    let found = Mutex::new(vec![]);
    WalkBuilder::new(Path::new(folder)).require_git(false).build_parallel().run(|| {
        Box::new(|entry| {
            let Ok(entry) = entry else { return WalkState::Continue };
            let text = std::fs::read(entry.path()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            if let (Some(text), Some(path)) = (text, entry.path().to_str())
                && let Some(seen) = look(path, &text)
                && let Ok(mut found) = found.lock()
            {
                found.push(seen);
            }
            WalkState::Continue
        })
    });
    found.into_inner().unwrap_or_default()
}
