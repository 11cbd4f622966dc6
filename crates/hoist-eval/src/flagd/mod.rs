//! Export to flagd's flag definition format, for evaluators that run inside other programs.
//!
//! The document says the same as the snapshot, in the part of JsonLogic on which flagd's evaluators agree. Every test
//! becomes two expressions, one that is true where ours is true and one that is true where ours is false: where neither
//! is, ours is absent, so three-valued logic survives in a language that has none. A scalar test becomes a `some` over
//! `merge`, which makes a list of a scalar and leaves a list alone: so any element of a list counts, as with us.
//!
//! What cannot be said exactly is refused flag by flag. What differs all the same is listed in [`DEVIATIONS`].

mod attribute;
mod check;
mod condition;
mod flag;
mod logic;
mod segment;
mod text;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::compile::compile;
use crate::draft::SnapshotDraft;
use crate::flag::Body;
use crate::problem::{Path, Problem, ProblemCode, Problems};
use crate::snapshot::{Generation, Snapshot};

use segment::Evaluators;

/// A document and what it had to leave out.
#[derive(Debug)]
pub struct Exported {
    /// The document.
    pub document: Value,
    /// Why flags were left out; at least one problem for each of them.
    pub refused: Vec<Problem>,
}

/// A difference between our answers and those of flagd's evaluators on an exported document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deviation {
    /// Names the difference.
    pub id: &'static str,
    /// When it shows.
    pub when: &'static str,
    /// What we answer.
    pub ours: &'static str,
    /// What flagd's evaluators answer.
    pub theirs: &'static str,
}

/// Every known difference that is not refused.
pub const DEVIATIONS: &[Deviation] = &[
    Deviation {
        id: "disabled_reason",
        when: "the kill switch is off",
        ours: "the off variant, reason DISABLED",
        theirs: "the off variant, reason STATIC",
    },
    Deviation {
        id: "split_reason",
        when: "a split chose",
        ours: "reason SPLIT",
        theirs: "the same variant, reason TARGETING_MATCH",
    },
    Deviation {
        id: "number_in_text",
        when: "a test of numbers meets a text that holds a number",
        ours: "reads the number",
        theirs: "the test is false",
    },
    Deviation {
        id: "versions_in_list",
        when: "a test of versions meets a list",
        ours: "any element may satisfy the test",
        theirs: "the test is false",
    },
    Deviation {
        id: "odd_versions",
        when: "a version has spaces around it, two leading letters v, or one or two numbers with a suffix",
        ours: "no version, so the test is false",
        theirs: "JavaScript accepts the first two, Python the last",
    },
    Deviation {
        id: "prerelease_of_huge_numbers",
        when: "versions differ in a numeric prerelease part above 2^53 - 1",
        ours: "compares them as numbers",
        theirs: "JavaScript compares them as text",
    },
    Deviation {
        id: "members_named_to_string",
        when: "an attribute is an object with a member toString or valueOf",
        ours: "an object like any other",
        theirs: "JavaScript raises an error",
    },
    Deviation {
        id: "non_ascii_targeting_keys",
        when: "a split meets a targeting key with letters outside ASCII",
        ours: "the bucket of generation 3",
        theirs: "generation 2 evaluators choose another bucket",
    },
    Deviation {
        id: "clocks",
        when: "a condition compares the time of the evaluation",
        ours: "the server's clock",
        theirs: "the evaluator's own clock",
    },
];

/// Exports a draft. Flags with problems are refused with these problems, unless their kill switch is off and their off
/// variant is sound: then that is exported.
pub fn export(draft: &SnapshotDraft) -> Exported {
    let compiled = compile(draft, Generation::default(), None);
    let Exported { document, mut refused } = export_snapshot(&compiled.snapshot);
    let is_left_out = |problem: &Problem| {
        problem.flag.as_ref().is_some_and(|flag| document.get("flags").and_then(|flags| flags.get(flag)).is_none())
    };
    let problems: Vec<Problem> = compiled.problems.into_iter().filter(is_left_out).collect();
    refused.retain(|problem| !problems.iter().any(|reported| reported.flag == problem.flag));
    Exported { document, refused: [problems, refused].concat() }
}

/// Exports a snapshot: what [`crate::evaluate()`] would answer from it.
pub fn export_snapshot(snapshot: &Snapshot) -> Exported {
    let mut evaluators = Evaluators::default();
    let mut flags = Map::new();
    let mut refused = Vec::new();
    for flag in snapshot.all_flags() {
        let mut problems = Problems::of_flag(Some(flag.key.as_str()));
        if matches!(flag.body, Body::Broken) {
            problems.report(&Path::at("key"), ProblemCode::NotExportable, "the flag has problems of its own");
        }
        let exported = flag::export(flag, &mut evaluators, &mut problems);
        if problems.is_empty() {
            flags.insert(flag.key.to_string(), exported);
        }
        refused.extend(problems.into_list());
    }
    let mut document = json!({ "$schema": "https://flagd.dev/schema/v0/flags.json", "flags": flags });
    let metadata: &BTreeMap<String, Value> = snapshot.metadata();
    if let Value::Object(members) = &mut document {
        let evaluators = evaluators.used_by(members.get("flags"));
        members.extend((!evaluators.is_empty()).then(|| ("$evaluators".to_owned(), Value::Object(evaluators))));
        members.extend((!metadata.is_empty()).then(|| ("metadata".to_owned(), json!(metadata))));
    }
    Exported { document, refused }
}
