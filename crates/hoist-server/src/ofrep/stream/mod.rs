//! Streams that tell clients when to fetch again.
//!
//! A stream carries no flags, only the request to fetch them. The snapshot that it announces is served before it is
//! announced, so a client that fetches at once gets at least what it was told of.

pub mod acks;
pub mod admission;
pub mod body;
pub mod fanout;
mod open;
pub mod pass;
mod task;

use std::sync::Arc;

use admission::{Admission, Caps};

pub(super) use open::open;
pub use task::StreamTask;

/// The streams of this server. Cloning is cheap.
#[derive(Debug, Clone)]
pub struct Streams(Arc<Admission>);

impl Streams {
    /// Returns streams under these caps.
    pub fn new(caps: Caps) -> Self {
        Self(Arc::new(Admission::new(caps)))
    }
}

impl std::ops::Deref for Streams {
    type Target = Admission;

    fn deref(&self) -> &Admission {
        &self.0
    }
}
