//! What serde found wrong, in words that do not repeat the request. Serde quotes what it met; only what it expected,
//! which comes from our types, is passed on.

use crate::error::FieldProblem;

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
        return FieldProblem::new(
            parent(&path),
            "unknown_field",
            format!("has a field that is not known; expected {known}"),
        );
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

/// Returns the path of the object that holds the field at `path`: the field's name is the request's own text.
fn parent(path: &str) -> String {
    path.rsplit_once('.').map_or_else(String::new, |(parent, _)| parent.to_owned())
}
