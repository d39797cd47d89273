//! Amounts, days and addresses.

use chrono::DateTime;
use kernel::{Address, Currency, Money};

use crate::{address_lines, format_date, format_money};

#[test]
fn amounts_read_as_an_american_writes_them() {
    let cases = [
        (1999, "USD", "$19.99"),
        (5, "USD", "$0.05"),
        (123_450, "USD", "$1,234.50"),
        (100_000_000, "USD", "$1,000,000.00"),
        (-500, "USD", "-$5.00"),
        (123_456, "EUR", "EUR\u{a0}1,234.56"),
        (1500, "JPY", "JPY\u{a0}1,500"),
        (1500, "KWD", "KWD\u{a0}1.500"),
        (i64::MAX, "USD", "$92,233,720,368,547,758.07"),
    ];
    for (minor, currency, expected) in cases {
        assert_eq!(format_money(Money::new(minor, Currency::parse(currency).unwrap())), expected);
    }
}

#[test]
fn a_day_is_written_out() {
    assert_eq!(format_date(DateTime::from_timestamp(1_790_000_000, 0).unwrap()), "September 21, 2026");
}

#[test]
fn an_address_has_the_lines_that_it_has() {
    let address: Address = serde_json::from_value(serde_json::json!({
        "full_name": "Ada Lovelace", "line1": "12 St James's Square", "line2": null, "city": "London",
        "region": null, "postal_code": "SW1Y 4JH", "country": "GB", "phone": "+44 20 7946 0000",
    }))
    .unwrap();
    assert_eq!(address_lines(&address), ["12 St James's Square", "London, SW1Y 4JH", "United Kingdom"]);
}
