//! The story of the last order, put together from what each owner knows of it. Nothing here is a log: after a restart the
//! tables tell the same story, less what only the process knew.

use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::{DateTime, Utc};
use controlroom::{Act, Ask, Lane, Story, Watch};
use kernel::OrderId;
use orders::Told;
use payments::simulator::Simulator;
use platform::{
    App, DbError,
    story::{Moment, Mood, Part},
};
use sqlx::PgConnection;

use super::{requests::Requests, verdict};

/// Events that tell the shop nothing that another event does not: their deliveries would drown those that matter.
const QUIET_EVENTS: [&str; 4] = ["payment_intent.created", "payment_intent.requires_action", "charge.", "refund."];

/// Who knows something of an order.
#[derive(Clone)]
struct Tellers {
    app: App,
    requests: Requests,
    simulator: Option<Simulator>,
}

/// The last order, to be watched.
pub(super) fn watch(app: &App, requests: Requests, simulator: Option<Simulator>) -> Watch {
    let tellers = Tellers { app: app.clone(), requests, simulator };
    let (marking, telling) = (tellers.clone(), tellers);
    let mark = Ask::new(move || {
        let tellers = marking.clone();
        async move { tellers.mark().await.map_err(in_words) }
    });
    let story = Ask::new(move || {
        let tellers = telling.clone();
        async move { tellers.tell().await.map_err(in_words) }
    });
    Watch::new(mark, story)
}

fn in_words(error: DbError) -> String {
    tracing::debug!(%error, "the story of the last order cannot be told");
    "The database does not answer. The story goes on when it does.".to_owned()
}

impl Tellers {
    /// A number that changes when the last order's row does, or when the process has answered a write: one indexed row.
    async fn mark(&self) -> Result<u64, DbError> {
        let mut hasher = DefaultHasher::new();
        orders::last(&mut *self.app.db.read().await?).await?.hash(&mut hasher);
        self.requests.answered().hash(&mut hasher);
        Ok(hasher.finish())
    }

    async fn tell(&self) -> Result<Option<Story>, DbError> {
        let mut db = self.app.db.read().await?;
        let Some((order, _)) = orders::last(&mut db).await? else { return Ok(None) };
        Ok(self.story_of(&mut db, order).await?)
    }

    async fn story_of(&self, db: &mut PgConnection, order: OrderId) -> sqlx::Result<Option<Story>> {
        let Some(told) = orders::story(db, order).await? else { return Ok(None) };
        let provider = match (&self.simulator, &told.intent_id) {
            (Some(simulator), Some(intent)) => loud(simulator.moments(intent)),
            _ => Vec::new(),
        };
        let payment = loud(payments::story(db, order).await?);
        let acts = [
            by(Lane::CUSTOMER, self.requests.moments(order)),
            by(Lane::SHOP, [told.moments.clone(), payment].concat()),
            by(Lane::STOCK, catalog::story(db, order).await?),
            by(Lane::STRIPE, provider.clone()),
            by(Lane::MAIL, email::story(db, order).await?),
        ];
        Ok(Some(story(&told, &provider, weave(acts.concat()))))
    }
}

fn by(by: Lane, moments: Vec<Moment>) -> Vec<Act> {
    moments.into_iter().map(|moment| Act { by, moment }).collect()
}

fn loud(mut moments: Vec<Moment>) -> Vec<Moment> {
    moments.retain(|moment| moment.part != Part::Webhook || !QUIET_EVENTS.iter().any(|kind| moment.what.contains(kind)));
    moments
}

fn story(told: &Told, provider: &[Moment], mut acts: Vec<Act>) -> Story {
    if acts.iter().all(|act| act.moment.mood != Mood::Waiting) {
        acts.extend(verdict::expected(told, provider));
    }
    let (verdict, mood) = verdict::of(told, provider, &acts);
    let order = &told.order;
    Story {
        number: order.order_number.as_str().to_owned(),
        amount: email::format_money(order.total),
        lines: order.lines.iter().map(|line| format!("{} × {}", line.quantity, line.name)).collect(),
        status: orders::status_name(order.status),
        verdict,
        mood,
        acts,
    }
}

/// One story out of many: by time, and within one instant by what causes what. Something that is waited for comes last;
/// once more has happened of its kind, it is over.
fn weave(mut acts: Vec<Act>) -> Vec<Act> {
    let last_of = |part| {
        let happened = acts.iter().map(|act| &act.moment).filter(|moment| moment.part == part && moment.mood != Mood::Waiting);
        happened.map(|moment| moment.at).max()
    };
    let lasts: [(Part, Option<DateTime<Utc>>); 6] = PARTS.map(|part| (part, last_of(part)));
    for Act { moment, .. } in &mut acts {
        let last = lasts.iter().find(|(part, _)| *part == moment.part).and_then(|(_, last)| *last);
        if moment.mood == Mood::Waiting && last.is_some_and(|last| last > moment.at) {
            moment.mood = Mood::Done;
        }
    }
    let cause = |part| PARTS.iter().position(|candidate| *candidate == part);
    acts.sort_by_key(|Act { moment, .. }| (moment.mood == Mood::Waiting, moment.at, cause(moment.part)));
    acts
}

/// Within one transaction, what comes first causes what comes after.
const PARTS: [Part; 6] = [Part::Request, Part::Webhook, Part::Payment, Part::Order, Part::Stock, Part::Mail];

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(seconds: i64, part: Part, mood: Mood, what: &str) -> Moment {
        Moment { at: DateTime::from_timestamp(seconds, 0).unwrap(), part, mood, what: what.to_owned(), detail: String::new() }
    }

    #[test]
    fn a_story_is_in_time_and_within_an_instant_in_the_order_of_causes() {
        let woven = weave(by(
            Lane::SHOP,
            vec![
                moment(9, Part::Mail, Mood::Waiting, "receipt on its way"),
                moment(9, Part::Mail, Mood::Done, "receipt queued"),
                moment(9, Part::Stock, Mood::Done, "sold"),
                moment(9, Part::Order, Mood::Done, "paid"),
                moment(3, Part::Payment, Mood::Waiting, "the bank asks"),
                moment(9, Part::Payment, Mood::Done, "the money is in"),
                moment(1, Part::Request, Mood::Done, "asked"),
            ],
        ));
        let told: Vec<(&str, Mood)> = woven.iter().map(|act| (act.moment.what.as_str(), act.moment.mood)).collect();
        let expected = ["asked", "the bank asks", "the money is in", "paid", "sold", "receipt queued", "receipt on its way"];
        assert_eq!(told.iter().map(|(what, _)| *what).collect::<Vec<_>>(), expected);
        assert_eq!(told.iter().filter(|(_, mood)| *mood == Mood::Waiting).count(), 1, "the bank has been answered");
    }

    #[test]
    fn deliveries_of_events_that_change_nothing_are_left_out() {
        let told = loud(vec![
            moment(1, Part::Webhook, Mood::Done, "The webhook charge.succeeded was sent"),
            moment(1, Part::Webhook, Mood::Done, "The webhook payment_intent.succeeded was sent"),
            moment(1, Part::Payment, Mood::Done, "The card was charged. A charge."),
        ]);
        assert_eq!(told.len(), 2);
    }
}
