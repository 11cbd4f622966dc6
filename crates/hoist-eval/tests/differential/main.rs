//! Our evaluator against flagd's official ones, on documents that we export.
//!
//! Random drafts and the cases of flagd's own testbed are exported, and random contexts are put to us and to the evaluators of `@openfeature/flagd-core`
//! (compiled and interpreted) and `openfeature-flagd-core` (both generations of bucketing). Value, variant, reason and
//! error must be equal, except for the justified differences in `compare.rs`. Needs node, npm and python3; the
//! evaluators are installed once into the target folder.
//!
//! `HOIST_DIFFERENTIAL_SEED` and `HOIST_DIFFERENTIAL_DOCUMENTS` choose the run; the defaults are fixed.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should stop"
)]

mod compare;
mod evaluators;
mod generate;
mod random;
mod testbed;

use std::fmt::Write as _;

use compare::{Answer, Tally, expected};
use evaluators::Evaluator;
use generate::Case;
use serde_json::json;

const DOCUMENTS: u64 = 400;
const QUESTIONS_MIN: usize = 20_000;

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[test]
fn official_evaluators_agree_with_ours() {
    let seed = setting("HOIST_DIFFERENTIAL_SEED", 20_261_121);
    let documents = setting("HOIST_DIFFERENTIAL_DOCUMENTS", DOCUMENTS);
    let cases: Vec<Case> =
        (0..documents).map(|index| generate::case(seed.wrapping_add(index))).chain([testbed::case()]).collect();
    let questions = cases.iter().map(|case| case.questions.len()).sum::<usize>();
    assert!(questions >= QUESTIONS_MIN || documents < DOCUMENTS, "only {questions} questions");

    let mut tally = Tally::default();
    let mut input = String::new();
    let mut ours: Vec<(Answer, String)> = Vec::with_capacity(questions);
    for case in &cases {
        writeln!(input, "{}", json!({"document": case.document.to_string()})).unwrap();
        for question in &case.questions {
            let asked = json!({"flag": question.flag, "kind": question.kind, "context": question.context});
            writeln!(input, "{asked}").unwrap();
            let flag = &case.document["flags"][&question.flag]["targeting"];
            let where_ = format!("seed {} {} context {} targeting {flag}", case.seed, question.flag, question.context);
            ours.push((expected(case, question, &mut tally), where_));
        }
    }
    tally.check();

    let mut differences = Vec::new();
    for evaluator in Evaluator::all() {
        let answers = evaluator.run(&input);
        assert_eq!(answers.len(), ours.len(), "{evaluator:?} answered another number of questions");
        for (theirs, (ours, where_)) in answers.iter().zip(&ours) {
            if theirs != ours {
                differences.push(format!("{evaluator:?}: {theirs:?}, ours {ours:?}, {where_}"));
            }
        }
    }
    let shown = differences.iter().take(10).map(String::as_str).collect::<Vec<_>>().join("\n");
    assert!(differences.is_empty(), "{} differences in {questions} questions:\n{shown}", differences.len());
}
