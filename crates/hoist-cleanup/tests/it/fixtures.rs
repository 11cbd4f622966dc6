//! What sets the flag in tests outside of the languages' own providers: JSON files of definitions, and Rust.

use hoist_cleanup::{Cleaned, HoistToml, Level, Request, SourceFile, cleanup};
use hoist_eval::FlagValue;

use crate::rows::{check, run};

const OTHER: &str = r#""other": {"state": "ENABLED", "variants": {"a": 1}, "defaultVariant": "a"}"#;

/// Returns a definition of `new-nav` with a default variant and more.
fn defined(default: &str, more: &str) -> String {
    format!(
        r#""new-nav": {{"state": "ENABLED", "variants": {{"on": true, "off": false}}, "defaultVariant": "{default}"{more}}}"#
    )
}

fn document(entries: &[&str], separator: &str) -> String {
    format!("{{\n  \"flags\": {{\n    {}\n  }}\n}}\n", entries.join(separator))
}

#[test]
fn entries_of_json_files_of_tests_that_give_the_value_go() {
    let on = defined("on", "");
    let rest = |text: &str| document(&[text], "");
    let lines = ",\n    ";
    let rows = [
        (document(&[&on, OTHER], lines), rest(OTHER)),
        (document(&[OTHER, &on], lines), rest(OTHER)),
        (document(&[OTHER, &on], ", "), rest(OTHER)),
        (document(&[&on, OTHER], ", "), rest(OTHER)),
        (document(&[&on], ""), "{\n  \"flags\": {}\n}\n".to_owned()),
        (document(&[&defined("on", r#", "targeting": {}"#), OTHER], lines), rest(OTHER)),
        (document(&[&OTHER.replace("other", "new-nav-2"), &on], lines), rest(&OTHER.replace("other", "new-nav-2"))),
    ];
    for (before, after) in &rows {
        for (before, after) in [
            (before.clone(), after.clone()),
            (before.replace('\n', "\r\n"), after.replace('\n', "\r\n")),
            (format!("\u{feff}{before}"), format!("\u{feff}{after}")),
            (before.replace("    ", "\t\t"), after.replace("    ", "\t\t")),
            (before.trim_end().to_owned(), after.trim_end().to_owned()),
        ] {
            for path in ["tests/flags.json", "src/test/resources/flags.json", "nav.test.json"] {
                check(path, true, &before, &after, &[]);
            }
        }
        check("tests/flags.json", false, before, before, &["test-pins-other-value"]);
        // Elsewhere it may be what production reads.
        check("deploy/flags.json", true, before, before, &["text-reference"]);
    }
}

#[test]
fn entries_of_json_files_stay_where_something_is_in_doubt() {
    let on = defined("on", "");
    let rows = [
        (on.replace("ENABLED", "DISABLED"), "test-pins-other-value"),
        (defined("on", r#", "targeting": {"if": [true, "off", "on"]}"#), "test-pins-other-value"),
        (defined("gone", ""), "test-pins-other-value"),
        (format!("{on}, {on}"), "text-reference"),
        (format!("{on}, {}", on.replace("new", "\\u006eew")), "text-reference"),
        (format!("{on}, \"other\": {{\"metadata\": {{\"follows\": \"new-nav\"}}}}"), "text-reference"),
        ("\"new-nav\": true".to_owned(), "text-reference"),
        (format!("{on},"), "text-reference"),
        (format!("{on} // on"), "text-reference"),
    ];
    for (entries, code) in &rows {
        let text = document(&[entries], "");
        check("tests/flags.json", true, &text, &text, &[*code]);
    }
    for text in
        ["{\"new-nav\": 1}", "[\"new-nav\"]", "\"new-nav\"", "{\"flags\": [\"new-nav\"]}", "{\"flags\": {\"new-nav\": "]
    {
        check("tests/flags.json", true, text, text, &["text-reference"]);
    }
    let text = document(&[&on, OTHER], ", ");
    let outcome =
        run("", true, &[("nav.ts", "log(client.getBooleanDetails('new-nav', false));\n"), ("tests/flags.json", &text)]);
    assert!(outcome.files.is_empty());
    assert_eq!(outcome.refusals[1].note, "something may still ask for the flag");
}

#[test]
fn entries_of_json_files_are_compared_by_value() {
    let rows = [
        (FlagValue::String("blue".into()), "\"blue\"", true),
        (FlagValue::String("blue".into()), "\"green\"", false),
        (FlagValue::Integer(3), "3", true),
        (FlagValue::Integer(3), "true", false),
        (FlagValue::Float(0.5), "0.5", true),
        (FlagValue::Float(0.5), "5e-1", true),
        (FlagValue::Float(0.5), "0.25", false),
    ];
    for (value, written, goes) in rows {
        let entry = defined("on", "").replace("true", written);
        let files = [SourceFile { path: "tests/flags.json".to_owned(), text: document(&[&entry, OTHER], ", ") }];
        let config = HoistToml::default();
        let request = Request { key: "new-nav", value: &value, level: Level::Deep, config: &config, definitions: &[] };
        let outcome = cleanup(&files, &request, &|_, _| false);
        assert_eq!(outcome.files.len() == 1, goes, "{written}: {:?}", outcome.refusals);
    }
}

#[test]
fn pairs_that_a_provider_of_rust_is_given_go() {
    let program =
        |pairs: &str| format!("fn set_up() -> Provider {{\n    InMemoryProvider::new(HashMap::from([{pairs}]))\n}}\n");
    let other = "(\"other\".to_string(), Value::Bool(false))";
    let rows = [
        format!("(\"new-nav\".to_string(), Value::Bool(true)), {other}"),
        format!("{other}, (\"new-nav\", true)"),
        format!("(String::from(\"new-nav\"), true.into()), {other}"),
    ];
    for pairs in &rows {
        for path in ["tests/nav.rs", "src/nav.rs"] {
            check(path, true, &program(pairs), &program(other), &[]);
            check(path, false, &program(pairs), &program(pairs), &["test-pins-other-value"]);
        }
    }
    let stays = [
        // The type of an empty list is known to nobody.
        program("(\"new-nav\", true)"),
        program(&format!("(\"new-nav\", true, 1), {other}")),
        program(&format!("(\"new-nav\", is_on()), {other}")),
        program(&format!("(\"layout\", [(\"new-nav\", true), ({other})])")),
        format!("fn f() {{\n    serve(HashMap::from([(\"new-nav\", true), {other}]));\n}}\n"),
    ];
    for text in &stays {
        check("tests/nav.rs", true, text, text, &["test-pins-other-value"]);
    }
}

#[test]
fn stubs_of_mocks_of_rust_that_give_the_value_go() {
    let program = |stub: &str| {
        format!(
            "#[cfg(test)]\n#[allow(unused)]\nmod tests {{\n    fn set_up() -> Provider {{\n        let mut provider = \
             MockFeatureProvider::new();\n{stub}        provider\n    }}\n}}\n"
        )
    };
    let stub =
        |rest: &str| format!("        provider.expect_resolve_bool_value().with(eq(\"new-nav\"), always()){rest};\n");
    let answer = "Ok(ResolutionDetails::new(true))";
    for rest in [format!(".return_const({answer})"), format!(".times(1).returning(|_, _| {answer})")] {
        let before = program(&stub(&rest));
        check("src/nav.rs", true, &before, &program(""), &[]);
        check("src/nav.rs", false, &before, &before, &["test-pins-other-value"]);
        // Outside of tests a method of that name may be anything.
        let outside = before.replace("cfg(test)", "cfg(unix)");
        check("src/nav.rs", true, &outside, &outside, &["text-reference"]);
    }
    for rest in [
        ".returning(|_, _| answer())",
        ".return_const(Ok(answer))",
        ".returning(|_, _| { asked(); Ok(ResolutionDetails::new(true)) })",
    ] {
        let before = program(&stub(rest));
        check("src/nav.rs", true, &before, &before, &["test-pins-other-value"]);
    }
}

#[test]
fn a_level_that_would_not_compile_does_not_stand_alone() {
    let [before, constant, fold] = ["f(x)", "f(true", "y()"].map(|call| format!("let x = 1;\n{call};\n"));
    let (path, deep) = ("a.ts".to_owned(), "y();\nf(x);\n".to_owned());
    let mut file = Cleaned { path, before, constant, fold, deep, emptied: false, replaced: 1 };
    let stands = |file: &Cleaned| [Level::Constant, Level::Fold, Level::Deep].map(|level| file.stands_alone(level));
    // It does not parse; it has a name that nothing declares.
    assert_eq!(stands(&file), [false, false, false]);
    file.constant = file.before.replace("f(x)", "f(z)");
    file.fold = file.before.replace("f(x)", "f(2)");
    file.deep = file.before.clone();
    assert_eq!(stands(&file), [false, true, true]);
    file.path = "flags.json".to_owned();
    assert_eq!(stands(&file), [true, true, true]);
}
