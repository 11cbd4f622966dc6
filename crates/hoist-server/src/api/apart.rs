//! Work that keeps a core busy: compiling, exporting and checking whole environments.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::ApiError;

/// Does the work on a thread where it holds up nobody's evaluation, as soon as there is one of the few `places` for it.
/// Whoever asks and goes away gives the place back when the work is done.
pub(crate) async fn apart<T: Send + 'static>(
    places: &Arc<Semaphore>,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ApiError> {
    let place = Arc::clone(places).acquire_owned().await.map_err(|_| ApiError::Stopping)?;
    holding(place, work).await
}

/// The same at a place that is held already.
pub(crate) async fn holding<T: Send + 'static>(
    place: OwnedSemaphorePermit,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ApiError> {
    let done = tokio::task::spawn_blocking(move || {
        let done = work();
        drop(place);
        done
    });
    done.await.map_err(|fault| {
        tracing::error!(%fault, request_id = %crate::telemetry::request_id(), "work on an environment panicked; report this with the backtrace above");
        ApiError::Internal
    })
}

#[cfg(test)]
mod tests {
    use std::thread;

    use futures::poll;

    use super::*;

    #[tokio::test]
    async fn the_work_is_done_elsewhere_and_waits_for_a_place() {
        let places = Arc::new(Semaphore::new(1));
        let taken = Arc::clone(&places).acquire_owned().await.unwrap();
        let mut waiting = Box::pin(apart(&places, || thread::current().id()));
        assert!(poll!(waiting.as_mut()).is_pending(), "there is no place");
        drop(taken);
        assert_ne!(waiting.await.unwrap(), thread::current().id());
        assert_eq!(places.available_permits(), 1);
    }
}
