//! A compiled snapshot with everything that can be worked out before the first request.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use hoist_eval::draft::FlagDraft;
use hoist_eval::{Compiled, FlagIndex, FlagRef, Problem, Reason, Resolution, Snapshot};
use sha2::{Digest, Sha256};

use crate::exposures::{SketchBudget, Treated};
use crate::limits::CLIENTS_PER_FLAG;
use crate::snapshots::content::Content;
use crate::snapshots::counts::{BulkTurn, FlagCounts, HasTurn};
use crate::snapshots::environment_id::EnvironmentId;
use crate::snapshots::fragment::{self, Fragment};
use crate::snapshots::marks::Marks;
use crate::snapshots::position::Position;
use crate::snapshots::timed;
use crate::snapshots::unchanged::Unchanged;

/// What one environment serves: immutable but for its counters.
#[derive(Debug)]
pub struct Served {
    /// Where it stands.
    pub position: Position,
    /// The flags, ready to be evaluated.
    pub snapshot: Snapshot,
    /// One card for each flag, in the order of the snapshot.
    cards: Box<[Card]>,
    /// What is said about the whole set.
    pub set: SetText,
    /// Pairs of body and ETag that are known to go together; absent if answers change with time alone.
    pub unchanged: Option<Unchanged>,
    /// The turn to count bulk answers: the environment's, so that an older snapshot in use has the same.
    pub bulk_turn: BulkTurn,
    /// Bytes of the longest bulk answer so far, so that the next one is allocated at once.
    pub bulk_bytes: AtomicUsize,
}

/// What is said about the whole set of flags, as JSON text.
#[derive(Debug)]
pub struct SetText {
    /// Closes the metadata of a single answer: `,"flagSetId":"p/e"}`.
    pub single: Box<[u8]>,
    /// The members of a bulk answer's metadata, without braces: `"flagSetId":"p/e","k":1`.
    pub bulk: Box<[u8]>,
    /// A digest of the set's metadata.
    pub digest: u128,
}

/// What is known in advance about one flag.
#[derive(Debug)]
pub struct Card {
    /// One for each variant; for a broken flag a single one.
    fragments: Box<[Fragment]>,
    /// How often the flag answered what.
    pub counts: FlagCounts,
    /// Who asked for the flag by itself lately.
    pub asked: Arc<Marks<CLIENTS_PER_FLAG>>,
    /// Whom a rollout's allocation has decided for.
    pub treated: Option<Arc<Treated>>,
    /// Whether browsers and apps may ask for the flag.
    pub for_clients: bool,
    broken: bool,
    version: u64,
}

impl Served {
    /// Prepares a compiled snapshot, and returns the problems of its draft with it. Counts of `previous` go on for flags that still have the same variants.
    pub fn prepare(
        id: &EnvironmentId,
        position: Position,
        compiled: Compiled,
        content: &Content,
        previous: Option<&Self>,
        budget: &Arc<SketchBudget>,
    ) -> (Self, Vec<Problem>) {
        let Compiled { snapshot, problems } = compiled;
        let exposed: HashSet<&str> = content.exposed_to_clients.iter().map(String::as_str).collect();
        let drafts: HashMap<&str, &FlagDraft> =
            content.draft.flags.iter().map(|flag| (flag.key.as_str(), flag)).collect();
        let card = |flag: FlagRef<'_>| {
            let earlier = previous.and_then(|previous| previous.card_of(flag.key().as_str()));
            let key = flag.key().as_str();
            Card {
                for_clients: exposed.contains(key),
                ..Card::prepare(flag, drafts.get(key).copied(), earlier, budget)
            }
        };
        let cards = snapshot.flags().map(card).collect();
        let set = SetText::of(id, &snapshot);
        let bulk_bytes = AtomicUsize::new(snapshot.len().saturating_mul(128));
        // A flag that is served in its earlier form may have rules that the draft no longer shows.
        let earlier = !problems.is_empty() && previous.is_some_and(|previous| previous.unchanged.is_none());
        let unchanged = (!earlier && !timed::asks_for_the_time(&content.draft)).then(Unchanged::default);
        let bulk_turn = previous.map_or_else(BulkTurn::default, |previous| previous.bulk_turn.clone());
        (Self { position, snapshot, cards, set, unchanged, bulk_turn, bulk_bytes }, problems)
    }

    /// Returns the card of the flag at this index.
    pub fn card(&self, index: FlagIndex) -> Option<&Card> {
        self.cards.get(index.as_usize())
    }

    /// Returns the card of the flag of that key.
    pub fn card_of(&self, key: &str) -> Option<&Card> {
        self.card(self.snapshot.flag_index(key)?)
    }

    /// Returns every flag's index and card, in the order of keys.
    pub fn cards(&self) -> impl Iterator<Item = (FlagRef<'_>, &Card)> {
        self.snapshot.flags().zip(&self.cards)
    }

    /// Returns the same, for evaluating all of them.
    pub fn cards_ahead(&self) -> impl Iterator<Item = (FlagRef<'_>, &Card)> {
        self.snapshot.flags_ahead().zip(&self.cards)
    }
}

impl Card {
    fn prepare(
        flag: FlagRef<'_>,
        draft: Option<&FlagDraft>,
        earlier: Option<&Self>,
        budget: &Arc<SketchBudget>,
    ) -> Self {
        let key = flag.key().as_str();
        let keys: Vec<&str> = flag.variants().map(|(variant, _)| variant.as_str()).collect();
        let fragments = if flag.is_broken() {
            Box::from([Fragment::of_broken(key, flag.version())])
        } else {
            flag.variants()
                .map(|(variant, value)| Fragment::of_variant(key, variant.as_str(), value, flag.version()))
                .collect()
        };
        // A flag with problems is served in its earlier form, whose version tells; so its earlier counts go on.
        let earlier_treated = earlier.and_then(|earlier| earlier.treated.as_ref());
        let treated = match draft {
            Some(draft) if draft.version == flag.version() => draft
                .allocation
                .as_ref()
                .map(|allocation| Treated::carry(earlier_treated, allocation, &keys, flag.version(), budget)),
            _ => earlier_treated.cloned(),
        };
        Self {
            broken: flag.is_broken(),
            fragments,
            counts: FlagCounts::carry(earlier.map(|earlier| &earlier.counts), &keys),
            asked: earlier.map(|earlier| Arc::clone(&earlier.asked)).unwrap_or_default(),
            treated,
            for_clients: false,
            version: flag.version(),
        }
    }

    /// Counts an answer of this flag, and the unit that got it if a rollout's allocation decided. Returns what the
    /// answer begins with. Bulk answers count with their turn, if they have it.
    pub fn record(
        &self,
        resolution: &Resolution<'_>,
        targeting_key: Option<&str>,
        turn: Option<&HasTurn<'_>>,
    ) -> Option<&Fragment> {
        let place = resolution.place.map(usize::from);
        self.counts.record(place, resolution.reason, turn);
        if let (Some(entry), Some(treated), Some(place), Some(unit)) =
            (resolution.entry, &self.treated, place, targeting_key)
        {
            treated.record(place, (resolution.reason == Reason::Split).then_some(entry), unit);
        }
        match place {
            Some(place) => self.fragments.get(place),
            // The one fragment of a broken flag; a sound flag has no answer without a variant but by its bounds.
            None => self.fragments.first().filter(|_| self.broken),
        }
    }

    /// Returns the version of the flag that is served: an earlier one while the newest has problems.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Returns how many distinct units got `variant` under the allocation set at flag version `since`.
    pub fn treated(&self, variant: &str, since: u64) -> u64 {
        self.treated.as_ref().map_or(0, |treated| treated.count(variant, since, self.version))
    }
}

impl SetText {
    fn of(id: &EnvironmentId, snapshot: &Snapshot) -> Self {
        let set_id = format!(r#""flagSetId":{}"#, fragment::text(&id.to_string()));
        let mut bulk = set_id.clone();
        for (name, value) in snapshot.metadata().iter().filter(|(name, _)| *name != "flagSetId") {
            bulk.extend([",", &fragment::text(name), ":", &value.to_string()]);
        }
        let digest = fragment::wide(&Sha256::digest(bulk.as_bytes()));
        Self { single: format!(",{set_id}}}").into_bytes().into(), bulk: bulk.into_bytes().into(), digest }
    }
}
