//! What goes to the store and to other servers.

use std::collections::BTreeMap;

use hoist_eval::Timestamp;

use crate::rollout::state::EntryId;

use super::batch::{Batch, Record};
use super::book::MetricBook;
use super::events::last_mature;
use super::ledger::{Exposure, Flush, FlushedSums, Ledger, bit};
use super::measure::Measure;
use super::twice::take_back;

impl Ledger {
    /// Returns what changed since the last flush, and takes it for told. A flush that could not be stored must be handed
    /// back with [`Ledger::untell`].
    pub fn flush(&mut self, now: Timestamp) -> Flush {
        self.settle(now);
        let fresh = self.units.iter_mut().filter(|(_, known)| known.fresh).map(|(unit, known)| {
            known.fresh = false;
            let Exposure { at, stay, seen, reported, counted, arm, first, owned, .. } = *known;
            let counted = Some(counted);
            Record { unit: *unit, at, stay, seen, reported, counted, arm, first, owned }
        });
        let units = Batch::of(fresh);
        let mut stays = Vec::new();
        for (stay, book) in self.stays.iter_mut().filter(|(_, book)| book.fresh) {
            book.fresh = false;
            stays.push(FlushedSums { stay: *stay, exposed: book.exposed, metrics: named(&self.metrics, &book.books) });
        }
        Flush { units, stays }
    }

    /// Takes back a flush that was not stored: what it held is told again with the next one.
    pub fn untell(&mut self, flush: &Flush) {
        for record in flush.units.records() {
            if let Some(known) = self.units.get_mut(&record.unit) {
                known.fresh = true;
            }
        }
        for stay in &flush.stays {
            if let Some(book) = self.stays.get_mut(&stay.stay) {
                book.fresh = true;
            }
        }
    }

    /// Returns the sums of a stay as they are now.
    pub fn sums(&self, stay: EntryId) -> Option<FlushedSums> {
        let book = self.stays.get(&stay)?;
        Some(FlushedSums { stay, exposed: book.exposed, metrics: named(&self.metrics, &book.books) })
    }

    /// Returns the sums of all stays as they are now, the earliest first.
    pub fn all_sums(&self) -> Vec<FlushedSums> {
        self.stays.keys().filter_map(|stay| self.sums(*stay)).collect()
    }

    /// Learns what another server told about units. The sums of those transitions are in the sums of whoever told, so
    /// nothing is counted here.
    pub fn adopt(&mut self, batch: &Batch) {
        self.learn(batch, None, false);
    }

    /// Does the same, and leaves to the other server what both counted: of every two servers one adopts and the other yields,
    /// so that each unit is counted once when both have heard of each other.
    pub fn yield_to(&mut self, batch: &Batch) {
        self.learn(batch, None, true);
    }

    /// Learns what this server told before a restart. Its sums are there, too, and hold the outcomes of all units that were
    /// known for good at its last flush, which was `until`; those of the others are counted here.
    pub fn inherit(&mut self, batch: &Batch, until: Timestamp) {
        self.learn(batch, Some(until), false);
    }

    fn learn(&mut self, batch: &Batch, until: Option<Timestamp>, yields: bool) {
        for record in batch.records() {
            if record.unit.hash() > self.threshold {
                continue;
            }
            let followed = until.filter(|_| record.owned).map(|until| self.matured_by(&record, until));
            if let Some(known) = self.units.get_mut(&record.unit) {
                if yields {
                    take_back(&mut self.stays, &self.metrics, record.unit, known, &record);
                }
                known.seen |= record.seen;
                if known.first && (record.stay < known.stay || (record.stay == known.stay && !record.first)) {
                    known.first = false;
                    self.firsts.take_back(known.stay, known.arm);
                }
                if known.stay < record.stay {
                    (known.stay, known.arm, known.at) = (record.stay, record.arm, record.at);
                    (known.owned, known.matured, known.reported, known.counted) = (false, u32::MAX, 0, 0);
                    known.first = false;
                }
                if known.stay == record.stay {
                    known.reported |= record.reported;
                    if let Some(matured) = followed.filter(|_| !known.owned) {
                        known.matured = matured;
                    }
                }
                continue;
            }
            while self.units.len() >= self.capacity {
                self.halve();
            }
            if record.unit.hash() <= self.threshold {
                let Record { unit, at, stay, seen, reported, arm, first, .. } = record;
                // Whoever exposed a unit follows it up.
                let matured = followed.unwrap_or(u32::MAX);
                let (counted, fresh, owned) = (0, false, false);
                self.units
                    .insert(unit, Exposure { at, stay, seen, matured, reported, counted, arm, first, fresh, owned });
                if first {
                    self.firsts.add(stay, arm);
                }
            }
        }
    }
}

impl Ledger {
    /// Returns a bit for each metric whose outcome was known for good by then, so that it is in the sums of whoever told. A unit
    /// that had its event and came from an earlier stay is taken for one that had it there: it was not followed up again.
    fn matured_by(&self, record: &Record, until: Timestamp) -> u32 {
        let mut matured = 0;
        for (position, metric) in self.metrics.iter().enumerate() {
            let Measure::Conversion { maturity: Some(maturity), .. } = metric.measure else { continue };
            let was_due = last_mature(until, maturity).is_some_and(|last| record.at <= last);
            if was_due || (!record.first && record.seen & bit(position) != 0) {
                matured |= bit(position);
            }
        }
        matured
    }
}

fn named(
    metrics: &[super::measure::TrackedMetric],
    books: &[MetricBook],
) -> BTreeMap<crate::metric::MetricKey, MetricBook> {
    metrics.iter().zip(books).map(|(metric, book)| (metric.key.clone(), book.clone())).collect()
}
