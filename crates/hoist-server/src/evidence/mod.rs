//! What units do, gathered while they do it: exposures from evaluation and OTLP, events from tracking and OTLP.
//!
//! The counting is [`hoist_lifecycle::intake`], which is pure; here is what surrounds it. Evaluation leaves the units it
//! served in a queue ([`Seen`]); the [`Intake`] brings them and the events to the ledger of their rollout, writes the
//! ledgers' sums down every few seconds, learns what other servers counted, and answers the controller.
//!
//! Nothing here can fail an evaluation, and nothing waits for the store but a flush. A server that dies loses what came
//! after its last flush, at most [`EVIDENCE_FLUSH`](crate::limits::EVIDENCE_FLUSH) of it, in both arms alike.

mod book;
pub(crate) mod event;
mod intake;
mod keeping;
mod reading;
mod recent;
mod refused;
mod reports;
mod seen;
mod series;
mod stay;
mod tally;

pub use event::TrackedEvent;
pub use intake::{Intake, StaySums};
pub use reading::StayLook;
pub use refused::{Received, Refusal, Refused, RefusedLabels, Way};
pub use reports::{Served, Taken, VariantSum};
pub use seen::{Seen, SeenUnit, Serving};
pub use series::SumPoint;
pub use tally::{Exported, RecordLabels, Signal, Tally, TallyLabels};
