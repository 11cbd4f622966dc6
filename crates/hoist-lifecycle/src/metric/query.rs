//! Queries with placeholders, filled in so that no value can leave the string it stands in.

use std::fmt::Write as _;

use crate::limits::QUERY_BYTES_MAX;

/// What placeholders stand for. All of these are keys, whose grammar has neither quotes nor backslashes nor braces;
/// [`Query::fill`] escapes them all the same, so that safety does not hang on another crate's grammar.
#[derive(Debug, Clone, Copy)]
pub struct Placeholders<'a> {
    /// Stands in for `{{flag}}`.
    pub flag: &'a str,
    /// Stands in for `{{environment}}`.
    pub environment: &'a str,
    /// Stands in for `{{variant}}`: the variant of the stage that is being watched.
    pub variant: &'a str,
    /// Stands in for `{{control}}`.
    pub control: &'a str,
}

/// A query with placeholders, cut into pieces.
///
/// Use placeholders inside the strings of `=` matchers. In `=~` a `.` of a key would match any character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Flag,
    Environment,
    Variant,
    Control,
}

/// Why a text is not a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// There is nothing to ask.
    #[error("must not be empty")]
    Empty,
    /// It is too long.
    #[error("must be at most {QUERY_BYTES_MAX} bytes")]
    TooLong,
    /// It contains a control character other than a line break or a tab.
    #[error("must not contain control characters")]
    Control,
    /// It contains something in double braces that is not a placeholder.
    #[error(
        "has an unknown placeholder; known are {{{{flag}}}}, {{{{environment}}}}, {{{{variant}}}}, {{{{control}}}}"
    )]
    Placeholder,
}

impl Query {
    /// Cuts a text at its placeholders.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        if text.trim().is_empty() {
            return Err(QueryError::Empty);
        }
        if text.len() > QUERY_BYTES_MAX {
            return Err(QueryError::TooLong);
        }
        if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t' | '\r')) {
            return Err(QueryError::Control);
        }
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let (name, after) = after.split_once("}}").ok_or(QueryError::Placeholder)?;
            if !before.is_empty() {
                pieces.push(Piece::Text(before.to_owned()));
            }
            pieces.push(match name.trim() {
                "flag" => Piece::Flag,
                "environment" => Piece::Environment,
                "variant" => Piece::Variant,
                "control" => Piece::Control,
                _ => return Err(QueryError::Placeholder),
            });
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        Ok(Self(pieces))
    }

    /// Returns whether the query names the variant, so that it answers for one arm at a time.
    pub fn names_variant(&self) -> bool {
        self.0.contains(&Piece::Variant)
    }

    /// Returns the query with every placeholder filled in.
    pub fn fill(&self, with: &Placeholders<'_>) -> String {
        let mut filled = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => filled.push_str(text),
                Piece::Flag => escape(with.flag, &mut filled),
                Piece::Environment => escape(with.environment, &mut filled),
                Piece::Variant => escape(with.variant, &mut filled),
                Piece::Control => escape(with.control, &mut filled),
            }
        }
        filled
    }
}

/// Writes `value` so that it cannot leave the PromQL string it stands in, whatever its quotes.
fn escape(value: &str, into: &mut String) {
    for c in value.chars() {
        if c.is_alphanumeric() || matches!(c, '.' | '_' | '-') {
            into.push(c);
        } else {
            // PromQL strings know Go's escapes; this form is the same in both kinds of quotes.
            let _infallible = write!(into, "\\U{:08x}", u32::from(c));
        }
    }
}
