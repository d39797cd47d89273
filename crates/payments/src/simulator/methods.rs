//! Payment methods: a test card, typed in, named or stored.

use chrono::Datelike;
use serde_json::Value;

use super::{
    book::{Change, Work},
    cards::{self, Does, TestCard},
    error::ApiError,
    form::Form,
    objects::Method,
    shapes,
};

/// How a request names a card.
pub enum Source {
    /// `pm_sim_...`, made before.
    Stored(String),
    /// `pm_card_...`
    Named(TestCard),
    /// Typed in.
    Typed(Typed),
}

/// A test card as it was typed in.
pub struct Typed {
    card: TestCard,
    exp_month: u8,
    exp_year: u16,
    cvc_given: bool,
}

impl Source {
    /// Reads `payment_method` or `payment_method_data`.
    pub fn parse(form: &mut Form, this_month: YearMonth) -> Result<Option<Self>, ApiError> {
        if let Some(name) = form.take("payment_method") {
            form.ignore(&["payment_method_data"]);
            return Ok(Some(cards::by_name(&name).map_or(Self::Stored(name), Self::Named)));
        }
        if !form.has_under("payment_method_data") {
            return Ok(None);
        }
        Typed::parse(form, "payment_method_data", this_month).map(|typed| Some(Self::Typed(typed)))
    }

    /// The method, made anew unless it was stored.
    pub fn resolve(self, work: &mut Work<'_>) -> Result<Method, ApiError> {
        let typed = match self {
            Self::Stored(id) => {
                return work.book.methods.get(&id).cloned().ok_or_else(|| ApiError::missing("payment_method", "payment_method"));
            }
            Self::Named(card) => {
                let next_year = u16::try_from(work.now().year() + 1).unwrap_or(u16::MAX);
                Typed { card, exp_month: 12, exp_year: next_year, cvc_given: false }
            }
            Self::Typed(typed) => typed,
        };
        let id = work.id("pm");
        let Typed { card, exp_month, exp_year, cvc_given } = typed;
        let method = Method { id, card, exp_month, exp_year, cvc_given, created: work.now().timestamp() };
        work.changes.push(Change::Method(method.clone()));
        Ok(method)
    }
}

/// A year and a month, ordered.
pub type YearMonth = (u16, u8);

/// The month of an instant.
pub fn month_of(now: chrono::DateTime<chrono::Utc>) -> YearMonth {
    (u16::try_from(now.year()).unwrap_or(u16::MAX), u8::try_from(now.month()).unwrap_or(1))
}

impl Typed {
    /// Reads `type`, `card[number]`, `card[exp_month]`, `card[exp_year]`, `card[cvc]` below `prefix`, or without one.
    pub fn parse(form: &mut Form, prefix: &str, this_month: YearMonth) -> Result<Self, ApiError> {
        let name = |path: &str| nested(prefix, path);
        if form.take(&name("type")).as_deref() != Some("card") {
            return Err(ApiError::invalid("parameter_invalid_string", "The payment simulator knows cards only.").param(name("type")));
        }
        for known in ["billing_details", "allow_redisplay", "metadata", "radar_options"] {
            form.ignore(&[&name(known)]);
        }
        if let Some(token) = form.take(&name("card[token]")) {
            let card = cards::by_name(&token).ok_or_else(|| ApiError::missing("token", "card[token]"))?;
            return Ok(Self { card, exp_month: 12, exp_year: this_month.0.saturating_add(1), cvc_given: false });
        }
        let number = form.take(&name("card[number]"));
        let number = number.ok_or_else(|| ApiError::invalid("parameter_missing", "A card has a number.").param(name("card[number]")))?;
        // From here on nothing holds the number: an unknown one is neither kept nor repeated.
        let card = cards::by_number(&number).filter(|card| card.does != Does::Refuse).ok_or_else(|| {
            let message = "This card number is not right. The payment simulator takes test cards only, and has not kept what you typed.";
            ApiError::card_input("incorrect_number", message, name("card[number]"))
        })?;
        let (exp_month, exp_year) = expiry(form, prefix, this_month)?;
        let cvc = form.take(&name("card[cvc]"));
        if cvc.as_ref().is_some_and(|cvc| cvc.len() != card.cvc_digits() || !cvc.bytes().all(|byte| byte.is_ascii_digit())) {
            return Err(ApiError::card_input("invalid_cvc", "Your card's security code is invalid.", name("card[cvc]")));
        }
        Ok(Self { card, exp_month, exp_year, cvc_given: cvc.is_some() })
    }
}

/// `card[number]` below `payment_method_data` is `payment_method_data[card][number]`.
fn nested(prefix: &str, path: &str) -> String {
    if prefix.is_empty() {
        return path.to_owned();
    }
    let (first, rest) = path.split_once('[').map_or((path, String::new()), |(first, rest)| (first, format!("[{rest}")));
    format!("{prefix}[{first}]{rest}")
}

fn expiry(form: &mut Form, prefix: &str, this_month: YearMonth) -> Result<(u8, u16), ApiError> {
    let (month_name, year_name) = (nested(prefix, "card[exp_month]"), nested(prefix, "card[exp_year]"));
    let month = form.take(&month_name).and_then(|text| text.parse().ok()).filter(|month| (1..=12).contains(month));
    let year: Option<u16> = form.take(&year_name).and_then(|text| text.parse().ok());
    let year = year.map(|year| if year < 100 { 2000 + year } else { year }).filter(|year| (2000..=2100).contains(year));
    let bad_month = || ApiError::card_input("invalid_expiry_month", "Your card's expiration month is invalid.", month_name.clone());
    let bad_year = || ApiError::card_input("invalid_expiry_year", "Your card's expiration year is invalid.", year_name.clone());
    let (month, year) = (month.ok_or_else(bad_month)?, year.ok_or_else(bad_year)?);
    if year < this_month.0 {
        return Err(bad_year());
    }
    if (year, month) < this_month {
        return Err(bad_month());
    }
    Ok((month, year))
}

/// `POST /v1/payment_methods`: keeps a test card for later.
pub fn create(work: &mut Work<'_>, typed: Typed) -> Result<Value, ApiError> {
    Source::Typed(typed).resolve(work).map(|method| shapes::method(&method))
}
