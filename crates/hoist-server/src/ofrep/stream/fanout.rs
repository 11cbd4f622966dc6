//! From one change to every stream of an environment.
//!
//! Each environment has [`STREAM_LANES`] watch channels, its lanes; a stream listens on one of them. A watch channel
//! keeps the newest value only, so a slow reader skips generations and never queues them, and every stream of an
//! environment writes the same shared bytes. Lanes take turns with heartbeats, one a second, so that thousands of
//! streams do not all write in the same instant.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use hoist_eval::Timestamp;
use tokio::sync::watch;

use crate::limits::{STREAM_LANES, STREAM_PUSH_AT_ONCE, STREAM_PUSH_SPREAD_MAX};
use crate::ofrep::stream::acks::Acks;
use crate::snapshots::Position;

/// What a stream learns when it wakes.
#[derive(Debug, Clone)]
pub struct Pulse {
    /// The newest generation of the environment.
    pub position: Position,
    /// The event that asks clients to fetch again, ready to be written.
    pub refetch: Bytes,
    /// The comment that keeps an idle connection open, ready to be written.
    pub heartbeat: Bytes,
    /// Counts heartbeats; a stream writes one when this has moved.
    pub beat: u64,
    /// When this pulse was sent.
    pub at: Timestamp,
}

/// The streams of one environment.
#[derive(Debug)]
pub struct Fanout {
    lanes: Vec<watch::Sender<Arc<Pulse>>>,
    next: AtomicUsize,
    acks: Acks,
}

impl Fanout {
    /// Returns a fan-out without streams, standing at `position`.
    pub fn new(position: Position, now: Timestamp) -> Self {
        let pulse = Arc::new(Pulse::new(position, now));
        let lanes = (0..STREAM_LANES).map(|_| watch::Sender::new(Arc::clone(&pulse))).collect();
        Self { lanes, next: AtomicUsize::new(0), acks: Acks::default() }
    }

    /// Joins the lane whose turn it is.
    pub fn subscribe(&self) -> Option<watch::Receiver<Arc<Pulse>>> {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        self.lanes.get(turn % STREAM_LANES).map(watch::Sender::subscribe)
    }

    /// Returns which streams have been told what.
    pub fn acks(&self) -> &Acks {
        &self.acks
    }

    /// Returns how many streams are open.
    pub fn len(&self) -> usize {
        self.lanes.iter().map(watch::Sender::receiver_count).sum()
    }

    /// Tells whether no stream is open.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the pause between two lanes when a change is pushed: none for a small fleet, and as long for a large one
    /// that its refetches spread over up to [`STREAM_PUSH_SPREAD_MAX`].
    pub fn pause(&self) -> Duration {
        let surplus = self.len().saturating_sub(STREAM_PUSH_AT_ONCE);
        let spread = Duration::from_micros(50).saturating_mul(u32::try_from(surplus).unwrap_or(u32::MAX));
        spread.min(STREAM_PUSH_SPREAD_MAX) / STREAM_LANES as u32
    }

    /// Returns the pulse that announces `position`. Its buffers are shared by every stream.
    pub fn announcement(position: Position, now: Timestamp) -> Arc<Pulse> {
        Arc::new(Pulse::new(position, now))
    }

    /// Sends an announcement to one lane. A lane never goes back: an older position is passed over.
    pub fn push(&self, lane: usize, pulse: &Arc<Pulse>) {
        let Some(sender) = self.lanes.get(lane) else { return };
        sender.send_if_modified(|held| {
            if pulse.position <= held.position {
                return false;
            }
            *held = Arc::new(Pulse { beat: held.beat, ..Pulse::clone(pulse) });
            true
        });
    }

    /// Sends an announcement to every lane at once.
    pub fn push_all(&self, pulse: &Arc<Pulse>) {
        for lane in 0..STREAM_LANES {
            self.push(lane, pulse);
        }
    }

    /// Sends a heartbeat down one lane, which also makes its streams look at their own expiry.
    pub fn beat(&self, lane: usize, now: Timestamp) {
        self.wake(lane, now, 1);
    }

    /// Wakes every stream, without anything to write, to look at whether it may stay open.
    pub fn nudge(&self, now: Timestamp) {
        for lane in 0..STREAM_LANES {
            self.wake(lane, now, 0);
        }
    }

    fn wake(&self, lane: usize, now: Timestamp, beats: u64) {
        let Some(sender) = self.lanes.get(lane) else { return };
        if sender.receiver_count() > 0 {
            sender.send_modify(|held| {
                *held = Arc::new(Pulse { beat: held.beat.wrapping_add(beats), at: now, ..Pulse::clone(held) });
            });
        }
    }
}

impl Pulse {
    fn new(position: Position, at: Timestamp) -> Self {
        // Web providers listen for `message` alone; any other event name is lost on them.
        let refetch = format!(
            "event: message\nid: {position}\ndata: {{\"type\":\"refetchEvaluation\",\"etag\":\"{position}\"}}\n\n"
        );
        let heartbeat = format!(": {position}\n\n");
        Self { position, refetch: Bytes::from(refetch), heartbeat: Bytes::from(heartbeat), beat: 0, at }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::EPOCH;

    fn at(generation: u64) -> Position {
        Position { epoch: 1, generation }
    }

    #[test]
    fn a_slow_reader_finds_the_newest_generation_only() {
        let fanout = Fanout::new(at(1), NOW);
        let mut reader = fanout.subscribe().unwrap();
        for generation in 2..=50 {
            fanout.push_all(&Fanout::announcement(at(generation), NOW));
        }
        assert!(reader.has_changed().unwrap());
        assert_eq!(reader.borrow_and_update().position, at(50));
        assert!(!reader.has_changed().unwrap());
    }

    #[test]
    fn no_lane_goes_back() {
        let fanout = Fanout::new(at(7), NOW);
        let reader = fanout.subscribe().unwrap();
        fanout.push_all(&Fanout::announcement(at(6), NOW));
        assert!(!reader.has_changed().unwrap());
        assert_eq!(reader.borrow().position, at(7));
    }

    #[test]
    fn every_stream_of_an_environment_shares_the_bytes() {
        let fanout = Fanout::new(at(1), NOW);
        let readers: Vec<_> = (0..100).map(|_| fanout.subscribe().unwrap()).collect();
        assert_eq!(fanout.len(), 100);
        fanout.push_all(&Fanout::announcement(at(2), NOW));
        let bytes = readers[0].borrow().refetch.clone();
        assert!(readers.iter().all(|reader| reader.borrow().refetch.as_ptr() == bytes.as_ptr()));
    }

    #[test]
    fn a_heartbeat_concerns_one_lane() {
        let fanout = Fanout::new(at(1), NOW);
        let readers: Vec<_> = (0..STREAM_LANES).map(|_| fanout.subscribe().unwrap()).collect();
        fanout.beat(3, NOW);
        assert_eq!(readers.iter().filter(|reader| reader.has_changed().unwrap()).count(), 1);
        assert_eq!(readers[3].borrow().beat, 1);
        assert_eq!(&readers[3].borrow().heartbeat[..], b": 1.1\n\n");
    }

    #[test]
    fn only_large_fleets_are_spread() {
        let fanout = Fanout::new(at(1), NOW);
        let mut readers: Vec<_> = (0..STREAM_PUSH_AT_ONCE).map(|_| fanout.subscribe()).collect();
        assert_eq!(fanout.pause(), Duration::ZERO);
        readers.extend((0..9_000).map(|_| fanout.subscribe()));
        assert_eq!(fanout.pause(), Duration::from_millis(30));
    }
}
