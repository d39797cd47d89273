//! The one place that reads the time.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use chrono::{DateTime, Duration, Utc};

/// The wall clock, or one that a test moves by hand.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    /// Microseconds that this clock is ahead of the machine's.
    offset_us: Option<Arc<AtomicI64>>,
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self::default()
    }

    /// A clock that starts with the machine's time and can be moved.
    pub fn movable() -> Self {
        Self { offset_us: Some(Arc::default()) }
    }

    /// The present instant, in PostgreSQL's microseconds.
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    pub fn now(&self) -> DateTime<Utc> {
        let offset = self.offset_us.as_ref().map_or(0, |offset| offset.load(Ordering::Relaxed));
        let now = Utc::now() + Duration::microseconds(offset);
        DateTime::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now)
    }

    /// Moves a movable clock; the machine's clock stays as it is.
    pub fn advance(&self, by: Duration) {
        if let Some(offset) = &self.offset_us {
            offset.fetch_add(by.num_microseconds().unwrap_or(0), Ordering::Relaxed);
        }
    }
}
