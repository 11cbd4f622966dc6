//! What goes over the wire. These types are the API's own: storage and the core may change theirs without changing
//! what other programs rely on.

pub mod audit;
pub mod backtest;
pub mod code;
pub mod condition;
mod convert;
pub mod document;
pub mod environment;
pub mod evaluation;
pub mod events;
pub mod flag;
pub mod look;
pub mod metric;
pub mod overlap;
pub mod overview;
pub mod page;
pub mod plan;
pub mod preview;
pub mod product;
pub mod rollout;
pub mod safety;
pub mod session;
pub mod staleness;
pub mod system;
pub mod targeting;
pub mod time;
pub mod token;
