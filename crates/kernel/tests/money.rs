//! Money is exact: against the published table of currencies, and for amounts that nobody thought of.
#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up should end there")]

use std::collections::BTreeMap;

use kernel::{Currency, Money, MoneyError, Quantity, money::parse_amount};
use proptest::prelude::*;
use rust_decimal::Decimal;

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::parse("USD").unwrap())
}

#[derive(serde::Deserialize)]
struct Iso4217 {
    minor_units: BTreeMap<String, Option<u32>>,
}

#[test]
fn exponents_are_those_of_iso_4217() {
    let published: Iso4217 = serde_json::from_str(include_str!("fixtures/iso4217_minor_units.json")).unwrap();
    let mut known = 0;
    for (code, minor_units) in published.minor_units {
        // Codes younger than the library's table are unknown, never wrong.
        if let Ok(currency) = Currency::parse(&code) {
            known += 1;
            assert_eq!(Some(currency.exponent()), minor_units, "{code}");
        }
    }
    assert!(known > 150, "only {known} currencies are known");
}

#[test]
fn the_wire_has_text_and_never_a_float() {
    assert_eq!(serde_json::to_string(&usd(1990)).unwrap(), r#"{"amount":"19.90","currency":"USD"}"#);
    let yen = Money::new(1990, Currency::parse("JPY").unwrap());
    assert_eq!(serde_json::to_string(&yen).unwrap(), r#"{"amount":"1990","currency":"JPY"}"#);
    for wrong in [
        r#"{"amount":19.9,"currency":"USD"}"#,
        r#"{"amount":"19.999","currency":"USD"}"#,
        r#"{"amount":"1e3","currency":"USD"}"#,
        r#"{"amount":"-1","currency":"USD"}"#,
        r#"{"amount":"1.5","currency":"JPY"}"#,
        r#"{"amount":"1","currency":"usd"}"#,
        r#"{"amount":"1","currency":"XAU"}"#,
        r#"{"amount":"99999999999999999999","currency":"USD"}"#,
        r#"{"amount":"1","currency":"USD","minor":100}"#,
    ] {
        assert!(serde_json::from_str::<Money>(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn amounts_that_are_not_plain_numbers_are_refused() {
    for wrong in ["", " 1", "+1", "-0", ".5", "1,5", "1.2.3", "0x10", "١٢", "NaN", "1_000", "1e2", "123456789012345678901"] {
        assert_eq!(parse_amount(wrong, Currency::parse("USD").unwrap()).unwrap_err().code, "amount_invalid", "{wrong:?}");
    }
}

#[test]
fn currencies_never_mix() {
    let euro = Money::new(1, Currency::parse("EUR").unwrap());
    assert_eq!(usd(1).checked_add(euro), Err(MoneyError::CurrencyMismatch));
}

proptest! {
    #[test]
    fn numeric_and_back_is_the_same(minor: i64, currency in prop::sample::select(vec!["USD", "JPY", "KWD", "CLF"])) {
        let money = Money::new(minor, Currency::parse(currency).unwrap());
        prop_assert_eq!(Money::from_numeric(money.to_numeric(), money.currency()), Ok(money));
    }

    #[test]
    fn a_split_loses_no_cent_and_is_fair(minor in -1_000_000_000_i64..1_000_000_000, weights in prop::collection::vec(0_u64..1_000_000, 1..30)) {
        prop_assume!(weights.iter().sum::<u64>() > 0);
        let shares = usd(minor).split(&weights).unwrap();
        prop_assert_eq!(shares.iter().map(|share| share.minor()).sum::<i64>(), minor);
        let total: i128 = weights.iter().map(|&w| i128::from(w)).sum();
        for (share, &weight) in shares.iter().zip(&weights) {
            // Within one minor unit of the exact share.
            let exact = i128::from(minor) * i128::from(weight);
            prop_assert!((i128::from(share.minor()) * total - exact).abs() < total);
        }
    }

    #[test]
    fn half_even_is_within_half_a_cent(minor in -1_000_000_000_000_i64..1_000_000_000_000, rate in 0_i64..1_000_000) {
        let rate = Decimal::new(rate, 6);
        let scaled = usd(minor).scale_half_even(rate).unwrap();
        let difference = Decimal::from(scaled.minor()) - Decimal::from(minor) * rate;
        prop_assert!(difference.abs() <= Decimal::new(5, 1));
    }

    #[test]
    fn overflow_is_an_error_and_never_a_wrong_amount(a: i64, b: i64, pieces in 1_i32..=99) {
        let quantity = Quantity::try_from(pieces).unwrap();
        prop_assert_eq!(usd(a).checked_add(usd(b)).map(Money::minor).ok(), a.checked_add(b));
        prop_assert_eq!(usd(a).checked_sub(usd(b)).map(Money::minor).ok(), a.checked_sub(b));
        prop_assert_eq!(usd(a).times(quantity).map(Money::minor).ok(), a.checked_mul(i64::from(pieces)));
    }
}
