//! The bounds that an operator may lower, by name: `--limit NAME=VALUE`. None can be raised: what the server is built and
//! tested for is the most.

use std::borrow::Cow;
use std::num::NonZeroU32;

use crate::limits;
use crate::ofrep::stream::admission::Caps;

/// Bounds that an operator may lower.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Most connections at a time.
    pub connections: usize,
    /// Most connections at a time from one address that is not the machine itself.
    pub connections_per_address: usize,
    /// Requests a second of one token, or of one address without a token, by class of route.
    pub rates: Rates,
    /// Streams that may be open, and be opened.
    pub streams: Caps,
    /// Longest request target (path and query), in bytes.
    pub url: usize,
    /// Largest bodies of requests.
    pub bodies: Bodies,
}

/// Requests a second. A burst of two seconds' worth is let through.
#[derive(Debug, Clone, Copy)]
pub struct Rates {
    /// Management requests of one token.
    pub admin: u32,
    /// Evaluations of one token.
    pub evaluation: u32,
    /// Failed attempts to authenticate, and attempts at set-up, of one address.
    pub anonymous: u32,
}

/// Largest bodies of requests, in bytes.
#[derive(Debug, Clone, Copy)]
pub struct Bodies {
    /// Of a management request.
    pub admin: usize,
    /// Of one flag's evaluation.
    pub evaluation: usize,
    /// Of the evaluation of all flags.
    pub bulk: usize,
    /// Of reported events.
    pub track: usize,
    /// Of an export of OpenTelemetry, as sent and once more inflated.
    pub otlp: usize,
    /// Of what a scan of code found.
    pub scan: usize,
    /// Of a question for a back-test.
    pub backtest: usize,
}

impl Default for Bodies {
    fn default() -> Self {
        Self {
            admin: limits::ADMIN_BODY_BYTES_MAX,
            evaluation: limits::EVALUATION_BODY_BYTES_MAX,
            bulk: limits::BULK_BODY_BYTES_MAX,
            track: limits::TRACK_BODY_BYTES_MAX,
            otlp: limits::OTLP_BODY_BYTES_MAX,
            scan: limits::SCAN_BODY_BYTES_MAX,
            backtest: limits::BACKTEST_BODY_BYTES_MAX,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::for_cores(std::thread::available_parallelism().map_or(1, usize::from))
    }
}

/// A bound, where it is kept.
enum Bound<'a> {
    Size(&'a mut usize),
    Rate(&'a mut u32),
    Pace(&'a mut NonZeroU32),
}

impl Bound<'_> {
    fn value(&self) -> u64 {
        match self {
            Self::Size(size) => **size as u64,
            Self::Rate(rate) => u64::from(**rate),
            Self::Pace(pace) => u64::from(pace.get()),
        }
    }

    /// Sets the bound to a value that is not above it, and so fits.
    fn set(self, value: NonZeroU32) {
        match self {
            Self::Size(size) => *size = usize::try_from(value.get()).unwrap_or(*size),
            Self::Rate(rate) => *rate = value.get(),
            Self::Pace(pace) => *pace = value,
        }
    }
}

impl Limits {
    /// Returns the bounds of a machine with `cores` cores.
    pub fn for_cores(cores: usize) -> Self {
        Self {
            connections: limits::CONNECTIONS_MAX,
            connections_per_address: limits::CONNECTIONS_PER_ADDRESS_MAX,
            rates: Rates { admin: 200, evaluation: 1_000_000, anonymous: 10 },
            streams: Caps::for_cores(cores),
            url: limits::URL_BYTES_MAX,
            bodies: Bodies::default(),
        }
    }

    /// Returns each bound's name and value, in the order of the documentation.
    pub fn named(&self) -> Vec<(&'static str, u64)> {
        let mut copy = self.clone();
        copy.bounds().into_iter().map(|(name, bound)| (name, bound.value())).collect()
    }

    /// Lowers the bound that `setting` names, written `NAME=VALUE`. The error says what a setting must be, and repeats
    /// nothing of it but a name that is one of ours.
    pub fn lower(&mut self, setting: &str) -> Result<(), Cow<'static, str>> {
        let (name, value) = setting.split_once('=').ok_or("must be NAME=VALUE, such as connections=1000")?;
        let mut bounds = self.bounds().into_iter();
        let Some((name, bound)) = bounds.find(|(known, _)| *known == name.trim()) else {
            let names: Vec<_> = Self::for_cores(1).named().into_iter().map(|(name, _)| name).collect();
            return Err(format!("must name one of {}", names.join(", ")).into());
        };
        let most = bound.value();
        match value.trim().parse::<NonZeroU32>() {
            Ok(value) if u64::from(value.get()) <= most => {
                bound.set(value);
                Ok(())
            }
            _ => Err(format!("{name} must be a whole number from 1 to {most}: limits can be lowered only").into()),
        }
    }

    fn bounds(&mut self) -> Vec<(&'static str, Bound<'_>)> {
        let Self { connections, connections_per_address, rates, streams, url, bodies } = self;
        vec![
            ("connections", Bound::Size(connections)),
            ("connections-per-address", Bound::Size(connections_per_address)),
            ("admin-rate", Bound::Rate(&mut rates.admin)),
            ("evaluation-rate", Bound::Rate(&mut rates.evaluation)),
            ("anonymous-rate", Bound::Rate(&mut rates.anonymous)),
            ("streams", Bound::Size(&mut streams.server)),
            ("streams-per-token", Bound::Size(&mut streams.token)),
            ("streams-per-client-token", Bound::Size(&mut streams.client_token)),
            ("streams-per-second", Bound::Pace(&mut streams.per_second)),
            ("url-bytes", Bound::Size(url)),
            ("admin-body-bytes", Bound::Size(&mut bodies.admin)),
            ("evaluation-body-bytes", Bound::Size(&mut bodies.evaluation)),
            ("bulk-body-bytes", Bound::Size(&mut bodies.bulk)),
            ("track-body-bytes", Bound::Size(&mut bodies.track)),
            ("otlp-body-bytes", Bound::Size(&mut bodies.otlp)),
            ("scan-body-bytes", Bound::Size(&mut bodies.scan)),
            ("backtest-body-bytes", Bound::Size(&mut bodies.backtest)),
        ]
    }
}
