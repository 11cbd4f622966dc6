//! The sample shop: simulated shoppers whose checkout asks Hoist, over HTTP, which checkout they get.
//!
//! It knows nothing of rollouts. It evaluates the flag, runs the old or the new checkout, and counts what happened
//! where Prometheus can read it.

pub mod checkout;
pub mod counters;
pub mod shopper;
pub mod traffic;
pub mod visits;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use counters::Counters;
use visits::Visits;

/// The flag that the shop asks for.
pub const FLAG: &str = "new-checkout";
/// The variant that means the new checkout.
pub const NEW: &str = "on";
/// The variant that means the old checkout.
pub const OLD: &str = "off";

/// Everything that the shop's parts share.
#[derive(Debug, Clone)]
pub struct Shop {
    /// Where flags are evaluated, such as `http://127.0.0.1:8080`.
    pub hoist: Arc<str>,
    /// The token of the shop's server.
    pub token: Arc<str>,
    /// What happened, for Prometheus.
    pub counters: Arc<Counters>,
    /// What happened, for the demo's own checks.
    pub visits: Arc<Visits>,
    /// Whether the payment service rejects what the new checkout sends.
    bug: Arc<AtomicBool>,
    http: reqwest::Client,
}

impl Shop {
    /// Returns a shop that evaluates its flags at `hoist`.
    #[expect(
        clippy::disallowed_methods,
        reason = "the shop is another program in spirit: it talks to Hoist as one would"
    )]
    pub fn new(hoist: &str, token: &str) -> reqwest::Result<Self> {
        let http = reqwest::Client::builder()
            .timeout(crate::limits::ANSWER_TIMEOUT)
            .pool_idle_timeout(crate::limits::SHOP_IDLE_MAX)
            .build()?;
        Ok(Self {
            hoist: hoist.into(),
            token: token.into(),
            counters: Arc::new(Counters::new()),
            visits: Arc::new(Visits::default()),
            bug: Arc::new(AtomicBool::new(false)),
            http,
        })
    }

    /// Breaks or mends the new checkout's payments.
    pub fn set_bug(&self, present: bool) {
        self.bug.store(present, Ordering::SeqCst);
    }

    fn has_bug(&self) -> bool {
        self.bug.load(Ordering::SeqCst)
    }
}
