//! Answers of an evaluation, for people.

use std::io::{self, Write};

use serde_json::Value;

use crate::output::{at, text};

use super::has_error;

/// Writes an answer: the value in one line, then the trace if there is one.
pub fn write(to: &mut dyn Write, answer: &Value) -> io::Result<()> {
    let key = text(answer, "flag");
    if has_error(answer) {
        writeln!(to, "{key}: no value, {}", text(answer, "error"))?;
    } else {
        let value = at(answer, "value").map(Value::to_string).unwrap_or_default();
        writeln!(to, "{key} = {value}   variant {}, reason {}", text(answer, "variant"), text(answer, "reason"))?;
    }
    match at(answer, "trace") {
        Some(trace) if !trace.is_null() => write_trace(to, trace),
        _ => Ok(()),
    }
}

fn write_trace(to: &mut dyn Write, trace: &Value) -> io::Result<()> {
    for step in list(trace, "prerequisites") {
        writeln!(to, "  prerequisite {}: served {}, {}", text(step, "flag"), or_none(step, "served"), met(step))?;
    }
    for rule in list(trace, "rules") {
        writeln!(to, "  rule {}: {}", text(rule, "id"), text(rule, "outcome"))?;
        if let Some(condition) = at(rule, "condition") {
            write_condition(to, condition, 2)?;
        }
    }
    for entry in list(trace, "allocation") {
        let audience = match text(entry, "audience") {
            everyone if everyone.is_empty() => "everyone".to_owned(),
            audience => audience,
        };
        writeln!(to, "  rollout, {audience}: {}{}", text(entry, "outcome"), elsewhere(entry))?;
    }
    write_split(to, trace)?;
    writeln!(to, "  decided by {}", decided(trace))
}

/// Says of a unit that an entry is not for, why: another rollout has it.
fn elsewhere(entry: &Value) -> &'static str {
    let number = |name: &str| at(entry, name).and_then(Value::as_u64);
    match (number("part.bucket"), number("part.from"), number("part.to")) {
        (Some(bucket), Some(from), Some(to)) if !(from..to).contains(&bucket) => ", in another rollout's part",
        _ => "",
    }
}

fn write_condition(to: &mut dyn Write, condition: &Value, depth: usize) -> io::Result<()> {
    let indent = "  ".repeat(depth);
    if let Some(group) = at(condition, "group") {
        writeln!(to, "{indent}{} of: {}", text(group, "combine"), text(group, "outcome"))?;
        return list(group, "members").iter().try_for_each(|member| write_condition(to, member, depth + 1));
    }
    let Some(test) = at(condition, "test") else { return Ok(()) };
    let not = if at(test, "negate").and_then(Value::as_bool).unwrap_or_default() { "not " } else { "" };
    let words = [text(test, "attribute"), format!("{not}{}", text(test, "operator")), text(test, "about")];
    let words: Vec<String> = words.into_iter().filter(|word| !word.is_empty()).collect();
    writeln!(to, "{indent}{}: {}", words.join(" "), text(test, "outcome"))
}

fn write_split(to: &mut dyn Write, trace: &Value) -> io::Result<()> {
    let Some(split) = at(trace, "split").filter(|split| !split.is_null()) else { return Ok(()) };
    let share = |share: &Value| format!("{} {} to {}", text(share, "variant"), text(share, "from"), text(share, "to"));
    let shares: Vec<String> = list(split, "shares").iter().map(share).collect();
    writeln!(to, "  bucket {} of 100000: {}", or_none(split, "bucket"), shares.join(", "))
}

fn decided(trace: &Value) -> String {
    let by = text(trace, "decided_by.by").replace('_', " ");
    match text(trace, "decided_by.id") {
        id if id.is_empty() => by,
        id => format!("{by} {id}"),
    }
}

fn met(step: &Value) -> &'static str {
    if at(step, "met").and_then(Value::as_bool).unwrap_or_default() { "met" } else { "not met" }
}

fn or_none(value: &Value, field: &str) -> String {
    match text(value, field) {
        nothing if nothing.is_empty() => "none".to_owned(),
        something => something,
    }
}

fn list<'v>(value: &'v Value, field: &str) -> &'v [Value] {
    at(value, field).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
