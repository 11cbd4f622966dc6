//! Small rows that no program can show: elements, decorators, several files, and layout.

use hoist_cleanup::{HoistToml, Level, Outcome, Request, SourceFile, cleanup};
use hoist_eval::FlagValue;

pub(crate) fn run(config: &str, value: bool, files: &[(&str, &str)]) -> Outcome {
    let files: Vec<SourceFile> =
        files.iter().map(|(path, text)| SourceFile { path: (*path).to_owned(), text: (*text).to_owned() }).collect();
    let config = HoistToml::parse(config).unwrap();
    let value = FlagValue::Boolean(value);
    let request = Request { key: "new-nav", value: &value, level: Level::Deep, config: &config, definitions: &[] };
    cleanup(&files, &request, &|path, name| files.iter().any(|file| file.path != path && file.text.contains(name)))
}

pub(crate) fn check(path: &str, value: bool, before: &str, after: &str, refused: &[&str]) {
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
    for (path, text) in [
        ("a.ts", "class A {\n  @RequireFlagsEnabled({ flags: [{ flagKey: \"new-nav\" }] })\n  get() {}\n}\n"),
        ("b.ts", "class A {\n  f(@BooleanFeatureFlag({ flagKey: \"new-nav\" }) on) {}\n}\n"),
        ("A.java", "class A {\n  @FeatureGate(\"new-nav\")\n  void f() {}\n}\n"),
        ("B.java", "class B {\n  @FeatureGate(name = \"new-nav\", on = true)\n  void f() {}\n}\n"),
        ("a.py", "@gated(\"new-nav\")\ndef f():\n    pass\n"),
    ] {
        check(path, true, text, text, &["decorator-or-annotation"]);
    }
    let object = "const o = await client.getObjectValue(\"new-nav\", {});\n";
    check("a.ts", true, object, object, &["object-value"]);
}

#[test]
fn refusals_say_what_is_in_the_way() {
    let import = "import { OpenFeature } from \"@openfeature/server-sdk\";\n";
    let rows = [
        ("a.ts", format!("{import}f(client.getBooleanValue(\"new-nav\", false));\n"), "the call is not awaited"),
        ("a.py", "f(client.get_boolean_value_async(\"new-nav\", False))\n".to_owned(), "the call is not awaited"),
        (
            "a.go",
            "package a\n\nimport \"github.com/open-feature/go-sdk/openfeature\"\n\nfunc f(client *openfeature.Client) {\n\tx := \"a\"\n\tx = \"b\"\n\tif !client.Boolean(nil, \"new-nav\", false, openfeature.EvaluationContext{}) {\n\t\tprintln(x)\n\t}\n}\n"
                .to_owned(),
            "in `f`: nothing reads `x` any more",
        ),
        (
            "A.java",
            "class A {\n    int f(int x) {\n        while (client.getBooleanValue(\"new-nav\", false)) x++;\n        return x;\n    }\n}\n".to_owned(),
            "",
        ),
    ];
    for (path, text, note) in &rows {
        let outcome = run("", true, &[(path, text)]);
        let notes: Vec<&str> = outcome.refusals.iter().map(|refusal| refusal.note.as_str()).collect();
        assert_eq!(notes.first().copied().unwrap_or(""), *note, "{text}{:?}", outcome.refusals);
    }
    let call = "f(client.getBooleanValue(\"new-nav\", false));\n";
    let files = [SourceFile { path: "a.ts".to_owned(), text: call.to_owned() }];
    let (config, value) = (HoistToml::default(), FlagValue::String("blue".into()));
    let request = Request { key: "new-nav", value: &value, level: Level::Deep, config: &config, definitions: &[] };
    let refusals = cleanup(&files, &request, &|_, _| false).refusals;
    assert_eq!(refusals[0].note, "the call asks for a boolean, the value is a text");
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
fn what_decides_or_waits_by_the_key_has_a_code_of_its_own() {
    let rows = [
        ("a.go", "//go:build new-nav\n\npackage a\n", "preprocessor"),
        ("a.go", "// +build new-nav\n\npackage a\n", "preprocessor"),
        ("a.ts", "client.addHandler(Changed, () => log('new-nav'));\n", "subscription"),
        ("a.js", "ldClient.on('change:new-nav', () => show());\n", "subscription"),
        (
            "A.java",
            "class A { void f() { c.onProviderConfigurationChanged(d -> log(\"new-nav\")); } }\n",
            "subscription",
        ),
        ("a.py", "client.add_handler(CHANGED, lambda d: log('new-nav'))\n", "subscription"),
        ("a.go", "package a\n\nfunc f() { c.AddHandler(Changed, watch(\"new-nav\")) }\n", "subscription"),
        ("a.rs", "fn f() { api.add_handler(CHANGED, watch(\"new-nav\")); }\n", "subscription"),
        ("page.html", "<nav data-flag=\"new-nav\">\n", "template-file"),
        ("mail/Page.svelte", "{#if $flags['new-nav']}\n", "template-file"),
        ("flags.yaml", "flags:\n  new-nav: true\n", "text-reference"),
        ("query.sql", "select 'new-nav'\n", "text-reference"),
        ("Makefile", "new-nav:\n", "text-reference"),
    ];
    for (path, text, code) in rows {
        check(path, true, text, text, &[code]);
    }
    check("page.html", true, "<nav class=\"new-nav-2\">\n", "<nav class=\"new-nav-2\">\n", &[]);
}

#[test]
fn a_field_that_nobody_else_sees_is_no_escape() {
    let mangled = "class A:\n    def f(self):\n        self.__on = client.get_boolean_value(\"new-nav\", False)\n";
    let set = mangled.replace("client.get_boolean_value(\"new-nav\", False)", "True");
    check("a.py", true, mangled, &set, &["reassigned"]);
    let hidden = "class A {\n  #on;\n  f() {\n    this.#on = client.getBooleanValue(\"new-nav\", false);\n    return () => this.#on;\n  }\n}\n";
    let set = hidden.replace("client.getBooleanValue(\"new-nav\", false)", "true");
    check("a.js", true, hidden, &set, &["reassigned"]);
}

#[test]
fn what_sets_the_flag_stays_where_its_loss_would_change_something_else() {
    let script = |body: &str| format!("test(\"shows\", () => {{\n{body}  show();\n}});\n");
    let rows = [
        // What follows would become the body of the branch.
        ("nav.test.ts", script("  if (isNew)\n    stub.withArgs(\"new-nav\").returns(true);\n")),
        (
            "NavTest.java",
            "class NavTest {\n    void f() {\n        if (isNew)\n            when(c.getBooleanValue(\"new-nav\", false)).thenReturn(true);\n        show();\n    }\n}\n"
                .to_owned(),
        ),
        // Answers in turns, and answers that are no value.
        ("nav.test.ts", script("  when(c.getBooleanValue(\"new-nav\", false)).thenReturn(false).thenReturn(true);\n")),
        ("nav.test.ts", script("  when(get).calledWith(\"new-nav\").mockReturnValueOnce(true).mockReturnValueOnce(true);\n")),
        ("nav.test.ts", script("  when(c.getBooleanValue(\"new-nav\", false)).thenReturn(true).thenThrow(fault);\n")),
        // Other keys are asked from the double that is made here.
        ("nav.test.ts", script("  sinon.stub(client, \"getBooleanValue\").withArgs(\"new-nav\").returns(true);\n")),
        // Definitions that are switched off give what the caller says.
        (
            "nav.test.ts",
            "use(new InMemoryProvider({ 'new-nav': { disabled: true, defaultVariant: 'on', variants: { on: true } } }));\n"
                .to_owned(),
        ),
        (
            "test_nav.py",
            "use(InMemoryProvider({\"new-nav\": InMemoryFlag(\"on\", {\"on\": True}, state=State.DISABLED), \"b\": b}))\n"
                .to_owned(),
        ),
        // Several in a block that has nothing else.
        (
            "test_nav.py",
            "def set_up():\n    when(client).get_boolean_value(\"new-nav\", False).thenReturn(True)\n    # both\n    when(client).get_boolean_value(\"new-nav\", True).thenReturn(True)\n"
                .to_owned(),
        ),
        // A member of another flag's value.
        ("nav.test.tsx", "render(<P flagValueMap={{ layout: { \"new-nav\": true } }} />);\n".to_owned()),
        ("NavTest.java", "class A { Object f() { return Pair.of(\"new-nav\", Flag.builder().variant(\"on\", true).defaultVariant(\"on\").build()); } }\n".to_owned()),
        ("NavTest.java", "class A { void f() { all.add(Map.entry(\"new-nav\", Flag.builder().variant(\"on\", true).defaultVariant(\"on\").build())); } }\n".to_owned()),
    ];
    for (path, text) in &rows {
        let outcome = run("", true, &[(path, text)]);
        assert!(outcome.files.is_empty(), "{text}{:?}", outcome.files);
        assert!(!outcome.refusals.is_empty(), "{text}");
    }
}

#[test]
fn what_sets_the_flag_stays_while_code_that_is_not_read_may_ask() {
    let set = "use(new InMemoryProvider({ other: 1, 'new-nav': true }));\n";
    let rows = [
        ("Page.kt", "client.getBooleanValue(\"new-nav\", false)\n", true),
        ("page.test.ts", "assert(isEnabled(\"new-nav\"));\n", true),
        ("page.test.ts", "test(\"new-nav shows\", f);\n", false),
        ("README.md", "new-nav\n", false),
        ("flags.json", "{\"new-nav\": true}\n", false),
    ];
    for (path, text, stays) in rows {
        let outcome = run("", true, &[("nav.test.ts", set), (path, text)]);
        assert_eq!(outcome.files.is_empty(), stays, "{path}: {text}");
    }
}

#[test]
fn stubs_of_mocks_that_give_the_value_go() {
    let java = |body: &str| format!("class NavTest {{\n    void shows() {{\n{body}        show();\n    }}\n}}\n");
    let script = |body: &str| format!("test(\"shows\", () => {{\n{body}  show();\n}});\n");
    let python = |body: &str| format!("def test_shows():\n{body}    show()\n");
    let go = |body: &str| format!("package nav\n\nfunc TestShows(t *testing.T) {{\n{body}\tshow()\n}}\n");
    let rows = [
        (
            "NavTest.java",
            java("        when(client.getBooleanValue(\"new-nav\", false)).thenReturn(true);\n"),
            java(""),
        ),
        ("NavTest.java", java("        doReturn(true).when(client).getBooleanValue(\"new-nav\", false);\n"), java("")),
        (
            "NavTest.java",
            java("        given(client.getBooleanValue(eq(\"new-nav\"), any())).willReturn(true);\n"),
            java(""),
        ),
        ("nav.test.ts", script("  stub.withArgs(\"new-nav\").resolves(true);\n"), script("")),
        ("nav.test.ts", script("  when(get).calledWith(\"new-nav\", false).mockResolvedValue(true);\n"), script("")),
        (
            "nav.spec.js",
            script("  when(client.getBooleanValue(\"new-nav\", false)).thenReturn(Promise.resolve(true));\n"),
            script(""),
        ),
        (
            "test_nav.py",
            python("    when(client).get_boolean_value(\"new-nav\", False).thenReturn(True)\n"),
            python(""),
        ),
        ("nav_test.go", go("\tclient.On(\"Boolean\", ctx, \"new-nav\", false).Return(true)\n"), go("")),
        (
            "nav_test.go",
            go("\tclient.EXPECT().BooleanValue(any, \"new-nav\", false, any).Return(true, nil).AnyTimes()\n"),
            go(""),
        ),
        (
            "nav.test.tsx",
            "render(<OpenFeatureTestProvider flagValueMap={{ \"new-nav\": true, other: 1 }} />);\n".to_owned(),
            "render(<OpenFeatureTestProvider flagValueMap={{ other: 1 }} />);\n".to_owned(),
        ),
        (
            "nav.test.ts",
            "use(new InMemoryProvider({ other: 1, 'new-nav': true }));\n".to_owned(),
            "use(new InMemoryProvider({ other: 1 }));\n".to_owned(),
        ),
    ];
    for (path, before, after) in &rows {
        check(path, true, before, after, &[]);
        // Another value is for a person to judge, and so is all of the file.
        check(path, false, before, before, &["test-pins-other-value"]);
    }
    let only = "use(new InMemoryProvider({\n  'new-nav': true,\n}));\n";
    check("nav.test.ts", true, only, "use(new InMemoryProvider({}));\n", &[]);
    let alone = "def test_stub():\n    when(client).get_boolean_value(\"new-nav\", False).thenReturn(True)\n";
    check("test_nav.py", true, alone, "def test_stub():\n    pass\n", &[]);
    // Outside of tests a method of that name may be anything.
    let other = "when(client).get_boolean_value(\"new-nav\", False).thenReturn(True)\n";
    check("nav.py", true, other, other, &["side-effect-argument"]);
}

#[test]
fn a_test_that_pins_another_value_is_named_and_left_alone() {
    let test = "def test_old_nav():\n    provider = InMemoryProvider({\"new-nav\": InMemoryFlag(\"off\", {\"on\": True, \"off\": False})})\n    assert not client.get_boolean_value(\"new-nav\", True)\n";
    check("test_nav.py", true, test, test, &["test-pins-other-value", "test-pins-other-value"]);
    let outcome = run("", true, &[("test_nav.py", test)]);
    assert!(outcome.refusals.iter().any(|refusal| refusal.note == "in `test_old_nav`"), "{:?}", outcome.refusals);
}

#[test]
fn what_a_file_still_asks_for_stays_set_in_the_tests_of_another() {
    let test = "use(new InMemoryProvider({ 'new-nav': true }));\n";
    let rows = [
        ("nav.ts", "const d = client.getBooleanDetails('new-nav', false);\nlog(d);\n", "details-escape"),
        ("nav.tsx", "show(<FeatureFlag flagKey='new-nav'>new</FeatureFlag>);\n", "text-reference"),
        ("nav.vue", "<FeatureFlag flag-key='new-nav' />\n", "template-file"),
    ];
    for (path, text, code) in rows {
        let outcome = run("", true, &[("nav.test.ts", test), (path, text)]);
        assert!(outcome.files.is_empty(), "{path}: {:?}", outcome.files);
        let left: Vec<&str> = outcome.refusals.iter().map(|refusal| refusal.code.code()).collect();
        assert_eq!(left, ["text-reference", code], "{path}");
    }
    let outcome = run("", true, &[("nav.test.ts", test), ("nav.ts", "// new-nav is gone\n"), ("nav.md", "new-nav\n")]);
    assert_eq!(outcome.files.len(), 1, "{:?}", outcome.refusals);
}

#[test]
fn a_file_without_code_afterwards_goes_or_is_pointed_out() {
    let script = "import { a } from './a';\nif (!client.getBooleanValue('new-nav', false)) {\n  a();\n}\n";
    let module = "\"\"\"Keys.\"\"\"\n\n_ON = client.get_boolean_value(\"new-nav\", False)\n\n\ndef _on():\n    return _ON\n\n\nif not _on():\n    old()\n";
    let more = format!("{script}a();\n");
    let effects = format!("import './effects';\n{script}");
    let class = "import java.util.List;\n\nclass Start { }\n";
    let rows: [(&str, &str, &str, bool, &[&str]); 8] = [
        ("start-old.ts", script, "start", true, &[]),
        ("start.py", module, "", true, &[]),
        ("start-old.ts", script, "old start", false, &["empty-file"]),
        ("start.py", module, "import start", false, &["empty-file"]),
        // A name that is looked for, and imports that may do something.
        ("index.ts", script, "", false, &["empty-file"]),
        ("start.ts", &effects, "", false, &["empty-file"]),
        ("start.ts", &more, "", false, &[]),
        ("Start.java", class, "", false, &[]),
    ];
    for (path, text, other, goes, risks) in rows {
        let outcome = run("", true, &[(path, text), ("other.txt", other)]);
        assert_eq!(outcome.files.iter().any(|file| file.goes(Level::Deep)), goes, "{path}: {other}");
        let found: Vec<&str> = outcome.risks.iter().map(|risk| risk.code).collect();
        assert_eq!(found, risks, "{path}: {other}");
    }
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

#[test]
fn the_guard_of_a_pattern_is_left_alone() {
    let text = |on: &str, guard: &str| {
        format!(
            "import dev.openfeature.sdk.Client;\n\nclass A {{\n    int f(Client client, Object any) {{\n        boolean on = {on};\n        \
             return switch (any) {{\n            case String s when {guard} -> 1;\n            case String s -> 2;\n            \
             default -> 3;\n        }};\n    }}\n}}\n"
        )
    };
    let call = "client.getBooleanValue(\"new-nav\", false)";
    check("A.java", true, &text("x()", call), &text("x()", call), &["switch-guard"]);
    let import = |text: String| text.replace("import dev.openfeature.sdk.Client;\n\n", "");
    for guard in ["on", "on && s.isEmpty()"] {
        let after = import(text("true", guard));
        let before = import(text(call, guard));
        check("A.java", true, &before, &after, &["unsupported-shape"]);
    }
}

#[test]
fn each_change_has_its_own_rule() {
    let text = "import { old } from './old';\n\nmain();\nif (!client.getBooleanValue('new-nav', false)) {\n  _old();\n}\n\nfunction _old() {\n  old();\n}\n";
    let outcome = run("", true, &[("nav.ts", text)]);
    let found: Vec<(u32, &str)> = outcome.changes.iter().map(|change| (change.line, change.rule.id)).collect();
    assert_eq!(found, [(1, "D2"), (4, "C1"), (4, "S2"), (8, "D3")]);
}
