//! Documents that people write: YAML or JSON, parsed strictly, with the path of whatever is wrong.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::failure::{Failure, Problem};
use crate::limits::{FILE_BYTES_MAX, FILE_DEPTH_MAX};

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

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    let failure = Failure::io(&format!("cannot read `{}`", name(path)), error);
    match error.kind() {
        io::ErrorKind::NotFound => failure.hint("check the path; `-` reads from standard input"),
        _ => failure,
    }
}

fn name(path: &Path) -> String {
    if path == Path::new("-") { "standard input".to_owned() } else { path.display().to_string() }
}

/// Parses a document. Text that starts like JSON must be JSON; everything else is YAML, where only `true` and `false`
/// are booleans: `no` is the country and `on` is the variant.
pub fn value(text: &str, name: &str) -> Result<Value, Failure> {
    if text.trim_start().starts_with(['{', '[']) {
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
        .map_err(|error| Failure::invalid(format!("`{name}` is not valid YAML: {}", error.render())))?;
    if value.is_null() {
        return Err(Failure::invalid(format!("`{name}` is empty")));
    }
    Ok(value)
}

/// Turns a document into a known shape, or says which field is wrong.
pub fn shape<T: DeserializeOwned>(value: Value, name: &str) -> Result<T, Failure> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = match error.path().to_string() {
            path if path == "." => String::new(),
            path => path,
        };
        let message = match error.into_inner().to_string() {
            // The parser has tried every form, and can only name the type that it was after.
            message if message.contains("untagged enum") => "has none of the forms that are known here".to_owned(),
            message => message,
        };
        Failure::invalid(format!("`{name}` does not have the expected form")).problems(vec![Problem { path, message }])
    })
}

/// Returns [`shape`] for documents of a name.
pub fn shape_named<T: DeserializeOwned>(name: &str) -> impl Fn(Value) -> Result<T, Failure> {
    move |value| shape(value, name)
}
