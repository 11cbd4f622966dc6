//! What we expect the official evaluators to answer: what we answer, but for the justified differences.

use hoist_eval::{ErrorCode, EvaluationContext, FlagValue, Reason, evaluate};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::generate::{Case, NOW, Question};

/// An answer in the form that the drivers write.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct Answer {
    #[serde(default, deserialize_with = "plain")]
    value: Value,
    variant: Option<String>,
    reason: String,
    error: Option<String>,
}

/// Every difference that we justify; the same ones are documented in `hoist_eval::flagd::DEVIATIONS`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Justified {
    /// flagd has no off variant: the exported flag simply has it as its default.
    DisabledReason,
    /// flagd does not tell splits from other matches.
    SplitReason,
    /// We read numbers from texts where a test is about numbers; JsonLogic cannot do so without raising errors.
    NumberInText,
    /// We look into lists of versions; flagd's `sem_ver` fails inside `some`.
    VersionsInList,
}

/// Reads a value in which 1.0 and 1 are the same number: JavaScript has only one of them.
fn plain<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
    Value::deserialize(deserializer).map(without_fractions)
}

fn without_fractions(value: Value) -> Value {
    match value.as_f64() {
        Some(number) if value.is_f64() && number.fract() == 0.0 => json!(number as i64),
        _ => value,
    }
}

impl Justified {
    const ALL: [Self; 4] = [Self::DisabledReason, Self::SplitReason, Self::NumberInText, Self::VersionsInList];

    fn id(self) -> &'static str {
        match self {
            Self::DisabledReason => "disabled_reason",
            Self::SplitReason => "split_reason",
            Self::NumberInText => "number_in_text",
            Self::VersionsInList => "versions_in_list",
        }
    }
}

/// How often each justified difference and each reason occurred: a run that never met one has shown nothing about it.
#[derive(Default)]
pub(crate) struct Tally {
    justified: [usize; Justified::ALL.len()],
    reasons: std::collections::BTreeMap<&'static str, usize>,
}

impl Tally {
    fn count(&mut self, justified: Justified) {
        self.justified[justified as usize] += 1;
    }

    pub(crate) fn check(&self) {
        for justified in Justified::ALL {
            assert!(self.justified[justified as usize] > 0, "{justified:?} never occurred");
            let id = justified.id();
            let documented = hoist_eval::flagd::DEVIATIONS.iter().any(|deviation| deviation.id == id);
            assert!(documented, "{id} is not documented");
        }
        for reason in ["STATIC", "DEFAULT", "TARGETING_MATCH", "SPLIT", "DISABLED", "ERROR"] {
            assert!(self.reasons.contains_key(reason), "no answer had the reason {reason}");
        }
    }
}

/// Returns what the official evaluators should answer.
pub(crate) fn expected(case: &Case, question: &Question, tally: &mut Tally) -> Answer {
    let ours = answer(case, question, &question.context);
    *tally.reasons.entry(ours.0.as_str()).or_default() += 1;
    let mut seen = question.context.clone();
    for (justified, hide) in
        [(Justified::NumberInText, hide_numbers as fn(&mut Value)), (Justified::VersionsInList, hide_versions)]
    {
        let before = answer(case, question, &seen).1;
        hide(&mut seen);
        if answer(case, question, &seen).1 != before {
            tally.count(justified);
        }
    }
    let (reason, mut answer) = answer(case, question, &seen);
    match reason {
        Reason::Disabled => {
            tally.count(Justified::DisabledReason);
            "STATIC".clone_into(&mut answer.reason);
        }
        Reason::Split => {
            tally.count(Justified::SplitReason);
            "TARGETING_MATCH".clone_into(&mut answer.reason);
        }
        Reason::Static | Reason::Default | Reason::TargetingMatch | Reason::Error => {}
    }
    answer
}

fn answer(case: &Case, question: &Question, context: &Value) -> (Reason, Answer) {
    let context = EvaluationContext::from_value(context, NOW).expect("a sound context");
    let resolution = evaluate(&case.snapshot, &question.flag, &context);
    let value = match resolution.value {
        None => Value::Null,
        Some(FlagValue::Boolean(value)) => json!(value),
        Some(FlagValue::String(text)) => json!(text),
        Some(FlagValue::Integer(number)) => json!(number),
        Some(FlagValue::Float(number)) => json!(number),
        Some(FlagValue::Object(members)) => Value::Object((**members).clone()),
    };
    let answer = Answer {
        value: without_fractions(value),
        variant: resolution.variant.map(ToString::to_string),
        reason: resolution.reason.as_str().to_owned(),
        error: resolution.error.map(|code: ErrorCode| code.as_str().to_owned()),
    };
    (resolution.reason, answer)
}

/// Attributes that are tested as numbers: texts in them look to flagd's evaluators like any other text.
fn hide_numbers(context: &mut Value) {
    for name in ["age", "score"] {
        let Some(value) = context.get_mut(name) else { continue };
        hide(value, |text| text.parse::<f64>().is_ok());
    }
}

/// A list of versions holds none for flagd's evaluators.
fn hide_versions(context: &mut Value) {
    if let Some(value @ Value::Array(_)) = context.get_mut("version") {
        hide(value, |text| text.starts_with(|first: char| first == 'v' || first.is_ascii_digit()));
    }
}

fn hide(value: &mut Value, is_hidden: impl Fn(&str) -> bool) {
    let items = if let Value::Array(items) = value { items } else { std::slice::from_mut(value) };
    for item in items.iter_mut().filter(|item| item.as_str().is_some_and(&is_hidden)) {
        *item = json!("zz");
    }
}
