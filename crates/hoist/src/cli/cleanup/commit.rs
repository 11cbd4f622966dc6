//! `--commit`: a branch of up to three commits, made in a worktree of its own, so that yours is not touched.

use std::path::{Path, PathBuf};

use hoist_cleanup::Level;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::limits::GIT_PATHS_MAX;
use crate::output::Output;
use crate::refs::git::{Git, command_in};
use crate::source_tree::{SourceTree, folder};

use super::run::Done;
use super::served::Served;
use super::verify::Checked;
use super::{CleanupArgs, brief, pull_request, run, show};

/// A worktree that goes when it is no longer needed.
struct Worktree {
    repository: PathBuf,
    folder: tempfile::TempDir,
}

impl Worktree {
    fn add(repository: &Path) -> Result<Self, Failure> {
        let folder = tempfile::tempdir().map_err(|error| Failure::io("cannot make a folder", &error))?;
        let place = folder.path().join("tree");
        git(repository, &["worktree", "add", "--quiet", "--detach", &place.to_string_lossy(), "HEAD"])?;
        Ok(Self { repository: repository.to_owned(), folder })
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("tree")
    }
}

impl Drop for Worktree {
    fn drop(&mut self) {
        // A worktree that cannot be removed is pruned by git later.
        let _ = git(&self.repository, &["worktree", "remove", "--force", &self.root().to_string_lossy()]);
    }
}

/// A branch that was made, as the server gets to know it.
pub(super) struct Branch {
    pub(super) repository: String,
    /// Where people see it once it is pushed, if the remote has an address on the web.
    pub(super) url: Option<String>,
}

/// Makes the branch. Returns how many places are left for a person, and the branch if it has commits.
pub(super) fn commit(args: &CleanupArgs, served: &Served, out: Output) -> Result<(usize, Option<Branch>), Failure> {
    let place = folder(&args.path)?;
    let repository = PathBuf::from(top(&place)?.trim_end());
    let below = place.strip_prefix(&repository).unwrap_or(Path::new("")).to_owned();
    let branch = format!("hoist/cleanup/{}", args.key);
    require_new(&repository, &branch)?;
    if !git(&repository, &["status", "--porcelain", "--untracked-files=no"])?.is_empty() {
        out.say("The branch starts from the last commit: what is changed here and not committed stays out of it");
    }
    let worktree = Worktree::add(&repository)?;
    let tree = SourceTree::open(&worktree.root().join(below))?;
    let level = args.level();
    let mut done = run::cleanup(&tree, args.key.as_str(), &served.value, level)?;
    let (stages, told) = commits(args, served, &tree, &mut done)?;
    for line in done.about_unread().iter().chain(&done.about_absence(args.key.as_str())).chain(&told) {
        out.say(line);
    }
    let commits = stages.len();
    if commits > 0 {
        // Named only now, and never moved: what a branch of this name holds is somebody's work.
        git(&worktree.root(), &["branch", &branch])?;
    }
    brief::write(args, &done, &tree)?;
    let text = pull_request::text(args, served, &done, &stages, &told);
    let document = serde_json::json!({
        "key": args.key.as_str(), "branch": branch, "commits": commits, "value": show::value(served),
        "override": show::set_aside(served), "refusals": done.outcome.refusals, "risks": done.outcome.risks,
        "pull_request": text,
    });
    out.item(&document, "branch", |to| {
        if commits == 0 {
            return writeln!(to, "Nothing to commit");
        }
        writeln!(to, "Branch `{branch}` has {}\n", show::count(commits, "commit"))?;
        if args.explain {
            show::explain(&done, to)?;
            writeln!(to)?;
        }
        write!(to, "{text}")
    })?;
    let seen = Git::around(&repository)?;
    let url = seen.web_address().map(|address| format!("{address}/tree/{branch}"));
    let made = (commits > 0).then(|| Branch { repository: seen.name(), url });
    Ok((done.outcome.refusals.len(), made))
}

/// Returns the root of the repository that a folder is in; it must have a commit to start a branch from.
fn top(place: &Path) -> Result<String, Failure> {
    let hint = "a branch is made in a git repository that has a commit; leave `--commit` out to see the change";
    let root = git(place, &["rev-parse", "--show-toplevel"]).map_err(|failure| failure.hint(hint))?;
    git(place, &["rev-parse", "--verify", "--quiet", "HEAD"]).map_err(|failure| failure.hint(hint))?;
    Ok(root)
}

/// Refuses a branch that is there already: it may hold what a person added to an earlier cleanup.
fn require_new(repository: &Path, branch: &str) -> Result<(), Failure> {
    if git(repository, &["for-each-ref", "--count=1", &format!("refs/heads/{branch}")])?.is_empty() {
        return Ok(());
    }
    let message = format!("the branch `{branch}` exists, and may hold work that is nowhere else");
    Err(Failure::new(Exit::Conflict, "branch_exists", message)
        .hint(format!("merge or rename it, or drop it with `git branch --delete --force {branch}`; then try again")))
}

/// Commits each stage that changes something and that the project's own check accepts by itself, on no branch yet. Returns
/// their names, and what to tell.
fn commits(
    args: &CleanupArgs,
    served: &Served,
    tree: &SourceTree,
    done: &mut Done,
) -> Result<(Vec<&'static str>, Vec<String>), Failure> {
    let level = args.level();
    let stages = [
        (Level::Constant, "constant", "Replace the flag"),
        (Level::Fold, "fold", "Remove what the flag decided"),
        (Level::Deep, "orphans", "Remove what only served the flag"),
    ];
    let mut checked = Checked::new(tree, done, level);
    let mut made = vec![];
    for (stage, name, subject) in stages.into_iter().filter(|(stage, ..)| *stage <= level) {
        checked.advance(stage, &[])?;
        // What the check itself changes is no part of it.
        let paths: Vec<&str> = checked.changed().collect();
        for paths in paths.chunks(GIT_PATHS_MAX) {
            git(&tree.root, &[&["--literal-pathspecs", "add", "--update", "--"][..], paths].concat())?;
        }
        if git(&tree.root, &["diff", "--cached", "--name-only"])?.is_empty() {
            continue;
        }
        let set_aside = served
            .set_aside
            .as_ref()
            .map_or_else(String::new, |it| format!("Hoist-Override: {}\n", one_line(&it.reason)));
        let message = format!(
            "{subject} {}\n\nHoist-Flag: {}\nHoist-Value: {}\nHoist-Stage: {name}\n{set_aside}",
            args.key,
            args.key,
            show::value(served)
        );
        git(&tree.root, &["commit", "--quiet", "--message", &message])?;
        made.push(name);
    }
    Ok((made, checked.finish(done)))
}

/// Returns a text on one line, so that it is one trailer.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Runs git in a folder and returns what it printed.
fn git(folder: &Path, arguments: &[&str]) -> Result<String, Failure> {
    let output =
        command_in(folder, "git").args(arguments).output().map_err(|error| Failure::io("cannot run git", &error))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let first = said.lines().next().unwrap_or("no reason given");
    Err(Failure::new(Exit::Failure, "git", format!("git {} failed: {first}", arguments.first().unwrap_or(&""))))
}
