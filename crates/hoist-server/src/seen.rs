//! Who asks for which flag: what evaluation has marked, written to the store every few minutes.
//!
//! Whoever asks for one flag, or tells over OTLP that it evaluated it, uses it. Whoever takes all flags at once uses some of
//! them, and nobody knows which; that is noted too, so that nobody mistakes it for silence.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use hoist_eval::Timestamp;
use hoist_store::{Delivery, Sighting, Store, StoreError};

use crate::auth::Auth;
use crate::limits::TOKEN_CACHE_MAX;
use crate::snapshots::{ClientNumber, Slot, Snapshots};

/// Stands for a client whose token is not remembered any more.
const FORGOTTEN: &str = "unknown";

/// Collects marks. Cloning is cheap; clones share what they know.
#[derive(Debug, Clone)]
pub struct Seen {
    snapshots: Snapshots,
    auth: Auth,
    /// The tokens behind the numbers.
    names: Arc<Mutex<HashMap<ClientNumber, String>>>,
}

impl Seen {
    /// Returns what collects the marks on what `snapshots` serve, of clients that `auth` knows.
    pub fn new(snapshots: &Snapshots, auth: &Auth) -> Self {
        Self { snapshots: snapshots.clone(), auth: auth.clone(), names: Arc::default() }
    }

    /// Writes everything marked since the last call, and returns how much that was. What cannot be written is lost;
    /// clients that matter ask again.
    pub async fn flush(&self, store: &Store, now: Timestamp) -> Result<usize, StoreError> {
        store.observed_since(now).await?;
        let (sightings, deliveries) = self.take();
        store.note_seen(&sightings, &deliveries).await?;
        Ok(sightings.len() + deliveries.len())
    }

    fn take(&self) -> (Vec<Sighting>, Vec<Delivery>) {
        // Nothing that is done under this lock can panic.
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        if names.len() >= TOKEN_CACHE_MAX {
            names.clear();
        }
        names.extend(self.auth.clients());
        let (mut sightings, mut deliveries) = (Vec::new(), Vec::new());
        for slot in self.snapshots.slots() {
            collect(&slot, &names, &mut sightings, &mut deliveries);
        }
        (sightings, deliveries)
    }
}

fn collect(
    slot: &Slot,
    names: &HashMap<ClientNumber, String>,
    sightings: &mut Vec<Sighting>,
    deliveries: &mut Vec<Delivery>,
) {
    let (project, environment) = (slot.id.project.to_string(), slot.id.environment.to_string());
    let name = |client| names.get(&client).map_or_else(|| FORGOTTEN.to_owned(), Clone::clone);
    for (client, at) in slot.taken_whole.take() {
        deliveries.push(Delivery {
            project: project.clone(),
            environment: environment.clone(),
            client: name(client),
            at,
        });
    }
    let served = slot.served();
    for (flag, card) in served.iter().flat_map(|served| served.cards()) {
        for (client, at) in card.asked.take() {
            sightings.push(Sighting {
                project: project.clone(),
                environment: environment.clone(),
                flag: flag.key().to_string(),
                client: name(client),
                at,
            });
        }
    }
}
