//! Which streams have been told what: for each token of an environment, how many of its streams stand at which position.
//!
//! A stream stands at a position once the request to fetch it was handed to the connection. A connection whose reader is
//! slow is not asked for more, so its stream stays behind, and can be named.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use crate::snapshots::Position;

/// How many streams of each token stand where. Cloning is cheap.
#[derive(Debug, Clone, Default)]
pub struct Acks(Arc<Mutex<Tokens>>);

/// As many entries as there are streams, at most.
type Tokens = HashMap<Arc<str>, BTreeMap<Position, u64>>;

/// Where one stream stands. Dropping it takes the stream off the list.
#[derive(Debug)]
pub struct Ack {
    acks: Acks,
    token: Arc<str>,
    position: Position,
}

impl Acks {
    /// Adds a stream of a token that stands at `position`.
    pub fn join(&self, token: &str, position: Position) -> Ack {
        let ack = Ack { acks: self.clone(), token: Arc::from(token), position };
        self.count(&ack.token, None, Some(position));
        ack
    }

    /// Lists the tokens with streams that stand before `position`, those with the most first, and how many they are.
    pub fn behind(&self, position: Position) -> Vec<(String, u64)> {
        let tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let lagging = tokens.iter().map(|(token, stands)| {
            (token.to_string(), stands.range(..position).map(|(_, streams)| streams).sum::<u64>())
        });
        let mut lagging: Vec<_> = lagging.filter(|(_, streams)| *streams > 0).collect();
        lagging.sort_unstable_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
        lagging
    }

    /// Returns how many streams there are.
    pub fn len(&self) -> u64 {
        let tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.values().flat_map(BTreeMap::values).sum()
    }

    /// Tells whether there is no stream.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn count(&self, token: &Arc<str>, from: Option<Position>, to: Option<Position>) {
        let mut tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let stands = tokens.entry(Arc::clone(token)).or_default();
        if let Some(to) = to {
            *stands.entry(to).or_default() += 1;
        }
        if let Some(from) = from
            && let Some(left) = stands.get_mut(&from)
        {
            *left = left.saturating_sub(1);
            if *left == 0 {
                stands.remove(&from);
            }
        }
        if stands.is_empty() {
            tokens.remove(token);
        }
    }
}

impl Ack {
    /// Moves the stream on to `position`.
    pub fn stand(&mut self, position: Position) {
        if position != self.position {
            self.acks.count(&self.token, Some(self.position), Some(position));
            self.position = position;
        }
    }
}

impl Drop for Ack {
    fn drop(&mut self) {
        self.acks.count(&self.token, Some(self.position), None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(generation: u64) -> Position {
        Position { epoch: 1, generation }
    }

    #[test]
    fn streams_that_were_not_told_are_named_by_token() {
        let acks = Acks::default();
        let mut first = acks.join("a", at(3));
        let (_second, third) = (acks.join("a", at(3)), acks.join("b", at(3)));
        assert!(acks.behind(at(3)).is_empty());
        assert_eq!(acks.behind(at(4)), [("a".to_owned(), 2), ("b".to_owned(), 1)]);
        first.stand(at(4));
        first.stand(at(4));
        assert_eq!(acks.behind(at(4)), [("a".to_owned(), 1), ("b".to_owned(), 1)]);
        drop(third);
        assert_eq!((acks.behind(at(4)), acks.len()), (vec![("a".to_owned(), 1)], 2));
    }

    #[test]
    fn nothing_is_left_of_streams_that_are_gone() {
        let acks = Acks::default();
        for generation in 0..100 {
            let mut ack = acks.join("a", at(generation));
            ack.stand(at(generation + 1));
        }
        assert!(acks.is_empty() && acks.0.lock().unwrap().is_empty());
    }
}
