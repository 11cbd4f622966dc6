//! What decides about the end of flags: who asks for them, where they occur in code, what they are linked with, and
//! what people and the daily look have said about them.

mod inputs;
mod links;
mod references;
mod scans;
mod sightings;
mod snoozes;
mod verdicts;

pub use inputs::{FlagEntry, ReferenceCount, RemovalRecord, RetirementInputs, RolloutEntry, TargetingEntry};
pub(crate) use links::check_no_links;
pub use links::{Link, LinkKind};
pub use references::{CodeReference, FlagReferences, ReferenceKind, ReferenceVia};
pub use scans::{NewScan, Removal, ScanRecord};
pub use sightings::{ClientSeen, Delivery, Sighting};
pub use snoozes::{CleanupRecord, SnoozeRecord};
pub use verdicts::{VerdictNote, VerdictRecord};
