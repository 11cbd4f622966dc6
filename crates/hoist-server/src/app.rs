//! What every part of the server shares.

use std::sync::Arc;

use axum::extract::FromRef;
use hoist_store::Store;
use tokio::sync::Semaphore;

use crate::api::watchers::Watchers;
use crate::auth::Auth;
use crate::clock::{Clock, Ids};
use crate::config::Config;
use crate::copies::Copies;
use crate::evidence::Intake;
use crate::exposures::Exposures;
use crate::metrics::MetricSource;
use crate::ofrep::stream::Streams;
use crate::pace::Pace;
use crate::prometheus::Metrics;
use crate::seen::Seen;
use crate::shutdown::Shutdown;
use crate::snapshots::Snapshots;
use crate::tasks::{Board, Nudges};

/// Everything that handlers and tasks share. Cloning is cheap: every field is a handle.
#[derive(Debug, Clone)]
pub struct App {
    /// The checked configuration.
    pub config: Arc<Config>,
    /// What is remembered.
    pub store: Store,
    /// Who may do what.
    pub auth: Auth,
    /// What units do.
    pub intake: Intake,
    /// The time.
    pub clock: Clock,
    /// Identifiers and secrets.
    pub ids: Ids,
    /// Who listens for changes.
    pub streams: Streams,
    /// What each environment serves now.
    pub snapshots: Snapshots,
    /// Who was served which variant.
    pub exposures: Exposures,
    /// Who asks for which flag.
    pub seen: Seen,
    /// How often flags are asked for.
    pub pace: Pace,
    /// Where guards get their numbers.
    pub source: MetricSource,
    /// The server's own metrics.
    pub metrics: Metrics,
    /// Ways to wake the tasks.
    pub nudges: Nudges,
    /// How every task is.
    pub board: Board,
    /// Which copies were noted of late.
    pub copies: Copies,
    /// Places for those who make backups.
    pub backups: Arc<Semaphore>,
    /// Places for those who play plans through the past.
    pub backtests: Arc<Semaphore>,
    /// Places for those who watch rollouts.
    pub watchers: Watchers,
    /// Places for work on whole environments.
    pub apart: Arc<Semaphore>,
    /// Whether a stop was asked for.
    pub shutdown: Shutdown,
}

/// Lets a handler take one part of the app as its state, so that a test can give it that part alone.
macro_rules! parts {
    ($($field:ident: $part:ty),* $(,)?) => {$(
        impl FromRef<App> for $part {
            fn from_ref(app: &App) -> Self {
                app.$field.clone()
            }
        }
    )*};
}

parts! {
    config: Arc<Config>,
    store: Store,
    auth: Auth,
    clock: Clock,
    ids: Ids,
    snapshots: Snapshots,
    exposures: Exposures,
    seen: Seen,
    metrics: Metrics,
    nudges: Nudges,
    board: Board,
    shutdown: Shutdown,
}
