//! Ids of events that were taken a while ago, so that a repeated request counts once.

use std::collections::HashSet;

use hoist_lifecycle::intake::Unit;

use crate::limits::EVENT_IDS_MAX;

/// Two generations of ids: when the younger is full it becomes the older, and the older is forgotten. So at least the
/// last [`EVENT_IDS_MAX`] ids are known, and at most twice as many.
#[derive(Debug, Default)]
pub(super) struct RecentIds {
    younger: HashSet<u64>,
    older: HashSet<u64>,
}

impl RecentIds {
    /// Returns whether the id is new, and remembers it.
    pub(super) fn is_new(&mut self, id: &str) -> bool {
        let id = Unit::of(id).hash();
        if self.younger.contains(&id) || self.older.contains(&id) {
            return false;
        }
        if self.younger.len() >= EVENT_IDS_MAX {
            self.older = std::mem::take(&mut self.younger);
        }
        self.younger.insert(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_new_once_and_forgotten_in_the_end() {
        let mut ids = RecentIds::default();
        assert!(ids.is_new("a"));
        assert!(!ids.is_new("a"));
        for id in 0..EVENT_IDS_MAX {
            ids.is_new(&id.to_string());
        }
        assert!(!ids.is_new("a"), "still known a generation later");
        for id in 0..2 * EVENT_IDS_MAX {
            ids.is_new(&format!("b{id}"));
        }
        assert!(ids.is_new("a"));
        assert!(ids.younger.len() <= EVENT_IDS_MAX && ids.older.len() <= EVENT_IDS_MAX);
    }
}
