//! Every operation of the HTTP API stands in the table that the permission tests walk, with what it asks of its callers.
//!
//! The tests try each row of that table with every kind of caller. The table is a reviewed snapshot, so a new operation
//! shows up in a diff together with its permission. What is open to all is listed, and the list only shrinks.

use std::collections::{BTreeMap, BTreeSet};

use super::Finding;
use super::tree::{File, Tree};

const SERVER: &str = "crates/hoist-server/";

/// Where the document is put together. Without it there is no API, and nothing to check.
const MODULE: &str = "crates/hoist-server/src/api/openapi.rs";

/// Operations that ask nobody who they are, one `METHOD /path` a line.
const OPEN_TO_ALL: &str = "crates/hoist-server/tests/it/data/open_to_all.txt";

/// The list of open operations may only shrink: lower this number with it.
const OPEN_TO_ALL_MAX: usize = 2;

const METHODS: [&str; 7] = ["get", "put", "post", "patch", "delete", "head", "options"];

/// Checks the operations of the OpenAPI snapshot against the snapshot of the table of routes.
pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    if tree.get(MODULE).is_none() {
        return vec![];
    }
    let Some((document, operations)) =
        snapshot(tree, "openapi").and_then(|file| Some((file, operations(body(&file.text))?)))
    else {
        return vec![Finding::error(SERVER, 1, "no snapshot of the OpenAPI document was found")];
    };
    let Some(table) = snapshot(tree, "table_of_routes") else {
        return vec![Finding::error(SERVER, 1, "no snapshot of the table of routes was found")];
    };
    let rows = rows(body(&table.text));
    let mut findings = vec![];
    for operation in operations.iter().filter(|operation| !rows.contains_key(operation.as_str())) {
        let message = format!("`{operation}` is not in the table of routes, so no test tries its permission");
        findings.push(Finding::error(&document.path, 1, message));
    }
    findings.extend(check_open(tree, &rows, &operations));
    findings
}

/// Checks the list of what is open to all: right, and no longer than it was.
fn check_open(tree: &Tree, rows: &BTreeMap<&str, &str>, operations: &BTreeSet<String>) -> Vec<Finding> {
    let text = tree.get(OPEN_TO_ALL).map_or("", |file| file.text.as_str());
    let listed: BTreeSet<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let asks_somebody = |asks: &str| ["Permission", "Evaluation", "Export"].iter().any(|asked| asks.starts_with(asked));
    let open: BTreeSet<&str> = rows.iter().filter(|(_, asks)| !asks_somebody(asks)).map(|(row, _)| *row).collect();
    let error = |message: String| Finding::error(OPEN_TO_ALL, 1, message);
    let mut findings = vec![];
    findings.extend(open.difference(&listed).map(|row| error(format!("`{row}` is open to all and not listed"))));
    findings.extend(listed.difference(&open).map(|row| error(format!("`{row}` asks for permission now: remove it"))));
    let gone = listed.iter().filter(|row| !operations.contains(**row));
    findings.extend(gone.map(|row| error(format!("`{row}` is not an operation: remove it"))));
    if listed.len() > OPEN_TO_ALL_MAX {
        findings.push(error(format!("{} open operations; at most {OPEN_TO_ALL_MAX}", listed.len())));
    }
    findings
}

fn snapshot<'t>(tree: &'t Tree, name: &str) -> Option<&'t File> {
    let mut snapshots = tree.files().iter().filter(|file| file.path.starts_with(SERVER) && file.extension() == "snap");
    snapshots.find(|file| file.path.contains(name))
}

/// Returns a snapshot without the header that stands between two lines of dashes.
fn body(snapshot: &str) -> &str {
    snapshot.split_once("\n---\n").map_or(snapshot, |(_, body)| body)
}

/// Reads rows such as `GET /api/v1/audit Permission { action: Audit }`: the operation, and what it asks.
fn rows(table: &str) -> BTreeMap<&str, &str> {
    let end = |line: &str| line.match_indices(' ').nth(1).map(|(at, _)| at);
    table.lines().filter_map(|line| line.split_at_checked(end(line)?)).map(|(row, asks)| (row, asks.trim())).collect()
}

fn operations(document: &str) -> Option<BTreeSet<String>> {
    let document: serde_json::Value = serde_json::from_str(document).ok()?;
    let paths = document.get("paths")?.as_object()?;
    let pairs = paths.iter().filter_map(|(path, item)| Some((path, item.as_object()?)));
    let operations = pairs.flat_map(|(path, item)| {
        let methods = item.keys().filter(|key| METHODS.contains(&key.as_str()));
        methods.map(move |method| format!("{} {path}", method.to_uppercase()))
    });
    Some(operations.collect())
}

#[cfg(test)]
mod tests {
    use super::super::tree::Tree;
    use super::{MODULE, OPEN_TO_ALL, check};

    const DOCUMENT: &str =
        "---\nsource: a\n---\n{\"paths\":{\"/api/v1/a/{b}\":{\"get\":{},\"post\":{},\"parameters\":[]}}}";
    const BOTH: &str = "GET /api/v1/a/{b} Nothing\nPOST /api/v1/a/{b} Permission { action: Edit }";

    fn count(rows: &str, open: &str, expected: usize) {
        let rows = format!("---\nsource: a\n---\n{rows}\n");
        let tree = Tree::of(&[
            (MODULE, ""),
            ("crates/hoist-server/tests/it/snapshots/it__the_openapi_document.snap", DOCUMENT),
            ("crates/hoist-server/tests/it/snapshots/it__the_table_of_routes.snap", &rows),
            (OPEN_TO_ALL, open),
        ]);
        let findings = check(&tree);
        assert_eq!(findings.len(), expected, "{rows}: {findings:?}");
    }

    #[test]
    fn every_operation_needs_a_row() {
        count(BOTH, "GET /api/v1/a/{b}", 0);
        count("GET /api/v1/a/{b} Nothing\nPOST /api/v1/a/{b}/c Nothing", "GET /api/v1/a/{b}\nPOST /api/v1/a/{b}/c", 2);
        count("GET /api/v1/a/{b} Nothing", "GET /api/v1/a/{b}", 1);
    }

    #[test]
    fn what_is_open_is_listed_and_nothing_else() {
        count(BOTH, "", 1);
        count(BOTH, "GET /api/v1/a/{b}\nPOST /api/v1/a/{b}", 1);
        // Not an operation, and not in the table either.
        count(BOTH, "GET /api/v1/a/{b}\nGET /api/v1/gone", 2);
        // One too many, each of them gone.
        count(BOTH, "GET /api/v1/a/{b}\nGET /api/v1/x\nGET /api/v1/y", 5);
    }

    #[test]
    fn an_api_without_snapshots_is_not_tidy() {
        assert_eq!(check(&Tree::of(&[(MODULE, "")])).len(), 1);
        assert_eq!(check(&Tree::of(&[])).len(), 0);
    }
}
