//! Places for those who watch rollouts.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::error::ApiError;
use crate::limits::{WATCHERS_MAX, WATCHERS_PER_TOKEN_MAX};

/// Who watches: how many in all, and how many with each token. Cloning is cheap.
#[derive(Debug, Clone, Default)]
pub struct Watchers(Arc<Mutex<Watching>>);

#[derive(Debug, Default)]
struct Watching {
    total: usize,
    /// By the id of the token; those on the admin socket have none and share the empty one.
    by_token: HashMap<String, usize>,
}

/// A place among the watchers; dropping it gives it back.
#[derive(Debug)]
pub struct WatchPlace {
    watchers: Watchers,
    token: String,
}

impl Watchers {
    /// Takes a place: 503 if the server has none left, 429 if the token has as many as it may.
    pub fn take(&self, token: Option<&str>) -> Result<WatchPlace, ApiError> {
        let token = token.unwrap_or_default();
        let mut watching = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if watching.by_token.get(token).is_some_and(|count| *count >= WATCHERS_PER_TOKEN_MAX) {
            return Err(ApiError::TooManyWatchers);
        }
        if watching.total >= WATCHERS_MAX {
            return Err(ApiError::TooManyStreams);
        }
        watching.total += 1;
        *watching.by_token.entry(token.to_owned()).or_default() += 1;
        Ok(WatchPlace { watchers: self.clone(), token: token.to_owned() })
    }
}

impl Drop for WatchPlace {
    fn drop(&mut self) {
        let mut watching = self.watchers.0.lock().unwrap_or_else(PoisonError::into_inner);
        watching.total = watching.total.saturating_sub(1);
        if let Some(count) = watching.by_token.get_mut(&self.token) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                watching.by_token.remove(&self.token);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_its_share_and_a_place_comes_back() {
        let watchers = Watchers::default();
        let mut places: Vec<_> = (0..WATCHERS_PER_TOKEN_MAX).map(|_| watchers.take(Some("a")).unwrap()).collect();
        assert_eq!(watchers.take(Some("a")).unwrap_err(), ApiError::TooManyWatchers);
        assert!(watchers.take(Some("b")).is_ok() && watchers.take(None).is_ok());
        places.pop();
        places.push(watchers.take(Some("a")).unwrap());
        drop(places);
        assert!(watchers.0.lock().unwrap().by_token.is_empty());
    }

    #[test]
    fn the_server_has_its_own_bound() {
        let watchers = Watchers::default();
        let token = |place: usize| (place / WATCHERS_PER_TOKEN_MAX).to_string();
        let _places: Vec<_> = (0..WATCHERS_MAX).map(|place| watchers.take(Some(&token(place))).unwrap()).collect();
        assert_eq!(watchers.take(Some("another")).unwrap_err(), ApiError::TooManyStreams);
    }
}
