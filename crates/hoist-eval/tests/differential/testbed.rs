//! flagd's own test cases, as far as a Hoist draft can express them, as one more document and its questions.

use hoist_eval::draft::SnapshotDraft;
use hoist_eval::{Generation, compile, flagd};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::generate::{Case, KINDS, Question};

#[derive(Deserialize)]
struct Testbed {
    segments: Vec<Value>,
    flags: Vec<Value>,
    cases: Vec<Asked>,
}

#[derive(Deserialize)]
struct Asked {
    flag: String,
    context: Value,
}

/// Returns the document and its questions. What the right answers are is `tests/it/testbed.rs`'s business; here the
/// evaluators and we only have to agree.
pub(crate) fn case() -> Case {
    let testbed: Testbed = serde_json::from_str(include_str!("../data/testbed.json")).expect("the cases");
    let draft = json!({"flags": testbed.flags, "segments": testbed.segments});
    let draft: SnapshotDraft = serde_json::from_value(draft).expect("a draft");
    let compiled = compile(&draft, Generation(1), None);
    assert_eq!(compiled.problems, []);
    let exported = flagd::export(&draft);
    assert_eq!(exported.refused, []);
    let kind = |key: &str| {
        let flag = testbed.flags.iter().find(|flag| flag["key"] == key);
        flag.and_then(|flag| KINDS.into_iter().find(|kind| flag["kind"] == *kind)).unwrap_or(KINDS[0])
    };
    let questions = testbed.cases.into_iter();
    let questions =
        questions.map(|asked| Question { kind: kind(&asked.flag), flag: asked.flag, context: asked.context });
    Case { seed: 0, document: exported.document, questions: questions.collect(), snapshot: compiled.snapshot }
}
