//! One rollout of one flag in one environment: its state, what it sees, and what it decides.
//!
//! # How it works
//!
//! A rollout is a record ([`state::RolloutState`]) and a function ([`step()`]). The controller reads the record, asks the
//! metric sources what [`due_guards`] wants to know, reads the flag, and hands all of it to `step` with the time. What
//! comes back is a [`decision::Decision`]: the next record, the changes to the flag, the reasons, and when to look
//! again. Storage applies it in one transaction, provided that nobody has touched the record meanwhile, and keeps the
//! input beside it. People's commands take the same way.
//!
//! `step` looks at the whole state each time and depends on no event. A missed tick, a doubled tick, a crash between
//! any two instructions or a controller that takes over from another changes nothing but the time it takes. There is no
//! recovery: starting is recovering.
//!
//! The rules are tried in one order, and the first that applies decides. They stand in one function (`decide` in
//! `step.rs`), and [`decision::Rule`] lists them:
//!
//! 1. An ended rollout stays ended.
//! 2. Evidence of another stay is ignored.
//! 3. A guard in breach does what its policy says, while baking and while paused. Whoever has the variant has it during
//!    a pause too, so a pause is no reason to look away. Guards against control are weighed together; the one that
//!    contributes most is in breach. A lack of treated units may roll back as well, if the plan says so.
//! 4. A paused rollout waits for a person.
//! 5. A flag that was switched off, or whose allocation someone else has changed, pauses the rollout. The controller
//!    never fights a person.
//! 6. A person's promotion is carried out.
//! 7. Lasting silence does what the guard's policy says; a stage that takes too long pauses.
//! 8. Whatever is missing or doubtful holds: shares of units that are not as sent, a verdict, suspicion, bake, treated
//!    units, evidence that the treatment is not much worse, approval, the end of a rollout that this one keeps apart from,
//!    an open window.
//! 9. The next stage is entered, exactly one; or the rollout completes.
//!
//! # What must stay true
//!
//! - **Nothing advances without looking.** Only a tick raises a share, and only one in which nothing failed. A promotion
//!   is a mark on the stay that the next tick carries out. It overrides what is missing and a breach whose policy is to
//!   notify, never another breach, a switched-off flag or an edit.
//! - **No data is not good data.** Only `Pass` lets a stage be left, and only beside `Collecting` does it bake: there is
//!   nothing against the treatment, and not yet enough for it. `NotJudged`, where there is nobody to compare with, is in
//!   nobody's way. Everything odd holds.
//! - **Bake is observed.** Time counts between two good observations of the same stay by the same process, by that
//!   process's monotonic clock, at most two ticks at once. The wall clock is never subtracted, so no jump of it, and no
//!   downtime, bakes anything. Maximum times and the grace for silence count observed time as well.
//! - **A stay has a name.** Each entry into a stage has a new number. Evidence, credit and promotions belong to one
//!   stay and die with it, which is what makes a late answer, a stale view or a slow person harmless.
//! - **A rollback needs nothing.** It writes the recorded baseline over whatever is there. Metrics, windows and approvals
//!   are not consulted, and an edit made meanwhile does not stop it.
//! - **A breach stands.** Later data cannot undo it; a resume or a promotion by a person begins with fresh evidence for
//!   the guard. Evidence that has not broken anything is carried from stage to stage, because `alpha` is spent over the
//!   whole rollout.
//! - **A history can be checked.** `step` on a stored state, input and time gives the stored decision. Words are rendered
//!   from stored facts and are not part of it.
//!
//! # Decisions that could have gone another way
//!
//! - *Completing.* If everyone has the treatment in the end, the flag's default becomes the treatment and the allocation
//!   goes: the flag says what it does, and can be retired. If the plan ends below that, the allocation is the result of
//!   the rollout and stays; making it the default would give the variant to people whom nobody meant to reach.
//! - *Resuming after an edit* puts the allocation of the stage back. Leaving the edit in place would pause the rollout
//!   again at once; a person who wants to keep the edit cancels.
//! - *Stepping back* goes to the baseline when it is the second time, from the first stage, and when someone has changed
//!   the allocation, because then the previous stage's share might be more than what is served now.
//! - *Waiting for approval or for a window* does not run into the maximum time. Those who wait for a person need not be
//!   paused for one.
//!
//! # Rejected
//!
//! - *Safety by a lease.* A lease spares double queries. Two controllers that both believe in theirs do no harm, because
//!   storage applies a decision only to the state that it was made about. The simulation has both as mutants.
//! - *Wall-clock bake with a fence.* Two clocks disagree, and one jump skips a stage.
//! - *Retrying inside.* A decision that could not be applied is forgotten. The next tick sees the world as it is.
//! - *A background thread per rollout, timers, events.* All of them are state outside the record.

mod allocation;
mod cause;
mod compare;
mod counters;
pub mod decision;
mod due;
mod enact;
pub mod evidence;
mod guard;
mod intervals;
mod look;
mod method;
mod observe;
mod overlap;
mod part;
pub mod rationale;
mod shares;
mod spec;
mod standing;
mod start;
pub mod state;
mod step;
mod telemetry;
mod values;
mod watch;
mod weigh;

pub use allocation::{Population, allocation};
pub use cause::NoDataCause;
pub(crate) use compare::Place;
pub use compare::{ControlTest, Late};
pub(crate) use due::frozen_guards;
pub use due::{DueGuard, due_guards, frozen_thresholds, is_due_at};
pub use intervals::Intervals;
pub use look::{GuardPoint, Judged, Look, look};
pub use method::{Method, UnknownMethod};
pub use overlap::{Candidate, CandidateGuard, KnownOverlap, Overlap, OverlapChoice, candidate, overlap};
pub use part::{Beside, Inseparable, Parted, Parts, keep_apart, without_units};
pub use spec::{RolloutId, RolloutSpec, RolloutSpecDraft, SpecError};
pub use standing::{Standing, standing};
pub use start::{StartFacts, start};
pub use step::step;
pub(crate) use values::ComparedValues;
pub(crate) use watch::ruled_out;
pub use watch::{Watch, check_guards};
