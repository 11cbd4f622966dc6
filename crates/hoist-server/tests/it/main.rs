//! Integration tests of the server.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod backtest;
mod bodies;
mod bounds;
mod canary;
mod controller_driver;
mod controller_kit;
mod controller_random;
mod controller_shell;
mod controller_treated;
mod data_directory;
mod documents;
mod egress_address;
mod egress_filter;
mod egress_kit;
mod evidence_prometheus;
mod exclude;
mod faults;
mod faults_kit;
mod faults_two_servers;
mod flags;
mod harness;
mod kill_page;
mod listener;
mod lists;
mod metric_source;
mod metric_source_prometheus;
mod metric_source_silence;
mod metric_source_stages;
mod ofrep_contract;
mod ofrep_kit;
mod ofrep_streams;
mod otlp;
mod otlp_many_users;
mod otlp_rollouts;
mod permissions;
mod preview;
mod product;
mod protected;
mod providers;
mod reach;
mod retirement;
mod rollback_safety;
mod rollouts;
mod sessions;
mod setup;
mod snapshots_archive;
mod snapshots_serving;
mod token_lookups;
mod tokens;
mod tracking;
mod tracking_rollouts;
mod tracking_stop;
mod tracking_two_servers;
mod writes;
