//! Puts text that is not ours into Markdown, where nothing of it means anything: no link, no mention, no `Closes #1`.

use hoist_cleanup::Refusal;

/// Returns a text as code, whatever is in it, on one line.
///
/// The fence is longer than any run of backticks inside, as CommonMark asks for.
pub(super) fn code(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() {
        return String::new();
    }
    let longest = line.split(|sign| sign != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let blank = if line.starts_with('`') || line.ends_with('`') { " " } else { "" };
    format!("{fence}{blank}{line}{blank}{fence}")
}

/// Returns a text as code in a cell of a table, where a bar would end the cell even in code.
pub(super) fn cell(text: &str) -> String {
    code(text).replace('|', "\\|")
}

/// Returns a refusal as one line.
pub(super) fn refusal(refusal: &Refusal) -> String {
    let note = if refusal.note.is_empty() { String::new() } else { format!(" ({})", code(&refusal.note)) };
    let place = code(&format!("{}:{}", refusal.file, refusal.line));
    format!("{place}: {}: {}{note}", refusal.code.code(), refusal.code.sentence())
}

#[cfg(test)]
mod tests {
    use super::{cell, code};

    #[test]
    fn nothing_of_a_text_means_anything() {
        let rows = [
            ("boom <img src=x> @team Closes #12", "`boom <img src=x> @team Closes #12`"),
            ("a`b", "``a`b``"),
            ("a``b`c", "```a``b`c```"),
            ("`npm test`", "`` `npm test` ``"),
            ("one\n\n# two\ttabs", "`one # two tabs`"),
            ("", ""),
            ("`", "`` ` ``"),
        ];
        for (text, expected) in rows {
            assert_eq!(code(text), expected, "{text:?}");
        }
        assert_eq!(cell("a|b`c"), "``a\\|b`c``");
    }
}
