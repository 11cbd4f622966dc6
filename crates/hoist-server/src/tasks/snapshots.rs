//! Keeps what is served as new as the store, and the files on disk as new as what is served.
//!
//! Two tasks, so that a change never waits for a disk: one compares generations, compiles and swaps; the other writes
//! what was swapped in to disk, the newest of each environment only.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use hoist_eval::Timestamp;
use hoist_store::failpoint::pass;
use hoist_store::{Store, StoreError};

use super::board::Status;
use super::driver::{Nudge, Outcome, Task};
use crate::auth::Away;
use crate::limits::{SNAPSHOT_POLL, SNAPSHOT_SAVE_RETRY};
use crate::snapshots::{Content, EnvironmentId, Position, Snapshots};

type Waiting = HashMap<EnvironmentId, (Position, Arc<Content>)>;

/// Snapshots that are served and not yet on disk: the newest of each environment. Cloning is cheap.
#[derive(Debug, Clone, Default)]
pub struct Unsaved(Arc<Mutex<Waiting>>);

impl Unsaved {
    /// Leaves a snapshot to be written, unless a newer one is waiting.
    fn put(&self, id: EnvironmentId, position: Position, content: Arc<Content>) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.get(&id).is_none_or(|(held, _)| *held < position) {
            waiting.insert(id, (position, content));
        }
    }

    fn take(&self) -> Waiting {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Compares generations with the store, and swaps in what is newer.
#[derive(Debug)]
pub struct SnapshotRefresh {
    store: Store,
    snapshots: Snapshots,
    unsaved: Unsaved,
    saver: Nudge,
    away: Away,
}

impl SnapshotRefresh {
    /// Returns a task that leaves what it swapped in to `unsaved`, wakes `saver`, and notes in `away` whether the
    /// store answers.
    pub fn new(store: Store, snapshots: Snapshots, unsaved: Unsaved, saver: Nudge, away: Away) -> Self {
        Self { store, snapshots, unsaved, saver, away }
    }

    /// Brings every environment up to date and returns how many were swapped.
    async fn refresh(&self, now: Timestamp) -> Result<usize, StoreError> {
        pass("snapshots.read.before");
        let positions = self.store.positions().await;
        self.away.note(positions.is_ok());
        let (mut swapped, mut trouble) = (0, None);
        for at in positions? {
            let (Ok(project), Ok(environment)) = (at.project.parse(), at.environment.parse()) else { continue };
            let id = EnvironmentId { project, environment };
            let slot = self.snapshots.ensure(&id, now);
            let newest = Position { epoch: at.epoch.0, generation: at.generation };
            if slot.served().is_some() && slot.position() >= newest {
                slot.confirm(newest, now);
                continue;
            }
            // One environment that cannot be read keeps no other from its changes.
            match self.swap(id, now).await {
                Ok(done) => swapped += usize::from(done),
                Err(error) => trouble = Some(error),
            }
        }
        trouble.map_or(Ok(swapped), Err)
    }

    /// Loads one environment and serves it, if it is newer. The compilation runs where it stops nobody.
    async fn swap(&self, id: EnvironmentId, now: Timestamp) -> Result<bool, StoreError> {
        let loaded = self.store.snapshot(id.project.as_str(), id.environment.as_str()).await?;
        let Some(loaded) = loaded else { return Ok(false) };
        pass("snapshots.read.after");
        for fault in &loaded.faults {
            tracing::error!(
                environment = %id, table = fault.table, column = fault.column, key = fault.key,
                "a stored row cannot be read; its flag keeps its last sound form and can be switched off; repair the row"
            );
        }
        let position = Position { epoch: loaded.epoch.0, generation: loaded.generation };
        let content = Arc::new(Content { draft: loaded.draft, exposed_to_clients: loaded.exposed_to_clients });
        let (snapshots, unsaved, saver) = (self.snapshots.clone(), self.unsaved.clone(), self.saver.clone());
        let compiling = tokio::task::spawn_blocking(move || {
            let served = snapshots.offer(&id, position, &content, now).is_some();
            pass("snapshots.swap.after");
            if served {
                if let Some(slot) = snapshots.slot(&id) {
                    slot.confirm(position, now);
                }
                unsaved.put(id, position, content);
                saver.nudge();
            }
            served
        });
        // A compilation that panics is one more snapshot that is not served; the held one is.
        Ok(compiling.await.unwrap_or(false))
    }
}

impl Task for SnapshotRefresh {
    fn name(&self) -> &'static str {
        "snapshots"
    }

    async fn activate(&mut self, now: Timestamp) -> Outcome {
        let status = match self.refresh(now).await {
            Ok(swapped) => Status::well(format!("{swapped} swapped")),
            // What is served stays served, for as long as it takes.
            Err(error) => Status::ailing(error.to_string()),
        };
        Outcome { status, wake_at: Some(now.saturating_add(SNAPSHOT_POLL)) }
    }
}

/// Writes what is served to disk.
#[derive(Debug)]
pub struct SnapshotSaver {
    snapshots: Snapshots,
    unsaved: Unsaved,
}

impl SnapshotSaver {
    /// Returns a task that writes what lies in `unsaved`.
    pub fn new(snapshots: Snapshots, unsaved: Unsaved) -> Self {
        Self { snapshots, unsaved }
    }
}

impl Task for SnapshotSaver {
    fn name(&self) -> &'static str {
        "snapshot-files"
    }

    async fn activate(&mut self, now: Timestamp) -> Outcome {
        let waiting = self.unsaved.take();
        let (count, all) = (waiting.len(), waiting.clone());
        let snapshots = self.snapshots.clone();
        let writing = tokio::task::spawn_blocking(move || {
            let mut failed = waiting;
            failed.retain(|id, (position, content)| {
                pass("snapshots.disk.before");
                let written = snapshots.save(id, *position, content);
                pass("snapshots.disk.after");
                !written
            });
            failed
        });
        let failed = writing.await.unwrap_or(all);
        if failed.is_empty() {
            return Outcome { status: Status::well(format!("{count} written")), wake_at: None };
        }
        let status = Status::ailing(format!("{} of {count} could not be written; trying again", failed.len()));
        for (id, (position, content)) in failed {
            self.unsaved.put(id, position, content);
        }
        Outcome { status, wake_at: Some(now.saturating_add(SNAPSHOT_SAVE_RETRY)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshots::Archive;

    fn id() -> EnvironmentId {
        EnvironmentId { project: "default".parse().unwrap(), environment: "staging".parse().unwrap() }
    }

    fn at(generation: u64) -> Position {
        Position { epoch: 1, generation }
    }

    #[test]
    fn an_older_snapshot_does_not_displace_a_newer_one() {
        let unsaved = Unsaved::default();
        for generation in [4, 7, 5] {
            unsaved.put(id(), at(generation), Arc::default());
        }
        assert_eq!(unsaved.take().remove(&id()).unwrap().0, at(7));
    }

    #[tokio::test]
    async fn a_snapshot_that_could_not_be_written_is_tried_again() {
        let folder = tempfile::tempdir().unwrap();
        let archive = Archive::open(folder.path(), "first").unwrap();
        let project = folder.path().join("first/default");
        std::fs::write(&project, "in the way").unwrap();
        let unsaved = Unsaved::default();
        let mut saver = SnapshotSaver::new(Snapshots::new(Some(archive.clone())), unsaved.clone());
        unsaved.put(id(), at(7), Arc::default());
        let outcome = saver.activate(Timestamp::EPOCH).await;
        assert_eq!(outcome.wake_at, Some(Timestamp::EPOCH.saturating_add(SNAPSHOT_SAVE_RETRY)));
        std::fs::remove_file(&project).unwrap();
        let outcome = saver.activate(Timestamp::EPOCH).await;
        assert_eq!(outcome.wake_at, None);
        assert_eq!(archive.newest(&id(), |_| true).0.unwrap().position, at(7));
    }
}
