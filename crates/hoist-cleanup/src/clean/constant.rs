//! The value a flag ended with, and how each language writes it.

use hoist_eval::FlagValue;

use crate::config::CallType;
use crate::language::Language;

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
    let whole = number.fract() == 0.0 && number.abs() < 1e15;
    match language {
        Language::Go if bare => number.to_string(),
        Language::Go => format!("float64({number})"),
        _ if whole && !language.is_script() => format!("{number:.1}"),
        _ => number.to_string(),
    }
}

/// Returns a text between quotes; nothing if it holds characters that languages escape differently.
fn quoted(text: &str, quote: char) -> Option<String> {
    if text.chars().any(|letter| letter.is_control() || matches!(letter, '$' | '{')) {
        return None;
    }
    let escaped = text.replace('\\', "\\\\").replace(quote, &format!("\\{quote}"));
    Some(format!("{quote}{escaped}{quote}"))
}
