//! The faults of the stand-ins as the control room's switches. What stands in for nothing cannot be switched.

use controlroom::{Choice, Chosen, Panel, Switch};
use email::Mailbox;
use payments::simulator::{ChargeFault, Faults, Simulator, WebhookFault};
use platform::{App, config::STRIPE_API};

const WEBHOOKS: &str = "webhooks";
const CARDS: &str = "cards";
const MAIL: &str = "mail";

const fn choice(value: &'static str, label: &'static str, about: &'static str, banner: &'static str) -> Choice {
    Choice { value, label, about, banner }
}

static WEBHOOK_CHOICES: [Choice; 4] = [
    choice("arrive", "Arrive", "at once, once", ""),
    choice("lost", "Lost", "the shop must ask", "Webhooks are lost."),
    choice("late", "Late", "by half a minute", "Webhooks come late."),
    choice("five_times", "Five times", "three at once", "Webhooks come five times."),
];
static CARD_CHOICES: [Choice; 3] = [
    choice("work", "Work", "as their number says", ""),
    choice("then_timeout", "Charge, then time out", "nobody hears of it", "Cards are charged and nobody hears of it."),
    choice("decline", "All declined", "whatever the number", "Every card is declined."),
];
static MAIL_CHOICES: [Choice; 2] =
    [choice("up", "Works", "", ""), choice("down", "Provider is down", "mails wait, orders do not", "The mail provider is down.")];

/// The values of the form and what they switch.
const WEBHOOK_FAULTS: [(&str, WebhookFault); 4] =
    [("arrive", WebhookFault::None), ("lost", WebhookFault::Lost), ("late", WebhookFault::Late), ("five_times", WebhookFault::FiveTimes)];
const CARD_FAULTS: [(&str, ChargeFault); 3] =
    [("work", ChargeFault::None), ("then_timeout", ChargeFault::ThenTimeout), ("decline", ChargeFault::Decline)];

/// The switches of this shop's stand-ins.
pub(super) fn panel(app: &App, simulator: Option<Simulator>, mailbox: Option<Mailbox>) -> Panel {
    let no_simulator = simulator.is_none().then(|| {
        let base = app.config.stripe.api_base.as_deref().filter(|base| *base != STRIPE_API);
        base.map_or_else(
            || "Payments go to Stripe itself, which obeys nobody here.".to_owned(),
            |base| format!("Payments go to {base}, which runs on its own."),
        )
    });
    let no_mailbox = mailbox.is_none().then(|| "Mail goes to a provider of its own.".to_owned());
    let (read_from, read_mail) = (simulator.clone(), mailbox.clone());
    let read = move || {
        let faults = read_from.as_ref().map(Simulator::faults).unwrap_or_default();
        let is_down = read_mail.as_ref().is_some_and(Mailbox::is_down);
        let switch = |name, title, choices, chosen, unavailable: &Option<String>| Switch {
            name,
            title,
            choices,
            chosen,
            unavailable: unavailable.clone(),
        };
        vec![
            switch(WEBHOOKS, "Webhooks", &WEBHOOK_CHOICES[..], value_of(&WEBHOOK_FAULTS, faults.webhooks), &no_simulator),
            switch(CARDS, "Cards", &CARD_CHOICES[..], value_of(&CARD_FAULTS, faults.charge), &no_simulator),
            switch(MAIL, "Mail", &MAIL_CHOICES[..], if is_down { "down" } else { "up" }, &no_mailbox),
        ]
    };
    Panel::new(read, move |chosen| {
        if let Some(simulator) = &simulator {
            simulator.set_faults(Faults {
                webhooks: fault_of(&WEBHOOK_FAULTS, chosen, WEBHOOKS),
                charge: fault_of(&CARD_FAULTS, chosen, CARDS),
            });
        }
        if let Some(mailbox) = &mailbox {
            mailbox.set_down(chosen.get(MAIL) == Some(&"down"));
        }
    })
}

fn value_of<T: PartialEq>(faults: &[(&'static str, T)], now: T) -> &'static str {
    faults.iter().find(|(_, fault)| *fault == now).map_or("", |(value, _)| value)
}

fn fault_of<T: Copy + Default>(faults: &[(&'static str, T)], chosen: &Chosen, name: &str) -> T {
    faults.iter().find(|(value, _)| chosen.get(name) == Some(value)).map(|(_, fault)| *fault).unwrap_or_default()
}
