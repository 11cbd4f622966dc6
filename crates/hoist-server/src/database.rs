//! Opening the database, and what is said when that fails: which one it is, without its password, and what to do.

use hoist_store::limits::BALLAST_BYTES;
use hoist_store::{Store, StoreConfig, StoreError};
use secrecy::ExposeSecret as _;

use crate::config::Database;

/// The port of a PostgreSQL server where nobody names one.
const POSTGRES_PORT: u16 = 5432;

/// Why the database cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("cannot use {place}: {}", told(source))]
pub struct DatabaseError {
    place: String,
    hint: Option<&'static str>,
    source: StoreError,
}

impl DatabaseError {
    /// Returns the error for a database that the store could not use.
    pub(crate) fn new(database: &Database, source: StoreError) -> Self {
        Self { place: place(database), hint: hint(database, &source), source }
    }

    /// Returns what to do about it; nothing where the error itself says that.
    pub fn hint(&self) -> Option<&'static str> {
        self.hint
    }
}

/// Opens the configured database.
pub(crate) async fn open(database: &Database) -> Result<Store, DatabaseError> {
    let opened = match database {
        Database::Memory => Store::in_memory().await,
        Database::Embedded(path) => {
            // The reserve that lets flags be switched off on a full disk.
            Store::open(&StoreConfig { ballast: BALLAST_BYTES, ..StoreConfig::sqlite(path) }).await
        }
        Database::Postgres(url) => Store::open(&StoreConfig::postgres(url.expose_secret())).await,
    };
    opened.map_err(|source| DatabaseError::new(database, source))
}

/// Returns the error with what lies at its root.
fn told(error: &StoreError) -> String {
    let chain = std::iter::successors(std::error::Error::source(error), |cause| cause.source());
    match chain.last() {
        Some(root) => format!("{error}: {root}"),
        None => error.to_string(),
    }
}

fn place(database: &Database) -> String {
    match database {
        Database::Memory => "the database in memory".to_owned(),
        Database::Embedded(path) => format!("the database file {}", path.display()),
        Database::Postgres(url) => format!("PostgreSQL at {}", host_and_port(url.expose_secret())),
    }
}

/// Returns the host and the port of a PostgreSQL URL and nothing else of it.
fn host_and_port(url: &str) -> String {
    let Ok(url) = reqwest::Url::parse(url) else { return "an address that is no URL".to_owned() };
    let named = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    let in_place = url.host_str().filter(|host| !host.is_empty()).map(str::to_owned);
    let host = named("host").or(in_place).unwrap_or_else(|| "the default address".to_owned());
    let port = named("port").and_then(|port| port.parse().ok()).or(url.port()).unwrap_or(POSTGRES_PORT);
    format!("{host}:{port}")
}

fn hint(database: &Database, error: &StoreError) -> Option<&'static str> {
    Some(match (database, error) {
        (_, StoreError::TooNew { .. }) | (Database::Memory, _) => return None,
        (Database::Embedded(_), StoreError::Damaged(_) | StoreError::Corrupt { .. }) => {
            "keep a copy of the data folder, then put the latest backup into a new one: `hoist restore FILE --data DIR`"
        }
        (Database::Embedded(_), _) => {
            "check the room on its disk and who may write there, or choose another folder with `--data`"
        }
        (Database::Postgres(_), StoreError::Damaged(_) | StoreError::Corrupt { .. }) => {
            "put the latest backup into an empty database: `hoist restore FILE --database-url URL`"
        }
        (Database::Postgres(_), StoreError::Unavailable(_)) => {
            "check that PostgreSQL runs there and can be reached; `--database-url` (`HOIST_DATABASE_URL`) names it, and \
             without it the data is kept in the data folder"
        }
        (Database::Postgres(_), _) => {
            "check the user, the password and the database that `--database-url` (`HOIST_DATABASE_URL`) names, and what \
             this user may do there"
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_is_named_by_host_and_port_alone() {
        for (url, place) in [
            ("postgres://hoist:secret@db.example.org/hoist", "db.example.org:5432"),
            ("postgresql://hoist:secret@db.example.org:6432/hoist?sslmode=require", "db.example.org:6432"),
            ("postgres://hoist:secret@[::1]:5433/hoist", "[::1]:5433"),
            ("postgres:///hoist?host=/run/postgresql&port=5434&password=secret", "/run/postgresql:5434"),
            ("postgres:///hoist", "the default address:5432"),
            ("postgres://hoist:secret@db:port/hoist", "an address that is no URL"),
        ] {
            assert_eq!(host_and_port(url), place, "{url}");
        }
    }
}
