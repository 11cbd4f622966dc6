//! Which flags there are, from the server or from a file.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::client::Client;
use crate::failure::Failure;
use crate::files;
use crate::output::{at, text};

/// A flag, as far as references to it are concerned.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KnownFlag {
    /// Whether it is archived.
    pub archived: bool,
    /// The day after which it should be gone, `YYYY-MM-DD`.
    pub expires_on: Option<String>,
    /// When it was created, as RFC 3339 in UTC; absent where a file does not say.
    pub created_at: Option<String>,
}

/// The flags of a project, by key.
pub type Known = BTreeMap<String, KnownFlag>;

/// Returns the flags of the server's project, archived ones included.
pub async fn from_server(client: &Client) -> Result<Known, Failure> {
    let mut known = Known::new();
    for archived in [false, true] {
        let query = [("archived", archived.to_string())];
        for flag in client.list(&client.in_project(&["flags"]), &query).await? {
            known.insert(text(&flag, "key"), flag_of(&flag, archived));
        }
    }
    Ok(known)
}

/// Returns the flags of a file: a list as `hoist flag list -o json` writes it, or a document as `hoist export` does.
pub fn from_file(path: &Path) -> Result<Known, Failure> {
    let document = files::read(path)?;
    let flags = document.as_array().or_else(|| at(&document, "flags").and_then(Value::as_array));
    let flags = flags.ok_or_else(|| {
        Failure::invalid(format!("`{}` holds no flags", path.display()))
            .hint("`hoist flag list -o json` writes a file that does")
    })?;
    let known = flags.iter().map(|flag| (text(flag, "key"), flag_of(flag, at(flag, "archived_at").is_some())));
    Ok(known.filter(|(key, _)| !key.is_empty()).collect())
}

fn flag_of(flag: &Value, archived: bool) -> KnownFlag {
    let given = |name: &str| Some(text(flag, name)).filter(|text| !text.is_empty());
    KnownFlag { archived, expires_on: given("expires_on"), created_at: given("created_at") }
}
