//! Which files have a name in them: one walk answers for every name that a cleanup could ask about.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Mutex;

use hoist_cleanup::{Language, SourceFile, words_of_name};

use crate::source_tree::SourceTree;

/// Where a name occurs.
#[derive(Debug)]
enum Homes {
    /// In one file.
    One(String),
    /// In more than one, so in another than any given one.
    Several,
}

/// The names of some files, with the files of the tree that have them. The tree is walked when first asked.
pub(super) struct Mentioned<'t> {
    tree: &'t SourceTree,
    files: &'t [SourceFile],
    /// Nothing if not all code could be read.
    homes: OnceCell<Option<HashMap<String, Homes>>>,
}

impl<'t> Mentioned<'t> {
    /// Returns an index of the names in the files that are cleaned.
    pub(super) fn new(tree: &'t SourceTree, files: &'t [SourceFile]) -> Self {
        Self { tree, files, homes: OnceCell::new() }
    }

    /// Returns whether a file other than the named one has a name in it, as a whole word.
    pub(super) fn elsewhere(&self, path: &str, name: &str) -> bool {
        // Who starts a program by its name may be in no file of the tree.
        if words_of_name(path).any(|word| word == name) && is_executable(&self.tree.place(path)) {
            return true;
        }
        let Some(homes) = self.homes.get_or_init(|| self.walk()) else { return true };
        match homes.get(name) {
            Some(Homes::Several) => true,
            Some(Homes::One(home)) => home != path,
            // The name of a file may be in no text. Any other name was read in one of the files, so nothing is certain.
            None => !self.files.iter().any(|file| words_of_name(&file.path).any(|word| word == name)),
        }
    }

    fn walk(&self) -> Option<HashMap<String, Homes>> {
        let in_file = |file: &'t SourceFile| words(&file.text).chain(words_of_name(&file.path));
        let wanted: HashSet<&str> = self.files.iter().flat_map(in_file).collect();
        let found: Mutex<HashMap<String, Homes>> = Mutex::default();
        let walked = self.tree.visit(|path, text| {
            let names: HashSet<&str> = words(text).filter(|word| wanted.contains(word)).collect();
            let Ok(mut found) = found.lock() else { return };
            for name in names {
                match found.get_mut(name) {
                    Some(homes) => *homes = Homes::Several,
                    None => drop(found.insert(name.to_owned(), Homes::One(path.to_owned()))),
                }
            }
        });
        // Where code was not read nothing is known, and every name counts as used elsewhere.
        let is_code = |path: &String| Language::of_path(path).is_some();
        let all_read = walked.is_ok_and(|unread| !unread.iter().any(is_code));
        found.into_inner().ok().filter(|_| all_read)
    }
}

#[cfg(unix)]
fn is_executable(place: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    place.metadata().is_ok_and(|file| file.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(_place: &Path) -> bool {
    false
}

/// Returns the words of a text that can be names, in any language. What stands between `$` counts too: it is a name in some
/// languages and a sign in others.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let in_name = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '$');
    let whole = text.split(move |letter| !in_name(letter)).filter(|word| !word.is_empty());
    whole.flat_map(|word| {
        let parts = word.split('$').filter(move |part| !part.is_empty() && part.len() < word.len());
        std::iter::once(word).chain(parts)
    })
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn words_are_taken_whole() {
        let found: Vec<&str> = words("is_new(a.$b, `${c}`) // naïve-$ x$y").collect();
        assert_eq!(found, ["is_new", "a", "$b", "b", "$", "c", "naïve", "$", "x$y", "x", "y"]);
    }
}
