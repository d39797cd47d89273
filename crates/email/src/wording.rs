//! Amounts, days and addresses as an en-US reader writes them.

use chrono::{DateTime, Utc};
use kernel::{Address, Money, Text};

/// Names of countries by code, English, from the Unicode CLDR.
const COUNTRY_NAMES: &str = include_str!("country_names.txt");

/// `$1,234.50`; other currencies by their code: `EUR 1,234.50`, with a space that does not break.
pub fn format_money(money: Money) -> String {
    let amount = money.amount();
    let (sign, digits) = amount.strip_prefix('-').map_or(("", amount.as_str()), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(whole, fraction)| (whole, Some(fraction)));
    let fraction = fraction.map(|fraction| format!(".{fraction}")).unwrap_or_default();
    let symbol = match money.currency().code() {
        "USD" => "$".to_owned(),
        code => format!("{code}\u{a0}"),
    };
    format!("{sign}{symbol}{}{fraction}", group_thousands(whole))
}

fn group_thousands(digits: &str) -> String {
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `November 22, 2026`, by UTC.
pub fn format_date(at: DateTime<Utc>) -> String {
    at.format("%B %-d, %Y").to_string()
}

/// The lines of an address below the name: street, town, country. The telephone number is the carrier's business.
pub fn address_lines(address: &Address) -> Vec<String> {
    let Address { line1, line2, city, region, postal_code, country, .. } = address;
    let town: Vec<&str> =
        [Some(city.as_str()), region.as_ref().map(Text::as_str), postal_code.as_ref().map(Text::as_str)].into_iter().flatten().collect();
    let town = town.join(", ");
    let lines = [Some(line1.as_str()), line2.as_ref().map(Text::as_str), Some(&town), Some(country_name(country.as_str()))];
    lines.into_iter().flatten().map(str::to_owned).collect()
}

fn country_name(code: &str) -> &str {
    let name = COUNTRY_NAMES.lines().filter_map(|line| line.split_once('\t')).find(|(known, _)| *known == code);
    name.map_or(code, |(_, name)| name)
}
