//! Test cards, as Stripe publishes them and the payment simulator knows them.

use serde::Serialize;

/// Cards with one kind of outcome.
#[derive(Debug, Serialize)]
pub(crate) struct Group {
    title: &'static str,
    pub(crate) cards: &'static [Card],
}

/// One card number.
#[derive(Debug, Serialize)]
pub(crate) struct Card {
    /// In groups, as it stands on a card.
    pub(crate) number: &'static str,
    outcome: &'static str,
}

pub(crate) const ALL: [Group; 3] = [
    Group {
        title: "Paid",
        cards: &[
            Card { number: "4242 4242 4242 4242", outcome: "Visa, paid at once" },
            Card { number: "5555 5555 5555 4444", outcome: "Mastercard, paid at once" },
            Card { number: "3782 822463 10005", outcome: "American Express, paid at once" },
        ],
    },
    Group {
        title: "Asks the bank first",
        cards: &[
            Card { number: "4000 0027 6000 3184", outcome: "3-D Secure: you approve or refuse" },
            Card { number: "4000 0082 6000 3178", outcome: "3-D Secure, then insufficient funds" },
        ],
    },
    Group {
        title: "Declined",
        cards: &[
            Card { number: "4000 0000 0000 0002", outcome: "Without a reason" },
            Card { number: "4000 0000 0000 9995", outcome: "Insufficient funds" },
            Card { number: "4000 0000 0000 0069", outcome: "Expired card" },
            Card { number: "4000 0000 0000 0127", outcome: "Wrong security code" },
            Card { number: "4000 0000 0000 0119", outcome: "Processing error" },
            Card { number: "4100 0000 0000 0019", outcome: "Blocked as fraud" },
        ],
    },
];
