//! How many connections there may be, in all and from one address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use crate::bounds::Limits;

/// The connections that are open. Cloning is cheap.
#[derive(Debug, Clone)]
pub(super) struct Caps(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    total_max: usize,
    per_address_max: usize,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    total: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// A place among the open connections; dropping it gives it back.
#[derive(Debug)]
pub(super) struct Place {
    shared: Arc<Shared>,
    address: Option<IpAddr>,
}

impl Caps {
    pub(super) fn new(limits: &Limits) -> Self {
        Self(Arc::new(Shared {
            total_max: limits.connections,
            per_address_max: limits.connections_per_address,
            open: Mutex::default(),
        }))
    }

    /// Takes a place for a connection from `address`, if there is one.
    ///
    /// The machine's own address has no cap of its own: a proxy in front of the server is one address.
    pub(super) fn take(&self, address: IpAddr) -> Option<Place> {
        let address = counted(address);
        let mut open = self.0.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.total >= self.0.total_max {
            return None;
        }
        if let Some(address) = address {
            let count = open.by_address.entry(address).or_default();
            if *count >= self.0.per_address_max {
                return None;
            }
            *count += 1;
        }
        open.total += 1;
        Some(Place { shared: self.0.clone(), address })
    }
}

/// Returns what counts as one address; nothing for the machine's own.
fn counted(address: IpAddr) -> Option<IpAddr> {
    let address = address.to_canonical();
    (!address.is_loopback()).then(|| super::front::prefix(address))
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.shared.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.total = open.total.saturating_sub(1);
        if let Some(address) = self.address
            && let Some(count) = open.by_address.get_mut(&address)
        {
            *count = count.saturating_sub(1);
            if *count == 0 {
                open.by_address.remove(&address);
            }
        }
    }
}
