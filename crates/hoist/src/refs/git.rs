//! What the `git` command says about the repository around the files.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::failure::Failure;
use crate::limits::{GIT_OUTPUT_BYTES_MAX, REMOVAL_COMMITS_MAX};

/// What git tells its hooks about the repository that they run for: it means that one, whatever folder a command runs in.
/// These are the names that `git rev-parse --local-env-vars` prints, without those of settings.
const OF_REPOSITORY: [&str; 13] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

/// Returns a command that runs in a folder, and in which git means the repository of that folder.
pub fn command_in(folder: &Path, program: &str) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).stdin(Stdio::null());
    for name in OF_REPOSITORY {
        command.env_remove(name);
    }
    command
}

/// A repository.
#[derive(Debug, Clone)]
pub struct Git {
    root: PathBuf,
}

impl Git {
    /// Returns the repository that a folder is in.
    pub fn around(folder: &Path) -> Result<Self, Failure> {
        let outside = Self { root: folder.to_owned() };
        let root = outside.line(&["rev-parse", "--show-toplevel"]).map_err(|failure| {
            failure.hint("this needs a Git repository and the `git` command; plain scans need neither")
        })?;
        Ok(Self { root: PathBuf::from(root) })
    }

    /// Returns the root of the repository.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Returns the commit that a name stands for.
    pub fn commit(&self, name: &str) -> Result<String, Failure> {
        self.line(&["rev-parse", "--verify", "--end-of-options", &format!("{name}^{{commit}}")])
    }

    /// Returns when a commit was made, as RFC 3339.
    pub fn committed_at(&self, commit: &str) -> Result<String, Failure> {
        self.line(&["show", "-s", "--format=%cI", commit])
    }

    /// Returns the name of the branch that is checked out; nothing for a detached head.
    pub fn branch(&self) -> Option<String> {
        self.line(&["symbolic-ref", "--short", "-q", "HEAD"]).ok().filter(|name| !name.is_empty())
    }

    /// Returns the name of the branch that the remote calls its main one.
    pub fn main_branch(&self) -> Option<String> {
        let name = self.line(&["symbolic-ref", "--short", "-q", "refs/remotes/origin/HEAD"]).ok()?;
        name.strip_prefix("origin/").map(str::to_owned)
    }

    /// Returns where the repository is on the web: the remote's address without credentials, by https.
    pub fn web_address(&self) -> Option<String> {
        web_address(&self.line(&["remote", "get-url", "origin"]).ok()?)
    }

    /// Returns the name of the repository: the end of the remote's address, or the folder's name.
    pub fn name(&self) -> String {
        let remote = self.line(&["remote", "get-url", "origin"]).unwrap_or_default();
        let trimmed = remote.trim_end_matches('/').trim_end_matches(".git");
        let mut parts = trimmed.rsplit(['/', ':']);
        match (parts.next(), parts.next()) {
            (Some(name), Some(owner)) if !name.is_empty() && !owner.is_empty() => format!("{owner}/{name}"),
            _ => self.root.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        }
    }

    /// Returns whether files differ from the commit that is checked out, or are not in it, whatever the settings of the
    /// repository leave out of its status.
    pub fn is_dirty(&self) -> Result<bool, Failure> {
        let status = ["status", "--porcelain", "-z", "--untracked-files=normal", "--ignore-submodules=none"];
        Ok(!self.run(&status)?.is_empty())
    }

    /// Returns the files that Git looks after.
    pub fn tracked(&self) -> Result<BTreeSet<String>, Failure> {
        Ok(names(&self.run(&["ls-files", "--cached", "-z"])?).collect())
    }

    /// Returns the lines of a file that a commit does not have: ranges from 1, with the first line behind each.
    pub fn added_lines(&self, commit: &str, path: &str) -> Result<Vec<Range<u32>>, Failure> {
        let literal = format!(":(top,literal){path}");
        // Attributes of files may say that they are not compared, or only after a conversion.
        let whole = ["--text", "--no-textconv", "--no-ext-diff"];
        let diff =
            [&["diff", "--unified=0", "--no-renames", "--no-color"][..], &whole, &[commit, "--", &literal]].concat();
        Ok(added_ranges(&String::from_utf8_lossy(&self.run(&diff)?)))
    }

    /// Returns the last commit that two have in common.
    pub fn merge_base(&self, one: &str, other: &str) -> Result<String, Failure> {
        self.line(&["merge-base", one, other])
    }

    /// Returns whether one commit is among those that another came from.
    pub fn is_ancestor(&self, commit: &str, of: &str) -> bool {
        self.run(&["merge-base", "--is-ancestor", commit, of]).is_ok()
    }

    /// Returns the files that differ between a commit and the files as they are, untracked ones included.
    pub fn changed_since(&self, commit: &str) -> Result<BTreeSet<String>, Failure> {
        let changed = self.run(&["diff", "--name-only", "--no-renames", "-z", commit, "--"])?;
        let untracked = self.run(&["ls-files", "--others", "--exclude-standard", "-z"])?;
        Ok(names(&changed).chain(names(&untracked)).collect())
    }

    /// Returns a file as it was at a commit; nothing if it was not there, or was no text.
    pub fn show(&self, commit: &str, path: &str) -> Option<String> {
        String::from_utf8(self.run(&["show", &format!("{commit}:{path}")]).ok()?).ok()
    }

    /// Returns the commit that took the last occurrence of a key out of the tree, following first parents from `until`
    /// back to `from`: the newest one whose tree does not have the key while its first parent's has. A move from one file
    /// to another is none.
    pub fn removal(&self, key: &str, from: Option<&str>, until: &str) -> Option<(String, String)> {
        let range = from.map_or_else(|| until.to_owned(), |from| format!("{from}..{until}"));
        let most = format!("--max-count={REMOVAL_COMMITS_MAX}");
        let search = format!("-S{key}");
        // Merges are compared with their first parent alone.
        let arguments =
            ["log", "--first-parent", "--diff-merges=first-parent", "--format=%H", &most, &search, &range, "--"];
        let log = self.run(&arguments).ok()?;
        let commits = String::from_utf8(log).ok()?;
        let removed = commits.lines().find(|commit| !self.has(key, commit) && self.has(key, &format!("{commit}^")))?;
        Some((removed.to_owned(), self.committed_at(removed).ok()?))
    }

    /// Returns whether the tree of a commit has the key as a word.
    fn has(&self, key: &str, commit: &str) -> bool {
        self.run(&["grep", "-q", "-I", "-F", "-w", "-e", key, commit, "--"]).is_ok()
    }

    fn line(&self, arguments: &[&str]) -> Result<String, Failure> {
        let said = self.run(arguments)?;
        Ok(String::from_utf8_lossy(&said).trim().to_owned())
    }

    fn run(&self, arguments: &[&str]) -> Result<Vec<u8>, Failure> {
        let output = command_in(&self.root, "git")
            .args(["-c", "core.quotepath=off"])
            .args(arguments)
            .output()
            .map_err(|error| Failure::io("cannot run `git`", &error))?;
        let said = String::from_utf8_lossy(&output.stderr);
        let said = said.lines().next().unwrap_or_default();
        let verb = arguments.first().copied().unwrap_or_default();
        if !output.status.success() {
            return Err(Failure::invalid(format!("`git {verb}` failed: {said}")));
        }
        if output.stdout.len() > GIT_OUTPUT_BYTES_MAX {
            return Err(Failure::invalid(format!("`git {verb}` says more than can be held")));
        }
        Ok(output.stdout)
    }
}

/// Returns the ranges behind the `+` of the heads of hunks, such as `@@ -3 +4,2 @@`.
fn added_ranges(diff: &str) -> Vec<Range<u32>> {
    let heads = diff.lines().filter_map(|line| line.strip_prefix("@@ -")?.split(' ').nth(1)?.strip_prefix('+'));
    let ranges = heads.filter_map(|head| {
        let (start, count) = head.split_once(',').unwrap_or((head, "1"));
        let (start, count): (u32, u32) = (start.parse().ok()?, count.parse().ok()?);
        Some(start..start.saturating_add(count))
    });
    ranges.collect()
}

fn names(output: &[u8]) -> impl Iterator<Item = String> + '_ {
    output
        .split(|byte| *byte == 0)
        .filter(|name| !name.is_empty())
        .map(|name| String::from_utf8_lossy(name).into_owned())
}

/// Returns the address by https of a remote such as `git@example.org:shop/web.git`; nothing for a folder.
fn web_address(remote: &str) -> Option<String> {
    let place = match remote.split_once("://") {
        Some(("http" | "https" | "ssh" | "git", rest)) => rest.to_owned(),
        Some(_) => return None,
        // The short form of ssh has a colon between the host and the path.
        None => match remote.split_once(':') {
            Some((host, path)) if host.contains('@') => format!("{host}/{}", path.trim_start_matches('/')),
            _ => return None,
        },
    };
    let (host, path) = place.split_once('/')?;
    // What stands in front of the host may be a secret.
    let host = host.rsplit('@').next()?;
    let host = if remote.starts_with("http") { host } else { host.split(':').next()? };
    let path = path.trim_end_matches('/').trim_end_matches(".git");
    (!host.is_empty() && !path.is_empty()).then(|| format!("https://{host}/{path}"))
}

#[cfg(test)]
mod tests {
    use super::{added_ranges, web_address};

    #[test]
    fn heads_of_hunks_say_which_lines_are_new() {
        let diff =
            "--- a/x\n+++ b/x\n@@ -1,0 +2,3 @@ f() {\n+@@ -9 +9 @@\n@@ -7 +10 @@\n-a\n+b\n@@ -9,2 +11,0 @@\n-c\n";
        assert_eq!(added_ranges(diff), [2..5, 10..11, 11..11]);
    }

    #[test]
    fn remotes_have_an_address_on_the_web_without_secrets() {
        for (remote, expected) in [
            ("git@example.org:shop/web.git", Some("https://example.org/shop/web")),
            ("ssh://git@example.org:2222/shop/web", Some("https://example.org/shop/web")),
            ("https://ada:secret@example.org/shop/web.git", Some("https://example.org/shop/web")),
            ("https://example.org:8443/shop/web/", Some("https://example.org:8443/shop/web")),
            ("/srv/git/web.git", None),
            ("file:///srv/git/web.git", None),
            ("../web", None),
        ] {
            assert_eq!(web_address(remote).as_deref(), expected, "{remote}");
        }
    }
}
