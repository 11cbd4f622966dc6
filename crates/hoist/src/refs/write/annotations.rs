//! What is wrong, in the forms that hosts of code show beside the lines.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::Report;

/// Returns workflow commands of GitHub Actions, one a line.
pub fn github(report: &Report<'_>) -> String {
    let mut text = String::new();
    for place in report.places {
        let Some(finding) = report.finding(place) else { continue };
        let level = if finding.fails() { "error" } else { "warning" };
        let message = escaped(&finding.message(&place.key), false);
        let (path, line, column, end) = (escaped(&place.path, true), place.line, place.column, place.end);
        // Writing to a string cannot fail.
        let _written = writeln!(
            text,
            "::{level} file={path},line={line},col={column},endColumn={end},title=hoist: {}::{message}",
            finding.as_str()
        );
    }
    text
}

/// Escapes a message, or the value of a property.
fn escaped(text: &str, property: bool) -> String {
    let text = text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    if property { text.replace(':', "%3A").replace(',', "%2C") } else { text }
}

/// Returns a code quality report of GitLab.
pub fn gitlab(report: &Report<'_>) -> Value {
    let findings = report.places.iter().filter_map(|place| {
        let finding = report.finding(place)?;
        let mark = format!("{} {} {} {}", place.path, place.key, place.kind, place.hash);
        Some(json!({
            "description": finding.message(&place.key),
            "check_name": finding.as_str(),
            "fingerprint": crate::refs::scan::digest(&mark),
            "severity": if finding.fails() { "major" } else { "minor" },
            "location": { "path": place.path, "lines": { "begin": place.line } },
        }))
    });
    Value::Array(findings.collect())
}
