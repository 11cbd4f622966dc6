//! What a key is where it occurs, for each language.

use hoist_cleanup::{HoistToml, KeySet, ReferenceKind, UnknownKeys, Via, definitions, references};

const CONFIG: &str = r#"
[[wrapper]]
name = "isOn"

[[alias]]
pattern = "FLAG_{SCREAMING_SNAKE}"

[alias.literal]
new-nav = ["NewNav"]
"#;

/// Writes the references of `new-nav` as `line:column kind via`.
fn found(file: &str, source: &str) -> Vec<String> {
    let config = HoistToml::parse(CONFIG).unwrap();
    let keys = KeySet::new(["new-nav".to_owned(), "other".to_owned()], &config).unwrap();
    references(file, source, &keys, &config)
        .into_iter()
        .filter(|reference| reference.key == "new-nav")
        .map(|found| format!("{}:{} {:?} {:?}", found.line, found.column, found.kind, found.via))
        .collect()
}

fn check(file: &str, source: &str, expected: &[&str]) {
    assert_eq!(found(file, source), expected, "{file}: {source}");
}

#[test]
fn an_evaluation_is_told_from_a_text_in_every_language() {
    check("a.ts", "if (await client.getBooleanValue('new-nav', false)) {}", &["1:34 Evaluation Literal"]);
    check("a.tsx", "const on = useBooleanFlagValue(`new-nav`, false);", &["1:32 Evaluation Literal"]);
    check("a.js", "log('new-nav'); // new-nav", &["1:5 Text Literal", "1:20 Text Literal"]);
    check(
        "a.py",
        "x = client.get_boolean_value(flag_key='new-nav', default_value=False)",
        &["1:39 Evaluation Literal"],
    );
    let go = "package a\nimport \"github.com/open-feature/go-sdk/openfeature\"\nfunc f() { c.Boolean(ctx, \"new-nav\", false, e) }\n";
    check("a.go", go, &["3:27 Evaluation Literal"]);
    check(
        "A.java",
        "class A { boolean f() { return c.getBooleanValue(\"new-nav\", false); } }",
        &["1:50 Evaluation Literal"],
    );
    check("a.rs", "async fn f() { c.get_bool_value(\"new-nav\", None, None).await; }", &["1:33 Evaluation Literal"]);
}

#[test]
fn a_client_in_a_member_is_one_whatever_holds_it() {
    let import = "import type { Client } from '@openfeature/server-sdk';\n";
    let call = "const f = (deps: Deps) => deps.flags.getBooleanValue('new-nav', false);\n";
    check("a.ts", &format!("{import}interface Deps {{ flags: Client }}\n{call}"), &["3:54 Evaluation Literal"]);
    check("a.ts", &format!("{import}class Own {{}}\ninterface Deps {{ flags: Own }}\n{call}"), &["4:54 Text Literal"]);
    let go = "package a\nimport of \"github.com/open-feature/go-sdk/openfeature\"\ntype server struct{ flags of.IClient }\n\
              func (s *server) f() { s.flags.BooleanValue(ctx, \"new-nav\", false, e) }\n";
    check("a.go", go, &["4:50 Evaluation Literal"]);
    let rust = "use open_feature::Client;\nstruct State { flags: Client }\n\
                async fn f(state: &State) { state.flags.get_bool_value(\"new-nav\", None, None).await; }";
    check("a.rs", rust, &["3:56 Evaluation Literal"]);
    let python = "from openfeature.client import OpenFeatureClient\nclass Deps:\n    def __init__(self, c): self.flags = c\n\
                  def f(deps: Deps): deps.flags.get_boolean_value('new-nav', False)\n";
    check("a.py", python, &["4:49 Evaluation Literal"]);
    let java = "import dev.openfeature.sdk.Client;\nclass A { static class Deps { Client flags; }\n\
                boolean f(Deps deps) { return deps.flags.getBooleanValue(\"new-nav\", false); } }";
    check("A.java", java, &["3:58 Evaluation Literal"]);
}

#[test]
fn constants_enums_and_objects_are_followed() {
    check(
        "a.ts",
        "const FLAGS = { nav: 'new-nav' } as const;\nclient.getBooleanValue(FLAGS.nav, false);",
        &["1:22 Definition Literal", "2:24 Evaluation Enum"],
    );
    check(
        "A.java",
        "class A { static final String NAV = \"new-nav\"; boolean f() { return c.getBooleanValue(NAV, false); } }",
        &["1:37 Definition Literal", "1:87 Evaluation Const"],
    );
    check(
        "a.py",
        "class F(Enum):\n    NAV = 'new-nav'\nc.get_boolean_value(F.NAV.value, False)\n",
        &["2:11 Definition Literal", "3:21 Evaluation Enum"],
    );
    let go = "package a\nconst Nav = \"new-nav\"\nfunc f() { c.BooleanValue(x, Nav, false, e) }\n";
    check("a.go", go, &["2:13 Definition Literal", "3:30 Evaluation Const"]);
    check(
        "a.rs",
        "const NAV: &str = \"new-nav\";\nfn f() { c.get_bool_value(NAV, None, None); }",
        &["1:19 Definition Literal", "2:27 Evaluation Const"],
    );
}

#[test]
fn a_name_of_another_variable_is_no_reference() {
    check(
        "a.js",
        "const K = 'new-nav';\nfunction f(K) { return client.getBooleanValue(K, false); }",
        &["1:11 Definition Literal"],
    );
}

#[test]
fn part_of_a_longer_key_is_another_key() {
    check("a.js", "f('new-nav-2'); f('my.new-nav'); f('new-navy');", &[]);
    check("a.md", "Use new-nav. Not new-nav-2.", &["1:5 Text Literal"]);
}

#[test]
fn settings_tests_wrappers_and_aliases_have_their_kinds() {
    check("flags.json", "{\n  \"new-nav\": true }", &["2:4 Config Literal"]);
    check("nav.test.ts", "client.getBooleanValue('new-nav', false)", &["1:24 Test Literal"]);
    check("a.ts", "if (isOn('new-nav')) {}", &["1:10 WrapperCall Wrapper"]);
    check("a.ts", "if (flags.NewNav) {}\nf(FLAG_NEW_NAV)", &["1:11 Evaluation Alias", "2:3 Evaluation Alias"]);
}

#[test]
fn constants_of_other_files_are_found_in_a_second_pass() {
    let config = HoistToml::default();
    let keys = KeySet::new(["new-nav".to_owned()], &config).unwrap();
    let defined = definitions("src/flags.ts", "export const FLAGS = { nav: 'new-nav' };", &keys);
    assert_eq!(defined.iter().map(|d| d.name.as_str()).collect::<Vec<_>>(), ["FLAGS.nav"]);
    let keys = keys.with_definitions(defined).unwrap();
    let source = "import { FLAGS } from './flags';\nclient.getBooleanValue(FLAGS.nav, false);";
    let found = references("src/a.ts", source, &keys, &config);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].kind, found[0].via), (ReferenceKind::Evaluation, Via::Enum));
}

#[test]
fn a_set_of_flags_taken_apart_is_read() {
    let keys = KeySet::new(["myFlag".to_owned()], &HoistToml::default()).unwrap();
    let source = "const { myFlag } = useFlags();\nconst myFlag2 = 1; other(myFlag);";
    let found = references("a.jsx", source, &keys, &HoistToml::default());
    assert_eq!(found.iter().map(|f| (f.line, f.column)).collect::<Vec<_>>(), [(1, 9)]);
}

#[test]
fn evaluations_of_flags_that_nobody_defined_are_found() {
    let config = HoistToml::parse(CONFIG).unwrap();
    let keys = KeySet::new(["new-nav".to_owned()], &config).unwrap();
    let unknown = UnknownKeys::new(&config).unwrap();
    let rows: [(&str, &str, &[&str]); 8] = [
        ("a.ts", "import '@openfeature/web-sdk';\nclient.getBooleanValue('old-nav', false);", &["old-nav:2"]),
        ("a.ts", "import '@openfeature/web-sdk';\nclient.getBooleanValue('new-nav', false);", &[]),
        ("a.py", "client.get_boolean_value('old-nav', False)", &["old-nav:1"]),
        ("a.ts", "if (isOn('old-nav')) {}", &["old-nav:1"]),
        // Nothing says that this is a client of an SDK.
        ("a.ts", "form.getBooleanValue('newsletter', x);", &[]),
        ("a.ts", "import '@openfeature/web-sdk';\nclient.getBooleanValue(key(), false);", &[]),
        // Tests make up keys.
        ("a.test.ts", "import '@openfeature/web-sdk';\nclient.getBooleanValue('old-nav', false);", &[]),
        ("a.md", "client.get_boolean_value('old-nav', False)", &[]),
    ];
    for (file, source, expected) in rows {
        let found = unknown.find(file, source, &keys, &config);
        let found: Vec<String> = found.into_iter().map(|it| format!("{}:{}", it.key, it.line)).collect();
        assert_eq!(found, expected, "{file}: {source}");
        assert!(expected.is_empty() || unknown.may_occur_in(file, source), "{file}: {source}");
    }
}
