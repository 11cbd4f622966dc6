//! The forms in which references are written.

mod annotations;
mod csv;
pub mod sarif;

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use super::Place;
use super::check::{Finding, finding};
use super::known::Known;

pub use annotations::{github, gitlab};
pub use csv::csv;
pub use sarif::sarif;

/// The version of the JSON form.
pub const JSON_VERSION: u32 = 1;

/// What is written, and what it is judged by.
#[derive(Debug, Clone, Copy)]
pub struct Report<'a> {
    /// The places, in order.
    pub places: &'a [Place],
    /// The folder that paths start from.
    pub root: &'a Path,
    /// Whether lines of code are kept.
    pub with_source: bool,
    /// The flags that there are.
    pub known: &'a Known,
    /// The day.
    pub today: jiff::civil::Date,
    /// The project's key.
    pub project: &'a str,
    /// The repository, if it is known.
    pub repository: Option<&'a str>,
    /// Where the repository is on the web, if it is known.
    pub address: Option<&'a str>,
    /// The commit, if it is known.
    pub commit: Option<&'a str>,
    /// How many files were looked at.
    pub files: u64,
    /// Files that could not be read.
    pub unread: &'a [String],
}

impl Report<'_> {
    /// Returns what is wrong with a place.
    pub fn finding(&self, place: &Place) -> Option<Finding> {
        place.finding.as_ref()?;
        finding(&place.key, self.known, self.today)
    }

    /// Returns the whole report as one document.
    pub fn json(&self) -> Value {
        json!({
            "version": JSON_VERSION, "project": self.project, "repository": self.repository, "commit": self.commit,
            "files": self.files, "unread": self.unread, "references": self.places,
        })
    }

    /// Returns one line of JSON for each place.
    pub fn json_lines(&self) -> String {
        self.places.iter().map(|place| format!("{}\n", json!(place))).collect::<Vec<_>>().concat()
    }

    /// Returns how often each key occurs, for people in a hurry.
    pub fn summary(&self) -> BTreeMap<&str, usize> {
        let mut counts = BTreeMap::new();
        for place in self.places {
            *counts.entry(place.key.as_str()).or_default() += 1;
        }
        counts
    }
}
