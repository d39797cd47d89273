//! Idempotency keys as Stripe promises them: the first answer again for 24 h, whatever it was.

use std::collections::{HashMap, HashSet, VecDeque};

use axum::http::{HeaderMap, StatusCode};
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use super::{auth::Caller, error::ApiError};

const KEEP: Duration = Duration::hours(24);
/// A day of a busy shop; beyond it the oldest answers go before their time.
const ANSWERS_MAX: usize = 50_000;
const KEY_MAX: usize = 255;

/// The first answer under a key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Stored {
    /// The key, behind its caller's scope.
    pub key: String,
    /// Of the request that it stands for.
    pub fingerprint: String,
    /// HTTP status.
    pub status: u16,
    /// The answer's bytes.
    pub body: String,
    /// When it was given.
    pub at: DateTime<Utc>,
}

/// What claiming a key found.
pub enum Claim {
    /// Nobody used it: do the work, then forget the claim.
    New,
    /// The first answer.
    Replay(StatusCode, String),
}

/// The answers given so far, and the keys being worked on.
#[derive(Default)]
pub struct Keys {
    stored: HashMap<String, Stored>,
    in_order: VecDeque<(DateTime<Utc>, String)>,
    in_flight: HashSet<String>,
}

impl Keys {
    /// Claims a key for one request.
    pub fn claim(&mut self, key: &str, fingerprint: [u8; 32], now: DateTime<Utc>) -> Result<Claim, ApiError> {
        if let Some(stored) = self.stored.get(key).filter(|stored| stored.at + KEEP > now) {
            if stored.fingerprint != hex::encode(fingerprint) {
                return Err(ApiError::key_reused());
            }
            return Ok(Claim::Replay(StatusCode::from_u16(stored.status).unwrap_or_default(), stored.body.clone()));
        }
        if !self.in_flight.insert(key.to_owned()) {
            return Err(ApiError::key_in_use());
        }
        Ok(Claim::New)
    }

    /// Ends a claim, with an answer stored or without.
    pub fn release(&mut self, key: &str) {
        self.in_flight.remove(key);
    }

    /// Keeps an answer, and lets go of those that are too old or too many.
    pub fn store(&mut self, stored: Stored) {
        let now = stored.at;
        self.in_order.push_back((now, stored.key.clone()));
        self.stored.insert(stored.key.clone(), stored);
        while let Some((at, key)) = self.in_order.front() {
            if self.in_order.len() <= ANSWERS_MAX && *at + KEEP > now {
                break;
            }
            // A key that was used anew after its day has a later entry of its own.
            if self.stored.get(key).is_some_and(|stored| stored.at == *at) {
                self.stored.remove(key);
            }
            self.in_order.pop_front();
        }
    }

    /// Every answer that is still kept, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Stored> {
        self.in_order.iter().filter_map(|(at, key)| self.stored.get(key).filter(|stored| stored.at == *at))
    }
}

/// The key of a request, apart for each kind of caller.
pub fn key_of(headers: &HeaderMap, caller: &Caller) -> Result<Option<String>, ApiError> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let key = value.to_str().ok().filter(|key| (1..=KEY_MAX).contains(&key.len()));
    let key = key.ok_or_else(|| ApiError::invalid(None, "An idempotency key has 1 to 255 visible ASCII characters."))?;
    Ok(Some(format!("{}:{key}", caller.scope())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000 + second, 0).unwrap()
    }

    fn stored(key: &str, second: i64) -> Stored {
        Stored { key: key.to_owned(), fingerprint: hex::encode([1; 32]), status: 500, body: "{}".to_owned(), at: at(second) }
    }

    #[test]
    fn a_key_under_way_is_a_conflict_until_it_is_released() {
        let mut keys = Keys::default();
        assert!(matches!(keys.claim("k", [1; 32], at(0)), Ok(Claim::New)));
        assert_eq!(keys.claim("k", [1; 32], at(0)).err().unwrap().status, StatusCode::CONFLICT);
        keys.release("k");
        assert!(matches!(keys.claim("k", [1; 32], at(0)), Ok(Claim::New)));
    }

    #[test]
    fn the_first_answer_comes_again_for_a_day_even_a_failure() {
        let mut keys = Keys::default();
        keys.store(stored("k", 0));
        let day = KEEP.num_seconds();
        assert!(matches!(keys.claim("k", [1; 32], at(day - 1)), Ok(Claim::Replay(StatusCode::INTERNAL_SERVER_ERROR, _))));
        assert_eq!(keys.claim("k", [2; 32], at(1)).err().unwrap().status, StatusCode::BAD_REQUEST);
        assert!(matches!(keys.claim("k", [2; 32], at(day)), Ok(Claim::New)));
        keys.store(stored("k", day + 5));
        assert_eq!((keys.stored.len(), keys.in_order.len(), keys.iter().count()), (1, 1, 1));
    }
}
