//! Writes `docs/cleanup-rules.md` from the rules, the refusals and the corpus. `HOIST_BLESS=1` brings it up to date.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use hoist_cleanup::{RULES, Reason};

use crate::corpus::{Case, after, cases, files, run};

const LANGUAGES: [(&str, &str); 6] = [
    ("python", "python"),
    ("javascript", "js"),
    ("go", "go"),
    ("java", "java"),
    ("typescript", "ts"),
    ("rust", "rust"),
];

const HEAD: &str = "# Rules and refusals of `hoist cleanup`

This page is written by a test from the cases that the rules are tested with. Each example is such a case: it is run with
the flag frozen, before and after, and does the same. [Retiring a flag](cleanup.md) says how to use the command.

Only what became constant because of the flag is folded. A `true` that a person wrote stays.
";

struct Example {
    language: String,
    title: String,
    value: String,
    before: String,
    after: String,
}

/// Returns the shortest case that shows a rule or a refusal.
fn example(shows: &str) -> Option<Example> {
    let found = LANGUAGES.iter().flat_map(|(language, fence)| {
        cases(language).into_iter().filter(|(_, _, case)| case.shows.iter().any(|shown| shown == shows)).map(
            |(_, folder, case): (String, _, Case)| {
                let files = files(&folder.join("before"));
                let texts = after(&files, &run(&case, &files));
                // The file that is refused, where a case has others too.
                let refused = case.refused.iter().find_map(|refusal| refusal.strip_suffix(&format!(" {shows}")));
                let named = refused.and_then(|place| place.split(':').next());
                let file = files.iter().find(|file| named.is_none_or(|named| file.path == named)).unwrap();
                let extension = file.path.rsplit('.').next().unwrap_or(fence);
                let shown = match extension {
                    "tsx" => extension,
                    "py" | "mjs" | "go" | "java" | "ts" | "rs" => fence,
                    _ => "text",
                };
                Example {
                    language: shown.to_owned(),
                    title: case.title,
                    value: case.value.to_string(),
                    before: body(&file.text),
                    after: body(&texts[&file.path]),
                }
            },
        )
    });
    found.min_by_key(|example| example.before.len())
}

/// Returns a program without what every case begins with.
fn body(text: &str) -> String {
    let head = |line: &&str| {
        let line = line.trim();
        line.is_empty()
            || [
                "import ",
                "from ",
                "use ",
                "package ",
                "const client",
                "client = ",
                "var client",
                "var t ",
                ")",
                "\"",
                "private static final Client",
            ]
            .iter()
            .any(|start| line.starts_with(start))
    };
    let lines = text.lines().skip_while(head).filter(|line| !line.trim().starts_with("private static final Client"));
    lines.map(|line| format!("{line}\n")).collect::<String>().replace("{\n\n", "{\n")
}

fn write(out: &mut String, shows: &str) {
    let Some(example) = example(shows) else { return };
    write!(
        out,
        "\n{}, with the value `{}`:\n\n```{}\n{}```\n",
        example.title, example.value, example.language, example.before
    )
    .unwrap();
    if example.after != example.before {
        write!(out, "\nbecomes\n\n```{}\n{}```\n", example.language, example.after).unwrap();
    }
}

#[test]
fn the_page_of_rules_is_up_to_date() {
    let mut page = HEAD.to_owned();
    page += "\n## Rules\n";
    for rule in RULES {
        write!(page, "\n### {}: {}\n", rule.id, rule.name).unwrap();
        write(&mut page, rule.id);
    }
    page += "\n## Refusals\n\nA refusal is a place that is left for a person, with its file, its line and one of these codes.\n";
    for reason in Reason::ALL {
        let mut sentence = reason.sentence().to_owned();
        sentence.replace_range(..1, &sentence[..1].to_uppercase());
        write!(page, "\n### `{}`\n\n{sentence}.\n", reason.code()).unwrap();
        write(&mut page, reason.code());
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/cleanup-rules.md");
    if std::env::var_os("HOIST_BLESS").is_some() {
        fs::write(&path, &page).unwrap();
    }
    assert_eq!(fs::read_to_string(path).unwrap_or_default(), page, "run with HOIST_BLESS=1");
}
