//! `hoist rollout watch`: what is shown is computed from what the server says ([`model`]), drawn by a pure function
//! ([`view`]), and driven by a loop that owns the terminal ([`screen`]).

pub mod feed;
pub mod keys;
pub mod lines;
pub mod live;
pub mod model;
pub mod outcome;
pub mod parting;
pub mod rollout;
pub mod screen;
pub mod text;
pub mod view;
