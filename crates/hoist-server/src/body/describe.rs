//! What serde found wrong, in words that do not repeat the request. Serde quotes what it met; only what it expected,
//! which comes from our types, is passed on.

use crate::error::FieldProblem;
use crate::limits::FIELD_NAME_TOLD_MAX;

/// What our own tokens begin with.
const TOKEN_PREFIX: &str = "hst_";

/// Returns the problem at `path` for serde's message.
pub fn describe(path: &str, message: &str) -> FieldProblem {
    let path = match path {
        "." => String::new(),
        path => path.to_owned(),
    };
    let message = message.rsplit_once(" at line ").map_or(message, |(text, _)| text);
    let expected = message.rsplit_once(", expected ").map(|(_, expected)| expected);
    let problem = |code, text: String| FieldProblem::new(path.clone(), code, text);
    if message.starts_with("unknown field") {
        let known = expected.unwrap_or("nothing else here");
        let name = unknown_name(message).map(|name| format!(": \"{name}\"")).unwrap_or_default();
        let text = format!("has a field that is not known{name}; expected {known}");
        return FieldProblem::new(parent(&path), "unknown_field", text);
    }
    if message.starts_with("unknown variant") {
        return problem("unknown_value", format!("is not a known value; expected {}", expected.unwrap_or("another")));
    }
    if message.starts_with("invalid type") {
        return problem("wrong_type", format!("has the wrong type; expected {}", expected.unwrap_or("another")));
    }
    if message.starts_with("invalid value") || message.starts_with("invalid length") {
        return problem("wrong_value", format!("has a value out of range; expected {}", expected.unwrap_or("another")));
    }
    if message.starts_with("missing field") {
        return problem("missing_field", format!("lacks a field: {message}"));
    }
    if message.starts_with("data did not match any variant") {
        return problem("wrong_shape", "has none of the shapes that are possible here".to_owned());
    }
    // What is left are the messages of our own types, which name rules and never input.
    problem("invalid", message.to_owned())
}

/// Returns the name of a field that is not known, shortened. Nothing for what does not look like the name of a field, or looks
/// like one of our tokens: a secret that was pasted in the wrong place is told by the path of where it stands alone.
fn unknown_name(message: &str) -> Option<String> {
    let rest = message.strip_prefix("unknown field `")?;
    let (name, _) = rest.split_once("`, ")?;
    let is_name = name.chars().all(|char| char.is_ascii_alphanumeric() || matches!(char, '_' | '-' | '.' | '$'));
    if name.is_empty() || !is_name || name.starts_with(TOKEN_PREFIX) {
        return None;
    }
    if name.len() <= FIELD_NAME_TOLD_MAX {
        return Some(name.to_owned());
    }
    name.get(..FIELD_NAME_TOLD_MAX).map(|start| format!("{start}..."))
}

/// Returns the path of the object that holds the field at `path`: the field's name is the request's own text.
fn parent(path: &str) -> String {
    path.rsplit_once('.').map_or_else(String::new, |(parent, _)| parent.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_field_is_named_unless_it_may_be_a_secret() {
        for (message, expected) in [
            (
                "unknown field `sahre`, expected one of `at`, `share`",
                "has a field that is not known: \"sahre\"; expected one of",
            ),
            (
                "unknown field `x`, there are no fields",
                "has a field that is not known: \"x\"; expected nothing else here",
            ),
            ("unknown field `hst_admin_x`, expected `a`", "has a field that is not known; expected `a`"),
            ("unknown field `a b`, expected `a`", "has a field that is not known; expected `a`"),
            ("unknown field `<script>`, expected `a`", "has a field that is not known; expected `a`"),
            ("unknown field ``, expected `a`", "has a field that is not known; expected `a`"),
        ] {
            let told = describe("guards[0].x", message);
            assert!(told.message.starts_with(expected), "{message}: {}", told.message);
            assert_eq!(told.path, "guards[0]");
        }
        let long = format!("unknown field `{}`, expected `a`", "n".repeat(500));
        assert_eq!(describe(".", &long).message.len(), 50 + FIELD_NAME_TOLD_MAX);
    }
}
