//! Which products a list shows, and in which order: parsed from query parameters.

use kernel::{Currency, Invalid, Money, Slug, money::parse_amount};
use platform::{Problem, fields::Fields, settings};
use sqlx::PgConnection;

/// Filters and order as they came in; an empty parameter counts as absent.
#[derive(Debug, Clone, Default)]
pub(crate) struct RawFilters {
    pub(crate) category: Option<String>,
    pub(crate) min_price: Option<String>,
    pub(crate) max_price: Option<String>,
    pub(crate) in_stock: Option<bool>,
    pub(crate) sort: Option<String>,
}

/// Which products a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Filters {
    /// In this category or one below it.
    pub(crate) category: Option<Slug>,
    pub(crate) min_price: Option<Money>,
    pub(crate) max_price: Option<Money>,
    /// Only products with free pieces, or only those without.
    pub(crate) in_stock: Option<bool>,
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    Newest,
    Cheapest,
    Dearest,
    Name,
    /// Best match first; only a search has it.
    Relevance,
}

impl Sort {
    fn parse(text: &str) -> Result<Self, Invalid> {
        match text {
            "newest" => Ok(Self::Newest),
            "price" => Ok(Self::Cheapest),
            "-price" => Ok(Self::Dearest),
            "name" => Ok(Self::Name),
            "relevance" => Ok(Self::Relevance),
            _ => Err(Invalid::new("sort_unknown", "sort by newest, price, -price or name; a search also by relevance")),
        }
    }
}

impl RawFilters {
    /// Parses the filters; prices are in the shop's currency, which is only read when there are any.
    pub(crate) async fn parse(&self, db: &mut PgConnection, default: Sort) -> Result<(Filters, Sort), Problem> {
        let currency = match (given(&self.min_price), given(&self.max_price)) {
            (None, None) => None,
            _ => Some(settings::get(db).await?.currency),
        };
        self.parse_in(currency, default)
    }

    fn parse_in(&self, currency: Option<Currency>, default: Sort) -> Result<(Filters, Sort), Problem> {
        let mut fields = Fields::default();
        let price = |text: &Option<String>| given(text).zip(currency).map(|(text, currency)| parse_amount(text, currency)).transpose();
        let category = fields.take("category", given(&self.category).map(Slug::parse).transpose());
        let min_price = fields.take("min_price", price(&self.min_price));
        let max_price = fields.take("max_price", price(&self.max_price));
        let sort = fields.take("sort", given(&self.sort).map_or(Ok(default), |text| allowed(text, default)));
        let parsed =
            (|| Some((Filters { category: category?, min_price: min_price?, max_price: max_price?, in_stock: self.in_stock }, sort?)))();
        fields.finish(parsed)
    }
}

fn allowed(text: &str, default: Sort) -> Result<Sort, Invalid> {
    match Sort::parse(text)? {
        Sort::Relevance if default != Sort::Relevance => Err(Invalid::new("sort_unknown", "only a search has a relevance to sort by")),
        sort => Ok(sort),
    }
}

fn given(text: &Option<String>) -> Option<&str> {
    text.as_deref().filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(raw: RawFilters, default: Sort) -> Result<(Filters, Sort), Problem> {
        raw.parse_in(Some(Currency::parse("USD").unwrap()), default)
    }

    #[test]
    fn empty_parameters_filter_nothing() {
        let empty = || Some(String::new());
        let raw = RawFilters { category: empty(), min_price: empty(), max_price: empty(), sort: empty(), in_stock: None };
        assert_eq!(parse(raw, Sort::Newest).unwrap(), (Filters::default(), Sort::Newest));
    }

    #[test]
    fn what_cannot_be_a_filter_is_refused() {
        let text = |text: &str| Some(text.to_owned());
        let wrong = [
            RawFilters { category: text("a\0b"), ..RawFilters::default() },
            RawFilters { category: text("' or 1=1 --"), ..RawFilters::default() },
            RawFilters { min_price: text("-1"), ..RawFilters::default() },
            RawFilters { min_price: text("1e9"), ..RawFilters::default() },
            RawFilters { max_price: text("99999999999999999999"), ..RawFilters::default() },
            RawFilters { max_price: text("1.999"), ..RawFilters::default() },
            RawFilters { max_price: text("NaN"), ..RawFilters::default() },
            RawFilters { sort: text("price desc"), ..RawFilters::default() },
            RawFilters { sort: text("relevance"), ..RawFilters::default() },
        ];
        for raw in wrong {
            let shown = format!("{raw:?}");
            assert_eq!(parse(raw, Sort::Newest).unwrap_err().code(), "fields_invalid", "{shown}");
        }
    }

    #[test]
    fn only_a_search_sorts_by_relevance() {
        assert_eq!(
            parse(RawFilters { sort: Some("relevance".to_owned()), ..RawFilters::default() }, Sort::Relevance).unwrap().1,
            Sort::Relevance
        );
    }
}
