//! One environment's place among the snapshots: what it serves, and the streams that hear of changes.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::{ArcSwapOption, Guard};
use hoist_eval::{Generation, Problem, Span, Timestamp, compile};
use tokio::sync::watch;

use crate::exposures::SketchBudget;
use crate::limits::{CLIENTS_PER_ENVIRONMENT, PROBLEMS_LOGGED_MAX, STREAM_LANES};
use crate::ofrep::stream::fanout::Fanout;
use crate::snapshots::content::Content;
use crate::snapshots::environment_id::EnvironmentId;
use crate::snapshots::marks::Marks;
use crate::snapshots::position::Position;
use crate::snapshots::self_test;
use crate::snapshots::served::Served;

/// One environment: what it serves now, and who listens.
#[derive(Debug)]
pub struct Slot {
    /// Which environment this is.
    pub id: EnvironmentId,
    /// The streams of the environment.
    pub fanout: Fanout,
    /// Who took all flags at once lately.
    pub taken_whole: Marks<CLIENTS_PER_ENVIRONMENT>,
    served: ArcSwapOption<Served>,
    moved: watch::Sender<Position>,
    /// Held while a snapshot is prepared, so that two never race; nothing on the way of a request takes it.
    preparing: Mutex<Vec<Problem>>,
    /// When the store last confirmed that the held snapshot is the newest, in microseconds since the epoch.
    confirmed: AtomicI64,
    refused: AtomicU64,
    problems: AtomicU64,
    /// The generation at which the store was last found behind.
    behind: AtomicU64,
}

/// What became of a snapshot that was offered to a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offered {
    /// It is served now.
    Served,
    /// What is served already is as new or newer.
    NotNewer,
}

impl Slot {
    /// Returns a slot that serves nothing yet.
    pub fn new(id: EnvironmentId, now: Timestamp) -> Self {
        Self {
            id,
            fanout: Fanout::new(Position::default(), now),
            taken_whole: Marks::default(),
            served: ArcSwapOption::empty(),
            moved: watch::Sender::new(Position::default()),
            preparing: Mutex::default(),
            confirmed: AtomicI64::new(Timestamp::EPOCH.as_micros()),
            refused: AtomicU64::new(0),
            problems: AtomicU64::new(0),
            behind: AtomicU64::new(u64::MAX),
        }
    }

    /// Returns what is served: one atomic load. Nothing until the first snapshot has come.
    pub fn served(&self) -> Guard<Option<Arc<Served>>> {
        self.served.load()
    }

    /// Returns where the held snapshot stands; the beginning if there is none.
    pub fn position(&self) -> Position {
        self.served.load().as_ref().map_or(Position::default(), |served| served.position)
    }

    /// Returns a channel that carries the position of what is served.
    pub fn watch(&self) -> watch::Receiver<Position> {
        self.moved.subscribe()
    }

    /// Serves a snapshot if it is newer than the held one. It is compiled and tried out first: until that has
    /// succeeded, the held one is served.
    ///
    /// Must be called inside a Tokio runtime once streams are open.
    pub fn offer(
        self: &Arc<Self>,
        position: Position,
        content: &Content,
        budget: &Arc<SketchBudget>,
        now: Timestamp,
    ) -> Offered {
        let mut known = self.preparing.lock().unwrap_or_else(PoisonError::into_inner);
        let held = self.served.load_full();
        if held.as_ref().is_some_and(|held| held.position >= position) {
            return Offered::NotNewer;
        }
        let previous = held.as_ref().map(|held| &held.snapshot);
        let compiled = compile(&content.draft, Generation(position.generation), previous);
        let (served, problems) = Served::prepare(&self.id, position, compiled, content, held.as_deref(), budget);
        self_test::run(&served);
        self.served.store(Some(Arc::new(served)));
        self.problems.store(problems.len() as u64, Ordering::Relaxed);
        self.report(position, &known, &problems);
        *known = problems;
        self.moved.send_replace(position);
        // Served first and announced second: a client that fetches at once gets at least what it was told of.
        self.tell(position, now);
        Offered::Served
    }

    /// Notes where the store stands. What is served is confirmed by a store that stands at the same place; one that is
    /// behind is not followed.
    pub fn confirm(&self, stored: Position, now: Timestamp) {
        let held = self.position();
        if stored >= held {
            self.confirmed.store(now.as_micros(), Ordering::Relaxed);
            self.behind.store(u64::MAX, Ordering::Relaxed);
        } else if self.behind.swap(stored.generation, Ordering::Relaxed) != stored.generation {
            tracing::error!(
                environment = %self.id, %held, %stored,
                "the store is behind what is served, so it is not followed; it lags, or was restored by hand without \
                 beginning a new epoch; restore with `hoist restore`, which does"
            );
        }
    }

    /// Tells every stream what is served: a small fleet at once, a large one over a short while, so that its refetches
    /// are spread.
    fn tell(self: &Arc<Self>, position: Position, now: Timestamp) {
        let pulse = Fanout::announcement(position, now);
        let pause = self.fanout.pause();
        if pause.is_zero() {
            return self.fanout.push_all(&pulse);
        }
        self.fanout.push(0, &pulse);
        let slot = Arc::clone(self);
        #[expect(clippy::disallowed_methods, reason = "ends by itself within the push's spread; nothing waits for it")]
        drop(tokio::spawn(async move {
            for lane in 1..STREAM_LANES {
                tokio::time::sleep(pause).await;
                slot.fanout.push(lane, &pulse);
            }
        }));
    }

    /// Returns how long ago the store confirmed what is held.
    pub fn age(&self, now: Timestamp) -> Span {
        now.since(Timestamp::from_micros(self.confirmed.load(Ordering::Relaxed)))
    }

    /// Counts a snapshot that could not be taken over.
    pub fn refuse(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    /// Returns how many snapshots could not be taken over.
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// Returns how many problems the definitions have that are served now.
    pub fn problems(&self) -> u64 {
        self.problems.load(Ordering::Relaxed)
    }

    /// Logs problems that were not there before; at most [`PROBLEMS_LOGGED_MAX`] a snapshot.
    fn report(&self, position: Position, known: &[Problem], found: &[Problem]) {
        let fresh = found.iter().filter(|problem| !known.contains(problem));
        for problem in fresh.take(PROBLEMS_LOGGED_MAX) {
            tracing::warn!(
                environment = %self.id,
                %position,
                flag = problem.flag.as_deref().unwrap_or("none"),
                segment = problem.segment.as_deref().unwrap_or("none"),
                path = %problem.path,
                problem = %problem.message,
                "a definition has a problem; its last sound form is served, or an error if there is none; \
                 correct the definition, or switch the flag off"
            );
        }
    }
}
