//! Exposures in the form in which servers tell them to each other and to the store.
//!
//! One byte of format, then records of a fixed size, little-endian: unit (8), exposed at in seconds (4), stay (4), first
//! events seen (4), metrics reported (4), arm (1): 0 for the treatment, 1 for the control, 2 more for a unit that came from
//! an earlier stay, and 4 more if the teller counted it in where it is, and which of the events and reports the teller counted
//! itself (4). Format 1 said nothing about the stay before and the teller, format 2 not who counted what: 8 more says that of
//! a record that was read from either.

use std::collections::HashMap;

use thiserror::Error;

use crate::limits::INTAKE_UNITS_MAX;
use crate::rollout::state::EntryId;

use super::unit::{Arm, BuildSame, Unit};

const FORMAT: u8 = 3;
/// Formats that are read.
const FORMATS: std::ops::RangeInclusive<u8> = 1..=FORMAT;
/// Formats whose records end with the arm.
const SHORT: std::ops::RangeInclusive<u8> = 1..=2;
const CONTROL: u8 = 1;
const MOVED: u8 = 2;
const OWNED: u8 = 4;
const UNTOLD: u8 = 8;

/// One unit as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) unit: Unit,
    pub(super) at: u32,
    pub(super) stay: EntryId,
    pub(super) seen: u32,
    pub(super) reported: u32,
    /// A bit per metric: the teller counted the first event, or that the unit was heard of again. Absent where an earlier
    /// version told, which did not say.
    pub(super) counted: Option<u32>,
    pub(super) arm: Arm,
    /// Whether no earlier stay saw the unit.
    pub(super) first: bool,
    /// Whether the teller counted it in at the stay, and so follows it up.
    pub(super) owned: bool,
}

/// The units that changed since the last flush.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Batch(Vec<u8>);

/// Why bytes are not a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BatchError {
    /// A newer version of Hoist wrote them.
    #[error("stored exposures have the format {0}, and this version reads {FORMAT}; upgrade this server")]
    Format(u8),
    /// They are cut off, or were never a batch.
    #[error("stored exposures are damaged: {0} bytes do not hold whole records")]
    Length(usize),
}

impl Batch {
    pub(super) fn of(records: impl Iterator<Item = Record>) -> Self {
        let mut bytes = Vec::new();
        for record in records {
            if bytes.is_empty() {
                bytes.push(FORMAT);
            }
            bytes.extend_from_slice(&record.unit.0.to_le_bytes());
            bytes.extend_from_slice(&record.at.to_le_bytes());
            bytes.extend_from_slice(&u32::try_from(record.stay.0).unwrap_or(u32::MAX).to_le_bytes());
            bytes.extend_from_slice(&record.seen.to_le_bytes());
            bytes.extend_from_slice(&record.reported.to_le_bytes());
            let arm = if record.arm == Arm::Control { CONTROL } else { 0 };
            let moved = if record.first { 0 } else { MOVED };
            let owned = if record.owned { OWNED } else { 0 };
            let untold = if record.counted.is_none() { UNTOLD } else { 0 };
            bytes.push(arm | moved | owned | untold);
            bytes.extend_from_slice(&record.counted.unwrap_or(0).to_le_bytes());
        }
        Self(bytes)
    }

    /// Reads a batch; one of more units than a ledger holds is damaged.
    pub fn read(bytes: Vec<u8>) -> Result<Self, BatchError> {
        let (size, records) = match bytes.split_first() {
            None => return Ok(Self::default()),
            Some((format, records)) if FORMATS.contains(format) => (size(*format), records),
            Some((format, _)) => return Err(BatchError::Format(*format)),
        };
        let whole = records.len() % size == 0 && records.len() / size <= INTAKE_UNITS_MAX;
        if whole { Ok(Self(bytes)) } else { Err(BatchError::Length(bytes.len())) }
    }

    /// Returns one batch that says what these flushes of one server say, in their order: the latest record of each unit holds.
    /// Nothing if that is more units than a ledger knows at a time.
    pub fn fold<'b>(flushes: impl Iterator<Item = &'b Self>) -> Option<Self> {
        let mut latest: HashMap<Unit, Record, BuildSame> = HashMap::default();
        for record in flushes.flat_map(Self::records) {
            latest.insert(record.unit, record);
        }
        (latest.len() <= INTAKE_UNITS_MAX).then(|| Self::of(latest.into_values()))
    }

    /// Returns the bytes to store.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Returns whether no unit changed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn records(&self) -> impl Iterator<Item = Record> {
        let (format, records) =
            self.0.split_first().map_or((FORMAT, [].as_slice()), |(format, records)| (*format, records));
        records.chunks_exact(size(format)).filter_map(parse)
    }
}

/// Returns how many bytes a record has in a format.
fn size(format: u8) -> usize {
    if SHORT.contains(&format) { 25 } else { 29 }
}

fn parse(mut record: &[u8]) -> Option<Record> {
    let unit = u64::from_le_bytes(take(&mut record)?);
    let at = u32::from_le_bytes(take(&mut record)?);
    let stay = u32::from_le_bytes(take(&mut record)?);
    let seen = u32::from_le_bytes(take(&mut record)?);
    let reported = u32::from_le_bytes(take(&mut record)?);
    let [arm] = take(&mut record)?;
    let (first, owned, told) = (arm & MOVED == 0, arm & OWNED != 0, arm & UNTOLD == 0);
    let arm = if arm & CONTROL == 0 { Arm::Treatment } else { Arm::Control };
    let counted = if record.is_empty() { None } else { Some(u32::from_le_bytes(take(&mut record)?)).filter(|_| told) };
    Some(Record { unit: Unit(unit), at, stay: EntryId(u64::from(stay)), seen, reported, counted, arm, first, owned })
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (head, tail) = bytes.split_first_chunk()?;
    *bytes = tail;
    Some(*head)
}
