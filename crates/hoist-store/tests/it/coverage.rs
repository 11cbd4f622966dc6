//! Every public method of the store appears in this suite.

use std::fs;
use std::path::{Path, PathBuf};

fn sources(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|it| it == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn every_public_method_is_covered() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut code, mut tests) = (Vec::new(), Vec::new());
    sources(&home.join("src"), &mut code);
    sources(&home.join("tests/it"), &mut tests);
    let tests: String = tests.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let mut names = Vec::new();
    for path in code.iter().filter(|path| !path.to_string_lossy().contains("testing")) {
        let text = fs::read_to_string(path).unwrap();
        let after = text.split("pub async fn ").skip(1);
        names.extend(
            after.map(|rest| rest.split(['(', '<']).next().unwrap().to_owned()).filter(|it| !it.starts_with('$')),
        );
        for stamped in text.split("\ndocuments!(").skip(1) {
            let arguments = stamped.split(");").next().unwrap().split(',').map(str::trim);
            names.extend(arguments.skip(5).filter(|name| !name.is_empty()).map(str::to_owned));
        }
    }
    assert!(names.len() > 60, "{names:?}");
    let missing: Vec<_> = names.iter().filter(|name| !tests.contains(&format!("{name}("))).collect();
    assert!(missing.is_empty(), "not covered: {missing:?}");
}
