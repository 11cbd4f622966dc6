//! Whether a flag has done its work: facts in, a verdict with its evidence out.
//!
//! [`judge()`] looks at what a flag serves, who asks for it, where it occurs in code and what people know about it, and
//! says how far on its way out the flag is, why, and what stands between it and the archive. It errs on the side of
//! leaving flags alone: what is not known counts as in use.

mod archive;
mod asked;
mod facts;
mod judge;
mod policy;
mod serves;
mod verdict;

pub use archive::{Blocker, blockers};
pub use asked::{asked_by_segment, asked_by_targeting, take_out_asked};
pub use facts::{
    CleanupFacts, CodeFacts, EnvironmentFacts, FlagFacts, Owner, RepositoryFacts, RolloutFacts, Seen, Snooze,
};
pub use judge::judge;
pub use policy::Policy;
pub use serves::{Serves, serves};
pub use verdict::{Evidence, Exemption, Finding, Frozen, Reason, Severity, State, Verdict};
