//! The evaluation calls of the OpenFeature SDKs: their names, where the key stands, and what comes back.
//!
//! Read in the sources of the SDKs (open-feature/js-sdk, python-sdk, go-sdk, java-sdk, rust-sdk).

use crate::config::CallType;
use crate::language::Language;

/// An evaluation call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Api {
    /// The position of the key among the arguments.
    pub(crate) key: usize,
    /// The position of the default; Rust has none.
    pub(crate) default: Option<usize>,
    pub(crate) kind: CallType,
    /// Whether the value comes with its reason and variant.
    pub(crate) details: bool,
    /// How much the name alone says that this is the SDK.
    pub(crate) certainty: i32,
    /// Whether the value comes with an error: `(value, error)` in Go, `Result` in Rust.
    pub(crate) fallible: bool,
}

/// Returns what a method of that name does in an SDK of the language.
pub(crate) fn evaluation(language: Language, name: &str) -> Option<Api> {
    match language {
        Language::JavaScript | Language::TypeScript | Language::Tsx => script(name),
        Language::Python => python(name),
        Language::Go => go(name),
        Language::Java => java(name),
        Language::Rust => rust(name),
    }
}

/// Names under which keyword arguments carry the key and the default.
pub(crate) const KEY_KEYWORDS: [&str; 3] = ["flag_key", "key", "flagKey"];
pub(crate) const DEFAULT_KEYWORDS: [&str; 3] = ["default_value", "default", "defaultValue"];

fn kind(word: &str) -> Option<CallType> {
    Some(match word {
        "Boolean" | "boolean" | "bool" => CallType::Boolean,
        "String" | "string" => CallType::String,
        "Integer" | "integer" | "Int" | "int" | "Long" => CallType::Integer,
        "Number" | "Float" | "float" | "Double" => CallType::Float,
        "Object" | "object" | "struct" => CallType::Object,
        _ => return None,
    })
}

fn script(name: &str) -> Option<Api> {
    if matches!(name, "useFlag" | "useSuspenseFlag") {
        let kind = CallType::Boolean;
        return Some(Api { key: 0, default: Some(1), kind, details: true, certainty: 1, fallible: false });
    }
    let (word, details, certainty) = if let Some(rest) = name.strip_prefix("use") {
        let (word, details) = ending(rest, "FlagValue", "FlagDetails")?;
        (word, details, 2)
    } else {
        let (word, details) = ending(name.strip_prefix("get")?, "Value", "Details")?;
        (word, details, 1)
    };
    Some(Api { key: 0, default: Some(1), kind: kind(word)?, details, certainty, fallible: false })
}

fn python(name: &str) -> Option<Api> {
    let rest = name.strip_prefix("get_")?;
    let rest = rest.strip_suffix("_async").unwrap_or(rest);
    let (word, details) = ending(rest, "_value", "_details")?;
    Some(Api { key: 0, default: Some(1), kind: kind(word)?, details, certainty: 2, fallible: false })
}

fn go(name: &str) -> Option<Api> {
    let (word, details, fallible) = match ending(name, "Value", "ValueDetails") {
        Some((word, details)) => (word, details, true),
        None => (name, false, false),
    };
    let kind = kind(word).filter(|_| word.starts_with(char::is_uppercase) && !matches!(word, "Integer" | "Double"))?;
    Some(Api { key: 1, default: Some(2), kind, details, certainty: i32::from(fallible), fallible })
}

fn java(name: &str) -> Option<Api> {
    let (word, details) = ending(name.strip_prefix("get")?, "Value", "Details")?;
    let kind = kind(word).filter(|_| word != "Number")?;
    Some(Api { key: 0, default: Some(1), kind, details, certainty: 1, fallible: false })
}

fn rust(name: &str) -> Option<Api> {
    let (word, details) = ending(name.strip_prefix("get_")?, "_value", "_details")?;
    let kind = kind(word).filter(|_| matches!(word, "bool" | "int" | "float" | "string" | "struct"))?;
    Some(Api { key: 0, default: None, kind, details, certainty: 2, fallible: true })
}

/// Splits a name at one of two endings; says whether it was the second.
fn ending<'n>(name: &'n str, value: &str, details: &str) -> Option<(&'n str, bool)> {
    let with_details = name.strip_suffix(details).map(|word| (word, true));
    with_details.or_else(|| name.strip_suffix(value).map(|word| (word, false)))
}
