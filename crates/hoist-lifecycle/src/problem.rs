//! What is wrong with something that a person wrote.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::limits::TITLE_CHARS_MAX;

/// One fault of a plan, a metric or a start. A parser reports all of them at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Where, such as `stages[2].percentage`.
    pub path: String,
    /// What is wrong and what would be right. Never repeats the input.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.message)
    }
}

/// Collects problems while a draft is parsed.
#[derive(Debug, Default)]
pub(crate) struct Problems(Vec<Problem>);

impl Problems {
    /// Adds one.
    pub(crate) fn add(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.0.push(Problem { path: path.into(), message: message.into() });
    }

    /// Returns how many there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Adds all of `others`, each path behind `prefix`.
    pub(crate) fn absorb(&mut self, prefix: &str, others: Vec<Problem>) {
        self.0.extend(others.into_iter().map(|p| Problem { path: format!("{prefix}.{}", p.path), message: p.message }));
    }

    /// Keeps the value of a parse that worked, and notes the error of one that did not.
    pub(crate) fn keep<T, E: fmt::Display>(&mut self, path: impl Into<String>, parsed: Result<T, E>) -> Option<T> {
        parsed.map_err(|error| self.add(path, error.to_string())).ok()
    }

    /// Parses a key.
    pub(crate) fn key<K: std::str::FromStr<Err: fmt::Display>>(&mut self, path: &str, text: &str) -> Option<K> {
        self.keep(path, text.parse())
    }

    /// Checks a short text for people: no control characters, at most `chars` characters.
    pub(crate) fn text(&mut self, path: &str, text: &str, chars: usize) {
        if text.chars().count() > chars {
            self.add(path, format!("must be at most {chars} characters"));
        }
        let line_break_allowed = chars > TITLE_CHARS_MAX;
        if text.chars().any(|c| c.is_control() && !(line_break_allowed && (c == '\n' || c == '\t'))) {
            self.add(path, "must not contain control characters");
        }
    }

    /// Returns `value` if there is one and nothing was wrong; all problems otherwise.
    pub(crate) fn finish<T>(self, value: Option<T>) -> Result<T, Vec<Problem>> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(self.0),
        }
    }
}
