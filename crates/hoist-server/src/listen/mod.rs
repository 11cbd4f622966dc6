//! The listeners: connections with bounds and deadlines, and the front that every request passes.

mod activity;
mod answer;
mod canonical;
mod caps;
mod connection;
mod front;
mod head_watch;
mod host;
mod lasting;
mod lent;
mod security_headers;
mod socket;
mod tcp;
mod write_watch;

pub(crate) use answer::AnswerBody;
pub use canonical::is_canonical;
pub(crate) use front::Front;
pub use front::{Peer, RequestId};
pub(crate) use lasting::Lasting;
pub use socket::ADMIN_SOCKET;
pub(crate) use socket::AdminSocket;
pub(crate) use tcp::{Connections, accept};
