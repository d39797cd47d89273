//! What the outbox knows of an order's mails: queued, tried, sent, given up.

use kernel::OrderId;
use platform::story::{Moment, Mood, Part};
use sqlx::PgConnection;

use crate::{
    Template,
    store::{self, Progress, State},
};

/// What happened to an order's mails. Their keys are the template's name and the order's id.
pub async fn story(db: &mut PgConnection, order: OrderId) -> sqlx::Result<Vec<Moment>> {
    let keys = Template::ALL.map(|template| format!("{}:{order}", template.name()));
    let mails = store::progress(db, &keys).await?;
    Ok(mails.iter().flat_map(moments).collect())
}

fn moments(mail: &Progress) -> Vec<Moment> {
    let name = match Template::find(&mail.template) {
        Some(Template::OrderConfirmation) => "Receipt",
        Some(Template::OrderRefunded) => "Notice of the refund",
        None => "Mail",
    };
    let told = |at, mood, what: String, detail: String| Moment { at, part: Part::Mail, mood, what, detail };
    let attempts = if mail.attempts == 1 { "1 attempt".to_owned() } else { format!("{} attempts", mail.attempts) };
    let mut moments = vec![told(mail.created_at, Mood::Done, format!("{name} queued"), format!("emails, {}", mail.template))];
    let error = mail.last_error.clone().unwrap_or_default();
    let tried_at = mail.attempted_at.unwrap_or(mail.created_at);
    match mail.state {
        State::Sent => {
            let healed = mail.attempts > 1;
            let what = if healed { format!("{name} sent after all") } else { format!("{name} sent") };
            let mood = if healed { Mood::Healed } else { Mood::Done };
            moments.push(told(mail.sent_at.unwrap_or(tried_at), mood, what, format!("taken by the provider, {attempts}")));
        }
        State::Dead => moments.push(told(tried_at, Mood::Trouble, format!("{name} given up"), format!("{error}, {attempts}"))),
        State::Queued if mail.last_error.is_some() => {
            moments.push(told(tried_at, Mood::Trouble, format!("{name} not sent"), format!("{error}, {attempts}")));
            moments.push(told(tried_at, Mood::Waiting, format!("{name} waits for its next attempt"), String::new()));
        }
        State::Queued => moments.push(told(mail.created_at, Mood::Waiting, format!("{name} on its way"), String::new())),
    }
    moments
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn mail(state: State, attempts: i32, last_error: Option<&str>) -> Progress {
        let at = |seconds| DateTime::from_timestamp(seconds, 0);
        Progress {
            template: "order_confirmation".to_owned(),
            state,
            attempts,
            attempted_at: at(20).filter(|_| attempts > 0),
            last_error: last_error.map(str::to_owned),
            created_at: at(10).unwrap(),
            sent_at: at(30).filter(|_| state == State::Sent),
        }
    }

    #[test]
    fn a_mail_that_needed_a_second_attempt_is_healed_and_one_without_luck_says_why() {
        let told = |mail: Progress| moments(&mail).into_iter().map(|m| (m.at.timestamp(), m.mood, m.what)).collect::<Vec<_>>();
        let queued = (10, Mood::Done, "Receipt queued".to_owned());
        assert_eq!(told(mail(State::Queued, 0, None)), [queued.clone(), (10, Mood::Waiting, "Receipt on its way".to_owned())]);
        assert_eq!(told(mail(State::Sent, 1, None)), [queued.clone(), (30, Mood::Done, "Receipt sent".to_owned())]);
        assert_eq!(told(mail(State::Sent, 2, None)), [queued.clone(), (30, Mood::Healed, "Receipt sent after all".to_owned())]);
        assert_eq!(told(mail(State::Dead, 25, Some("status 400"))), [queued, (20, Mood::Trouble, "Receipt given up".to_owned())]);
        let waits = moments(&mail(State::Queued, 2, Some("status 503")));
        assert_eq!(waits.iter().map(|m| m.mood).collect::<Vec<_>>(), [Mood::Done, Mood::Trouble, Mood::Waiting]);
        assert!(waits.iter().any(|m| m.detail == "status 503, 2 attempts"));
    }
}
