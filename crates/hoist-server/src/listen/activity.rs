//! What an HTTP/1 connection is doing, as far as its reader, its writer and its requests must know of each other.

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::response::Response;

const IDLE: u8 = 0;
const HEAD: u8 = 1;
const SERVING: u8 = 2;

/// What a connection is doing, shared by its reader, its writer and its requests.
#[derive(Debug, Clone, Default)]
pub(super) struct Activity(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    doing: AtomicU8,
    /// Whether bytes were written that have not been flushed.
    unflushed: AtomicBool,
    /// An answer that lasts, and that goes on without hyper.
    lasting: Mutex<Option<Response>>,
}

impl Activity {
    /// Notes that a head has begun, unless one has already or a request is being served. Returns whether it was noted.
    pub(super) fn begin(&self) -> bool {
        // No two tasks begin a head: there is one reader.
        let idle = self.0.doing.load(Ordering::Relaxed) == IDLE;
        if idle {
            self.0.doing.store(HEAD, Ordering::Relaxed);
        }
        idle
    }

    /// Returns whether a head has begun that is not whole yet.
    pub(super) fn waits_for_head(&self) -> bool {
        self.0.doing.load(Ordering::Relaxed) == HEAD
    }

    /// Notes that a whole head has arrived and its request is being served.
    pub(super) fn serving(&self) {
        self.0.doing.store(SERVING, Ordering::Relaxed);
    }

    /// Notes that the request has its answer.
    pub(super) fn answered(&self) {
        self.0.doing.store(IDLE, Ordering::Relaxed);
    }

    /// Notes that bytes were written, or that all that were have left.
    pub(super) fn flushed(&self, flushed: bool) {
        self.0.unflushed.store(!flushed, Ordering::Relaxed);
    }

    /// Lays down an answer that is to go on without hyper.
    pub(super) fn leave(&self, answer: Response) {
        *self.0.lasting.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
    }

    /// Takes the answer that is to go on without hyper, once nothing of earlier answers is left to be sent.
    pub(super) fn take_lasting(&self) -> Option<Response> {
        if self.0.unflushed.load(Ordering::Relaxed) {
            return None;
        }
        self.0.lasting.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_leaves_once_those_before_it_are_sent() {
        let activity = Activity::default();
        assert!(activity.take_lasting().is_none());
        activity.flushed(false);
        activity.leave(Response::default());
        assert!(activity.take_lasting().is_none());
        activity.flushed(true);
        assert!(activity.take_lasting().is_some() && activity.take_lasting().is_none());
    }
}
