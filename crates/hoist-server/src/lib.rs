//! The server of Hoist: HTTP in front, snapshots and tasks behind, the store underneath.
//!
//! Wire types live here and nowhere else. Serving an evaluation takes one snapshot and no lock, no wait and no query;
//! everything else may wait for the store.

use std::io::Write;

pub mod api;
pub mod app;
pub mod auth;
pub mod body;
pub mod bounds;
pub mod clock;
pub mod config;
pub mod console;
pub mod copies;
mod database;
pub mod egress;
pub mod error;
pub mod evidence;
pub mod exposures;
mod folder;
pub mod health;
pub mod kill;
pub mod limits;
pub mod listen;
pub mod maintenance;
pub mod metrics;
pub mod ofrep;
pub mod pace;
pub mod prometheus;
mod readers;
pub mod seen;
pub mod server;
pub mod shutdown;
pub mod snapshots;
pub mod staleness;
pub mod tasks;
pub mod telemetry;
pub mod upg;

pub use config::{Config, RawConfig};
pub use database::DatabaseError;
pub use server::{Parts, ServeError, Server};
pub use shutdown::Shutdown;

/// Starts a server, tells whoever started it how to set it up if nobody has, and runs it until `shutdown` is requested and everything has ended.
pub async fn serve(config: Config, shutdown: Shutdown) -> Result<(), ServeError> {
    let server = Server::start(config, Parts::system(), shutdown).await?;
    if let Some(code) = server.setup_code() {
        // For the person at the terminal, and not for the log. Nobody reads it if nobody is there.
        let _unread = writeln!(
            std::io::stderr(),
            "\nThis server has not been set up. Within 30 minutes, on this machine, run\n\n    \
             curl -s http://{address}/api/v1/setup -H 'content-type: application/json' \\\n         \
             -d '{{\"code\":\"{code}\",\"name\":\"first admin\"}}'\n\n\
             or `hoist token create --kind admin --data DIR`.\n",
            address = server.http_address(),
            code = code.expose(),
        );
    }
    server.wait().await;
    Ok(())
}
