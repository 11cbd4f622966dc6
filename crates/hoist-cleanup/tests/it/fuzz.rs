//! Files that nobody would write: cut off, shuffled, with pieces missing. None of them makes the crate panic.
//!
//! A panic inside is caught for the sake of the other files, so it is counted here before it is.

use std::cell::Cell;
use std::sync::Once;

use hoist_cleanup::{HoistToml, KeySet, Level, Request, SourceFile, UnknownKeys, cleanup, definitions, references};
use hoist_eval::FlagValue;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::corpus;
use crate::laws::every_case;

thread_local! {
    static PANICS: Cell<usize> = const { Cell::new(0) };
}

/// Counts the panics of this thread from now on.
fn count_panics() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            PANICS.set(PANICS.get() + 1);
            before(info);
        }));
    });
    PANICS.set(0);
}

/// Pieces of code that change what stands around them.
const PIECES: [&str; 24] = [
    "{", "}", "(", ")", "[", "]", ";", ",", ":", "\"", "'", "`", "/*", "//", "#", "\n", "\r\n", "\t", "if ", "else ",
    "=", "return ", "\u{feff}", "é😀",
];

fn place(rng: &mut StdRng, text: &str) -> usize {
    let mut at = rng.random_range(0..=text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Changes a text in one to four places.
fn mutated(rng: &mut StdRng, text: &str) -> String {
    let mut text = text.to_owned();
    for _ in 0..rng.random_range(1..5) {
        let (a, b) = (place(rng, &text), place(rng, &text));
        let (from, to) = (a.min(b), a.max(b).min(a.min(b) + 60));
        let to = (to..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(from);
        let piece = text[from..to].to_owned();
        match rng.random_range(0..5) {
            0 => text.truncate(from),
            1 => text.replace_range(from..to, ""),
            2 => text.insert_str(place(rng, &text.clone()), &piece),
            3 => text.insert_str(from, PIECES[rng.random_range(0..PIECES.len())]),
            _ => text.replace_range(from..to, PIECES[rng.random_range(0..PIECES.len())]),
        }
    }
    text
}

#[test]
fn files_that_nobody_would_write_do_no_harm() {
    count_panics();
    let config = HoistToml::default();
    let keys = KeySet::new(["new-nav".to_owned()], &config).unwrap();
    let unknown = UnknownKeys::new(&config).unwrap();
    let mut runs = 0;
    every_case(|name, case, files| {
        for seed in 0..30 {
            let mut rng = StdRng::seed_from_u64(seed);
            let changed: Vec<SourceFile> = files
                .iter()
                .map(|file| SourceFile { path: file.path.clone(), text: mutated(&mut rng, &file.text) })
                .collect();
            let outcome = corpus::run(case, &changed);
            for file in &changed {
                references(&file.path, &file.text, &keys, &config);
                definitions(&file.path, &file.text, &keys);
                unknown.find(&file.path, &file.text, &keys, &config);
            }
            let defect = outcome.refusals.iter().find(|refusal| refusal.note.contains("defect"));
            assert!(PANICS.get() == 0 && defect.is_none(), "{name}, seed {seed}: {changed:?}");
            runs += 1;
        }
    });
    assert!(runs > 5_000);
}

#[test]
fn a_panic_in_one_file_does_not_stop_the_others() {
    let go = |name: &str| SourceFile {
        path: format!("{name}.go"),
        text: format!(
            "package {name}\n\nimport \"github.com/open-feature/go-sdk/openfeature\"\n\nconst key = \"new-nav\"\n\n\
             func Run(client *openfeature.Client) {{\n\tif client.Boolean(nil, key, false, openfeature.EvaluationContext{{}}) {{\n\
             \t\trun()\n\t}}\n}}\n"
        ),
    };
    let files = [go("bad"), go("good")];
    let config = HoistToml::default();
    let value = FlagValue::Boolean(true);
    let request = Request { key: "new-nav", value: &value, level: Level::Deep, config: &config, definitions: &[] };
    let outcome = cleanup(&files, &request, &|path, _| {
        assert!(path != "bad.go", "what a defect would do");
        false
    });
    let cleaned: Vec<&str> = outcome.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(cleaned, ["good.go"]);
    assert!(outcome.files[0].deep.contains("\trun()\n}"), "{}", outcome.files[0].deep);
    let left: Vec<(&str, &str)> = outcome.refusals.iter().map(|it| (it.file.as_str(), it.code.code())).collect();
    assert_eq!(left, [("bad.go", "parse-error")]);
}
