//! The admin socket: `<data>/admin.sock`. Whoever may be this server's user, or root, on this machine is a built-in
//! administrator: the way in that needs no token, no login provider and no network.

use std::fs::Permissions;
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::net::{UnixListener, UnixStream};

use crate::limits::ACCEPT_PAUSE;
use crate::shutdown::Shutdown;

use super::front::Peer;
use super::tcp::Connections;

/// The file's name within the data folder.
pub const ADMIN_SOCKET: &str = "admin.sock";

/// A bound admin socket. The file goes when this is dropped.
#[derive(Debug)]
pub(crate) struct AdminSocket {
    listener: UnixListener,
    path: PathBuf,
    owner: u32,
}

impl AdminSocket {
    /// Binds the socket in the data folder. A file that a dead server left behind is replaced; a living server's is
    /// not.
    pub(crate) async fn bind(data: &Path) -> io::Result<Self> {
        let path = data.join(ADMIN_SOCKET);
        if let Ok(found) = std::fs::symlink_metadata(&path) {
            let alive = found.file_type().is_socket() && UnixStream::connect(&path).await.is_ok();
            if alive || !found.file_type().is_socket() {
                return Err(io::Error::from(io::ErrorKind::AddrInUse));
            }
            std::fs::remove_file(&path)?;
        }
        let listener = UnixListener::bind(&path)?;
        std::fs::set_permissions(&path, Permissions::from_mode(0o600))?;
        // The file belongs to whom this process runs as.
        let owner = std::fs::symlink_metadata(&path)?.uid();
        Ok(Self { listener, path, owner })
    }

    /// Accepts connections of the same user and of root until a stop is requested.
    pub(crate) async fn accept(self, connections: Arc<Connections>, shutdown: Shutdown) {
        loop {
            let accepted = tokio::select! {
                accepted = self.listener.accept() => accepted,
                () = shutdown.requested() => return,
            };
            match accepted {
                Ok((stream, _)) => self.admit(stream, &connections),
                Err(fault) => {
                    tracing::warn!(%fault, "cannot accept connections on the admin socket; trying again");
                    connections.pause(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    fn admit(&self, stream: UnixStream, connections: &Arc<Connections>) {
        match stream.peer_cred() {
            Ok(peer) if peer.uid() == self.owner || peer.uid() == 0 => {
                connections.open(stream, Peer::AdminSocket { uid: peer.uid() });
            }
            Ok(peer) => {
                tracing::warn!(uid = peer.uid(), "refused another user on the admin socket; nothing was done");
            }
            Err(fault) => tracing::warn!(%fault, "cannot tell who is on the admin socket; refused"),
        }
    }
}

impl Drop for AdminSocket {
    fn drop(&mut self) {
        // A file that stays is recognised as dead by the next start.
        let _left = std::fs::remove_file(&self.path);
    }
}
