//! What a purchase costs. Pure: the same lines and settings give the same cents, for the quote, the order and the mail.

use kernel::{Money, MoneyError, Quantity};
use platform::settings::ShopSettings;
use rust_decimal::Decimal;

/// What something costs, split as the order keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totals {
    /// The lines, in the order given.
    pub lines: Vec<LineTotals>,
    /// Sum of the lines.
    pub subtotal: Money,
    /// Taken off the subtotal.
    pub discount: Money,
    /// Delivery.
    pub shipping: Money,
    /// Tax added on top; zero with inclusive prices.
    pub tax: Money,
    /// Tax contained in inclusive prices; zero otherwise.
    pub tax_included: Money,
    /// What is paid.
    pub total: Money,
}

/// What one line costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineTotals {
    /// Unit price times quantity.
    pub line_total: Money,
    /// Tax of the line, added or contained.
    pub tax: Money,
}

impl Totals {
    /// The tax that is shown: added on top, or contained.
    pub fn shown_tax(&self, tax_inclusive: bool) -> Money {
        if tax_inclusive { self.tax_included } else { self.tax }
    }
}

/// Prices lines of (unit price, quantity). Tax is rounded half to even on each line and on delivery.
pub fn price(lines: &[(Money, Quantity)], settings: &ShopSettings) -> Result<Totals, MoneyError> {
    let zero = Money::zero(settings.currency);
    let priced = lines
        .iter()
        .map(|&(unit, quantity)| {
            let line_total = unit.times(quantity)?;
            Ok(LineTotals { line_total, tax: tax_of(line_total, settings)? })
        })
        .collect::<Result<Vec<_>, MoneyError>>()?;
    let subtotal = Money::sum(settings.currency, priced.iter().map(|line| line.line_total))?;
    let is_free = settings.free_delivery_over.is_some_and(|over| subtotal.minor() >= over.minor());
    let shipping = if is_free || lines.is_empty() { zero } else { settings.delivery_rate };
    let taxes = Money::sum(settings.currency, priced.iter().map(|line| line.tax))?.checked_add(tax_of(shipping, settings)?)?;
    let (tax, tax_included) = if settings.tax_inclusive { (zero, taxes) } else { (taxes, zero) };
    let total = subtotal.checked_add(shipping)?.checked_add(tax)?;
    Ok(Totals { lines: priced, subtotal, discount: zero, shipping, tax, tax_included, total })
}

fn tax_of(amount: Money, settings: &ShopSettings) -> Result<Money, MoneyError> {
    let factor = if settings.tax_inclusive { settings.tax_rate / (Decimal::ONE + settings.tax_rate) } else { settings.tax_rate };
    amount.scale_half_even(factor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Currency;
    use proptest::prelude::*;

    fn settings(rate: &str, inclusive: bool) -> ShopSettings {
        let currency = Currency::parse("USD").unwrap();
        ShopSettings {
            shop_name: "Test".into(),
            currency,
            delivery_rate: Money::new(590, currency),
            free_delivery_over: Some(Money::new(7500, currency)),
            tax_rate: rate.parse().unwrap(),
            tax_inclusive: inclusive,
        }
    }

    fn lines(of: &[(i64, i32)]) -> Vec<(Money, Quantity)> {
        of.iter()
            .map(|&(minor, quantity)| (Money::new(minor, Currency::parse("USD").unwrap()), Quantity::try_from(quantity).unwrap()))
            .collect()
    }

    #[test]
    fn exclusive_tax_is_added_on_lines_and_delivery() {
        let totals = price(&lines(&[(1999, 1), (899, 2)]), &settings("0.08", false)).unwrap();
        // 19.99 -> 1.5992 -> 1.60; 17.98 -> 1.4384 -> 1.44; 5.90 -> 0.472 -> 0.47
        assert_eq!((totals.subtotal.minor(), totals.shipping.minor(), totals.tax.minor(), totals.total.minor()), (3797, 590, 351, 4738));
    }

    #[test]
    fn inclusive_tax_is_the_part_contained() {
        let totals = price(&lines(&[(12000, 1)]), &settings("0.2", true)).unwrap();
        assert_eq!((totals.shipping.minor(), totals.tax.minor(), totals.tax_included.minor(), totals.total.minor()), (0, 0, 2000, 12000));
    }

    #[test]
    fn delivery_is_free_from_the_very_amount_on() {
        assert_eq!(price(&lines(&[(7499, 1)]), &settings("0", false)).unwrap().shipping.minor(), 590);
        assert_eq!(price(&lines(&[(7500, 1)]), &settings("0", false)).unwrap().shipping.minor(), 0);
    }

    #[test]
    fn half_a_cent_goes_to_the_even_neighbour() {
        assert_eq!(price(&lines(&[(50, 1)]), &settings("0.05", false)).unwrap().lines[0].tax.minor(), 2); // 2.5
        assert_eq!(price(&lines(&[(70, 1)]), &settings("0.05", false)).unwrap().lines[0].tax.minor(), 4); // 3.5
    }

    #[test]
    fn an_amount_beyond_sixty_four_bits_is_refused() {
        assert_eq!(price(&lines(&[(i64::MAX, 2)]), &settings("0", false)), Err(MoneyError::Overflow));
    }

    proptest! {
        #[test]
        fn totals_always_add_up(of in prop::collection::vec((0_i64..10_000_000, 1_i32..=99), 0..20), rate in 0_u32..500_000, inclusive: bool) {
            let rate = format!("0.{rate:06}");
            let totals = price(&lines(&of), &settings(&rate, inclusive)).unwrap();
            let sum: i64 = totals.lines.iter().map(|line| line.line_total.minor()).sum();
            prop_assert_eq!(totals.subtotal.minor(), sum);
            prop_assert_eq!(totals.total.minor(), sum - totals.discount.minor() + totals.shipping.minor() + totals.tax.minor());
            prop_assert!(totals.tax.is_zero() || totals.tax_included.is_zero());
            prop_assert!(totals.tax_included.minor() <= totals.total.minor());
        }
    }
}
