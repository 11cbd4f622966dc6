//! Time and identifiers: the two things that a test must be able to steer. Nothing else in this crate reads a clock
//! or draws randomness.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use hoist_eval::{Span, Timestamp};
use rand::{Rng, SeedableRng};
use tokio::sync::watch;

/// The time of day, and time since the process started. Cloning is cheap; clones share their time.
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    System { started: Instant },
    Manual { at: Arc<watch::Sender<Moment>> },
}

/// One reading of both times. Readings cost more than most of what an evaluation does, so it takes one of these and
/// passes it on.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// The time of day.
    pub wall: Timestamp,
    /// The time since the clock was made.
    pub monotonic: Span,
}

impl Clock {
    /// Returns the operating system's clock.
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    pub fn system() -> Self {
        Self(Source::System { started: Instant::now() })
    }

    /// Returns a clock that stands at `start` until [`Clock::advance`] moves it.
    pub fn manual(start: Timestamp) -> Self {
        let (at, _) = watch::channel(Moment { wall: start, monotonic: Span::ZERO });
        Self(Source::Manual { at: Arc::new(at) })
    }

    /// Returns the time of day. It may jump, in both directions: use it for records and for people.
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System { .. } => wall_clock(),
            Source::Manual { at } => at.borrow().wall,
        }
    }

    /// Returns the time since the clock was made. It never goes back: use it for durations.
    pub fn monotonic(&self) -> Span {
        match &self.0 {
            Source::System { started } => {
                Span::from_micros(u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX))
            }
            Source::Manual { at } => at.borrow().monotonic,
        }
    }

    /// Returns both times.
    pub fn moment(&self) -> Moment {
        match &self.0 {
            Source::System { .. } => Moment { wall: self.now(), monotonic: self.monotonic() },
            Source::Manual { at } => *at.borrow(),
        }
    }

    /// Moves a manual clock forward and wakes whoever sleeps on it. The system clock ignores this.
    pub fn advance(&self, by: Span) {
        if let Source::Manual { at } = &self.0 {
            at.send_modify(|moment| {
                moment.wall = moment.wall.saturating_add(by);
                moment.monotonic = moment.monotonic.saturating_add(by);
            });
        }
    }

    /// Sets the wall of a manual clock and leaves its monotonic time alone, as an operator or NTP would.
    pub fn set_wall(&self, to: Timestamp) {
        if let Source::Manual { at } = &self.0 {
            at.send_modify(|moment| moment.wall = to);
        }
    }

    /// Waits until `span` of monotonic time has gone by on this clock. For drivers and streams, never for tasks.
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    pub async fn sleep(&self, span: Span) {
        match &self.0 {
            Source::System { .. } => tokio::time::sleep(span.into()).await,
            Source::Manual { at } => {
                let mut moments = at.subscribe();
                let until = moments.borrow().monotonic.saturating_add(span);
                // The sender lives in `self`, so the wait ends by time alone.
                let _closed = moments.wait_for(|moment| moment.monotonic >= until).await;
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the clock")]
fn wall_clock() -> Timestamp {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_micros(i64::try_from(since_epoch.as_micros()).unwrap_or(i64::MAX))
}

/// The source of identifiers and secrets. Cloning is cheap; clones share their sequence.
#[derive(Debug, Clone)]
pub struct Ids(Arc<Mutex<rand::rngs::StdRng>>);

impl Ids {
    /// Returns a source seeded by the operating system, fit for secrets.
    pub fn system() -> Self {
        Self(Arc::new(Mutex::new(rand::make_rng())))
    }

    /// Returns a source that repeats itself from `seed`. For tests alone.
    pub fn seeded(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(rand::rngs::StdRng::seed_from_u64(seed))))
    }

    /// Returns `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.source().fill_bytes(&mut bytes);
        bytes
    }

    /// Returns a random number.
    pub fn number(&self) -> u64 {
        self.source().next_u64()
    }

    /// Returns a short identifier: 16 lower-case hexadecimal characters.
    pub fn short(&self) -> String {
        hex::encode(self.bytes::<8>())
    }

    /// Returns an identifier that sorts by time: `prefix_` and a version 7 UUID without hyphens.
    pub fn sortable(&self, prefix: &str, now: Timestamp) -> String {
        let millis = u64::try_from(now.as_micros() / 1_000).unwrap_or(0);
        let id = uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes::<10>()).into_uuid();
        format!("{prefix}_{}", id.simple())
    }

    /// Returns a salt: 32 lower-case hexadecimal characters.
    pub fn salt(&self) -> String {
        hex::encode(self.bytes::<16>())
    }

    fn source(&self) -> MutexGuard<'_, rand::rngs::StdRng> {
        // A panic elsewhere cannot leave a generator in a bad state.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
