//! The intake: which rollouts are counted, and the ways in and out.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use hoist_eval::Timestamp;
use hoist_lifecycle::intake::{Batch, Exposed, Flush, Measure, MetricBook, Outcome};
use hoist_lifecycle::metric::MetricKey;
use hoist_lifecycle::rollout::state::EntryId;
use hoist_store::failpoint::pass;
use hoist_store::{CountedSums, EvidenceFlush, PageRequest, RolloutFilter, RolloutRecord, Store, StoreError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError};

use super::book::Book;
use super::keeping::{Faults, folds_after, loses_outcomes, server_of};
use super::recent::RecentIds;
use super::refused::Received;
use super::seen::{Seen, SeenUnit};
use super::series::Series;
use super::tally::Tally;
use crate::limits::{
    COUNTED_PAGES_MAX, COUNTED_ROLLOUTS_MAX, EVIDENCE_FLUSH, LEARN_BYTES_MAX, LEARN_PAGES_MAX, REPORTS_MAX,
    SEEN_WAIT_MAX,
};
use crate::snapshots::EnvironmentId;

/// Everything that is counted on this server. Cloning is cheap.
#[derive(Debug, Clone)]
pub struct Intake(pub(super) Arc<Inner>);

#[derive(Debug)]
pub(super) struct Inner {
    store: Store,
    instance: String,
    seen: Seen,
    pub(super) tally: Tally,
    open: RwLock<Opened>,
    /// Units whose stay is not known yet.
    early: Mutex<Vec<SeenUnit>>,
    pub(super) recent: Mutex<HashMap<EnvironmentId, RecentIds>>,
    /// The last points of sums that came without units.
    pub(super) series: Mutex<Series>,
    /// What was told for each environment: one entry for each that a token may report for.
    pub(super) received: Mutex<HashMap<EnvironmentId, Received>>,
    turns: Arc<Semaphore>,
    /// Whether more rollouts run than are counted, which is said once.
    too_many: AtomicBool,
    /// Ledgers that have not learned everything yet, by rollout, so that nothing counts into them. Held while ledgers are
    /// opened, written down and closed: whoever asks for a flush waits for the one under way.
    keeping: tokio::sync::Mutex<HashMap<String, Arc<Counted>>>,
}

/// The rollouts that are counted.
#[derive(Debug, Default)]
struct Opened {
    rollouts: HashMap<String, Arc<Counted>>,
    environments: HashMap<EnvironmentId, Vec<Arc<Counted>>>,
}

#[derive(Debug)]
pub(super) struct Counted {
    rollout: String,
    environment: EnvironmentId,
    pub(super) flag: String,
    book: Mutex<Book>,
    /// Whether it was said that cumulative sums reach another server, too.
    spread: AtomicBool,
}

impl Counted {
    pub(super) fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says once that sums without units grow here and at another server as well, while cumulative ones come here: if one process
    /// reports to several servers in turn, it counts as often as there are servers. Whether it is one process nobody here knows.
    fn warn_of_spread(&self, told: &CountedSums) {
        let begun = self.book().cumulative_since;
        let aggregated = told.sums.metrics.values().any(|book| book.treatment.aggregated || book.control.aggregated);
        // A server that was here before this one is silent by now.
        let both = begun.is_some_and(|begun| told.changed_at > begun.saturating_add(EVIDENCE_FLUSH));
        if aggregated && both && !self.spread.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                rollout = self.rollout,
                flag = self.flag,
                server = told.instance,
                "sums without units reach this server and another; cumulative ones from behind a load balancer may be counted \
                 as often as there are servers: export deltas, or send each process to one server"
            );
        }
    }
}

impl Intake {
    /// Returns an intake that counts nothing yet. `instance` is a name that no other and no earlier process has; what is
    /// before a hyphen in it names the server, so that it knows after a restart which evidence is its own.
    pub fn new(store: Store, instance: String, seen: Seen) -> Self {
        Self(Arc::new(Inner {
            store,
            instance,
            seen,
            tally: Tally::default(),
            open: RwLock::default(),
            early: Mutex::default(),
            recent: Mutex::default(),
            series: Mutex::default(),
            received: Mutex::default(),
            turns: Arc::new(Semaphore::new(REPORTS_MAX)),
            too_many: AtomicBool::default(),
            keeping: tokio::sync::Mutex::default(),
        }))
    }

    /// Takes a turn for one report, to be held while it is in work. An error means that there are too many.
    pub fn turn(&self) -> Result<OwnedSemaphorePermit, TryAcquireError> {
        Arc::clone(&self.0.turns).try_acquire_owned()
    }

    /// Takes turns for a report that is as dear as several.
    pub fn turns(&self, turns: u32) -> Result<OwnedSemaphorePermit, TryAcquireError> {
        Arc::clone(&self.0.turns).try_acquire_many_owned(turns)
    }

    /// Returns how often what came to what.
    pub fn tally(&self) -> &Tally {
        &self.0.tally
    }

    /// Returns the queue of units that evaluation served.
    pub fn seen(&self) -> &Seen {
        &self.0.seen
    }

    /// Opens the ledgers of rollouts that have begun, notes at which stay they are, and closes those that are over, after
    /// a last flush. The youngest beyond [`COUNTED_ROLLOUTS_MAX`] are not counted, so their tracked guards have no
    /// data.
    ///
    /// Returns whether all of them are open: one with a long history is learned over several calls. What fails for one
    /// rollout is no reason to leave the others; the first error is returned in the end.
    pub async fn refresh(&self, now: Timestamp) -> Result<bool, StoreError> {
        let mut keeping = self.0.keeping.lock().await;
        let active = self.active().await?;
        let mut faults = Faults::default();
        let mut all = true;
        for rollout in &active {
            let counted = match self.find(&rollout.id) {
                Some(counted) => Some(counted),
                None => faults.take(&rollout.id, self.open(rollout, &mut keeping, now).await).flatten(),
            };
            match counted {
                Some(counted) => counted.book().place(rollout),
                None => all = false,
            }
        }
        let wanted: HashSet<&str> = active.iter().map(|rollout| rollout.id.as_str()).collect();
        keeping.retain(|rollout, _| wanted.contains(rollout.as_str()));
        let over: Vec<Arc<Counted>> = {
            let open = self.0.open.read().unwrap_or_else(PoisonError::into_inner);
            open.rollouts.values().filter(|counted| !wanted.contains(counted.rollout.as_str())).cloned().collect()
        };
        for counted in over {
            if faults.take(&counted.rollout, self.flush_one(&counted, now).await).is_some() {
                self.close(&counted);
            }
        }
        faults.settle(all)
    }

    /// Returns the rollouts to count: the oldest, so that none loses its ledger because another starts.
    async fn active(&self) -> Result<Vec<RolloutRecord>, StoreError> {
        let filter = RolloutFilter { active: Some(true), ..RolloutFilter::default() };
        let mut page = PageRequest { limit: Some(COUNTED_ROLLOUTS_MAX as u32), cursor: None };
        let mut active = Vec::new();
        for _ in 0..COUNTED_PAGES_MAX {
            let found = self.0.store.list_rollouts(&filter, &page).await?;
            active.extend(found.items);
            page.cursor = found.next;
            if page.cursor.is_none() {
                break;
            }
        }
        let too_many = active.len() > COUNTED_ROLLOUTS_MAX;
        if too_many && !self.0.too_many.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                counted = COUNTED_ROLLOUTS_MAX,
                "more rollouts run than are counted; guards on tracked events of the youngest hold for lack of data"
            );
        }
        self.0.too_many.store(too_many, Ordering::Relaxed);
        active.sort_by(|one, other| (one.started_at, &one.id).cmp(&(other.started_at, &other.id)));
        active.truncate(COUNTED_ROLLOUTS_MAX);
        Ok(active)
    }

    /// Opens a ledger that knows what servers told about the rollout before; nothing while there is more to learn. What was
    /// learned is kept, also when the task that learns is dropped half-way.
    async fn open(
        &self,
        rollout: &RolloutRecord,
        learning: &mut HashMap<String, Arc<Counted>>,
        now: Timestamp,
    ) -> Result<Option<Arc<Counted>>, StoreError> {
        let environment =
            EnvironmentId { project: rollout.spec.project().clone(), environment: rollout.spec.environment().clone() };
        let blank = || Counted {
            rollout: rollout.id.clone(),
            environment: environment.clone(),
            flag: rollout.flag.clone(),
            book: Mutex::new(Book::new(&rollout.spec)),
            spread: AtomicBool::default(),
        };
        let counted = Arc::clone(learning.entry(rollout.id.clone()).or_insert_with(|| Arc::new(blank())));
        let told_at = self.0.store.evidence_changed_at(&rollout.id).await?;
        let own = told_at.iter().filter(|(instance, _)| server_of(instance) == server_of(&self.0.instance));
        let until = own.map(|(_, told_at)| *told_at).max();
        if !self.learn(&counted, until).await? {
            return Ok(None);
        }
        let units = counted.book().ledger.units();
        if units > 0 {
            let last = told_at.iter().map(|(_, told_at)| *told_at).max().unwrap_or(now);
            tracing::info!(
                rollout = rollout.id, flag = rollout.flag, units, last_flush = %now.since(last),
                "the evidence of a rollout goes on from the last flush, that long ago; what a server that died had \
                 counted after its last flush is not in it"
            );
        }
        if loses_outcomes(&self.0.instance, counted.book().ledger.metrics().iter().map(|tracked| &tracked.measure)) {
            tracing::warn!(
                rollout = rollout.id,
                flag = rollout.flag,
                "conversions are followed up for their `maturity`, and this server has no data folder: after a restart \
                 those of the units that it has seen are missing, and a stage may wait for them; give it one with `--data`"
            );
        }
        learning.remove(&rollout.id);
        let mut open = self.0.open.write().unwrap_or_else(PoisonError::into_inner);
        open.rollouts.insert(rollout.id.clone(), Arc::clone(&counted));
        open.environments.entry(environment).or_default().push(Arc::clone(&counted));
        Ok(Some(counted))
    }

    fn close(&self, counted: &Arc<Counted>) {
        let mut open = self.0.open.write().unwrap_or_else(PoisonError::into_inner);
        open.rollouts.remove(&counted.rollout);
        if let Some(rollouts) = open.environments.get_mut(&counted.environment) {
            rollouts.retain(|other| !Arc::ptr_eq(other, counted));
            if rollouts.is_empty() {
                open.environments.remove(&counted.environment);
            }
        }
    }

    /// Returns how each tracked metric of a rollout is counted here; nothing of a rollout that is not counted.
    pub(super) fn measures(&self, rollout: &str) -> BTreeMap<MetricKey, Measure> {
        let Some(counted) = self.find(rollout) else { return BTreeMap::new() };
        let book = counted.book();
        book.ledger.metrics().iter().map(|tracked| (tracked.key.clone(), tracked.measure.clone())).collect()
    }

    fn find(&self, rollout: &str) -> Option<Arc<Counted>> {
        let open = self.0.open.read().unwrap_or_else(PoisonError::into_inner);
        open.rollouts.get(rollout).cloned()
    }

    /// Returns the rollouts of an environment that are counted.
    pub(super) fn within(&self, environment: &EnvironmentId) -> Vec<Arc<Counted>> {
        let open = self.0.open.read().unwrap_or_else(PoisonError::into_inner);
        open.environments.get(environment).cloned().unwrap_or_default()
    }

    /// Brings what evaluation served to the ledgers. Returns whether all of it found its stay: what did not waits, and
    /// [`Intake::refresh`] may know where it belongs.
    pub fn drain(&self, now: Timestamp) -> bool {
        let mut early = self.0.early.lock().unwrap_or_else(PoisonError::into_inner);
        let mut waiting = std::mem::take(&mut *early);
        waiting.extend(self.0.seen.take());
        self.0.tally.dropped(self.0.seen.take_dropped());
        for seen in waiting {
            let counted = self.find(&seen.serving.allocation.rollout);
            match counted.and_then(|counted| counted.book().expose(&seen, now)) {
                Some(outcome) => self.0.tally.exposure(outcome),
                None if early.len() < SEEN_WAIT_MAX => early.push(seen),
                None => self.0.tally.exposure(Outcome::Unattributed),
            }
        }
        early.is_empty()
    }

    /// Gives up the units that wait for a stay that nobody knows: their rollout is over, or its flag was edited.
    pub fn give_up(&self) {
        let early = std::mem::take(&mut *self.0.early.lock().unwrap_or_else(PoisonError::into_inner));
        for _ in early {
            self.0.tally.exposure(Outcome::Unattributed);
        }
    }

    /// Has units told again that come again.
    pub fn refresh_units(&self) {
        let open = self.0.open.read().unwrap_or_else(PoisonError::into_inner);
        for counted in open.rollouts.values() {
            counted.book().refresh();
        }
    }

    /// Writes down what was counted since the last flush, and then learns what other servers did. Returns for how many rollouts
    /// something was written. What could not be written is part of the next flush, and no reason to leave other rollouts; the
    /// first error is returned in the end.
    pub async fn flush(&self, now: Timestamp) -> Result<usize, StoreError> {
        let _keeping = self.0.keeping.lock().await;
        let mut faults = Faults::default();
        let open = self.all();
        // First of all rollouts: learning a long history takes a while, and what is not written down goes with the process.
        let written = self.write_all(&open, now, &mut faults).await;
        for counted in &open {
            faults.take(&counted.rollout, self.learn(counted, None).await);
        }
        faults.settle(written)
    }

    /// Writes down what was counted since the last flush, as [`Intake::flush`] does, and learns nothing: a server that stops
    /// has no use for what others did.
    pub async fn write_down(&self, now: Timestamp) -> Result<usize, StoreError> {
        let _keeping = self.0.keeping.lock().await;
        let mut faults = Faults::default();
        let written = self.write_all(&self.all(), now, &mut faults).await;
        faults.settle(written)
    }

    async fn write_all(&self, open: &[Arc<Counted>], now: Timestamp, faults: &mut Faults) -> usize {
        let mut written = 0;
        for counted in open {
            let flushed = faults.take(&counted.rollout, self.flush_one(counted, now).await);
            written += usize::from(flushed == Some(true));
        }
        written
    }

    fn all(&self) -> Vec<Arc<Counted>> {
        let open = self.0.open.read().unwrap_or_else(PoisonError::into_inner);
        open.rollouts.values().cloned().collect()
    }

    async fn flush_one(&self, counted: &Counted, now: Timestamp) -> Result<bool, StoreError> {
        let (flush, sequence) = {
            let mut book = counted.book();
            let flush = book.ledger.flush(now);
            if flush.units.is_empty() && flush.stays.is_empty() {
                return Ok(false);
            }
            // A number is used once, even if nobody knows whether it was stored: sums are whole, so the next one holds
            // whatever this one did.
            book.sequence += 1;
            (flush, book.sequence)
        };
        pass("evidence.flush.before");
        let Flush { units, stays } = &flush;
        let told = EvidenceFlush {
            rollout: &counted.rollout,
            instance: &self.0.instance,
            seq: sequence,
            units: units.as_bytes(),
            stays,
        };
        let mut unstored = Unstored { counted, flush: Some(&flush) };
        let stored = self.0.store.flush_evidence(&told, now).await;
        pass("evidence.flush.after");
        if stored.is_ok() {
            unstored.flush = None;
        }
        stored?;
        if let Some(after) = folds_after(sequence) {
            // What was told is stored, and stays as it is: the next fold of a wider span takes it in.
            let folded = self.0.store.fold_evidence(&counted.rollout, &self.0.instance, after, sequence).await;
            if let Err(error) = folded {
                tracing::warn!(
                    rollout = counted.rollout, %error,
                    "flushes could not be folded; a server that starts has more of them to read until they are"
                );
            }
        }
        Ok(true)
    }

    /// Learns the units that other servers told about, and returns whether that is all they told. Of a long history a part
    /// is learned, so that one rollout does not hold up the others. `until` is when this server last told something before
    /// its restart, if it did.
    async fn learn(&self, counted: &Counted, until: Option<Timestamp>) -> Result<bool, StoreError> {
        let mut bytes = 0_usize;
        for _ in 0..LEARN_PAGES_MAX {
            if bytes >= LEARN_BYTES_MAX {
                break;
            }
            let known = counted.book().known.clone();
            let told = self.0.store.told_units(&counted.rollout, &known, &self.0.instance).await?;
            if told.is_empty() {
                return Ok(true);
            }
            let mut book = counted.book();
            for told in told {
                bytes = bytes.saturating_add(told.units.len());
                let until = until.filter(|_| server_of(&told.instance) == server_of(&self.0.instance));
                match (Batch::read(told.units), until) {
                    (Ok(batch), Some(until)) => book.ledger.inherit(&batch, until),
                    // Of two servers that counted the same unit, the one whose name comes first keeps it.
                    (Ok(batch), None) if told.instance < self.0.instance => book.ledger.yield_to(&batch),
                    (Ok(batch), None) => book.ledger.adopt(&batch),
                    (Err(fault), _) => tracing::error!(
                        rollout = counted.rollout, server = told.instance, flush = told.seq, %fault,
                        "what another server told about units is left out; their events may be counted for nobody"
                    ),
                }
                book.known.insert(told.instance, told.seq);
            }
        }
        Ok(false)
    }

    /// Returns the sums of each stay from `from` on over all servers, and when something came last. A stay at which no server
    /// has counted a unit is not there.
    pub async fn sums(&self, rollout: &str, from: EntryId) -> Result<BTreeMap<EntryId, StaySums>, StoreError> {
        let mut stays: BTreeMap<EntryId, StaySums> = BTreeMap::new();
        if let Some(counted) = self.find(rollout) {
            let book = counted.book();
            for own in book.ledger.all_sums().into_iter().filter(|own| own.stay >= from) {
                let stay = stays.entry(own.stay).or_default();
                stay.add(own.exposed, own.metrics, book.active_at);
            }
        }
        let counted = self.find(rollout);
        for told in self.0.store.evidence_sums(rollout, from).await? {
            if told.instance != self.0.instance {
                if let Some(counted) = &counted {
                    counted.warn_of_spread(&told);
                }
                let stay = stays.entry(told.sums.stay).or_default();
                stay.add(told.sums.exposed, told.sums.metrics, Some(told.changed_at));
            }
        }
        if let Some(counted) = self.find(rollout) {
            let book = counted.book();
            for (entry, stay) in &mut stays {
                stay.firsts = Some(book.ledger.firsts(*entry));
            }
        }
        Ok(stays)
    }
}

/// What all servers have counted at one stay.
#[derive(Debug, Clone, Default)]
pub struct StaySums {
    /// The units that came, as each server counted them: one that several saw at the same time is in it more than once.
    pub exposed: Exposed,
    /// The units, treated and control, that no earlier stay saw, each once; nothing where the rollout is not counted here.
    pub firsts: Option<(u64, u64)>,
    /// What they did.
    pub metrics: BTreeMap<MetricKey, MetricBook>,
    /// When a unit or an event came last.
    pub active_at: Option<Timestamp>,
}

impl StaySums {
    fn add(&mut self, exposed: Exposed, metrics: BTreeMap<MetricKey, MetricBook>, active_at: Option<Timestamp>) {
        self.exposed.merge(&exposed);
        for (metric, book) in metrics {
            self.metrics.entry(metric).or_default().merge(&book);
        }
        self.active_at = self.active_at.max(active_at);
    }
}

/// Hands a flush back to its ledger unless it was stored, also when the task that stores it is dropped half-way.
struct Unstored<'a> {
    counted: &'a Counted,
    flush: Option<&'a Flush>,
}

impl Drop for Unstored<'_> {
    fn drop(&mut self) {
        if let Some(flush) = self.flush {
            self.counted.book().ledger.untell(flush);
        }
    }
}
