//! `hoist refs`: where flags occur in code, and what is wrong with that.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use crate::client::{self, Client};
use crate::clock;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::limits::REMOVAL_KEYS_MAX;
use crate::output::{Column, Format, at, text};
use crate::progress::Progress;
use crate::refs::git::Git;
use crate::refs::known::{self, Known};
use crate::refs::scan::{Wanted, scan};
use crate::refs::write::{self, Report};
use crate::refs::{Found, Place, added, check, walk};
use crate::source_tree::{self, SourceTree};

use super::Context;

/// Find where flags occur in code
#[derive(Debug, Args)]
#[command(after_help = "\
The flags come from the server, or from a file with --flags. Files that .gitignore and .hoistignore leave out are not
read; `hoist.toml` in the folder declares wrappers, aliases and more.

With --check the exit code is 1 if code asks for a flag that is archived, unknown, or more than 30 days past its expiry
date. With --diff-base only references that the change adds count.

Examples:
  hoist refs .
  hoist refs . --check --diff-base origin/main -o github
  hoist refs . --upload --main
  hoist refs src --flags flags.json -o sarif > refs.sarif
  hoist refs --forget --repository example/shop --branch main")]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct RefsArgs {
    /// Folder to look through
    #[arg(value_name = "PATH", default_value = ".")]
    path: PathBuf,
    /// Only this flag; may be given more than once
    #[arg(long = "flag", value_name = "KEY")]
    flags: Vec<String>,
    /// Take the flags from this file instead of the server: what `hoist flag list -o json` or `hoist export` writes
    #[arg(long = "flags", value_name = "FILE")]
    flags_file: Option<PathBuf>,
    /// Exit with 1 if code has flags that are retired, unknown or long expired
    #[arg(long)]
    check: bool,
    /// Only references that are new since this commit or branch
    #[arg(long, value_name = "REF")]
    diff_base: Option<String>,
    /// Keep the lines of code with the references
    #[arg(long)]
    include_source: bool,
    /// Send what was found to the server, in place of the last scan of the branch
    #[arg(long)]
    upload: bool,
    /// Name of the repository on the server, such as example/shop; without it the end of the remote's address
    #[arg(long, value_name = "NAME")]
    repository: Option<String>,
    /// Name of the branch on the server; without it the one that is checked out
    #[arg(long, value_name = "NAME", env = "HOIST_BRANCH")]
    branch: Option<String>,
    /// This is the branch that everything is deployed from; without it the one that the remote calls so
    #[arg(long, requires = "upload")]
    main: bool,
    /// Make the server forget what was found on a branch, as after the end of a repository, and look at nothing
    #[arg(long, conflicts_with_all = ["upload", "check", "diff_base"], requires = "repository", requires = "branch")]
    forget: bool,
    /// Why, for the audit log
    #[arg(long, value_name = "TEXT", requires = "forget", default_value = "")]
    reason: String,
    /// Read every file, even where the last scan of the branch says what has not changed
    #[arg(long)]
    full: bool,
}

/// Looks, writes what was found, and says whether something is wrong.
pub async fn run(args: RefsArgs, context: Context) -> Result<Exit, Failure> {
    if let (true, Some(repository), Some(branch)) = (args.forget, &args.repository, &args.branch) {
        return forget(repository, branch, &args.reason, &context).await;
    }
    let client = if args.flags_file.is_some() && !args.upload { None } else { Some(context.client()?) };
    let known = match (&args.flags_file, &client) {
        (Some(file), _) => known::from_file(file)?,
        (None, Some(client)) => known::from_server(client).await?,
        (None, None) => Known::new(),
    };
    let root = source_tree::folder(&args.path)?;
    let git = Git::around(&root);
    let place = if args.upload { Some(Upload::of(&args, git.clone()?)?) } else { None };
    let root = place.as_ref().map_or(root, |place| place.git.root().to_owned());
    let config = SourceTree::open(&root)?.config;
    let keys: Vec<String> = if args.flags.is_empty() { known.keys().cloned().collect() } else { args.flags.clone() };
    let mut files = walk::files(&root, &config.exclude)?;
    if let Some(place) = &place {
        // What is sent is said to be of a commit, which holds neither files that Git was told to overlook nor those of
        // repositories within this one.
        let tracked = place.git.tracked()?;
        files.retain(|file| tracked.contains(&crate::refs::scan::name(&root, file)));
    }
    let progress = Progress::of_things(context.out, "Looking through the files");
    let wanted = Wanted {
        keys: &keys,
        config: &config,
        unknown: args.flags.is_empty(),
        with_source: args.include_source,
        progress: &progress,
    };
    let before = match (&place, &client) {
        (Some(place), Some(client)) if !args.full => place.last(client).await,
        _ => None,
    };
    let mut found = look(&root, &files, &wanted, &known, place.as_ref(), before.as_ref())?;
    progress.end();
    let today = clock::today();
    check::note(&mut found.places, &known, today);
    if let (Some(place), Some(client)) = (&place, &client) {
        place.send(client, &found, &known, before.as_ref()).await?;
        context.out.say(&format!("Sent {} references in {} ({})", found.places.len(), place.repository, place.branch));
    }
    if let Some(base) = &args.diff_base {
        added::leave(&mut found, &git.clone()?, &root, base, &wanted)?;
    }
    let failing = check::note(&mut found.places, &known, today);
    let project = context.connection.project.to_string();
    let commit = git.as_ref().ok().and_then(|git| git.commit("HEAD").ok());
    let repository = git.as_ref().ok().map(Git::name);
    let address = git.as_ref().ok().and_then(Git::web_address);
    let report = Report {
        places: &found.places,
        root: &root,
        with_source: args.include_source,
        known: &known,
        today,
        project: &project,
        repository: repository.as_deref(),
        address: address.as_deref(),
        commit: commit.as_deref(),
        files: found.files,
        unread: &found.unread,
    };
    show(&report, &context)?;
    if let Some(first) = found.unread.first() {
        let more = found.unread.len() - 1;
        let which = if more == 0 { format!("`{first}`") } else { format!("`{first}` and {more} more") };
        context.out.say(&format!("{which} could not be read, so more may be there"));
    }
    if args.check && failing > 0 {
        context.out.say(&format!("{failing} references to flags that are retired, unknown or long expired"));
        return Ok(Exit::Failure);
    }
    Ok(Exit::Success)
}

/// Makes the server forget a branch, so that what was found there keeps no flag from the archive.
async fn forget(repository: &str, branch: &str, reason: &str, context: &Context) -> Result<Exit, Failure> {
    let client = context.client()?;
    let body = json!({ "repository": repository, "branch": branch, "reason": reason });
    client.post(&client.in_project(&["scans", "forget"]), &body).await?;
    context.out.say(&format!("Forgot {repository} ({branch})"));
    Ok(Exit::Success)
}

/// The last scan of a branch: where this one starts.
struct Before {
    commit: String,
    places: Vec<Place>,
    scanned_at: String,
}

/// Scans everything, or what has changed since the last scan of the branch.
fn look(
    root: &Path,
    files: &[PathBuf],
    wanted: &Wanted<'_>,
    known: &Known,
    place: Option<&Upload>,
    before: Option<&Before>,
) -> Result<Found, Failure> {
    let all = || scan(root, files, wanted, None);
    let (Some(place), Some(before)) = (place, before) else { return all() };
    let changed = place.git.changed_since(&before.commit)?;
    let name = |file: &PathBuf| crate::refs::scan::name(root, file);
    let defining: BTreeSet<&str> =
        before.places.iter().filter(|it| it.kind == "definition").map(|it| it.path.as_str()).collect();
    let touches_meaning = changed.iter().any(|path| path == "hoist.toml" || defining.contains(path.as_str()));
    let new_keys = known.values().any(|flag| flag.created_at.as_ref().is_none_or(|at| *at > before.scanned_at));
    if touches_meaning || new_keys {
        // Another constant, another wrapper or another flag may mean something in any file.
        return all();
    }
    let some: Vec<PathBuf> = files
        .iter()
        .filter(|file| {
            let name = name(file);
            changed.contains(&name) || defining.contains(name.as_str())
        })
        .cloned()
        .collect();
    let only: Vec<String> = some.iter().map(name).filter(|name| changed.contains(name)).collect();
    let mut found = scan(root, &some, wanted, Some(&only))?;
    let there: BTreeSet<String> = files.iter().map(name).collect();
    let kept = before.places.iter().filter(|it| !changed.contains(&it.path) && there.contains(&it.path));
    found.places.extend(kept.cloned());
    found.places.sort();
    found.files = files.len() as u64;
    Ok(found)
}

const COLUMNS: &[Column] = &[
    Column("FLAG", |place| text(place, "key")),
    Column("PLACE", |place| format!("{}:{}:{}", text(place, "path"), text(place, "line"), text(place, "column"))),
    Column("KIND", |place| text(place, "kind")),
    Column("VIA", |place| text(place, "via")),
    Column("IN", |place| text(place, "symbol")),
    Column("FINDING", |place| text(place, "finding")),
];

fn show(report: &Report<'_>, context: &Context) -> Result<(), Failure> {
    let out = context.out;
    let write = |text: String| out.write(|to| to.write_all(text.as_bytes()));
    match out.format() {
        Format::Json | Format::Yaml => out.item(&report.json(), "", |_| Ok(())),
        Format::Jsonl => write(report.json_lines()),
        Format::Sarif => write(format!("{:#}\n", write::sarif(report))),
        Format::Csv => write(write::csv(report)),
        Format::Github => write(write::github(report)),
        Format::Gitlab => write(format!("{:#}\n", write::gitlab(report))),
        Format::Name => write(report.summary().keys().map(|key| format!("{key}\n")).collect::<Vec<_>>().concat()),
        Format::Table => {
            let places: Vec<Value> = report.places.iter().map(|place| json!(place)).collect();
            out.list(&places, "key", COLUMNS)
        }
    }
}

/// Where a scan is sent.
struct Upload {
    git: Git,
    repository: String,
    branch: String,
    main: bool,
    commit: String,
    committed_at: String,
}

impl Upload {
    fn of(args: &RefsArgs, git: Git) -> Result<Self, Failure> {
        if git.is_dirty()? {
            return Err(Failure::invalid(
                "files differ from the commit that is checked out, so a scan would not be of it",
            )
            .hint("commit or stash them first, or scan without `--upload`"));
        }
        if !args.flags.is_empty() || args.path.canonicalize().ok().as_deref() != Some(git.root()) {
            return Err(Failure::usage("what is sent is a scan of the whole repository for all flags")
                .hint("name its root, and leave `--flag` out"));
        }
        let branch = args.branch.clone().or_else(|| git.branch()).ok_or_else(|| {
            Failure::usage("no branch is checked out").hint("name it with `--branch`, or in HOIST_BRANCH")
        })?;
        let commit = git.commit("HEAD")?;
        Ok(Self {
            repository: args.repository.clone().unwrap_or_else(|| git.name()),
            main: args.main || git.main_branch().is_some_and(|main| main == branch),
            committed_at: git.committed_at(&commit)?,
            branch,
            commit,
            git,
        })
    }

    /// Returns the last scan of the branch, if this one can start from it.
    async fn last(&self, client: &Client) -> Option<Before> {
        let query =
            format!("?repository={}&branch={}", client::escaped(&self.repository), client::escaped(&self.branch));
        let content = client.get(&format!("{}{query}", client.in_project(&["scans", "content"]))).await.ok()?.body;
        let commit = text(&content, "scan.commit");
        let complete = at(&content, "scan.complete").and_then(Value::as_bool) == Some(true);
        if !complete || !self.git.is_ancestor(&commit, &self.commit) {
            return None;
        }
        let references = at(&content, "references")?.as_object()?;
        let mut places = Vec::new();
        for (key, found) in references {
            for place in found.as_array()? {
                let place: Place = serde_json::from_value(place.clone()).ok()?;
                places.push(Place { key: key.clone(), finding: None, ..place });
            }
        }
        Some(Before { commit, places, scanned_at: text(&content, "scan.scanned_at") })
    }

    async fn send(
        &self,
        client: &Client,
        found: &Found,
        known: &Known,
        before: Option<&Before>,
    ) -> Result<(), Failure> {
        let mut references: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        for place in &found.places {
            let bare = Place { key: String::new(), ..place.clone() };
            references.entry(&place.key).or_default().push(json!(bare));
        }
        let removals = if self.main { self.removals(found, known, before) } else { Vec::new() };
        let scan = json!({
            "repository": self.repository, "branch": self.branch, "main": self.main, "commit": self.commit,
            "committed_at": self.committed_at, "complete": found.unread.is_empty(), "files": found.files,
            "references": references, "removals": removals,
        });
        client.post(&client.in_project(&["scans"]), &scan).await?;
        Ok(())
    }

    /// Returns the commits that took the last reference to a flag away: since the last scan for the flags that it
    /// found, and in the whole history for flags that were never seen.
    fn removals(&self, found: &Found, known: &Known, before: Option<&Before>) -> Vec<Value> {
        let present: BTreeSet<&str> = found.places.iter().map(|place| place.key.as_str()).collect();
        let was: BTreeSet<&str> = before.into_iter().flat_map(|it| &it.places).map(|it| it.key.as_str()).collect();
        let gone = known.keys().filter(|key| !present.contains(key.as_str()));
        let from = before.map(|before| before.commit.as_str());
        let gone = gone.filter(|key| from.is_none() || was.contains(key.as_str())).take(REMOVAL_KEYS_MAX);
        gone.filter_map(|key| {
            let (commit, removed_at) = self.git.removal(key, from, &self.commit)?;
            Some(json!({ "flag": key, "commit": commit, "removed_at": removed_at }))
        })
        .collect()
    }
}
