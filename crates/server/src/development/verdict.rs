//! How an order went, in a sentence or two.

use chrono::{DateTime, Utc};
use controlroom::{Act, Lane, span};
use orders::{Status, Told};
use platform::story::{Moment, Mood, Part};

/// The verdict and its tone. `provider` is what the payment simulator told, in its own order; empty without one.
pub(super) fn of(told: &Told, provider: &[Moment], acts: &[Act]) -> (String, Mood) {
    match told.order.status {
        Status::Pending => pending(provider),
        Status::Cancelled => (cancelled(acts), Mood::Trouble),
        Status::Processing | Status::Shipped | Status::Delivered => paid(told, provider, acts),
    }
}

fn happened(acts: &[Act]) -> impl DoubleEndedIterator<Item = &Moment> {
    acts.iter().map(|act| &act.moment)
}

/// The provider's moments of money: the first is the intent's own.
fn charges(provider: &[Moment]) -> impl Iterator<Item = &Moment> {
    provider.iter().filter(|moment| moment.part == Part::Payment).skip(1)
}

fn is_lost(provider: &[Moment]) -> bool {
    provider.iter().any(|moment| moment.part == Part::Webhook && moment.mood == Mood::Trouble)
}

fn pending(provider: &[Moment]) -> (String, Mood) {
    let charged = charges(provider).any(|moment| moment.mood == Mood::Done);
    let last = charges(provider).last().map(|moment| moment.mood);
    let verdict = match (charged, last) {
        (true, _) if is_lost(provider) => return ("Webhook lost. The shop will ask Stripe…".to_owned(), Mood::Trouble),
        (true, _) => "Charged. Waiting for the webhook…",
        (false, Some(Mood::Trouble)) => return ("Card refused. The order is kept.".to_owned(), Mood::Trouble),
        (false, Some(Mood::Waiting)) => "The bank asks the customer first…",
        (false, _) => "Waiting for the customer to pay…",
    };
    (verdict.to_owned(), Mood::Waiting)
}

/// What is waited for, where no owner of the facts says so itself.
pub(super) fn expected(told: &Told, provider: &[Moment]) -> Option<Act> {
    if told.order.status != Status::Pending {
        return None;
    }
    let charged = charges(provider).any(|moment| moment.mood == Mood::Done);
    let refused = charges(provider).last().is_some_and(|moment| moment.mood == Mood::Trouble);
    let (by, part, what) = match (charged, refused) {
        (true, _) if is_lost(provider) => (Lane::SHOP, Part::Order, "The shop asks Stripe by itself, in a moment"),
        (true, _) => (Lane::SHOP, Part::Webhook, "The webhook arrives"),
        (false, true) => (Lane::CUSTOMER, Part::Request, "The customer tries another card"),
        (false, false) => (Lane::CUSTOMER, Part::Request, "The customer enters a card"),
    };
    let moment = Moment { at: told.order.placed_at, part, mood: Mood::Waiting, what: what.to_owned(), detail: String::new() };
    Some(Act { by, moment })
}

fn cancelled(acts: &[Act]) -> String {
    let why = happened(acts).rev().find(|moment| moment.part == Part::Order && moment.mood == Mood::Trouble);
    why.map_or_else(|| "Order cancelled.".to_owned(), |moment| format!("{}.", moment.what))
}

fn paid(told: &Told, provider: &[Moment], acts: &[Act]) -> (String, Mood) {
    let paid_at = told.order.paid_at.unwrap_or(told.order.placed_at);
    let charged_at = charges(provider).filter(|moment| moment.mood == Mood::Done && moment.at <= paid_at).map(|moment| moment.at).last();
    let took = span(paid_at - charged_at.unwrap_or(told.order.placed_at));
    let healed = happened(acts).any(|moment| moment.part == Part::Payment && moment.mood == Mood::Healed);
    let (verdict, mood) = match (healed, is_lost(provider)) {
        (true, true) => (format!("Webhook lost. Healed by asking Stripe after {took}."), Mood::Healed),
        (true, false) => (format!("No webhook came. Healed by asking Stripe after {took}."), Mood::Healed),
        (false, _) => (format!("Paid in {took}."), Mood::Done),
    };
    match beside(provider, acts, charged_at) {
        Some((more, tone)) => (format!("{verdict} {more}"), if mood == Mood::Healed { mood } else { tone }),
        None => (verdict, mood),
    }
}

/// What else is worth a sentence, with its tone.
fn beside(provider: &[Moment], acts: &[Act], charged_at: Option<DateTime<Utc>>) -> Option<(String, Mood)> {
    let mail = happened(acts).rev().find(|moment| moment.part == Part::Mail).map(|moment| moment.mood);
    let mail_failed = happened(acts).any(|moment| moment.part == Part::Mail && moment.mood == Mood::Trouble);
    // Those of the charge: a card that was refused before had a webhook of its own.
    let of_the_charge =
        |moment: &&Moment| moment.part == Part::Webhook && moment.mood == Mood::Done && charged_at.is_none_or(|at| moment.at >= at);
    let deliveries = provider.iter().filter(of_the_charge).count();
    let unheard = charged_at.is_some_and(|at| charges(provider).any(|moment| moment.mood == Mood::Trouble && moment.at >= at));
    match mail {
        Some(Mood::Waiting) if mail_failed => Some(("The receipt waits for the mail provider.".to_owned(), Mood::Waiting)),
        Some(Mood::Trouble) => Some(("The receipt was given up.".to_owned(), Mood::Trouble)),
        Some(Mood::Healed) => Some(("The receipt went out after all.".to_owned(), Mood::Healed)),
        _ if unheard => Some(("The browser never heard of it.".to_owned(), Mood::Healed)),
        _ if deliveries > 1 => Some((format!("The webhook came {deliveries} times and counted once."), Mood::Done)),
        _ => None,
    }
}
