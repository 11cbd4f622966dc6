//! What is wrong with references: keys that are retired, unknown, or should be gone.

use jiff::civil::Date;

use super::Place;
use super::known::Known;

/// Days after its expiry date at which a flag in code is an error.
const GRACE_DAYS: i32 = 30;

/// A finding about a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Finding {
    /// The flag's expiry date has passed.
    Expired,
    /// The flag's expiry date has passed a good while ago.
    LongExpired,
    /// The flag is archived.
    Retired,
    /// There is no such flag.
    Unknown,
}

impl Finding {
    /// Returns the name of the reason that the server knows it by.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Expired | Self::LongExpired => "expired",
            Self::Retired => "retired_in_code",
            Self::Unknown => "unknown_in_code",
        }
    }

    /// Returns whether a check fails because of it.
    pub fn fails(self) -> bool {
        self != Self::Expired
    }

    /// Returns what to tell people, with the way out.
    pub fn message(self, key: &str) -> String {
        match self {
            Self::Expired => format!("the flag `{key}` has expired; remove it, or give it another date"),
            Self::LongExpired => {
                format!("the flag `{key}` expired more than {GRACE_DAYS} days ago; remove it, or give it another date")
            }
            Self::Retired => format!("the flag `{key}` is archived, so code gets its own default; remove it"),
            Self::Unknown => format!("there is no flag `{key}`; create it, or correct the key"),
        }
    }
}

/// Returns what is wrong with the use of a key on a day. Places that only mention a key are told of retired flags too,
/// and never of unknown ones.
pub fn finding(key: &str, known: &Known, today: Date) -> Option<Finding> {
    let Some(flag) = known.get(key) else { return Some(Finding::Unknown) };
    if flag.archived {
        return Some(Finding::Retired);
    }
    let day: Date = flag.expires_on.as_deref()?.parse().ok()?;
    let passed = (today - day).get_days();
    match passed {
        ..=0 => None,
        1..=GRACE_DAYS => Some(Finding::Expired),
        _ => Some(Finding::LongExpired),
    }
}

/// Notes at each place what is wrong with it, and returns how many places fail a check. Places that merely mention a
/// key, such as a line of a change log, do not fail it.
pub fn note(places: &mut [Place], known: &Known, today: Date) -> usize {
    let mut failing = 0;
    for place in places {
        let found = finding(&place.key, known, today).filter(|_| place.kind != "text");
        place.finding = found.map(|found| found.as_str().to_owned());
        failing += usize::from(found.is_some_and(Finding::fails));
    }
    failing
}
