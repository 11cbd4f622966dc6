//! Stopping: first softly (finish what runs), then hard (now).

use tokio_util::sync::CancellationToken;

/// A request to stop, shared by everything that runs.
#[derive(Debug, Clone, Default)]
pub struct Shutdown {
    soft: CancellationToken,
    hard: CancellationToken,
}

impl Shutdown {
    /// Returns a request that nobody has made yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns a request that SIGTERM or SIGINT makes: the first asks for a graceful stop, the second for one now.
    ///
    /// Must be called inside a Tokio runtime.
    #[expect(clippy::disallowed_methods, reason = "the listener for signals outlives every task and owns nothing")]
    pub fn on_signals() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let shutdown = Self::new();
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let requested = shutdown.clone();
        tokio::spawn(async move {
            for _ in 0..2 {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                }
                requested.escalate();
            }
        });
        Ok(shutdown)
    }

    /// Asks for a graceful stop; asked again, for a stop now.
    pub fn escalate(&self) {
        if self.soft.is_cancelled() {
            self.hard.cancel();
        }
        self.soft.cancel();
    }

    /// Asks for a stop now.
    pub fn now(&self) {
        self.soft.cancel();
        self.hard.cancel();
    }

    /// Returns whether a stop was asked for.
    pub fn is_requested(&self) -> bool {
        self.soft.is_cancelled()
    }

    /// Returns whether there is no more time.
    pub fn is_forced(&self) -> bool {
        self.hard.is_cancelled()
    }

    /// Waits until a stop is asked for. Streams and tasks end then.
    pub async fn requested(&self) {
        self.soft.cancelled().await;
    }

    /// Waits until there is no more time.
    pub async fn forced(&self) {
        self.hard.cancelled().await;
    }
}
