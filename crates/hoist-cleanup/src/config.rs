//! `hoist.toml`: how a repository calls its flags, and what is to be left alone.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::limits::CONFIG_BYTES_MAX;

/// The content of `hoist.toml`. Everything has a default; an empty file is a good file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HoistToml {
    /// Functions of the repository that ask for a flag.
    #[serde(rename = "wrapper")]
    pub wrappers: Vec<Call>,
    /// Calls of other SDKs than OpenFeature's.
    #[serde(rename = "sdk")]
    pub sdks: Vec<Call>,
    /// Names that stand for a key.
    #[serde(rename = "alias")]
    pub aliases: Vec<Alias>,
    /// Paths, as in an ignore file, that are not read at all.
    pub exclude: Vec<String>,
    /// Paths, as in an ignore file, that a program writes: references are shown, nothing is rewritten.
    pub generated: Vec<String>,
    /// Whether names that a file exports may be removed when nothing in the repository uses them.
    pub visibility: Visibility,
    /// A command that formats the files it is given.
    pub format: Option<String>,
    /// A command that must succeed after the change.
    pub verify: Option<String>,
    /// Whether reads of properties and operators that can be overloaded count as effects.
    pub strict: bool,
}

/// One function or method that asks for a flag.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// The name of the function or method, such as `isEnabled`.
    pub name: String,
    /// The last part of the module that the function is imported from, such as `flags`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module: Option<String>,
    /// The name of the object that the method is called on, such as `features`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receiver: Option<String>,
    /// Which argument is the key: a position from 0, or a name.
    #[serde(default)]
    pub key_arg: KeyArgument,
    /// Which argument is the default: a position from 0, or a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_arg: Option<KeyArgument>,
    /// The type of what comes back.
    #[serde(default, rename = "type")]
    pub kind: CallType,
    /// Whether the call says the opposite of the flag.
    #[serde(default)]
    pub negate: bool,
    /// Whether the value has to be awaited.
    #[serde(default, rename = "async")]
    pub is_async: bool,
}

/// Which argument holds the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum KeyArgument {
    /// The position, from 0.
    Position(usize),
    /// The name of a keyword argument.
    Name(String),
}

impl Default for KeyArgument {
    fn default() -> Self {
        Self::Position(0)
    }
}

/// What a call gives back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CallType {
    /// `true` or `false`.
    #[default]
    Boolean,
    /// Text.
    String,
    /// A whole number.
    Integer,
    /// A number.
    Float,
    /// An object.
    Object,
}

/// Names that stand for a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alias {
    /// A pattern with the key in one style, such as `FLAG_{SCREAMING_SNAKE}`. Styles: `camel`, `Pascal`, `snake`,
    /// `SCREAMING_SNAKE`, `kebab`, `dot`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// For single keys, the names that stand for them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub literal: BTreeMap<String, Vec<String>>,
}

/// Who may use what a file exports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// Other repositories may use it: exported names stay.
    #[default]
    Library,
    /// This repository is all there is.
    Application,
}

/// Why a configuration cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The file is longer than [`CONFIG_BYTES_MAX`].
    #[error("hoist.toml is longer than {CONFIG_BYTES_MAX} bytes")]
    TooLong,
    /// The file is not what is expected; the place and the fault.
    #[error("hoist.toml, line {line}: {fault}")]
    Content {
        /// The line, from 1.
        line: usize,
        /// What is wrong there.
        fault: String,
    },
    /// A pattern of an alias has no style, or one that does not exist.
    #[error(
        "hoist.toml: alias.pattern needs one of {{camel}}, {{Pascal}}, {{snake}}, {{SCREAMING_SNAKE}}, {{kebab}}, {{dot}}"
    )]
    Pattern,
}

impl HoistToml {
    /// Reads a configuration.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        if text.len() > CONFIG_BYTES_MAX {
            return Err(ConfigError::TooLong);
        }
        let config: Self = toml::from_str(text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or("");
            ConfigError::Content { line: before.matches('\n').count() + 1, fault: error.message().to_owned() }
        })?;
        if config
            .aliases
            .iter()
            .filter_map(|alias| alias.pattern.as_deref())
            .any(|pattern| apply(pattern, "a").is_none())
        {
            return Err(ConfigError::Pattern);
        }
        Ok(config)
    }

    /// Returns the names that stand for a key, by pattern or one by one.
    pub fn names_of(&self, key: &str) -> Vec<String> {
        let mut names = vec![];
        for alias in &self.aliases {
            names.extend(alias.pattern.as_deref().and_then(|pattern| apply(pattern, key)));
            names.extend(alias.literal.get(key).into_iter().flatten().cloned());
        }
        names.sort();
        names.dedup();
        names.retain(|name| name != key && !name.is_empty());
        names
    }
}

/// Writes a key in the style that a pattern names; nothing if it names none.
fn apply(pattern: &str, key: &str) -> Option<String> {
    let (before, rest) = pattern.split_once('{')?;
    let (style, after) = rest.split_once('}')?;
    let words = words(key);
    let lower = |separator: &str| words.join(separator);
    let capital = |word: &String| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
    };
    let pascal: String = words.iter().map(capital).collect();
    let name = match style {
        "snake" => lower("_"),
        "SCREAMING_SNAKE" | "SCREAMING" => lower("_").to_ascii_uppercase(),
        "kebab" => lower("-"),
        "dot" => lower("."),
        "Pascal" => pascal,
        "camel" => words.first()?.clone() + &words.iter().skip(1).map(capital).collect::<String>(),
        _ => return None,
    };
    Some(format!("{before}{name}{after}"))
}

/// Returns the words of a key in lower case: `qa_updates`, `qaUpdates` and `Qa-Updates` have the same.
fn words(key: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![];
    let mut previous = ' ';
    for letter in key.chars() {
        if !letter.is_ascii_alphanumeric() {
            previous = ' ';
            continue;
        }
        let starts = previous == ' ' || (letter.is_ascii_uppercase() && !previous.is_ascii_uppercase());
        match words.last_mut().filter(|_| !starts) {
            Some(word) => word.push(letter.to_ascii_lowercase()),
            None => words.push(letter.to_ascii_lowercase().to_string()),
        }
        previous = letter;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::{ConfigError, HoistToml, KeyArgument};

    fn check(pattern: &str, key: &str, name: &str) {
        let config = HoistToml::parse(&format!("[[alias]]\npattern = \"{pattern}\"\n")).unwrap();
        assert_eq!(config.names_of(key), [name], "{pattern} {key}");
    }

    #[test]
    fn a_key_is_written_in_every_style() {
        check("FLAG_{SCREAMING_SNAKE}", "new-nav", "FLAG_NEW_NAV");
        check("{camel}Flag", "qa_updates", "qaUpdatesFlag");
        check("{Pascal}", "Qa_Updates", "QaUpdates");
        check("{kebab}", "newNavBar", "new-nav-bar");
        check("{dot}", "new-nav", "new.nav");
        check("is_{snake}", "v2-NavBar", "is_v2_nav_bar");
    }

    #[test]
    fn wrappers_have_defaults() {
        let config = HoistToml::parse("[[wrapper]]\nname = \"isOn\"\nkey_arg = \"flag\"\n").unwrap();
        let call = &config.wrappers[0];
        assert_eq!((call.key_arg.clone(), call.negate), (KeyArgument::Name("flag".into()), false));
        assert_eq!(HoistToml::parse("").unwrap(), HoistToml::default());
    }

    #[test]
    fn faults_are_named_with_their_line() {
        let error = HoistToml::parse("strict = true\nverfy = \"x\"\n").unwrap_err();
        assert!(matches!(error, ConfigError::Content { line: 2, .. }), "{error}");
        // A setting that nothing reads is refused, rather than believed.
        for setting in ["tests = \"delete\"", "hoist_effects = true"] {
            let error = HoistToml::parse(setting).unwrap_err().to_string();
            assert!(error.starts_with("hoist.toml, line 1: unknown field"), "{error}");
        }
        assert_eq!(HoistToml::parse("[[alias]]\npattern = \"{Train}\"\n"), Err(ConfigError::Pattern));
    }
}
