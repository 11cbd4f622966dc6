//! Documents link to things that exist, decisions are listed, and commands stand where a test runs them.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::Finding;
use super::source::line_of;
use super::tree::{File, Tree};

const DECISIONS: &str = "docs/adr/";

/// What a fenced block may be.
const LANGUAGES: [&str; 20] = [
    "sh", "console", "text", "json", "yaml", "toml", "rust", "go", "java", "js", "ts", "tsx", "python", "sql", "ini",
    "http", "promql", "mermaid", "diff", "markdown",
];

static LINK: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\]\(([^()\s]+)\)").ok());
static CODE_SPAN: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"`[^`\n]*`").ok());

/// Checks that every decision record is linked from their list.
pub(crate) fn check_decisions(tree: &Tree) -> Vec<Finding> {
    let list = format!("{DECISIONS}README.md");
    let text = tree.get(&list).map_or("", |file| file.text.as_str());
    tree.under(DECISIONS, "md")
        .filter(|file| file.path != list)
        .filter_map(|file| Some((file, file.path.strip_prefix(DECISIONS)?)))
        .filter(|(_, name)| !text.contains(&format!("({name})")))
        .map(|(file, _)| Finding::error(&file.path, 1, format!("not linked from {list}")))
        .collect()
}

/// Checks that relative links lead to a file, and their anchors to a heading.
pub(crate) fn check_links(tree: &Tree) -> Vec<Finding> {
    let mut findings = vec![];
    for file in documents(tree) {
        let prose = prose(&file.text);
        for link in LINK.iter().flat_map(|link| link.captures_iter(&prose)).filter_map(|captures| captures.get(1)) {
            let target = link.as_str();
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            if let Some(problem) = broken(tree, file, target) {
                findings.push(Finding::error(&file.path, line_of(&prose, link.start()), problem));
            }
        }
    }
    findings
}

/// Checks that every fenced block names its language, and that commands are run by the documentation test.
pub(crate) fn check_fences(tree: &Tree) -> Vec<Finding> {
    let mut findings = vec![];
    for file in documents(tree) {
        let mut inside = false;
        for (index, line) in file.text.lines().enumerate() {
            let Some(info) = line.trim_start().strip_prefix("```") else { continue };
            inside = !inside;
            if !inside {
                continue;
            }
            let mut words = info.split_whitespace();
            let language = words.next().unwrap_or_default();
            if !LANGUAGES.contains(&language) {
                let message = format!("a fenced block of `{language}`; use one of: {}", LANGUAGES.join(", "));
                findings.push(Finding::error(&file.path, index + 1, message));
            } else if language == "sh" && words.next() != Some("no-run") && !is_executed(&file.path) {
                let message =
                    "commands here are run by no test: move them to README.md or docs/, or mark them `sh no-run`";
                findings.push(Finding::error(&file.path, index + 1, message));
            }
        }
    }
    findings
}

/// The documentation test of the binary runs the README and the pages directly under docs/.
fn is_executed(path: &str) -> bool {
    path == "README.md" || path.strip_prefix("docs/").is_some_and(|rest| !rest.contains('/'))
}

fn documents(tree: &Tree) -> impl Iterator<Item = &File> {
    tree.under("", "md").filter(|file| !file.path.contains("/tests/data/"))
}

/// Returns the text with fenced blocks and code spans blanked, line breaks kept.
fn prose(text: &str) -> String {
    let mut inside = false;
    let mut prose = String::with_capacity(text.len());
    for line in text.lines() {
        let fence = line.trim_start().starts_with("```");
        if !inside && !fence {
            match CODE_SPAN.as_ref() {
                Some(span) => prose.push_str(&span.replace_all(line, "")),
                None => prose.push_str(line),
            }
        }
        prose.push('\n');
        inside ^= fence;
    }
    prose
}

fn broken(tree: &Tree, from: &File, target: &str) -> Option<String> {
    let (path, anchor) = target.split_once('#').map_or((target, None), |(path, anchor)| (path, Some(anchor)));
    let path = if path.is_empty() { from.path.clone() } else { resolve(&from.path, path) };
    if !path.is_empty() && !tree.contains(&path) {
        return Some(format!("link to `{target}`: there is no {path}"));
    }
    let anchor = anchor?;
    let text = &tree.get(&path)?.text;
    (!anchors(text).contains(anchor)).then(|| format!("link to `{target}`: {path} has no such heading"))
}

/// Resolves a relative link against the folder of the file it stands in.
fn resolve(from: &str, link: &str) -> String {
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = if link.starts_with('/') { vec![] } else { folder.split('/').collect() };
    for part in link.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    parts.retain(|part| !part.is_empty());
    parts.join("/")
}

/// Returns the anchors that GitHub makes of the headings.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = text.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
    headings
        .map(|heading| {
            let kept = heading.to_lowercase();
            let kept = kept.chars().filter(|char| char.is_alphanumeric() || matches!(char, ' ' | '-' | '_'));
            kept.map(|char| if char == ' ' { '-' } else { char }).collect()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::Finding;
    use super::super::tree::Tree;
    use super::{check_decisions, check_fences, check_links};

    fn count(check: fn(&Tree) -> Vec<Finding>, rows: &[(&str, &str)], expected: usize) {
        let findings = check(&Tree::of(rows));
        assert_eq!(findings.len(), expected, "{rows:?}: {findings:?}");
    }

    #[test]
    fn decisions_are_listed() {
        let record = ("docs/adr/0001-six-crates.md", "");
        count(check_decisions, &[record, ("docs/adr/README.md", "[1](0001-six-crates.md)")], 0);
        count(check_decisions, &[record, ("docs/adr/README.md", "soon")], 1);
        count(check_decisions, &[record], 1);
    }

    #[test]
    fn links_lead_somewhere() {
        let page = |text: &'static str| [("docs/a.md", text), ("docs/b.md", "# Two words, one\n"), ("src/c.rs", "")];
        count(check_links, &page("[b](b.md) [c](../src/c.rs) [d](../src) [e](https://example.org/x)"), 0);
        count(check_links, &page("[b](b.md#two-words-one) `[x](nowhere.md)`\n```text\n[x](y)\n```"), 0);
        count(check_links, &page("[b](c.md)"), 1);
        count(check_links, &page("[b](b.md#three)"), 1);
        count(check_links, &page("![picture](images/none.svg)"), 1);
    }

    #[test]
    fn fences_name_their_language() {
        count(check_fences, &[("docs/a.md", "```sh\nhoist\n```\n```json\n{}\n```")], 0);
        count(check_fences, &[("docs/a.md", "```\nhoist\n```")], 1);
        count(check_fences, &[("docs/a.md", "```bash\nhoist\n```")], 1);
        count(check_fences, &[("CONTRIBUTING.md", "```sh\nmake\n```")], 1);
        count(check_fences, &[("CONTRIBUTING.md", "```sh no-run\nmake\n```")], 0);
        count(check_fences, &[("docs/adr/a.md", "```sh\nmake\n```")], 1);
    }
}
