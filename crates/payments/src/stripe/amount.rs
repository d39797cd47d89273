//! Amounts in Stripe's integers, whose exponents are not quite those of ISO 4217.

use kernel::{Currency, Money};

/// Why an amount cannot be said to Stripe, or what Stripe said is no amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Stripe takes no such fraction: halves of an Icelandic króna, thousandths of a Kuwaiti dinar.
    #[error("the amount has a fraction that Stripe does not take in this currency")]
    Fraction,
    /// Not a currency that the shop knows.
    #[error("the currency is not known")]
    Currency,
    /// Beyond 64 bits.
    #[error("the amount is too large")]
    Overflow,
}

/// How Stripe counts a currency: digits after the point, and what every amount must be divisible by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    exponent: u32,
    step: i64,
}

impl Scale {
    /// The scale of a currency.
    pub fn of(currency: Currency) -> Self {
        match (currency.code(), currency.exponent()) {
            // Without a minor unit by ISO, but kept at two digits by Stripe, which must be zeros.
            ("ISK" | "UGX", _) => Self { exponent: 2, step: 100 },
            // One fifth by ISO's reckoning of two digits; Stripe counts whole ariary.
            ("MGA", _) => Self { exponent: 0, step: 1 },
            // Card networks do not carry the third digit.
            (_, 3) => Self { exponent: 3, step: 10 },
            (_, exponent) => Self { exponent, step: 1 },
        }
    }

    /// True when Stripe takes this integer in the currency.
    pub fn allows(self, amount: i64) -> bool {
        amount % self.step == 0
    }
}

/// Stripe's integer for an amount.
pub fn to_stripe(money: Money) -> Result<i64, AmountError> {
    let scale = Scale::of(money.currency());
    let amount = rescale(money.minor(), money.currency().exponent(), scale.exponent)?;
    if scale.allows(amount) { Ok(amount) } else { Err(AmountError::Fraction) }
}

/// The amount that Stripe's integer stands for.
pub fn from_stripe(amount: i64, currency: Currency) -> Result<Money, AmountError> {
    rescale(amount, Scale::of(currency).exponent, currency.exponent()).map(|minor| Money::new(minor, currency))
}

/// A currency as Stripe writes it, in lower case.
pub fn currency(code: &str) -> Result<Currency, AmountError> {
    Currency::parse(&code.to_ascii_uppercase()).map_err(|_| AmountError::Currency)
}

fn rescale(amount: i64, from: u32, to: u32) -> Result<i64, AmountError> {
    let factor = 10_i64.checked_pow(from.abs_diff(to)).ok_or(AmountError::Overflow)?;
    if to >= from {
        return amount.checked_mul(factor).ok_or(AmountError::Overflow);
    }
    if amount % factor == 0 { Ok(amount / factor) } else { Err(AmountError::Fraction) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_go_to_stripe_and_back_by_its_own_exponents() {
        let cases = [
            ("USD", 1999, Ok(1999)),
            ("JPY", 500, Ok(500)),
            ("ISK", 5, Ok(500)),
            ("UGX", 5, Ok(500)),
            ("MGA", 500, Ok(5)),
            ("MGA", 520, Err(AmountError::Fraction)),
            ("KWD", 5120, Ok(5120)),
            ("KWD", 5124, Err(AmountError::Fraction)),
            ("ISK", i64::MAX, Err(AmountError::Overflow)),
        ];
        for (code, minor, expected) in cases {
            let money = Money::new(minor, Currency::parse(code).unwrap());
            assert_eq!(to_stripe(money), expected, "{code} {minor}");
            if let Ok(amount) = expected {
                assert_eq!(from_stripe(amount, money.currency()), Ok(money), "{code} {amount} back");
            }
        }
        assert_eq!(from_stripe(550, Currency::parse("ISK").unwrap()), Err(AmountError::Fraction));
    }
}
