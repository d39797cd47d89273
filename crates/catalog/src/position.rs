//! Where a page of products ends: the sort key of its last row, as a cursor.

use chrono::{DateTime, Datelike, Utc};
use kernel::{Cursor, ProductId};
use platform::Problem;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::filters::Sort;

/// The sort key of a row. Its shape tells the order, so that a cursor of another order is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Position {
    #[serde(rename = "n")]
    Newest(DateTime<Utc>, ProductId),
    #[serde(rename = "c")]
    Cheapest(Decimal, ProductId),
    #[serde(rename = "d")]
    Dearest(Decimal, ProductId),
    #[serde(rename = "a")]
    Name(String, ProductId),
    #[serde(rename = "r")]
    Relevance(Decimal, ProductId),
}

impl Position {
    /// Reads the cursor of a list in this order; none or an empty one is the list's beginning.
    pub(crate) fn read(cursor: Option<&str>, sort: Sort) -> Result<Option<Self>, Problem> {
        let Some(cursor) = cursor.filter(|cursor| !cursor.is_empty()) else { return Ok(None) };
        Cursor::decode::<Self>(cursor)
            .ok()
            .filter(|position| position.sort() == sort && position.is_storable())
            .map(Some)
            .ok_or_else(invalid)
    }

    fn sort(&self) -> Sort {
        match self {
            Self::Newest(..) => Sort::Newest,
            Self::Cheapest(..) => Sort::Cheapest,
            Self::Dearest(..) => Sort::Dearest,
            Self::Name(..) => Sort::Name,
            Self::Relevance(..) => Sort::Relevance,
        }
    }

    /// Cursors come from outside: a value that PostgreSQL cannot hold never came from a row.
    fn is_storable(&self) -> bool {
        match self {
            Self::Newest(at, _) => (1970..=9999).contains(&at.year()),
            Self::Name(name, _) => !name.contains('\0'),
            Self::Cheapest(..) | Self::Dearest(..) | Self::Relevance(..) => true,
        }
    }
}

/// A cursor that is not from this list.
pub(crate) fn invalid() -> Problem {
    Problem::field("cursor", "cursor_invalid", "this cursor is not from this list")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id() -> ProductId {
        "01988000-0000-7000-8000-000000000001".parse().unwrap()
    }

    #[test]
    fn a_cursor_is_read_back_in_its_own_order_only() {
        let at = DateTime::from_timestamp_micros(1_790_000_000_123_456).unwrap();
        for (position, sort) in [
            (Position::Newest(at, id()), Sort::Newest),
            (Position::Cheapest(Decimal::new(1999, 2), id()), Sort::Cheapest),
            (Position::Dearest(Decimal::new(199_900, 4), id()), Sort::Dearest),
            (Position::Name("Salt & Pepper ☃".to_owned(), id()), Sort::Name),
            (Position::Relevance(Decimal::new(123_456, 6), id()), Sort::Relevance),
        ] {
            let cursor = Cursor::encode(&position);
            assert_eq!(Position::read(Some(&cursor), sort).unwrap(), Some(position));
            let other = if sort == Sort::Name { Sort::Newest } else { Sort::Name };
            assert_eq!(Position::read(Some(&cursor), other).unwrap_err().code(), "cursor_invalid");
        }
    }

    #[test]
    fn the_longest_name_fits_a_cursor() {
        for name in ["\u{1}".repeat(200), "🦆".repeat(200)] {
            let position = Position::Name(name, id());
            assert_eq!(Position::read(Some(&Cursor::encode(&position)), Sort::Name).unwrap(), Some(position));
        }
    }

    #[test]
    fn a_made_up_cursor_is_refused() {
        let far = DateTime::<Utc>::MAX_UTC;
        for cursor in [
            "x".to_owned(),
            "🦆".to_owned(),
            Cursor::encode(&serde_json::json!({ "n": ["never", 1] })),
            Cursor::encode(&Position::Newest(far, id())),
            Cursor::encode(&Position::Newest(DateTime::<Utc>::MIN_UTC, id())),
        ] {
            assert_eq!(Position::read(Some(&cursor), Sort::Newest).unwrap_err().code(), "cursor_invalid", "{cursor}");
        }
        let nul = Cursor::encode(&Position::Name("a\0".to_owned(), id()));
        assert_eq!(Position::read(Some(&nul), Sort::Name).unwrap_err().code(), "cursor_invalid");
        assert_eq!(Position::read(Some(""), Sort::Name).unwrap(), None);
    }
}
