//! The value a flag ended with, and how each language writes it.

use hoist_eval::FlagValue;

use crate::config::CallType;
use crate::language::Language;
use crate::tree::{Node, Tree};

/// A scalar value that stands in the code because a flag was frozen.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Constant {
    Bool(bool),
    Text(String),
    Int(i64),
    Float(f64),
}

/// A constant together with how it is written where it came from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Born {
    pub(crate) constant: Constant,
    pub(crate) text: String,
}

impl Born {
    pub(crate) fn bool(language: Language, value: bool) -> Self {
        let text = match (language, value) {
            (Language::Python, true) => "True",
            (Language::Python, false) => "False",
            (_, true) => "true",
            (_, false) => "false",
        };
        Self { constant: Constant::Bool(value), text: text.to_owned() }
    }

    /// Returns the boolean that the constant is, if it is one.
    pub(crate) fn as_bool(&self) -> Option<bool> {
        if let Constant::Bool(value) = self.constant { Some(value) } else { None }
    }

    /// Writes a flag's value as the result of a call. Nothing if the call asks for another type.
    ///
    /// `bare` is a place where the type is known without being written, such as a comparison.
    pub(crate) fn of_flag(
        language: Language,
        value: &FlagValue,
        kind: CallType,
        method: &str,
        quote: char,
        bare: bool,
    ) -> Option<Self> {
        let (constant, text) = match (value, kind) {
            (FlagValue::Boolean(value), CallType::Boolean) => return Some(Self::bool(language, *value)),
            (FlagValue::String(text), CallType::String) => {
                let quoted = quoted(text, quote)?;
                let owned = language == Language::Rust && !bare;
                let written = if owned { format!("String::from({quoted})") } else { quoted };
                (Constant::Text(text.to_string()), written)
            }
            (FlagValue::Integer(number), CallType::Integer) => {
                let text = match language {
                    Language::Go if !bare => format!("int64({number})"),
                    Language::Rust if !bare => format!("{number}i64"),
                    Language::Java if method.contains("Long") => format!("{number}L"),
                    _ => number.to_string(),
                };
                (Constant::Int(*number), text)
            }
            (FlagValue::Integer(number), CallType::Float) => {
                (Constant::Float(*number as f64), float(language, *number as f64, bare))
            }
            (FlagValue::Float(number), CallType::Float) => (Constant::Float(*number), float(language, *number, bare)),
            _ => return None,
        };
        Some(Self { constant, text })
    }

    /// Returns whether a literal of the program has this value; nothing if that cannot be told.
    pub(crate) fn equals_literal(&self, literal: &str, text: Option<&str>) -> Option<bool> {
        match &self.constant {
            Constant::Bool(value) => match literal {
                "true" | "True" => Some(*value),
                "false" | "False" => Some(!*value),
                _ => None,
            },
            Constant::Text(value) => text.map(|text| text == value),
            Constant::Int(value) => {
                literal.trim_end_matches(['l', 'L']).parse::<i64>().ok().map(|other| other == *value)
            }
            Constant::Float(_) => None,
        }
    }
}

fn float(language: Language, number: f64, bare: bool) -> String {
    let whole = number.fract() == 0.0 && !language.is_script();
    let text = match whole {
        true if number.abs() < 1e15 => format!("{number:.1}"),
        // Without an exponent it would be a whole number.
        true => format!("{number:e}"),
        false => number.to_string(),
    };
    match language {
        Language::Go if !bare => format!("float64({number})"),
        Language::Rust if !bare => format!("{text}f64"),
        Language::Go => number.to_string(),
        _ => text,
    }
}

/// Python: returns a constant as it is written inside of an f-string, which ends at its own quote; nothing if it cannot be.
pub(crate) fn written_in_text(tree: &Tree, node: Node, born: &Born) -> Option<Born> {
    let inside = tree.language == Language::Python && matches!(born.constant, Constant::Text(_));
    let hole = tree.ancestors(node).find(|outer| inside && tree.kind(*outer) == "interpolation");
    let Some(text) = hole.and_then(|hole| tree.parent(hole)) else { return Some(born.clone()) };
    let opening = tree.text(text).trim_start_matches(char::is_alphabetic);
    let quote = if opening.starts_with('"') { '\'' } else { '"' };
    let inner = born.text.get(1..born.text.len().saturating_sub(1))?;
    let fits = !inner.contains(['\\', '\'', '"']);
    fits.then(|| Born { text: format!("{quote}{inner}{quote}"), ..born.clone() })
}

/// Returns a constant as it is written beside an operator or in front of a member.
///
/// `5-n` is not `5--3`, `-3 ** 2` is `-(3 ** 2)`, and `3.bit_length()` is no expression.
pub(crate) fn enclosed(tree: &Tree, node: Node, born: Born) -> Born {
    // `(Integer) -3` is a subtraction.
    const OPERATIONS: [&str; 5] =
        ["binary_expression", "unary_expression", "binary_operator", "unary_operator", "cast_expression"];
    const MEMBERS: [&str; 4] = ["member_expression", "attribute", "field_expression", "method_invocation"];
    let negative = born.text.starts_with('-');
    let number = matches!(born.constant, Constant::Int(_) | Constant::Float(_));
    let parent = tree.parent_kind(node);
    let typed = matches!(tree.language, Language::Rust | Language::Java | Language::Go);
    let member = MEMBERS.contains(&parent) && matches!(tree.field_of(node), Some("object" | "value"));
    if (negative && OPERATIONS.contains(&parent)) || (number && member && (negative || !typed)) {
        return Born { text: format!("({})", born.text), ..born };
    }
    born
}

/// Returns a text between quotes; nothing if it holds characters that languages escape differently.
fn quoted(text: &str, quote: char) -> Option<String> {
    if text.chars().any(|letter| letter.is_control() || matches!(letter, '$' | '{')) {
        return None;
    }
    let escaped = text.replace('\\', "\\\\").replace(quote, &format!("\\{quote}"));
    Some(format!("{quote}{escaped}{quote}"))
}
