//! Which files there are: all but what ignore files of any folder leave out.

use std::path::{Path, PathBuf};

use ignore::WalkBuilder;
use ignore::overrides::OverrideBuilder;

use crate::failure::Failure;
use crate::limits::REFS_FILES_MAX;

/// The ignore file that is read beside those of Git.
const IGNORE_FILE: &str = ".hoistignore";

/// Returns the files below `root` in the order of their names. Nested `.gitignore` and `.hoistignore` files hold, and so
/// do the patterns of `exclude`.
pub fn files(root: &Path, exclude: &[String]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for entry in builder(root, exclude)?.build() {
        let entry = entry.map_err(|error| Failure::invalid(format!("cannot walk the folder: {error}")))?;
        if entry.file_type().is_some_and(|kind| kind.is_file()) {
            files.push(entry.into_path());
        }
        if files.len() > REFS_FILES_MAX {
            let hint = "leave folders out with `exclude` in hoist.toml, or scan a part of the tree";
            return Err(Failure::invalid(format!("there are more than {REFS_FILES_MAX} files")).hint(hint));
        }
    }
    files.sort();
    Ok(files)
}

/// Returns the walk that `hoist refs` and `hoist cleanup` share, so that neither sees a file that the other does not.
pub fn builder(root: &Path, exclude: &[String]) -> Result<WalkBuilder, Failure> {
    let mut overrides = OverrideBuilder::new(root);
    for pattern in exclude {
        let wrong = |_| Failure::invalid("`hoist.toml` has a pattern under `exclude` that is none");
        overrides.add(&format!("!{pattern}")).map_err(wrong)?;
    }
    let overrides = overrides.build().map_err(|_| Failure::invalid("the patterns under `exclude` cannot be used"))?;
    let mut walk = WalkBuilder::new(root);
    walk.hidden(false)
        .require_git(false)
        .add_custom_ignore_filename(IGNORE_FILE)
        .overrides(overrides)
        .filter_entry(|entry| entry.file_name() != ".git");
    Ok(walk)
}
