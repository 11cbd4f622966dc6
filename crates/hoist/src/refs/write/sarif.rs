//! SARIF 2.1.0: what is wrong, for everything that reads results of static analysis.

use std::fmt::Write as _;

use hoist_lifecycle::staleness::Reason;
use serde_json::{Value, json};

use super::Report;

/// The schema that the document names.
pub const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// Returns the findings as one run. Places that nothing is wrong with are not results.
pub fn sarif(report: &Report<'_>) -> Value {
    let results = report.places.iter().filter_map(|place| {
        let finding = report.finding(place)?;
        let rule = Reason::ALL.iter().position(|reason| reason.as_str() == finding.as_str())?;
        let mark = format!("{} {} {} {}", place.key, place.kind, place.symbol.as_deref().unwrap_or(""), place.hash);
        Some(json!({
            "ruleId": rule_id(rule),
            "ruleIndex": rule,
            "level": if finding.fails() { "error" } else { "warning" },
            "message": { "text": finding.message(&place.key) },
            "locations": [{ "physicalLocation": {
                "artifactLocation": { "uri": uri(&place.path), "uriBaseId": "%SRCROOT%" },
                "region": { "startLine": place.line, "startColumn": place.column, "endColumn": place.end },
            } }],
            "partialFingerprints": { "hoistReference/v1": crate::refs::scan::digest(&mark) },
            "properties": { "flag": place.key, "kind": place.kind, "via": place.via },
        }))
    });
    let results: Vec<Value> = results.collect();
    let rules: Vec<Value> = Reason::ALL.iter().enumerate().map(|(index, reason)| rule(index, *reason)).collect();
    let unread = report.unread.iter().map(
        |path| json!({ "level": "warning", "message": { "text": format!("the file `{path}` could not be read") } }),
    );
    // A repository without an address cannot be named there: the schema wants one.
    let provenance = report.commit.zip(report.address);
    let provenance = provenance.map(|(commit, address)| json!([{ "revisionId": commit, "repositoryUri": address }]));
    let mut run = json!({
        "tool": { "driver": {
            "name": "hoist", "version": env!("CARGO_PKG_VERSION"), "rules": rules,
        } },
        "columnKind": "unicodeCodePoints",
        "invocations": [{ "executionSuccessful": true, "toolExecutionNotifications": unread.collect::<Vec<_>>() }],
        "results": results,
    });
    if let (Some(run), Some(provenance)) = (run.as_object_mut(), provenance) {
        run.insert("versionControlProvenance".to_owned(), provenance);
    }
    json!({ "$schema": SCHEMA, "version": "2.1.0", "runs": [run] })
}

fn rule_id(index: usize) -> String {
    format!("HOIST{:03}", index + 1)
}

fn rule(index: usize, reason: Reason) -> Value {
    let text = match reason {
        Reason::Expired => "The flag's expiry date has passed.",
        Reason::RolledOut => "Everyone gets the same value of the flag.",
        Reason::RolledBack => "Everyone gets the value of the flag that is off.",
        Reason::NoEvaluations => "Nobody asks for the flag.",
        Reason::NoReferences => "No code has the flag.",
        Reason::NoExpiry => "The flag has no expiry date.",
        Reason::OwnerGone => "Nobody answers for the flag.",
        Reason::RetiredInCode => "The flag is archived, and code has it.",
        Reason::UnknownInCode => "Code asks for a flag that does not exist.",
    };
    json!({ "id": rule_id(index), "name": reason.as_str(), "shortDescription": { "text": text } })
}

/// Returns a path as a relative URI.
pub fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b if b.is_ascii_alphanumeric() || b"-._~/".contains(&b) => uri.push(char::from(b)),
            b => {
                // Writing to a string cannot fail.
                let _written = write!(uri, "%{b:02X}");
            }
        }
    }
    uri
}
