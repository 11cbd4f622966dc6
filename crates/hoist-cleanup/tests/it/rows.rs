//! Small rows that no program can show: elements, decorators, several files, and layout.

use hoist_cleanup::{HoistToml, Level, Outcome, Request, SourceFile, cleanup};
use hoist_eval::FlagValue;

fn run(config: &str, value: bool, files: &[(&str, &str)]) -> Outcome {
    let files: Vec<SourceFile> =
        files.iter().map(|(path, text)| SourceFile { path: (*path).to_owned(), text: (*text).to_owned() }).collect();
    let config = HoistToml::parse(config).unwrap();
    let value = FlagValue::Boolean(value);
    let request = Request { key: "new-nav", value: &value, level: Level::Deep, config: &config, definitions: &[] };
    cleanup(&files, &request, &|path, name| files.iter().any(|file| file.path != path && file.text.contains(name)))
}

fn check(path: &str, value: bool, before: &str, after: &str, refused: &[&str]) {
    let outcome = run("", value, &[(path, before)]);
    let text = outcome.files.first().map_or(before, |file| file.deep.as_str());
    assert_eq!(text, after, "{before}");
    let codes: Vec<&str> = outcome.refusals.iter().map(|refusal| refusal.code.code()).collect();
    assert_eq!(codes, refused, "{before}");
}

#[test]
fn holes_among_the_children_of_an_element() {
    let page = |inner: &str| {
        format!("function Page() {{\n  return (\n    <main>\n      <H1 />\n{inner}      <P />\n    </main>\n  );\n}}\n")
    };
    let hole = |condition: &str| {
        format!(
            "function Page() {{\n  const on = useBooleanFlagValue(\"new-nav\", false);\n  return (\n    <main>\n      <H1 />\n      {{{condition}}}\n      <P />\n    </main>\n  );\n}}\n"
        )
    };
    check("a.tsx", true, &hole("on && <Nav />"), &page("      <Nav />\n"), &[]);
    check("a.tsx", true, &hole("on ? <Nav /> : <Old />"), &page("      <Nav />\n"), &[]);
    check("a.jsx", false, &hole("on && <Nav />"), &page(""), &[]);
    check("a.jsx", true, &hole("!on && <Old />"), &page(""), &[]);
    check("a.tsx", true, &hole("on && (<Nav a={on} />)"), &page("      <Nav a={true} />\n"), &[]);
}

#[test]
fn details_that_are_taken_apart() {
    check(
        "a.tsx",
        true,
        "const { value } = useFlag(\"new-nav\", false);\nif (value) a();\nuseFlag.b();\n",
        "a();\nuseFlag.b();\n",
        &["receiver-not-sdk"][..0],
    );
    let escapes = "const { value, reason } = useBooleanFlagDetails(\"new-nav\", false);\nf(value, reason);\n";
    check("a.tsx", true, escapes, escapes, &["details-escape"]);
}

#[test]
fn decorators_and_objects_are_left_alone() {
    let decorated = "@only_if(client.get_boolean_value(\"new-nav\", False))\ndef f():\n    pass\n";
    check("a.py", true, decorated, decorated, &["decorator-or-annotation"]);
    let object = "const o = await client.getObjectValue(\"new-nav\", {});\n";
    check("a.ts", true, object, object, &["object-value"]);
}

#[test]
fn tests_that_name_the_key_are_reported() {
    let test = "const provider = new InMemoryProvider({ 'new-nav': { defaultVariant: 'off' } });\n";
    check("nav.test.ts", true, test, test, &["test-pins-other-value"]);
}

#[test]
fn an_exported_function_is_replaced_where_the_repository_is_all_there_is() {
    let flags = "export function isNewNav() {\n  return client.getBooleanValue(\"new-nav\", false);\n}\n";
    let page = "import { isNewNav } from \"./flags\";\n\nif (isNewNav()) {\n  a();\n}\n";
    let outcome = run("visibility = \"application\"\n", true, &[("flags.ts", flags), ("page.ts", page)]);
    let page = outcome.files.iter().find(|file| file.path == "page.ts").unwrap();
    assert_eq!(page.fold, "a();\n");
    assert_eq!(outcome.wanted, ["isNewNav"]);
    let outcome = run("", true, &[("flags.ts", flags), ("page.ts", "import { isNewNav } from \"./flags\";\n")]);
    assert!(outcome.files.iter().all(|file| file.path != "page.ts"));
}

#[test]
fn tabs_stay_tabs() {
    let before = "function f() {\n\tif (client.getBooleanValue('new-nav', false)) {\n\t\tif (x()) {\n\t\t\ta();\n\t\t}\n\t}\n}\n";
    check("a.js", true, before, "function f() {\n\tif (x()) {\n\t\ta();\n\t}\n}\n", &[]);
}

#[test]
fn a_file_that_does_not_parse_is_left_alone() {
    let broken = "function f( { if (client.getBooleanValue('new-nav', false) { a() }\n";
    let outcome = run("", true, &[("a.ts", broken)]);
    assert!(outcome.files.is_empty());
    assert!(!outcome.refusals.is_empty());
}
