//! Configuration: [`RawConfig`] is what people write, [`Config`] is what holds.

use std::borrow::Cow;
use std::net::SocketAddr;
use std::path::PathBuf;

use hoist_eval::Span;
use hoist_lifecycle::limits::{STALE_SPAN_MAX, TICK_MAX, TICK_MIN};
use hoist_lifecycle::staleness::Policy;
use ipnet::IpNet;

use crate::bounds::Limits;
use crate::limits;
use secrecy::{ExposeSecret, SecretString};

/// The address that plain HTTP listens on unless told otherwise: this machine alone.
pub const HTTP_DEFAULT: &str = "127.0.0.1:8080";
/// The directory of the embedded database, disk snapshots and the admin socket unless told otherwise.
pub const DATA_DEFAULT: &str = "hoist-data";

/// Configuration as given on the command line or in the environment; nothing is checked yet.
#[derive(Debug, Clone, Default)]
pub struct RawConfig {
    /// The data folder; absent means [`DATA_DEFAULT`].
    pub data: Option<PathBuf>,
    /// A PostgreSQL URL; absent means the embedded database in the data folder.
    pub database_url: Option<SecretString>,
    /// The address of the HTTP listener; absent means [`HTTP_DEFAULT`].
    pub http: Option<String>,
    /// Names under which clients may address the server, beside `localhost` and IP addresses.
    pub host_names: Vec<String>,
    /// The Prometheus server that guards ask.
    pub prometheus_url: Option<String>,
    /// A bearer token for the Prometheus server.
    pub prometheus_token: Option<SecretString>,
    /// Private address ranges that metric sources may have, such as `10.1.0.0/16`.
    pub metric_ranges: Vec<String>,
    /// The shortest time between two looks at a rollout, such as `1s`.
    pub tick_floor: Option<String>,
    /// The longest time that a stop waits for requests and streams, such as `30s`.
    pub drain: Option<String>,
    /// Unchanged time after which a flag that serves one value to everyone has done its work, such as `30d`.
    pub settled_after: Option<String>,
    /// Time without an evaluation after which a flag may be archived, such as `7d`.
    pub archive_after: Option<String>,
    /// Limits that are lowered, each written `NAME=VALUE`.
    pub limits: Vec<String>,
}

/// Configuration that has been checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the data is kept.
    pub database: Database,
    /// The directory of disk snapshots and of the admin socket; absent for a server that keeps nothing.
    pub data: Option<PathBuf>,
    /// The address of the HTTP listener.
    pub http: SocketAddr,
    /// Names under which clients may address the server, in lower case.
    pub host_names: Vec<String>,
    /// Where guards get their numbers.
    pub metric_sources: MetricSources,
    /// The shortest time between two looks at a rollout.
    pub tick_floor: Span,
    /// The longest time that a stop waits for requests and streams.
    pub drain: Span,
    /// How long flags must have had one value, and have been asked for by nobody, to be done with.
    pub staleness: Policy,
    /// Bounds that the operator may lower.
    pub limits: Limits,
}

/// Where the data is kept.
#[derive(Debug, Clone)]
pub enum Database {
    /// Nowhere: an embedded database in memory, for tests.
    Memory,
    /// An embedded database in this file.
    Embedded(PathBuf),
    /// A PostgreSQL server.
    Postgres(SecretString),
}

/// Where guards get their numbers, and which addresses those sources may have.
#[derive(Debug, Clone, Default)]
pub struct MetricSources {
    /// The Prometheus server; absent means that PromQL metrics have no data.
    pub prometheus: Option<Prometheus>,
    /// Private ranges that the operator allows.
    pub allowed_ranges: Vec<IpNet>,
}

/// A Prometheus server.
#[derive(Debug, Clone)]
pub struct Prometheus {
    /// Its base URL, http or https.
    pub url: http::Uri,
    /// Its bearer token.
    pub token: Option<SecretString>,
}

/// A setting that does not hold, and what would.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{setting} {fault}")]
pub struct ConfigProblem {
    /// The setting's name on the command line, without dashes.
    pub setting: &'static str,
    /// What is wrong, and the way out.
    pub fault: Cow<'static, str>,
}

impl RawConfig {
    /// Checks everything and returns either the configuration or every problem at once.
    pub fn check(self) -> Result<Config, Vec<ConfigProblem>> {
        let mut problems = Vec::new();
        let data = self.data.unwrap_or_else(|| PathBuf::from(DATA_DEFAULT));
        let database = match self.database_url {
            None => Database::Embedded(data.join("hoist.db")),
            Some(url) if is_postgres(url.expose_secret()) => Database::Postgres(url),
            Some(url) => {
                note(&mut problems, "database-url", "must begin with postgres:// or postgresql://");
                Database::Postgres(url)
            }
        };
        let http = parse(&mut problems, "http", "must be an address and a port, such as 127.0.0.1:8080", || {
            self.http.as_deref().unwrap_or(HTTP_DEFAULT).parse().ok()
        });
        let allowed_ranges = parse(&mut problems, "metric-range", "must be a network, such as 10.1.0.0/16", || {
            self.metric_ranges.iter().map(|range| range.parse().ok()).collect::<Option<Vec<IpNet>>>()
        });
        let prometheus = parse(&mut problems, "prometheus-url", "must be an http or https URL", || {
            self.prometheus_url.as_deref().map_or(Some(None), |url| http_url(url).map(Some))
        });
        let tick_floor = parse(&mut problems, "tick-floor", "must be a duration from 100ms to 60s, such as 1s", || {
            let floor = self.tick_floor.as_deref().map_or(Some(Span::from_seconds(1)), |text| text.parse().ok());
            floor.filter(|floor| (TICK_MIN..=TICK_MAX).contains(floor))
        });
        let drain = parse(&mut problems, "drain", "must be a duration, such as 30s", || {
            self.drain.as_deref().map_or(Some(limits::DRAIN_TIME), |text| text.parse().ok())
        });
        let (settled_after, archive_after) = (self.settled_after.as_deref(), self.archive_after.as_deref());
        let staleness = Policy {
            settled_after: stale_span(&mut problems, "settled-after", settled_after, Policy::default().settled_after),
            quiet_before_archive: stale_span(
                &mut problems,
                "archive-after",
                archive_after,
                Policy::default().quiet_before_archive,
            ),
            ..Policy::default()
        };
        let mut limits = Limits::default();
        for setting in &self.limits {
            if let Err(fault) = limits.lower(setting) {
                note(&mut problems, "limit", fault);
            }
        }
        let token = self.prometheus_token;
        match (problems.is_empty(), http, allowed_ranges, prometheus, tick_floor, drain) {
            (true, Some(http), Some(allowed_ranges), Some(prometheus), Some(tick_floor), Some(drain)) => Ok(Config {
                database,
                data: Some(data),
                http,
                host_names: self.host_names.iter().map(|name| name.to_ascii_lowercase()).collect(),
                metric_sources: MetricSources {
                    prometheus: prometheus.map(|url| Prometheus { url, token }),
                    allowed_ranges,
                },
                tick_floor,
                drain,
                staleness,
                limits,
            }),
            _ => Err(problems),
        }
    }
}

impl Config {
    /// Returns the configuration of a server that keeps nothing and listens on a free port of this machine.
    pub fn ephemeral() -> Self {
        Self {
            database: Database::Memory,
            data: None,
            http: SocketAddr::from(([127, 0, 0, 1], 0)),
            host_names: Vec::new(),
            metric_sources: MetricSources::default(),
            tick_floor: Span::from_seconds(1),
            drain: Span::from_seconds(1),
            staleness: Policy::default(),
            limits: Limits::default(),
        }
    }
}

fn parse<T>(
    problems: &mut Vec<ConfigProblem>,
    setting: &'static str,
    fault: &'static str,
    read: impl FnOnce() -> Option<T>,
) -> Option<T> {
    let value = read();
    if value.is_none() {
        note(problems, setting, fault);
    }
    value
}

/// Reads one of the times that verdicts about flags go by.
fn stale_span(problems: &mut Vec<ConfigProblem>, setting: &'static str, text: Option<&str>, default: Span) -> Span {
    let read = || text.map_or(Some(default), |text| text.parse().ok()).filter(|span| *span <= STALE_SPAN_MAX);
    parse(problems, setting, "must be a duration of at most a year, such as 7d", read).unwrap_or(default)
}

fn note(problems: &mut Vec<ConfigProblem>, setting: &'static str, fault: impl Into<Cow<'static, str>>) {
    problems.push(ConfigProblem { setting, fault: fault.into() });
}

fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

fn http_url(text: &str) -> Option<http::Uri> {
    let url: http::Uri = text.parse().ok()?;
    let scheme = url.scheme_str()?;
    (matches!(scheme, "http" | "https") && url.host().is_some()).then_some(url)
}
