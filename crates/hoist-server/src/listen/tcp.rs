//! The network listener.

use std::sync::Arc;

use axum::response::Response;
use hyper_util::rt::TokioExecutor;
use hyper_util::server::conn::auto;
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;

use crate::app::App;
use crate::limits::{ACCEPT_PAUSE, WRITE_STALL_TIME};

use super::caps::{Caps, Place};
use super::connection;
use super::front::{Front, Peer};
use super::lasting;

/// What every connection needs, whichever listener it came through.
pub(crate) struct Connections {
    app: App,
    front: Arc<Front>,
    builder: auto::Builder<TokioExecutor>,
    caps: Caps,
    tracker: TaskTracker,
}

impl Connections {
    pub(crate) fn new(app: &App, front: Arc<Front>, tracker: &TaskTracker) -> Arc<Self> {
        Arc::new(Self {
            app: app.clone(),
            front,
            builder: connection::builder(),
            caps: Caps::new(&app.config.limits),
            tracker: tracker.clone(),
        })
    }

    /// Waits, on the server's clock, after the system refused a connection.
    pub(super) async fn pause(&self, span: hoist_eval::Span) {
        self.app.clock.sleep(span).await;
    }

    /// Serves a connection on a task of its own, while there is a place for it.
    pub(super) fn open<Io>(self: &Arc<Self>, io: Io, peer: Peer)
    where
        Io: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let place = match peer {
            Peer::Address(address) => match self.caps.take(address.ip()) {
                Some(place) => Some(place),
                None => return,
            },
            Peer::AdminSocket { .. } => None,
        };
        let connections = Arc::clone(self);
        self.tracker.spawn(async move {
            let Self { app, front, builder, .. } = &*connections;
            let left = connection::serve(io, peer, Arc::clone(front), builder, &app.shutdown).await;
            if let Some((io, answer)) = left {
                connections.keep(io, answer, place);
            }
        });
    }

    /// Sends an answer that lasts on a task of its own: this one has room for all that a request may need.
    fn keep<Io>(&self, io: Io, answer: Response, place: Option<Place>)
    where
        Io: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (opening, rest) = lasting::open(answer, self.app.clock.now());
        let shutdown = self.app.shutdown.clone();
        self.tracker.spawn(async move {
            lasting::send(io, opening, rest, shutdown).await;
            drop(place);
        });
    }
}

/// Accepts connections until a stop is requested.
pub(crate) async fn accept(listener: TcpListener, connections: Arc<Connections>) {
    let shutdown = connections.app.shutdown.clone();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = shutdown.requested() => return,
        };
        match accepted {
            Ok((stream, address)) => {
                // Answers are small and wanted at once; a socket that refuses this still works.
                let _refused = stream.set_nodelay(true);
                // A peer that has vanished is noticed when what was sent to it stays unacknowledged.
                let _refused = SockRef::from(&stream).set_tcp_user_timeout(Some(WRITE_STALL_TIME.into()));
                connections.open(stream, Peer::Address(address));
            }
            Err(fault) => {
                tracing::warn!(%fault, "cannot accept connections; trying again (out of file handles?)");
                connections.pause(ACCEPT_PAUSE).await;
            }
        }
    }
}
