//! What units did, as sums per stay and arm: exposures and events in, sufficient statistics out.
//!
//! An evaluation that a rollout's allocation decided is an *exposure*: it puts a unit into an arm at a stay. An event of
//! a unit counts for the arm and the stay of its exposure, whatever the flag serves by the time that the event arrives.
//!
//! A [`Ledger`] holds one rollout on one server. Its table of units is bounded: when it is full it keeps the units whose
//! hash lies under a halved threshold and forgets the others, in both arms alike, so that the sums are those of a fair
//! sample. Everything else is a handful of numbers per metric, however many events or units there were.
//!
//! Several servers each keep a ledger. Every transition of a unit (first seen, moved to another stay, first event) is
//! counted by the server that observed it and told to the others as part of a flush, so sums of servers add up. Two
//! servers that observe the same transition within one flush both count it, until they hear of each other: then one of them
//! takes its own back ([`Ledger::yield_to`]). Whether units arrive in the shares that they are sent in must not wait for
//! that, so a ledger counts apart which units came first at a stay, over all servers and each once ([`Ledger::firsts`]).

mod batch;
mod book;
mod buckets;
mod events;
mod firsts;
mod flush;
mod ledger;
mod measure;
mod spread;
mod summary;
mod twice;
mod unit;

pub use batch::{Batch, BatchError};
pub use book::{ArmBook, Exposed, MetricBook};
pub use buckets::{BUCKETS, Buckets};
pub use events::Aggregate;
pub use ledger::{Event, Flush, FlushedSums, Ledger, Outcome};
pub use measure::{Measure, TrackedMetric};
pub use spread::dispersion_of;
pub use summary::{Sums, sums};
pub use unit::{Arm, Unit};
