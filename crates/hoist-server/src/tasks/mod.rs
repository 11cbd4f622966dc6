//! What runs by itself: the controller, the refresh of snapshots, the outbox, retention.
//!
//! Every task is level-triggered: it reads what is, decides, and acts. Nudges only bring the next look forward, so a
//! lost one delays a change and never loses it.

pub mod board;
pub mod controller;
pub mod driver;
pub mod evidence;
mod hints;
mod instance;
mod last_use;
pub mod lease;
pub mod outbox;
mod pace;
pub mod retention;
mod safety;
mod seen;
pub mod snapshots;
pub mod staleness;

use tokio_util::task::TaskTracker;

use crate::app::App;
use crate::clock::Ids;
use crate::limits::LEASE_LIFE;
use crate::metrics::SourceError;
use crate::ofrep::stream::StreamTask;

use controller::{Controller, Tools};
use evidence::EvidenceKeeper;
use last_use::LastUse;
use lease::{Leadership, LeaseKeeper};
use outbox::{OutboxSender, Sink};
use pace::PaceKeeper;
use retention::Retention;
use safety::SafetyWatch;
use seen::SeenWriter;
use snapshots::{SnapshotRefresh, SnapshotSaver, Unsaved};
use staleness::StalenessLook;

pub use board::Board;
pub use driver::{Driver, Nudge, Outcome, Task};

/// Ways to wake the tasks early. Cloning is cheap.
#[derive(Debug, Clone, Default)]
pub struct Nudges {
    /// Compares generations with the store and swaps snapshots. To be nudged after every change of a flag.
    pub snapshots: Nudge,
    /// Looks at rollouts that are due. To be nudged after a rollout starts and after every command.
    pub controller: Nudge,
    /// Sends what waits in the outbox.
    pub outbox: Nudge,
    /// Verifies rollbacks. To be nudged after every rollback.
    pub safety: Nudge,
}

impl Nudges {
    /// Wakes whoever has something to do after a change: the fast path of a kill and of a rollback.
    pub fn changed(&self) {
        self.snapshots.nudge();
        self.controller.nudge();
        self.outbox.nudge();
        self.safety.nudge();
    }
}

/// Why the tasks cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configured metric source cannot be used.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The data folder does not give this server its name.
    #[error("cannot read or write the file instance-id in the data folder: {0}")]
    Instance(#[from] std::io::Error),
}

/// Returns a name that no other and no earlier process has. It begins with that of the server, and a hyphen, where a data
/// directory keeps that.
pub(crate) fn process(data: Option<&std::path::Path>, ids: &Ids) -> Result<String, StartError> {
    match data {
        Some(data) => Ok(format!("{}-{}", instance::name(Some(data), ids)?, ids.short())),
        None => Ok(ids.short()),
    }
}

/// Starts every task on `tracker`. They end when the app's shutdown is requested.
pub fn start(app: &App, tracker: &TaskTracker) -> Result<(), StartError> {
    let holder = instance::name(app.config.data.as_deref(), &app.ids)?;
    let driver = Driver::new(app.clock.clone(), app.board.clone(), app.shutdown.clone(), tracker.clone());
    let Nudges { snapshots, controller, outbox, safety } = app.nudges.clone();

    let (unsaved, saver) = (Unsaved::default(), Nudge::default());
    let (store, served) = (app.store.clone(), app.snapshots.clone());
    let refresh = SnapshotRefresh::new(store, served, unsaved.clone(), saver.clone(), app.auth.away());
    driver.start(refresh, snapshots);
    driver.start(SnapshotSaver::new(app.snapshots.clone(), unsaved), saver);

    let leadership = Leadership::new(app.clock.clone(), LEASE_LIFE);
    let keeper =
        LeaseKeeper::new(app.store.clone(), app.clock.clone(), holder.clone(), leadership.clone(), controller.clone());
    driver.start(keeper, Nudge::default());
    let tools = Tools {
        store: app.store.clone(),
        clock: app.clock.clone(),
        intake: app.intake.clone(),
        source: app.source.clone(),
        silences: app.metrics.silences().clone(),
        snapshots: app.snapshots.clone(),
        nudges: app.nudges.clone(),
        process: app.ids.number(),
    };
    driver.start(Controller::new(tools, leadership.clone(), app.config.tick_floor), controller);
    let look = StalenessLook::new(app.clone(), leadership.clone());
    driver.start(SafetyWatch::new(app, leadership.clone(), holder), safety);
    driver.start(OutboxSender::new(app.store.clone(), leadership, Sink::Log), outbox);
    driver.start(look, Nudge::default());
    driver.start(SeenWriter::new(app.seen.clone(), app.store.clone(), app.clock.clone()), Nudge::default());
    driver.start(Retention::new(app.store.clone()), Nudge::default());
    driver.start(EvidenceKeeper::new(app.intake.clone(), app.shutdown.clone()), app.intake.seen().nudge());
    driver.start(PaceKeeper::new(app.pace.clone(), app.snapshots.clone()), Nudge::default());
    driver.start(LastUse::new(app.auth.clone()), Nudge::default());
    driver.start(StreamTask::new(app), Nudge::default());
    hints::forward(app, tracker);
    Ok(())
}
