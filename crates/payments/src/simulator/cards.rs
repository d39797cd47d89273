//! Stripe's published test cards and what each of them does. No other number is a card here.

use serde::{Deserialize, Serialize};

use Does::{Challenge, ChallengeThenDecline, Decline, Refuse, Succeed};
use Funding::{Credit, Debit, Prepaid};
use Look::{AddressFails, Blocked, CvcFails, Elevated, Highest, LineFails, Plain, PostalFails};

/// What a payment with a card comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Does {
    /// The money is taken.
    Succeed,
    /// The issuer says no.
    Decline(Refusal),
    /// 3-D Secure first; the money is taken when the customer completes it.
    Challenge,
    /// 3-D Secure first, and then the issuer says no.
    ChallengeThenDecline(Refusal),
    /// The number itself is refused: it never becomes a payment method.
    Refuse,
}

/// A refusal in Stripe's codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// Error code.
    pub code: &'static str,
    /// The issuer's reason.
    pub decline_code: Option<&'static str>,
}

impl Refusal {
    /// The issuer gives no reason.
    pub const GENERIC: Self = Self::declined("generic_decline");

    const fn declined(reason: &'static str) -> Self {
        Self { code: "card_declined", decline_code: Some(reason) }
    }

    const fn code(code: &'static str) -> Self {
        Self { code, decline_code: None }
    }

    /// What is said to the customer.
    pub fn message(self) -> &'static str {
        match (self.code, self.decline_code) {
            ("expired_card", _) => "Your card has expired.",
            ("incorrect_cvc", _) => "Your card's security code is incorrect.",
            ("processing_error", _) => "The card could not be processed just now. Try again in a little while.",
            (_, Some("insufficient_funds")) => "Your card has insufficient funds.",
            (_, Some("card_velocity_exceeded")) => "Your card was declined: it was used too often or for too much.",
            _ => "Your card was declined.",
        }
    }
}

/// How a card is funded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Funding {
    /// Credit.
    Credit,
    /// Debit.
    Debit,
    /// Prepaid.
    Prepaid,
}

/// What checks and risk rules see in a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Nothing.
    Plain,
    /// Elevated risk.
    Elevated,
    /// The highest risk.
    Highest,
    /// The highest risk, and the rules stop it.
    Blocked,
    /// The security code is not right, which nobody minds.
    CvcFails,
    /// The postcode is not right, which nobody minds.
    PostalFails,
    /// The street is not right, which nobody minds.
    LineFails,
    /// Neither is.
    AddressFails,
}

/// One row of the table.
#[derive(Debug)]
pub struct Card {
    number: &'static str,
    /// Stripe's word for the network.
    pub brand: &'static str,
    /// Credit or debit.
    pub funding: Funding,
    /// What a payment with it comes to.
    pub does: Does,
    /// What checks see.
    pub look: Look,
}

impl Card {
    /// The last four digits.
    pub fn last4(&self) -> &'static str {
        self.number.get(self.number.len().saturating_sub(4)..).unwrap_or_default()
    }

    /// Digits of its security code.
    pub fn cvc_digits(&self) -> usize {
        if self.brand == "amex" { 4 } else { 3 }
    }

    /// `low` risk has its word in Stripe, too.
    pub fn risk_level(&self) -> &'static str {
        match self.look {
            Elevated => "elevated",
            Highest | Blocked => "highest",
            Plain | CvcFails | PostalFails | LineFails | AddressFails => "normal",
        }
    }
}

/// A card of the table. Stored as brand and last four digits: a card number is never written down, not even this one.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TestCard(&'static Card);

impl std::ops::Deref for TestCard {
    type Target = Card;
    fn deref(&self) -> &Card {
        self.0
    }
}

impl From<TestCard> for String {
    fn from(card: TestCard) -> Self {
        format!("{} {}", card.brand, card.last4())
    }
}

impl TryFrom<String> for TestCard {
    type Error = &'static str;
    fn try_from(stored: String) -> Result<Self, Self::Error> {
        let (brand, last4) = stored.split_once(' ').ok_or("not a card")?;
        CARDS.iter().find(|card| card.brand == brand && card.last4() == last4).map(Self).ok_or("not a test card")
    }
}

/// The test card with this number, typed with spaces or without.
pub fn by_number(number: &str) -> Option<TestCard> {
    let mut digits = String::with_capacity(19);
    for character in number.chars().filter(|c| !matches!(c, ' ' | '-')) {
        digits.push(character);
        if digits.len() > 19 {
            return None;
        }
    }
    CARDS.iter().find(|card| card.number == digits).map(TestCard)
}

/// The test card behind `pm_card_...` or `tok_...`.
pub fn by_name(name: &str) -> Option<TestCard> {
    let name = name.strip_prefix("pm_card_").or_else(|| name.strip_prefix("tok_"))?;
    // The declines exist with and without the network in their name.
    let plain = name.strip_prefix("visa_").unwrap_or(name);
    NAMES.iter().find(|(known, _)| *known == plain).and_then(|(_, number)| by_number(number))
}

const NAMES: [(&str, &str); 18] = [
    ("visa", "4242424242424242"),
    ("debit", "4000056655665556"),
    ("mastercard", "5555555555554444"),
    ("amex", "378282246310005"),
    ("discover", "6011111111111117"),
    ("diners", "3056930009020004"),
    ("jcb", "3566002020360505"),
    ("unionpay", "6200000000000005"),
    ("chargeDeclined", "4000000000000002"),
    ("chargeDeclinedInsufficientFunds", "4000000000009995"),
    ("chargeDeclinedLostCard", "4000000000009987"),
    ("chargeDeclinedStolenCard", "4000000000009979"),
    ("chargeDeclinedExpiredCard", "4000000000000069"),
    ("chargeDeclinedIncorrectCvc", "4000000000000127"),
    ("chargeDeclinedProcessingError", "4000000000000119"),
    ("createDispute", "4000000000000259"),
    ("threeDSecure2Required", "4000000000003220"),
    ("authenticationRequired", "4000002760003184"),
];

const GENERIC: Refusal = Refusal::declined("generic_decline");

const fn card(number: &'static str, brand: &'static str, funding: Funding, does: Does, look: Look) -> Card {
    Card { number, brand, funding, does, look }
}

const fn visa(number: &'static str, does: Does) -> Card {
    card(number, "visa", Credit, does, Plain)
}

const fn look(number: &'static str, does: Does, look: Look) -> Card {
    card(number, "visa", Credit, does, look)
}

static CARDS: [Card; 50] = [
    visa("4242424242424242", Succeed),
    card("4000056655665556", "visa", Debit, Succeed, Plain),
    card("5555555555554444", "mastercard", Credit, Succeed, Plain),
    card("2223003122003222", "mastercard", Credit, Succeed, Plain),
    card("5200828282828210", "mastercard", Debit, Succeed, Plain),
    card("5105105105105100", "mastercard", Prepaid, Succeed, Plain),
    card("378282246310005", "amex", Credit, Succeed, Plain),
    card("371449635398431", "amex", Credit, Succeed, Plain),
    card("6011111111111117", "discover", Credit, Succeed, Plain),
    card("6011000990139424", "discover", Credit, Succeed, Plain),
    card("6011981111111113", "discover", Debit, Succeed, Plain),
    card("3056930009020004", "diners", Credit, Succeed, Plain),
    card("36227206271667", "diners", Credit, Succeed, Plain),
    card("3566002020360505", "jcb", Credit, Succeed, Plain),
    card("6200000000000005", "unionpay", Credit, Succeed, Plain),
    visa("4000000000000002", Decline(GENERIC)),
    visa("4000000000009995", Decline(Refusal::declined("insufficient_funds"))),
    visa("4000000000009987", Decline(Refusal::declined("lost_card"))),
    visa("4000000000009979", Decline(Refusal::declined("stolen_card"))),
    visa("4000000000000069", Decline(Refusal::code("expired_card"))),
    visa("4000000000000127", Decline(Refusal::code("incorrect_cvc"))),
    visa("4000000000000119", Decline(Refusal::code("processing_error"))),
    visa("4242424242424241", Refuse),
    visa("4000000000006975", Decline(Refusal::declined("card_velocity_exceeded"))),
    visa("4000000000000341", Decline(GENERIC)),
    look("4100000000000019", Decline(Refusal::declined("fraudulent")), Blocked),
    look("4000000000004954", Succeed, Highest),
    look("4000000000009235", Succeed, Elevated),
    look("4000000000000101", Succeed, CvcFails),
    look("4000000000000036", Succeed, PostalFails),
    look("4000000000000028", Succeed, LineFails),
    look("4000000000000010", Succeed, AddressFails),
    // What follows a dispute card's or a refund card's success is not simulated.
    visa("4000000000000259", Succeed),
    visa("4000000000002685", Succeed),
    visa("4000000000001976", Succeed),
    visa("4000000000005423", Succeed),
    visa("4000000404000079", Succeed),
    visa("4000000000007726", Succeed),
    visa("4000000000005126", Succeed),
    visa("4000000000000077", Succeed),
    visa("4000003720000278", Succeed),
    visa("4000002500003155", Challenge),
    visa("4000002760003184", Challenge),
    visa("4000003800000446", Challenge),
    visa("4000008260003178", ChallengeThenDecline(Refusal::declined("insufficient_funds"))),
    visa("4000000000003220", Challenge),
    visa("4000008400001629", ChallengeThenDecline(GENERIC)),
    // The lookup of 3-D Secure fails: without it the issuer takes nothing.
    visa("4000008400001280", Decline(GENERIC)),
    visa("4000000000003055", Succeed),
    visa("4000000000003097", Succeed),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn published() -> serde_json::Value {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/test_cards.json");
        serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
    }

    /// What a payment comes to first, in the words of the published table.
    fn published_end(outcome: &str) -> &'static str {
        let begins = |starts: &[&str]| starts.iter().any(|start| outcome.starts_with(start));
        if begins(&["declined", "attach succeeds", "blocked"]) || outcome.ends_with("lookup fails") {
            "refusal"
        } else if begins(&["3-D Secure"]) && !begins(&["3-D Secure supported"]) {
            "3-D Secure"
        } else {
            "money"
        }
    }

    #[test]
    fn every_published_card_is_in_the_table_with_its_outcome() {
        let published = published();
        let published = published["cards"].as_array().unwrap();
        assert_eq!(published.len(), CARDS.len());
        for row in published {
            let (number, outcome) = (row["number"].as_str().unwrap(), row["outcome"].as_str().unwrap());
            let card = by_number(number).unwrap();
            let refusal = match card.does {
                Decline(refusal) | ChallengeThenDecline(refusal) => Some(refusal),
                Refuse => Some(Refusal::code("incorrect_number")),
                Succeed | Challenge => None,
            };
            assert!(row["brand"].as_str().unwrap().starts_with(card.brand), "{number}");
            if let Some(code) = row["error_code"].as_str() {
                assert_eq!(refusal.map(|refusal| refusal.code), Some(code), "{number}");
                if let Some(reason) = row["decline_code"].as_str() {
                    assert_eq!(refusal.unwrap().decline_code, Some(reason), "{number}");
                }
            }
            let leads_to = match card.does {
                Succeed => "money",
                Challenge | ChallengeThenDecline(_) => "3-D Secure",
                Decline(_) | Refuse => "refusal",
            };
            assert_eq!(leads_to, published_end(outcome), "{number}: {outcome}");
        }
    }

    #[test]
    fn a_card_is_told_by_brand_and_last_four_digits() {
        for card in &CARDS {
            let stored = String::from(TestCard(card));
            assert!(!stored.contains(card.number));
            assert_eq!(TestCard::try_from(stored).unwrap().number, card.number);
        }
    }

    #[test]
    fn every_published_name_has_its_card() {
        for (name, outcome) in published()["payment_methods"].as_object().unwrap() {
            let card = by_name(name).unwrap_or_else(|| panic!("{name}"));
            let outcome = outcome.as_str().unwrap();
            match card.does {
                Succeed => assert!(outcome.starts_with("succeeds"), "{name}"),
                Decline(refusal) => assert!(outcome.contains(refusal.decline_code.unwrap_or(refusal.code)), "{name}"),
                Challenge => assert!(outcome.contains("3-D Secure") || outcome.contains("authentication"), "{name}"),
                ChallengeThenDecline(_) | Refuse => panic!("{name}"),
            }
        }
        assert!(by_name("pm_card_unheardOf").is_none());
    }

    #[test]
    fn spaces_do_not_matter_and_other_numbers_are_no_cards() {
        assert_eq!(by_number("4242 4242-4242 4242").unwrap().last4(), "4242");
        for other in ["4111111111111111", "", "4242", "42424242424242424242424242", "pm_card_visa"] {
            assert!(by_number(other).is_none(), "{other}");
        }
    }
}
