//! A running server: listeners, tasks, and the way to stop them.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use hoist_eval::Timestamp;
use hoist_store::Store;
use tokio::net::TcpSocket;
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use crate::api::watchers::Watchers;
use crate::app::App;
use crate::auth::{Auth, SetupCode};
use crate::clock::{Clock, Ids};
use crate::config::Config;
use crate::database::{self, DatabaseError};
use crate::error::ApiError;
use crate::evidence::Intake;
use crate::exposures::Exposures;
use crate::folder::DataFolder;
use crate::listen::{self, AdminSocket, Connections, Front};
use crate::metrics::MetricSource;
use crate::ofrep::stream::Streams;
use crate::pace::Pace;
use crate::prometheus::Metrics;
use crate::readers::warn_of_readers;
use crate::seen::Seen;
use crate::shutdown::Shutdown;
use crate::snapshots::{Archive, Snapshots};
use crate::tasks::{Board, Nudges};
use crate::{api, console, health, kill, limits, ofrep, prometheus, tasks};

/// Why a server could not start or ended early.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The data folder cannot be used.
    #[error("cannot use the data folder {}: {source}; choose another with --data", path.display())]
    Data {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Another server is using the data folder.
    #[error("another server is using the data folder {}; stop it, or choose another with --data", path.display())]
    InUse {
        /// The directory.
        path: PathBuf,
    },
    /// The database cannot be used.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The address cannot be listened on.
    #[error(
        "cannot listen on {address}: {source}; is another server running there? choose another address with --http"
    )]
    Bind {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// A task cannot start.
    #[error(transparent)]
    Tasks(#[from] tasks::StartError),
    /// The admin socket cannot be listened on.
    #[error("cannot listen on the admin socket in {}: {source}; is another server using this data folder?", path.display())]
    Socket {
        /// The data folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

impl ServeError {
    /// Returns what to do about it; nothing where the error itself says that.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Database(error) => error.hint(),
            _ => None,
        }
    }
}

/// The parts of a server that tests replace.
#[derive(Debug, Clone)]
pub struct Parts {
    /// The time.
    pub clock: Clock,
    /// Identifiers and secrets.
    pub ids: Ids,
    /// An open store; absent means that the configuration says which to open.
    pub store: Option<Store>,
}

impl Parts {
    /// Returns the system's clock and random numbers, and the configured store.
    pub fn system() -> Self {
        Self { clock: Clock::system(), ids: Ids::system(), store: None }
    }
}

/// A running server.
#[derive(Debug)]
pub struct Server {
    app: App,
    http_address: SocketAddr,
    setup_code: Option<SetupCode>,
    tracker: TaskTracker,
    /// Held until every request and task has ended.
    _folder: Option<DataFolder>,
}

impl Server {
    /// Starts a server. When this returns, its listeners are bound and its tasks run.
    pub async fn start(config: Config, parts: Parts, shutdown: Shutdown) -> Result<Self, ServeError> {
        // Before anything is written: a start that cannot succeed leaves the data as it is.
        let folder = config.data.as_deref().map(take).transpose()?;
        let socket = bind(config.http).map_err(|source| ServeError::Bind { address: config.http, source })?;
        if let Some(data) = &config.data {
            api::sweep_backups(data);
        }
        let store = match parts.store {
            Some(store) => store,
            None => database::open(&config.database).await?,
        };
        let unusable = |source| DatabaseError::new(&config.database, source);
        warn_of_readers(&config);
        let tracker = TaskTracker::new();
        let auth = Auth::new(store.clone(), parts.clock.clone(), parts.ids.clone(), config.limits.rates);
        let installation = store.installation().await.map_err(unusable)?.id;
        let snapshots = held_snapshots(&config, &installation, parts.clock.now())?;
        let streams = Streams::new(config.limits.streams);
        let intake =
            Intake::new(store.clone(), tasks::process(config.data.as_deref(), &parts.ids)?, snapshots.seen().clone());
        let source = MetricSource::configured(&config.metric_sources).map_err(tasks::StartError::Source)?;
        let app = App {
            metrics: Metrics::new(&snapshots, &streams, &parts.clock, &intake),
            intake,
            config: Arc::new(config),
            store,
            auth: auth.clone(),
            clock: parts.clock,
            ids: parts.ids,
            exposures: Exposures::new(&snapshots),
            seen: Seen::new(&snapshots, &auth),
            pace: Pace::default(),
            source,
            snapshots,
            streams,
            nudges: Nudges::default(),
            board: Board::default(),
            backups: Arc::new(Semaphore::new(limits::BACKUPS_MAX)),
            watchers: Watchers::default(),
            backtests: Arc::new(Semaphore::new(limits::BACKTESTS_MAX)),
            copies: crate::copies::Copies::default(),
            apart: Arc::new(Semaphore::new(limits::WORK_APART_MAX)),
            shutdown,
        };
        let setup_code = app.auth.new_setup_code().await;
        let setup_code = setup_code.map_err(|source| DatabaseError::new(&app.config.database, source))?;
        tasks::start(&app, &tracker)?;
        let http_address = listen_on_all(&app, socket, &tracker).await?;
        tracing::info!(address = %http_address, set_up = setup_code.is_none(), "listening");
        Ok(Self { app, http_address, setup_code, tracker, _folder: folder })
    }

    /// Returns the one-time code that makes the first administrator; nothing if somebody has set the server up.
    pub fn setup_code(&self) -> Option<&SetupCode> {
        self.setup_code.as_ref()
    }

    /// Returns what the server's parts share.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Returns the address that the HTTP listener is bound to.
    pub fn http_address(&self) -> SocketAddr {
        self.http_address
    }

    /// Waits until a stop is requested, then until every request and task has ended or the time for it is over. What units
    /// did is written down in the end, unless the stop was asked for twice.
    pub async fn wait(self) {
        self.app.shutdown.requested().await;
        tracing::info!("stopping: no new connections; waiting for requests and streams to end");
        self.tracker.close();
        let drained = tokio::select! {
            () = self.tracker.wait() => true,
            () = self.app.shutdown.forced() => false,
            () = self.app.clock.sleep(self.app.config.drain) => false,
        };
        let forced = self.app.shutdown.is_forced();
        // Tasks that still run are dropped, and with them what they hold.
        self.app.shutdown.now();
        if !forced {
            self.write_down().await;
        }
        if drained {
            tracing::info!("stopped");
        } else {
            tracing::warn!("stopped before everything had ended; clients will reconnect");
        }
    }

    /// Writes down what was counted since the last flush, as far as [`limits::LAST_FLUSH_MAX`] allows.
    async fn write_down(&self) {
        let App { intake, clock, .. } = &self.app;
        let now = clock.now();
        intake.drain(now);
        let written = tokio::select! {
            written = intake.write_down(now) => written.map(drop).map_err(|error| error.to_string()),
            () = clock.sleep(limits::LAST_FLUSH_MAX) => Err("the store takes too long".to_owned()),
        };
        if let Err(error) = written {
            tracing::warn!(error, "what units did since the last flush is lost");
        }
    }

    /// Asks for a graceful stop and waits for it.
    pub async fn stop(self) {
        self.app.shutdown.escalate();
        self.wait().await;
    }
}

/// Takes the right to use the data folder.
fn take(data: &Path) -> Result<DataFolder, ServeError> {
    let taken = DataFolder::take(data).map_err(|source| ServeError::Data { path: data.to_owned(), source })?;
    taken.ok_or_else(|| ServeError::InUse { path: data.to_owned() })
}

/// Binds the network listener's address. Nobody can connect before [`listen_on_all`].
fn bind(address: SocketAddr) -> std::io::Result<TcpSocket> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

/// Opens the listeners and starts to accept. Returns the address of the network listener.
///
/// There is room for every stream to come back at once after a restart: a connection that finds the queue full is tried
/// again by its client's kernel after 1, 2, 4, 8 and 16 seconds.
async fn listen_on_all(app: &App, socket: TcpSocket, tracker: &TaskTracker) -> Result<SocketAddr, ServeError> {
    let failed = |source| ServeError::Bind { address: app.config.http, source };
    let listener = socket.listen(limits::ACCEPT_QUEUE_MAX).map_err(failed)?;
    let http_address = listener.local_addr().map_err(failed)?;
    let connections = Connections::new(app, Front::new(app.clone(), router(app)), tracker);
    if let Some(data) = &app.config.data {
        let socket = AdminSocket::bind(data).await;
        let socket = socket.map_err(|source| ServeError::Socket { path: data.clone(), source })?;
        tracker.spawn(socket.accept(connections.clone(), app.shutdown.clone()));
    }
    tracker.spawn(listen::accept(listener, connections));
    Ok(http_address)
}

/// Returns the snapshots that are served from disk until the store has newer ones.
fn held_snapshots(config: &Config, installation: &str, now: Timestamp) -> Result<Snapshots, ServeError> {
    let Some(data) = &config.data else { return Ok(Snapshots::default()) };
    let folder = data.join("snapshots");
    let archive = Archive::open(&folder, installation).map_err(|source| ServeError::Data { path: folder, source })?;
    let snapshots = Snapshots::new(Some(archive));
    snapshots.load(now);
    Ok(snapshots)
}

/// Returns every route of the server.
fn router(app: &App) -> Router {
    Router::new()
        .merge(health::routes(app))
        .merge(prometheus::routes(app))
        .merge(ofrep::routes(app))
        .merge(api::routes(app))
        .merge(kill::routes(app))
        .merge(console::routes())
        .fallback(console::fallback)
        .method_not_allowed_fallback(async || ApiError::MethodNotAllowed)
}
