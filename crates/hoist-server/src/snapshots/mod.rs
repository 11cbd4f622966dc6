//! What each environment serves now: one immutable snapshot, swapped whole.
//!
//! A snapshot is replaced by a newer one and by nothing else: not because of its age, not because the store is away,
//! not because the store has gone back in time. It is compiled and tried out before it is served; if that fails, the
//! held one is served on.

mod archive;
mod content;
mod counts;
mod environment_id;
mod fragment;
mod marks;
mod position;
mod self_test;
mod served;
mod slot;
mod timed;
mod trial;
mod unchanged;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use foldhash::quality::RandomState;
use hoist_eval::Timestamp;

use crate::exposures::SketchBudget;

pub use archive::{Archive, Damage, Stored};
pub use content::Content;
pub use counts::{BulkTurn, FlagCounts, HasTurn};
pub use environment_id::EnvironmentId;
pub use fragment::Fragment;
pub(crate) use fragment::reason_index;
pub use marks::{ClientNumber, Marks};
pub use position::{Position, PositionError};
pub use served::{Card, Served, SetText};
pub use slot::{Offered, Slot};
pub use unchanged::Unchanged;

/// The snapshots of every environment. Cloning is cheap.
#[derive(Debug, Clone, Default)]
pub struct Snapshots(Arc<Inner>);

type Slots = HashMap<EnvironmentId, Arc<Slot>, RandomState>;

#[derive(Debug, Default)]
struct Inner {
    slots: ArcSwap<Slots>,
    /// Held while a slot is added; nothing on the way of a request takes it.
    adding: Mutex<()>,
    archive: Option<Archive>,
    budget: Arc<SketchBudget>,
    /// Where the newest file of each environment stands; held while one is written.
    saved: Mutex<HashMap<EnvironmentId, Position>>,
}

impl Snapshots {
    /// Returns snapshots that serve nothing yet and are kept in `archive`, if there is one.
    pub fn new(archive: Option<Archive>) -> Self {
        Self(Arc::new(Inner { archive, ..Inner::default() }))
    }

    /// Returns the queue of units that were served under an allocation.
    pub fn seen(&self) -> &crate::evidence::Seen {
        self.0.budget.seen()
    }

    /// Returns the slot of an environment; nothing if there is no such environment, as far as this server knows.
    pub fn slot(&self, id: &EnvironmentId) -> Option<Arc<Slot>> {
        self.0.slots.load().get(id).map(Arc::clone)
    }

    /// Lists every slot, in the order of their names.
    pub fn slots(&self) -> Vec<Arc<Slot>> {
        let mut slots: Vec<_> = self.0.slots.load().values().map(Arc::clone).collect();
        slots.sort_unstable_by(|left, right| left.id.cmp(&right.id));
        slots
    }

    /// Returns the slot of an environment, which is made if absent.
    pub fn ensure(&self, id: &EnvironmentId, now: Timestamp) -> Arc<Slot> {
        if let Some(slot) = self.slot(id) {
            return slot;
        }
        let _adding = self.0.adding.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = self.slot(id) {
            return slot;
        }
        let slot = Arc::new(Slot::new(id.clone(), now));
        let mut slots = Slots::clone(&self.0.slots.load());
        slots.insert(id.clone(), Arc::clone(&slot));
        self.0.slots.store(Arc::new(slots));
        slot
    }

    /// Serves the newest sound snapshot on disk of every environment, and returns how many there were. Blocks.
    pub fn load(&self, now: Timestamp) -> usize {
        let Some(archive) = &self.0.archive else { return 0 };
        let loaded = archive.environments().into_iter().filter(|id| self.load_one(archive, id, now));
        loaded.count()
    }

    fn load_one(&self, archive: &Archive, id: &EnvironmentId, now: Timestamp) -> bool {
        let mut before = None;
        loop {
            let (stored, damaged) = archive.newest(id, |position| before.is_none_or(|before| position < before));
            for (path, damage) in damaged {
                tracing::error!(
                    path = %path.display(), %damage,
                    "a snapshot file is damaged; the one before it is used; the store's is fetched when it answers"
                );
            }
            let Some(Stored { position, content }) = stored else { return false };
            if self.offer(id, position, &content, now).is_some() {
                tracing::info!(environment = %id, %position, "serving the snapshot found on disk");
                return true;
            }
            before = Some(position);
        }
    }

    /// Offers a snapshot to an environment; nothing if it is left alone because trying it out has ended the process
    /// before. Blocks while it is compiled.
    pub fn offer(&self, id: &EnvironmentId, position: Position, content: &Content, now: Timestamp) -> Option<Offered> {
        let slot = self.ensure(id, now);
        if slot.position() >= position && slot.served().is_some() {
            return Some(Offered::NotNewer);
        }
        let Some(archive) = &self.0.archive else { return Some(slot.offer(position, content, &self.0.budget, now)) };
        let Some(trial) = trial::Trial::begin(&archive.folder(id), position) else {
            slot.refuse();
            tracing::error!(
                environment = %id, %position,
                "this snapshot has ended the process twice while it was tried out; the one before it is served until \
                 a newer one comes; change or switch off the flag that was changed last"
            );
            return None;
        };
        let offered = slot.offer(position, content, &self.0.budget, now);
        trial.passed();
        Some(offered)
    }

    /// Writes a snapshot to disk unless a newer one is there, and returns whether one of the two is there now, or none
    /// is wanted. Blocks until it is synced.
    pub fn save(&self, id: &EnvironmentId, position: Position, content: &Content) -> bool {
        let Some(archive) = &self.0.archive else { return true };
        let mut saved = self.0.saved.lock().unwrap_or_else(PoisonError::into_inner);
        if saved.get(id).is_some_and(|saved| *saved >= position) {
            return true;
        }
        match archive.save(id, position, content) {
            Ok(()) => {
                saved.insert(id.clone(), position);
                true
            }
            Err(fault) => {
                tracing::error!(
                environment = %id, %position, %fault,
                "cannot write a snapshot to disk; it is served all the same, but a restart would serve an older one \
                 until it has read the store; it is tried again; free space on the data volume"
                );
                false
            }
        }
    }
}
