//! Who asked lately: marks that evaluation leaves without a lock, collected every few minutes.

use std::sync::atomic::{AtomicU64, Ordering};

use hoist_eval::Timestamp;

/// Stands for a token: the beginning of its digest. Two tokens with the same number are taken for one, which harms
/// nobody and happens to one pair of a billion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClientNumber(u32);

impl ClientNumber {
    /// Returns the number of the token with this digest.
    pub fn of(digest: &[u8; 32]) -> Self {
        let [a, b, c, d, ..] = *digest;
        // Zero stands for an empty place.
        Self(u32::from_be_bytes([a, b, c, d]).max(1))
    }
}

/// The clients that asked since the last collection, and when each asked last, to the second. When there are more than
/// `N` of them, the rest go unseen until there is room.
#[derive(Debug)]
pub struct Marks<const N: usize>([AtomicU64; N]);

impl<const N: usize> Default for Marks<N> {
    fn default() -> Self {
        Self(std::array::from_fn(|_| AtomicU64::new(0)))
    }
}

impl<const N: usize> Marks<N> {
    /// Marks that a client asks, or asked: the latest time stays.
    pub fn note(&self, client: ClientNumber, now: Timestamp) {
        let second = u32::try_from(now.as_seconds()).unwrap_or(0);
        let mark = (u64::from(client.0) << 32) | u64::from(second);
        for place in &self.0 {
            let mut found = place.load(Ordering::Relaxed);
            if found == 0 {
                match place.compare_exchange(0, mark, Ordering::Relaxed, Ordering::Relaxed) {
                    Ok(_) => return,
                    Err(other) => found = other,
                }
            }
            if found >> 32 == u64::from(client.0) {
                // Most clients ask many times a second, and then there is nothing to write. What is told late says nothing
                // new: of one client's marks the larger is the later.
                if found < mark {
                    place.fetch_max(mark, Ordering::Relaxed);
                }
                return;
            }
        }
    }

    /// Returns who asked since the last call, and makes room.
    pub fn take(&self) -> impl Iterator<Item = (ClientNumber, Timestamp)> {
        self.0.iter().filter_map(|place| {
            if place.load(Ordering::Relaxed) == 0 {
                return None;
            }
            let mark = place.swap(0, Ordering::Relaxed);
            let client = ClientNumber((mark >> 32) as u32);
            (mark != 0).then(|| (client, Timestamp::from_seconds(i64::from(mark as u32))))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(number: u8) -> ClientNumber {
        ClientNumber::of(&[number; 32])
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    #[test]
    fn each_client_has_one_mark_with_its_last_time() {
        let marks = Marks::<4>::default();
        for (number, seconds) in [(1, 10), (2, 11), (1, 12), (0, 13), (1, 11), (0, 9)] {
            marks.note(client(number), at(seconds));
        }
        let found: Vec<_> = marks.take().collect();
        assert_eq!(found, [(client(1), at(12)), (client(2), at(11)), (client(0), at(13))]);
        assert_eq!(marks.take().count(), 0);
    }

    #[test]
    fn clients_beyond_the_room_wait_for_the_next_collection() {
        let marks = Marks::<2>::default();
        (1..=3).for_each(|number| marks.note(client(number), at(10)));
        assert_eq!(marks.take().map(|(found, _)| found).collect::<Vec<_>>(), [client(1), client(2)]);
        marks.note(client(3), at(20));
        assert_eq!(marks.take().collect::<Vec<_>>(), [(client(3), at(20))]);
    }

    #[test]
    fn marks_of_many_threads_are_not_lost() {
        let marks = Marks::<16>::default();
        std::thread::scope(|scope| {
            for number in 1..=8 {
                let marks = &marks;
                scope.spawn(move || (0..1_000).for_each(|second| marks.note(client(number), at(second))));
            }
        });
        let mut found: Vec<_> = marks.take().collect();
        found.sort_unstable();
        assert_eq!(found, (1..=8).map(|number| (client(number), at(999))).collect::<Vec<_>>());
    }
}
