//! CSV with the columns of LaunchDarkly's ld-find-code-refs, so that what reads its files reads these.

use super::Report;

/// The columns, as `ld-find-code-refs --outDir` names them.
const COLUMNS: &str = "flagKey,projKey,path,startingLineNumber,lines,aliases,contentHash";

/// Returns the references as CSV.
pub fn csv(report: &Report<'_>) -> String {
    let mut text = String::from(COLUMNS);
    text.push('\n');
    for place in report.places {
        let line = place.line.to_string();
        let lines = place.snippet.as_deref().unwrap_or_default();
        let alias = if place.via == "literal" { "" } else { place.via.as_str() };
        let cells = [&place.key, report.project, &place.path, &line, lines, alias, &place.hash];
        text.push_str(&cells.map(cell).join(","));
        text.push('\n');
    }
    text
}

/// Returns a cell. One that a spreadsheet would take for a formula is led by an apostrophe, as its makers advise.
fn cell(text: &str) -> String {
    let text = if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}
