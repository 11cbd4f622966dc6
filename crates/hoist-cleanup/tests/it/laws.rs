//! Laws: random programs do the same frozen and cleaned, and layout, order and broken files change nothing.

use std::fs;
use std::process::Command;

use hoist_cleanup::{HoistToml, Level, Request, SourceFile, cleanup};
use hoist_eval::FlagValue;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

use crate::behaviour::{has, output, stubs, typescript};
use crate::corpus;
use crate::dialects::{Dialect, GO, JAVA, PYTHON, RUST, SCRIPT, TYPESCRIPT};
use crate::programs::draw;

/// How many programs are drawn for a language: `HOIST_PROGRAMS` overrides it.
fn programs(default: u64) -> u64 {
    std::env::var("HOIST_PROGRAMS").ok().and_then(|count| count.parse().ok()).unwrap_or(default)
}

fn clean(path: &str, text: &str, value: bool) -> String {
    let value = FlagValue::Boolean(value);
    let config = HoistToml::default();
    let request = Request { key: "new-nav", value: &value, level: Level::Fold, config: &config, definitions: &[] };
    let files = [SourceFile { path: path.to_owned(), text: text.to_owned() }];
    let outcome = cleanup(&files, &request, &|_, _| false);
    let defects: Vec<_> = outcome
        .refusals
        .iter()
        .filter(|refusal| refusal.note.contains("defect") || refusal.code.code() == "verify-failed")
        .collect();
    assert!(
        defects.iter().all(|refusal| refusal.note.is_empty() || !refusal.note.contains("defect")),
        "{text}\n{defects:?}"
    );
    outcome.files.first().map_or_else(|| text.to_owned(), |file| file.fold.clone())
}

/// Draws programs and returns, for each, its value and its text before and after.
fn written(
    count: u64,
    path: &str,
    dialect: &Dialect,
    wrap: impl Fn(u64, &str) -> String,
    indent: usize,
) -> Vec<(bool, String, String)> {
    let nested = path.ends_with("go") || path.ends_with("rs");
    (0..count)
        .map(|seed| {
            let mut body = String::new();
            dialect.block(&draw(seed, nested), indent, &mut body);
            let text = wrap(seed, &body);
            let value = seed % 2 == 0;
            let after = clean(path, &text, value);
            if std::env::var("HOIST_SHOW").is_ok_and(|shown| shown == seed.to_string()) {
                println!("{text}\n=>\n{after}");
            }
            if after != text {
                assert_eq!(clean(path, &after, value), after, "seed {seed}: cleaning again changes something");
            }
            (value, text, after)
        })
        .collect()
}

fn same(written: &[(bool, String, String)], before: &str, after: &str) {
    let (before, after): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    assert_eq!((before.len(), after.len()), (written.len(), written.len()), "every program runs");
    let folded = written.iter().filter(|(_, text, cleaned)| text != cleaned).count();
    assert!(folded > written.len() / 2, "most programs ask for the flag");
    for (seed, (value, text, cleaned)) in written.iter().enumerate() {
        let (was, is) = (before[seed], after[seed]);
        assert_eq!(was, is, "seed {seed}, frozen at {value}\n{text}\n=>\n{cleaned}");
    }
}

/// Runs programs of JavaScript in one process, or of TypeScript with its compiler.
fn in_node(extension: &str, dialect: &Dialect, wrap: impl Fn(u64, &str) -> String, head: &str, compile: Option<&str>) {
    let written = written(programs(2_000), &format!("a.{extension}"), dialect, wrap, 1);
    let run = |texts: Vec<&String>| {
        let mut text = head.to_owned();
        for (seed, program) in texts.into_iter().enumerate() {
            let value = seed % 2 == 0;
            text +=
                &format!("{program}frozen = {value};\ntraced = [];\nawait f{seed}();\nconsole.log(traced.join());\n");
        }
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(format!("run.{extension}")), text).unwrap();
        if let Some(compile) = compile {
            fs::write(folder.path().join("compile.mjs"), compile).unwrap();
            output(Command::new("node").arg("compile.mjs").current_dir(folder.path()));
        }
        output(Command::new("node").arg("run.mjs").current_dir(folder.path()))
    };
    same(&written, &run(written.iter().map(|w| &w.1).collect()), &run(written.iter().map(|w| &w.2).collect()));
}

#[test]
fn javascript_programs_do_the_same() {
    if !has("node") {
        return;
    }
    let head = "let frozen, traced;\nconst client = { getBooleanValue: async () => frozen };\n\
         const t = (n) => { traced.push(n); };\nconst s = (x) => { traced.push(x); };\n\
         const p = (n) => { traced.push(\"p\" + n); return n % 2 === 0; };\n\
         const q = (n) => { traced.push(\"q\" + n); return n % 2; };\n";
    in_node("mjs", &SCRIPT, |seed, body| format!("async function f{seed}() {{\n{body}}}\n"), head, None);
}

#[test]
fn typescript_programs_do_the_same() {
    if !has("node") {
        return;
    }
    let head = "let frozen: boolean, traced: unknown[];\n\
         const client = { getBooleanValue: async (key: string, value: boolean): Promise<boolean> => frozen };\n\
         const t = (n: number): void => { traced.push(n); };\nconst s = (x: boolean): void => { traced.push(x); };\n\
         const p = (n: number): boolean => { traced.push(\"p\" + n); return n % 2 === 0; };\n\
         const q = (n: number): number => { traced.push(\"q\" + n); return n % 2; };\nexport {};\n";
    let compile = format!(
        "import {{ readFileSync, writeFileSync }} from \"node:fs\";\nconst ts = (await import({:?})).default;\n\
         const compilerOptions = {{ module: \"esnext\", target: \"es2022\" }};\n\
         const made = ts.transpileModule(readFileSync(\"run.ts\", \"utf8\"), {{ compilerOptions }});\n\
         writeFileSync(\"run.mjs\", made.outputText);\n",
        typescript()
    );
    let wrap = |seed: u64, body: &str| format!("async function f{seed}(): Promise<void> {{\n{body}}}\n");
    in_node("ts", &TYPESCRIPT, wrap, head, Some(&compile));
}

#[test]
fn python_programs_do_the_same() {
    if !has("python3") {
        return;
    }
    // Every third program awaits the flag, and the functions in it.
    let (sync, waits) = (PYTHON.flag, "(await client.get_boolean_value_async(\"new-nav\", False))");
    let wrap = |seed: u64, body: &str| match seed % 3 {
        0 => {
            let body = body
                .replace(sync, waits)
                .replace("    local", "    await local")
                .replace("def local", "async def local");
            format!("async def f{seed}():\n{body}")
        }
        _ => format!("def f{seed}():\n{body}"),
    };
    let written = written(programs(2_000), "a.py", &PYTHON, wrap, 1);
    let run = |texts: Vec<&String>| {
        let head = "import asyncio\n\ntraced = []\nfrozen = None\n\n\nclass Client:\n    def get_boolean_value(self, key, default):\n        return frozen\n\n\
             \x20   async def get_boolean_value_async(self, key, default):\n        return frozen\n\n\n\
             client = Client()\nt = traced.append\ns = traced.append\n\n\ndef p(n):\n    traced.append(f\"p{n}\")\n    return n % 2 == 0\n\n\n\
             def q(n):\n    traced.append(f\"q{n}\")\n    return n % 2\n\n\n";
        let mut text = head.to_owned();
        for (seed, program) in texts.into_iter().enumerate() {
            let value = if seed % 2 == 0 { "True" } else { "False" };
            let call = if seed % 3 == 0 { format!("asyncio.run(f{seed}())") } else { format!("f{seed}()") };
            text += &format!("{program}\n\nfrozen = {value}\ntraced.clear()\n{call}\nprint(traced)\n\n\n");
        }
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("run.py"), text).unwrap();
        output(Command::new("python3").arg("run.py").current_dir(folder.path()))
    };
    same(&written, &run(written.iter().map(|w| &w.1).collect()), &run(written.iter().map(|w| &w.2).collect()));
}

#[test]
fn java_programs_do_the_same() {
    if !has("javac") {
        return;
    }
    let head = "class F extends Base {\n";
    let wrap = |seed: u64, body: &str| format!("{head}    static void f{seed}() {{\n{body}    }}\n}}\n");
    let written = written(programs(2_000), "A.java", &JAVA, wrap, 2);
    let run = |texts: Vec<&String>| {
        let folder = tempfile::tempdir().unwrap();
        stubs("java", folder.path());
        let base = "import dev.openfeature.sdk.Client;\n\nclass Base {\n    static Client client = new Client();\n    static StringBuilder traced;\n\
             \n    static void t(int n) { traced.append(n).append(' '); }\n    static void s(boolean x) { traced.append(x).append(' '); }\n\
             \n    static boolean p(int n) { traced.append('p').append(n).append(' '); return n % 2 == 0; }\n\
             \n    static int q(int n) { traced.append('q').append(n).append(' '); return n % 2; }\n}\n";
        let mut main = "import dev.openfeature.sdk.Client;\n\nclass Main {\n".to_owned();
        let mut programs = base.to_owned();
        let mut calls = String::new();
        for (seed, program) in texts.into_iter().enumerate() {
            // A class of many methods compiles in a fraction of the time of many classes.
            let (class, method) = (seed / 250, program.strip_prefix(head).and_then(|text| text.strip_suffix("}\n")));
            if seed % 250 == 0 {
                programs += &format!("{}class F{class} extends Base {{\n", if seed == 0 { "" } else { "}\n" });
            }
            programs += method.unwrap();
            main += &format!(
                "    static void m{seed}() {{ Client.frozen = {}; Base.traced = new StringBuilder(); F{class}.f{seed}(); System.out.println(Base.traced); }}\n",
                seed % 2 == 0
            );
            calls += &format!("        m{seed}();\n");
        }
        programs += "}\n";
        main += &format!("    public static void main(String[] a) {{\n{calls}    }}\n}}\n");
        fs::write(folder.path().join("Base.java"), programs).unwrap();
        fs::write(folder.path().join("Main.java"), main).unwrap();
        output(
            Command::new("javac").args(["-nowarn", "-d", "out", "Base.java", "Main.java"]).current_dir(folder.path()),
        );
        output(Command::new("java").args(["-cp", "out", "Main"]).current_dir(folder.path()))
    };
    same(&written, &run(written.iter().map(|w| &w.1).collect()), &run(written.iter().map(|w| &w.2).collect()));
}

#[test]
fn go_programs_do_the_same() {
    if !has("go") {
        return;
    }
    let head = "package main\n\nimport \"github.com/open-feature/go-sdk/openfeature\"\n\nvar keep = openfeature.EvaluationContext{}\n\n";
    let wrap = |seed: u64, body: &str| format!("{head}func f{seed}() {{\n{body}}}\n");
    let written = written(programs(2_000), "a.go", &GO, wrap, 1);
    let run = |texts: Vec<&String>| {
        let folder = tempfile::tempdir().unwrap();
        stubs("go", folder.path());
        let mut text = "package main\n\nimport (\n\t\"fmt\"\n\t\"strings\"\n\n\t\"github.com/open-feature/go-sdk/openfeature\"\n)\n\n\
             var client = openfeature.NewDefaultClient()\nvar traced []string\n\nvar keep = openfeature.EvaluationContext{}\n\n\
             func t(n int) { traced = append(traced, fmt.Sprint(n)) }\nfunc s(x bool) { traced = append(traced, fmt.Sprint(x)) }\n\
             func p(n int) bool { traced = append(traced, fmt.Sprint(\"p\", n)); return n%2 == 0 }\n\
             func q(n int) int { traced = append(traced, fmt.Sprint(\"q\", n)); return n % 2 }\n\
             func pick(c, a, b bool) bool { if c { return a }; return b }\n\
             func number(c bool, a, b int) int { if c { return a }; return b }\n\n".to_owned();
        let names: String = (0..texts.len()).map(|seed| format!("f{seed}, ")).collect();
        for program in texts {
            text += program.strip_prefix(head).unwrap_or(program);
        }
        text += &format!(
            "\nfunc main() {{\n\tfor seed, f := range []func(){{{names}}} {{\n\t\topenfeature.Frozen = seed%2 == 0\n\
             \t\ttraced = nil\n\t\tf()\n\t\tfmt.Println(strings.Join(traced, \" \"))\n\t}}\n}}\n"
        );
        fs::write(folder.path().join("main.go"), text).unwrap();
        // Without optimisation it compiles in less than half the time.
        let arguments = ["run", "-gcflags=-N -l", "-ldflags=-s -w", "."];
        output(Command::new("go").args(arguments).current_dir(folder.path()).env("GOFLAGS", "-mod=mod"))
    };
    same(&written, &run(written.iter().map(|w| &w.1).collect()), &run(written.iter().map(|w| &w.2).collect()));
}

#[test]
fn rust_programs_do_the_same() {
    if !has("rustc") {
        return;
    }
    let wrap = |seed: u64, body: &str| format!("async fn f{seed}(client: &Client) {{\n{body}}}\n");
    let written = written(programs(2_000), "a.rs", &RUST, wrap, 1);
    let run = |texts: Vec<&String>| {
        let folder = tempfile::tempdir().unwrap();
        let mut text = "use std::cell::{Cell, RefCell};\n\nstruct Client;\n\n\
             thread_local! {\n    static FROZEN: Cell<bool> = const { Cell::new(false) };\n\
             \x20   static TRACED: RefCell<Vec<String>> = const { RefCell::new(vec![]) };\n}\n\n\
             impl Client {\n    fn get_bool_value(&self, _: &str, _: Option<()>, _: Option<()>) -> Result<bool, ()> {\n\
             \x20       Ok(FROZEN.get())\n    }\n}\n\n\
             fn t(n: i32) { TRACED.with_borrow_mut(|traced| traced.push(n.to_string())) }\n\
             fn s(x: bool) { TRACED.with_borrow_mut(|traced| traced.push(x.to_string())) }\n\
             fn p(n: i32) -> bool { TRACED.with_borrow_mut(|traced| traced.push(format!(\"p{n}\"))); n % 2 == 0 }\n\
             fn q(n: i32) -> i32 { TRACED.with_borrow_mut(|traced| traced.push(format!(\"q{n}\"))); n % 2 }\n\n"
            .to_owned();
        let names: String = (0..texts.len()).map(|seed| format!("f{seed}, ")).collect();
        for program in texts {
            // Nothing here ever waits, and plain functions compile in a fraction of the time.
            text += &program.replace("async fn", "fn").replace(".await", "");
        }
        text += &format!(
            "\nfn main() {{\n    let programs: Vec<fn(&Client)> = vec![{names}];\n    for (seed, program) in programs.iter().enumerate() {{\n\
             \x20       FROZEN.set(seed % 2 == 0);\n        program(&Client);\n\
             \x20       println!(\"{{}}\", TRACED.take().join(\" \"));\n    }}\n}}\n"
        );
        fs::write(folder.path().join("main.rs"), text).unwrap();
        let arguments = ["--edition", "2021", "-A", "warnings", "-C", "panic=abort", "main.rs"];
        output(Command::new("rustc").args(arguments).current_dir(folder.path()));
        output(&mut Command::new(folder.path().join("main")))
    };
    same(&written, &run(written.iter().map(|w| &w.1).collect()), &run(written.iter().map(|w| &w.2).collect()));
}

const LANGUAGES: [&str; 6] = ["javascript", "typescript", "python", "go", "java", "rust"];

/// Calls a function for every case of every language.
pub(crate) fn every_case(mut then: impl FnMut(&str, &corpus::Case, Vec<SourceFile>)) {
    for language in LANGUAGES {
        for (name, folder, case) in corpus::cases(language) {
            then(&format!("{language}/{name}"), &case, corpus::files(&folder.join("before")));
        }
    }
}

#[test]
fn line_breaks_and_byte_order_marks_are_kept() {
    every_case(|name, case, files| {
        let plain = corpus::after(&files, &corpus::run(case, &files));
        let windows: Vec<SourceFile> = files
            .iter()
            .map(|file| SourceFile { path: file.path.clone(), text: file.text.replace('\n', "\r\n") })
            .collect();
        let expected: Vec<String> = plain.values().map(|text| text.replace('\n', "\r\n")).collect();
        let found: Vec<String> = corpus::after(&windows, &corpus::run(case, &windows)).into_values().collect();
        assert_eq!(found, expected, "{name} with CRLF");
        let marked: Vec<SourceFile> = files
            .iter()
            .map(|file| SourceFile { path: file.path.clone(), text: format!("\u{feff}{}", file.text) })
            .collect();
        let expected: Vec<String> = plain.values().map(|text| format!("\u{feff}{text}")).collect();
        let found: Vec<String> = corpus::after(&marked, &corpus::run(case, &marked)).into_values().collect();
        assert_eq!(found, expected, "{name} with a byte order mark");
    });
}

#[test]
fn files_without_the_key_stay_as_they_are() {
    every_case(|name, case, files| {
        let other: Vec<SourceFile> = files
            .iter()
            .map(|file| SourceFile { path: file.path.clone(), text: file.text.replace("new-nav", "another") })
            .collect();
        let outcome = corpus::run(case, &other);
        assert!(outcome.files.is_empty() && outcome.replaced == 0, "{name}: {:?}", outcome.files);
    });
}

#[test]
fn the_order_of_the_files_does_not_matter() {
    let mut all = vec![];
    every_case(|name, case, files| {
        if case.value.as_bool() == Some(true) && case.config.is_empty() {
            all.extend(
                files.into_iter().map(|file| SourceFile { path: format!("{name}/{}", file.path), text: file.text }),
            );
        }
    });
    let config = HoistToml::default();
    let value = FlagValue::Boolean(true);
    let request = Request { key: "new-nav", value: &value, level: Level::Deep, config: &config, definitions: &[] };
    let forwards = cleanup(&all, &request, &|_, _| false);
    all.reverse();
    assert_eq!(forwards, cleanup(&all, &request, &|_, _| false));
    for seed in 0..3 {
        all.shuffle(&mut StdRng::seed_from_u64(seed));
        assert_eq!(forwards, cleanup(&all, &request, &|_, _| false), "order {seed}");
    }
    assert!(forwards.files.len() > 50);
}

#[test]
fn one_bad_file_does_not_stop_the_others() {
    let good = "if (await client.getBooleanValue(\"new-nav\", false)) a();\n";
    let files = [("bad.ts", "function f( { if (client.getBooleanValue('new-nav', false) {"), ("good.ts", good)];
    let files = files.map(|(path, text)| SourceFile { path: path.to_owned(), text: text.to_owned() });
    let config = HoistToml::default();
    let value = FlagValue::Boolean(true);
    let request = Request { key: "new-nav", value: &value, level: Level::Fold, config: &config, definitions: &[] };
    let outcome = cleanup(&files, &request, &|_, _| false);
    assert_eq!(outcome.files.len(), 1);
    assert_eq!(outcome.files[0].fold, "a();\n");
    assert!(outcome.refusals.iter().any(|refusal| refusal.file == "bad.ts"));
}
