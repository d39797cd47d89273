//! Pages of lists: a bounded limit, a cursor, a total.

use serde::{Deserialize, Serialize};

/// How many rows a page has: 1 to 100, 24 unless asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u32")]
pub struct Limit(u32);

impl Limit {
    /// The most rows of one page.
    pub const MAX: u32 = 100;

    /// Rows of the page.
    pub fn get(self) -> i64 {
        i64::from(self.0)
    }

    /// One row more than the page shows: it tells whether there is a next page.
    pub fn with_next(self) -> i64 {
        self.get() + 1
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(24)
    }
}

impl TryFrom<u32> for Limit {
    type Error = String;
    fn try_from(limit: u32) -> Result<Self, Self::Error> {
        if (1..=Self::MAX).contains(&limit) { Ok(Self(limit)) } else { Err(format!("a limit is a number from 1 to {}", Self::MAX)) }
    }
}

/// One page of a list.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Page<T> {
    /// The rows.
    pub data: Vec<T>,
    /// Where the next page begins; null on the last.
    pub next_cursor: Option<String>,
    /// Rows of the whole list.
    pub total: i64,
}

impl<T> Page<T> {
    /// Builds a page from `limit.with_next()` rows; `cursor` names the last row that is shown.
    pub fn cut(mut rows: Vec<T>, limit: Limit, total: i64, cursor: impl FnOnce(&T) -> String) -> Self {
        let shown = usize::try_from(limit.get()).unwrap_or(usize::MAX);
        let more = rows.len() > shown;
        rows.truncate(shown);
        let next_cursor = if more { rows.last().map(cursor) } else { None };
        Self { data: rows, next_cursor, total }
    }
}
