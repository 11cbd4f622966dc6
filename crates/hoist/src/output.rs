//! Results go to standard output in the form that was asked for; everything else goes to standard error.
//!
//! Everything is written through one locked handle, and a reader that goes away ends the program in peace.

use std::io::{self, IsTerminal, Write};

use clap::ValueEnum;
use serde_json::Value;

use crate::failure::Failure;
use crate::style;

/// The form of results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Format {
    /// For people: tables and sentences.
    #[default]
    Table,
    /// One JSON document; streams are one document a line.
    Json,
    /// One YAML document.
    Yaml,
    /// Only the names, one a line.
    Name,
    /// One JSON document a line; `hoist refs` only.
    Jsonl,
    /// SARIF 2.1.0; `hoist refs` and `hoist cleanup` only.
    Sarif,
    /// The columns of ld-find-code-refs; `hoist refs` only.
    Csv,
    /// Annotations of GitHub Actions; `hoist refs` only.
    Github,
    /// A code quality report of GitLab; `hoist refs` only.
    Gitlab,
}

impl Format {
    /// Returns whether only references in code are written so.
    pub fn is_of_code(self) -> bool {
        match self {
            Self::Table | Self::Json | Self::Yaml | Self::Name => false,
            Self::Jsonl | Self::Sarif | Self::Csv | Self::Github | Self::Gitlab => true,
        }
    }
}

/// Where results and messages go.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    format: Format,
    quiet: bool,
}

/// One column of a table: its heading, and the text of a row's cell.
pub struct Column(pub &'static str, pub fn(&Value) -> String);

impl Output {
    /// Returns an output of a form. `quiet` silences messages, never results or errors.
    pub fn new(format: Format, quiet: bool) -> Self {
        Self { format, quiet }
    }

    /// Returns the form of results.
    pub fn format(self) -> Format {
        self.format
    }

    /// Returns whether results are for people.
    pub fn is_for_people(self) -> bool {
        self.format == Format::Table
    }

    /// Returns whether results are for people who sit at a terminal.
    pub fn is_terminal(self) -> bool {
        self.is_for_people() && io::stdout().is_terminal() && io::stdin().is_terminal()
    }

    /// Returns whether somebody at a terminal reads the messages, who may be shown how far something is.
    pub fn is_watched(self) -> bool {
        let is_plain = crate::connection::variable("TERM").is_none_or(|terminal| terminal == "dumb");
        self.is_for_people() && !self.quiet && !is_plain && io::stderr().is_terminal()
    }

    /// Writes to standard output through one locked handle, and flushes it.
    pub fn write(self, body: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
        let mut to = anstream::AutoStream::auto(io::stdout()).lock();
        body(&mut to)?;
        to.flush()?;
        Ok(())
    }

    /// Writes bytes to standard output as they are.
    pub fn bytes(self, bytes: &[u8]) -> Result<(), Failure> {
        let mut to = io::stdout().lock();
        to.write_all(bytes)?;
        to.flush()?;
        Ok(())
    }

    /// Tells the person something that is not a result.
    pub fn say(self, message: &str) {
        if self.quiet {
            return;
        }
        let mut to = anstream::AutoStream::auto(io::stderr()).lock();
        // Nothing can be done, and nothing is lost, when nobody listens.
        let _ = writeln!(to, "{message}");
    }

    /// Tells the person what can be done next.
    pub fn hint(self, hint: &str) {
        self.say(&format!("{}: {hint}", style::paint(style::HINT, "hint")));
    }

    /// Writes a failure to standard error, in the form that was asked for.
    pub fn fail(self, failure: &Failure) {
        let mut to = anstream::AutoStream::auto(io::stderr()).lock();
        let _ = match self.format {
            Format::Json => {
                serde_json::to_writer(&mut to, failure).map_err(io::Error::from).and_then(|()| writeln!(to))
            }
            _ => failure.write_text(&mut to),
        };
    }

    /// Writes a list. `name` names the field that `-o name` prints.
    pub fn list(self, items: &[Value], name: &str, columns: &[Column]) -> Result<(), Failure> {
        match self.format {
            Format::Json | Format::Jsonl | Format::Sarif | Format::Csv | Format::Github | Format::Gitlab => {
                self.json(&Value::from(items.to_vec()))
            }
            Format::Yaml => self.yaml(&Value::from(items.to_vec())),
            Format::Name => self.write(|to| items.iter().try_for_each(|item| writeln!(to, "{}", text(item, name)))),
            Format::Table => self.write(|to| write_table(to, items, columns)),
        }
    }

    /// Writes one thing. `name` names the field that `-o name` prints; `human` writes it for people.
    pub fn item(
        self,
        item: &Value,
        name: &str,
        human: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Failure> {
        match self.format {
            Format::Json | Format::Jsonl | Format::Sarif | Format::Csv | Format::Github | Format::Gitlab => {
                self.json(item)
            }
            Format::Yaml => self.yaml(item),
            Format::Name => self.write(|to| writeln!(to, "{}", text(item, name))),
            Format::Table => self.write(human),
        }
    }

    /// Writes one event of a stream: a line of JSON, or a line for people.
    pub fn event(self, event: &Value, line: &str) -> Result<(), Failure> {
        match self.format {
            Format::Name | Format::Table => self.write(|to| writeln!(to, "{line}")),
            _ => self.write(|to| writeln!(to, "{event}")),
        }
    }

    fn json(self, value: &Value) -> Result<(), Failure> {
        self.write(|to| {
            serde_json::to_writer_pretty(&mut *to, value)?;
            writeln!(to)
        })
    }

    fn yaml(self, value: &Value) -> Result<(), Failure> {
        let text = yaml(value)?;
        self.write(|to| to.write_all(text.as_bytes()))
    }
}

/// Returns a value as a YAML document that `hoist` reads back as the same value.
pub fn yaml(value: &impl serde::Serialize) -> Result<String, Failure> {
    let options = serde_saphyr::ser_options! { prefer_block_scalars: false };
    let text = serde_saphyr::to_string_with_options(value, options)
        .map_err(|error| Failure::new(crate::exit::Exit::Failure, "yaml", format!("cannot write YAML: {error}")))?;
    Ok(if text.ends_with('\n') { text } else { text + "\n" })
}

fn write_table(to: &mut dyn Write, items: &[Value], columns: &[Column]) -> io::Result<()> {
    use comfy_table::{ContentArrangement, Table, presets::NOTHING};
    if items.is_empty() {
        return writeln!(to, "(none)");
    }
    let mut table = Table::new();
    table.load_style(NOTHING);
    // Only a terminal has a width to respect; a pipe gets every cell whole.
    let arrangement =
        if io::stdout().is_terminal() { ContentArrangement::Dynamic } else { ContentArrangement::Disabled };
    table.set_content_arrangement(arrangement);
    table.set_header(columns.iter().map(|Column(title, _)| *title));
    for item in items {
        table.add_row(columns.iter().map(|Column(_, cell)| cell(item)));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    for (index, line) in table.lines().enumerate() {
        let line = line.trim_end();
        if index == 0 { writeln!(to, "{}", style::paint(style::HEADING, line))? } else { writeln!(to, "{line}")? }
    }
    Ok(())
}

/// Writes labelled lines, the labels padded to one width; lines without a value are left out.
pub fn write_fields(to: &mut dyn Write, fields: &[(&str, String)]) -> io::Result<()> {
    let width = fields.iter().filter(|(_, value)| !value.is_empty()).map(|(label, _)| label.len()).max().unwrap_or(0);
    for (label, value) in fields.iter().filter(|(_, value)| !value.is_empty()) {
        writeln!(to, "{}  {value}", style::paint(style::QUIET, &format!("{label:<width$}")))?;
    }
    Ok(())
}

/// Returns the text at a dotted path of a JSON value; empty if there is none.
pub fn text(value: &Value, path: &str) -> String {
    match at(value, path) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(items)) => items.iter().map(|item| text(item, "")).collect::<Vec<_>>().join(", "),
        Some(other) => other.to_string(),
    }
}

/// Returns the value at a dotted path of a JSON value.
pub fn at<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').filter(|part| !part.is_empty()).try_fold(value, |value, part| value.get(part))
}
