//! Exact money: integer minor units with their currency.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::{Currency, Invalid, Quantity};

/// An amount in a currency's minor units (cents). Every operation is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

/// Why an operation on money has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The result does not fit 64 bits of minor units.
    #[error("the amount is too large")]
    Overflow,
    /// The two amounts are of different currencies.
    #[error("amounts of different currencies")]
    CurrencyMismatch,
    /// The number has digits below the currency's minor unit.
    #[error("the amount has a fraction below the currency's minor unit")]
    BelowMinorUnit,
    /// Shares of a split sum to zero.
    #[error("an amount cannot be split by weights that sum to zero")]
    NoWeight,
}

impl Money {
    /// An amount of minor units: `Money::new(1999, USD)` is 19.99 dollars.
    pub fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Nothing, in a currency.
    pub fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    /// Reads a NUMERIC column. Refuses digits below the minor unit.
    pub fn from_numeric(amount: Decimal, currency: Currency) -> Result<Self, MoneyError> {
        let scaled = amount.checked_mul(Decimal::from(10_i64.pow(currency.exponent()))).ok_or(MoneyError::Overflow)?;
        if !scaled.fract().is_zero() {
            return Err(MoneyError::BelowMinorUnit);
        }
        i64::try_from(scaled.trunc()).map(|minor| Self { minor, currency }).map_err(|_| MoneyError::Overflow)
    }

    /// The value for a NUMERIC column.
    pub fn to_numeric(self) -> Decimal {
        Decimal::new(self.minor, self.currency.exponent())
    }

    /// Minor units.
    pub fn minor(self) -> i64 {
        self.minor
    }

    /// The currency.
    pub fn currency(self) -> Currency {
        self.currency
    }

    /// True for an amount of zero.
    pub fn is_zero(self) -> bool {
        self.minor == 0
    }

    /// The decimal text, always with the currency's digits: `19.90`.
    pub fn amount(self) -> String {
        self.to_numeric().to_string()
    }

    /// Sum, of one currency.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        self.minor.checked_add(other.minor).map(|minor| Self { minor, ..self }).ok_or(MoneyError::Overflow)
    }

    /// Difference, of one currency.
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        self.minor.checked_sub(other.minor).map(|minor| Self { minor, ..self }).ok_or(MoneyError::Overflow)
    }

    /// The price of several.
    pub fn times(self, quantity: Quantity) -> Result<Self, MoneyError> {
        self.minor.checked_mul(i64::from(quantity.get())).map(|minor| Self { minor, ..self }).ok_or(MoneyError::Overflow)
    }

    /// The amount times a factor, rounded half to even at the minor unit.
    pub fn scale_half_even(self, factor: Decimal) -> Result<Self, MoneyError> {
        let exact = Decimal::from(self.minor).checked_mul(factor).ok_or(MoneyError::Overflow)?;
        let rounded = exact.round_dp_with_strategy(0, RoundingStrategy::MidpointNearestEven);
        i64::try_from(rounded).map(|minor| Self { minor, ..self }).map_err(|_| MoneyError::Overflow)
    }

    /// Splits the amount by weights without losing a cent: largest remainder, earlier shares first on a tie.
    pub fn split(self, weights: &[u64]) -> Result<Vec<Self>, MoneyError> {
        let total: i128 = weights.iter().map(|&weight| i128::from(weight)).sum();
        if total == 0 {
            return Err(MoneyError::NoWeight);
        }
        let exact: Vec<(i128, i128)> = weights
            .iter()
            .map(|&weight| i128::from(self.minor) * i128::from(weight))
            .map(|share| (share.div_euclid(total), share.rem_euclid(total)))
            .collect();
        let given: i128 = exact.iter().map(|(whole, _)| whole).sum();
        let mut left = i128::from(self.minor) - given;
        let mut order: Vec<usize> = (0..exact.len()).collect();
        order.sort_by_key(|&index| std::cmp::Reverse(exact.get(index).map_or(0, |(_, rest)| *rest)));
        let mut shares: Vec<i128> = exact.iter().map(|(whole, _)| *whole).collect();
        for index in order {
            if left == 0 {
                break;
            }
            if let Some(share) = shares.get_mut(index) {
                *share += 1;
                left -= 1;
            }
        }
        shares.into_iter().map(|minor| i64::try_from(minor).map(|minor| Self { minor, ..self }).map_err(|_| MoneyError::Overflow)).collect()
    }

    /// Sums amounts; zero in `currency` when there are none.
    pub fn sum(currency: Currency, amounts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
        amounts.into_iter().try_fold(Self::zero(currency), Self::checked_add)
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency { Ok(()) } else { Err(MoneyError::CurrencyMismatch) }
    }
}

/// `19.99 USD`, for logs and mails without a locale.
impl std::fmt::Display for Money {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.amount(), self.currency)
    }
}

/// The wire form of money: a decimal string, so that no float is anywhere.
#[derive(serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[schema(as = Money)]
#[serde(deny_unknown_fields)]
struct Wire {
    /// Decimal text with the currency's digits, for example `19.99`.
    #[schema(example = "19.99")]
    amount: String,
    /// ISO 4217 code.
    #[schema(example = "USD", value_type = String)]
    currency: Currency,
}

impl serde::Serialize for Money {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Wire { amount: self.amount(), currency: self.currency }.serialize(serializer)
    }
}

impl<'de> serde::Deserialize<'de> for Money {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = Wire::deserialize(deserializer)?;
        parse_amount(&wire.amount, wire.currency).map_err(serde::de::Error::custom)
    }
}

/// Parses a plain decimal amount (`19.99`): no sign, no exponent, no fraction below the minor unit.
pub fn parse_amount(text: &str, currency: Currency) -> Result<Money, Invalid> {
    let plain = text.len() <= 20 && text.starts_with(|c: char| c.is_ascii_digit()) && text.chars().all(|c| c.is_ascii_digit() || c == '.');
    let amount = if plain { Decimal::from_str_exact(text).ok() } else { None };
    let amount = amount.ok_or_else(|| Invalid::new("amount_invalid", "an amount is a plain decimal number such as 19.99"))?;
    Money::from_numeric(amount, currency).map_err(|error| Invalid::new("amount_invalid", error.to_string()))
}

impl utoipa::__dev::ComposeSchema for Money {
    fn compose(
        generics: Vec<utoipa::openapi::RefOr<utoipa::openapi::schema::Schema>>,
    ) -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        <Wire as utoipa::__dev::ComposeSchema>::compose(generics)
    }
}

impl utoipa::ToSchema for Money {
    fn name() -> std::borrow::Cow<'static, str> {
        std::borrow::Cow::Borrowed("Money")
    }
}
