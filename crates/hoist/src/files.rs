//! Documents that people write: YAML or JSON, parsed strictly, with the path of whatever is wrong.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use hoist_server::body;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::exit::Exit;
use crate::failure::{Failure, Problem};
use crate::limits::{FILE_BYTES_MAX, FILE_DEPTH_MAX};
use crate::suggest;

/// Reads a document from a file; `-` is standard input.
pub fn read(path: &Path) -> Result<Value, Failure> {
    value(&text(path)?, &name(path))
}

/// Reads a document of a known shape from a file; `-` is standard input.
pub fn read_as<T: DeserializeOwned>(path: &Path) -> Result<T, Failure> {
    shape(read(path)?, &name(path))
}

/// Reads the text of a file of bounded size; `-` is standard input.
pub fn text(path: &Path) -> Result<String, Failure> {
    let source: Box<dyn Read> = if path == Path::new("-") {
        Box::new(io::stdin())
    } else {
        let file = File::open(path).map_err(|error| unreadable(path, &error))?;
        Box::new(file)
    };
    let mut bytes = Vec::new();
    source.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(|error| unreadable(path, &error))?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(Failure::invalid(format!("`{}` is larger than {FILE_BYTES_MAX} bytes", name(path))));
    }
    String::from_utf8(bytes).map_err(|_| Failure::invalid(format!("`{}` is not UTF-8 text", name(path))))
}

/// Returns the failure for a file that cannot be read: one that is not there ends every command alike.
pub fn unreadable(path: &Path, error: &io::Error) -> Failure {
    let name = name(path);
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
            Failure::new(Exit::NotFound, "no_file", format!("there is no file `{name}`"))
                .hint("check the path; `-` reads from standard input")
        }
        io::ErrorKind::IsADirectory => {
            Failure::io(&format!("cannot read `{name}`"), error).hint("name a file in that folder")
        }
        _ => Failure::io(&format!("cannot read `{name}`"), error).hint("check who may read it"),
    }
}

fn name(path: &Path) -> String {
    if path == Path::new("-") { "standard input".to_owned() } else { path.display().to_string() }
}

/// Parses a document. Text that starts like JSON must be JSON; everything else is YAML, where only `true` and `false`
/// are booleans: `no` is the country and `on` is the variant.
pub fn value(text: &str, name: &str) -> Result<Value, Failure> {
    if is_json(text) {
        return serde_json::from_str(text).map_err(|error| {
            Failure::invalid(format!("`{name}` is not valid JSON: {error}"))
                .hint("the line and column are those of the first fault")
        });
    }
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! { max_depth: FILE_DEPTH_MAX, max_documents: 1 },
        strict_booleans: true,
        with_snippet: false,
    };
    let value: Value = serde_saphyr::from_str_with_options(text, options)
        .map_err(|error| Failure::invalid(format!("`{name}` is not valid YAML: {}", fault(&error))))?;
    if value.is_null() {
        return Err(Failure::invalid(format!("`{name}` is empty")));
    }
    Ok(value)
}

/// Returns whether a text is taken for JSON.
pub fn is_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '['])
}

/// Returns what is wrong with a YAML text, without the text.
fn fault(error: &serde_saphyr::Error) -> String {
    let what = match error.without_snippet() {
        serde_saphyr::Error::DuplicateMappingKey { .. } => "a key occurs twice in one mapping",
        serde_saphyr::Error::NonFiniteFloat { .. } => "a number is not finite",
        other => return other.render(),
    };
    let place = error.location().map(|at| format!(" at line {}, column {}", at.line(), at.column()));
    format!("{what}{}", place.unwrap_or_default())
}

/// Turns a document into a known shape, or says which field is wrong.
pub fn shape<T: DeserializeOwned>(value: Value, name: &str) -> Result<T, Failure> {
    form(value).map_err(|problem| {
        Failure::invalid(format!("`{name}` does not have the expected form")).problems(vec![problem])
    })
}

/// Turns a document into a known shape, or returns the first fault.
pub fn form<T: DeserializeOwned>(value: Value) -> Result<T, Problem> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let message = error.into_inner().to_string();
        let told = body::describe(&path, &message);
        Problem { path: told.path, message: told.message + &meant(&message) }
    })
}

/// Returns the known name that was probably meant by one that is not known, as the end of a sentence.
fn meant(message: &str) -> String {
    let wrong = message.strip_prefix("unknown ").and_then(|rest| rest.split('`').nth(1));
    let known = message.rsplit_once(", expected ").map(|(_, known)| known.split('`').skip(1).step_by(2));
    let name = wrong.zip(known).and_then(|(wrong, known)| suggest::nearest(wrong, known));
    name.map_or_else(String::new, |name| format!("; did you mean `{name}`?"))
}

/// Returns [`shape`] for documents of a name.
pub fn shape_named<T: DeserializeOwned>(name: &str) -> impl Fn(Value) -> Result<T, Failure> {
    move |value| shape(value, name)
}
