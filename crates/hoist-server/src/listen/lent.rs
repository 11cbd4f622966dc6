//! A socket that is lent to hyper, and comes back when hyper lets go of it. Hyper hands sockets out itself only after an
//! upgrade, which streams are not.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::activity::Activity;

/// A socket on loan. It tells the connection's activity whether all that was written has left.
pub(super) struct Lent<Io> {
    /// Absent in `drop` alone.
    io: Option<Io>,
    activity: Activity,
    owner: Owner<Io>,
}

/// Where a socket comes back to.
pub(super) struct Owner<Io>(Arc<Mutex<Option<Io>>>);

impl<Io> Owner<Io> {
    pub(super) fn new() -> Self {
        Self(Arc::default())
    }

    /// Returns the socket, if it has come back.
    pub(super) fn take(&self) -> Option<Io> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl<Io> Lent<Io> {
    pub(super) fn new(io: Io, activity: Activity, owner: &Owner<Io>) -> Self {
        Self { io: Some(io), activity, owner: Owner(Arc::clone(&owner.0)) }
    }

    fn io(&mut self) -> io::Result<&mut Io> {
        self.io.as_mut().ok_or_else(|| io::Error::from(io::ErrorKind::NotConnected))
    }
}

impl<Io> Drop for Lent<Io> {
    fn drop(&mut self) {
        *self.owner.0.lock().unwrap_or_else(PoisonError::into_inner) = self.io.take();
    }
}

impl<Io: AsyncRead + Unpin> AsyncRead for Lent<Io> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(self.io()?).poll_read(cx, buf)
    }
}

impl<Io: AsyncWrite + Unpin> AsyncWrite for Lent<Io> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.activity.flushed(false);
        Pin::new(self.io()?).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(self.io()?).poll_flush(cx);
        if matches!(flushed, Poll::Ready(Ok(()))) {
            self.activity.flushed(true);
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(self.io()?).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.activity.flushed(false);
        Pin::new(self.io()?).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.as_ref().is_some_and(AsyncWrite::is_write_vectored)
    }
}
