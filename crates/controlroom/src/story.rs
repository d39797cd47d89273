//! The story of the last order as the page draws it: one row a moment, on the lane of whoever acts, with the time between.

use chrono::{DateTime, TimeDelta, Utc};
use platform::story::{Moment, Mood, Part};
use serde::Serialize;

/// From this pause on, the page draws that time went by.
const PAUSE: TimeDelta = TimeDelta::seconds(1);
const TIME: &str = "%H:%M:%S%.3f";

/// The last order, its verdict and what happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Story {
    /// The order's number.
    pub number: String,
    /// What is paid, as people read it.
    pub amount: String,
    /// What was bought, for example `2 × Stoneware mug`.
    pub lines: Vec<String>,
    /// Where the order stands, in one word.
    pub status: &'static str,
    /// How it went, in a sentence or two.
    pub verdict: String,
    /// How it went, as a tone.
    pub mood: Mood,
    /// What happened, in the order in which it happened; what is waited for comes last.
    pub acts: Vec<Act>,
}

/// A moment and who acted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// Who.
    pub by: Lane,
    /// What, and when.
    pub moment: Moment,
}

/// Who acts: each has a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Lane {
    name: &'static str,
    /// From the left.
    number: u8,
}

/// The lanes, from left to right.
pub(crate) const LANES: [Lane; 5] = [Lane::CUSTOMER, Lane::SHOP, Lane::STOCK, Lane::STRIPE, Lane::MAIL];

impl Lane {
    /// The customer's browser.
    pub const CUSTOMER: Self = Self { name: "Customer", number: 1 };
    /// The shop's orders and payments.
    pub const SHOP: Self = Self { name: "Shop", number: 2 };
    /// The shop's shelves.
    pub const STOCK: Self = Self { name: "Stock", number: 3 };
    /// The payment provider.
    pub const STRIPE: Self = Self { name: "Stripe", number: 4 };
    /// The shop's outbox and the mail provider.
    pub const MAIL: Self = Self { name: "Mail", number: 5 };
}

/// One row.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Row<'a> {
    /// Tells rows apart from one telling to the next.
    key: String,
    lane: Lane,
    /// The lane of the row before; the first row has its own.
    from: u8,
    mood: Mood,
    what: &'a str,
    detail: &'a str,
    /// For machines; None while it is waited for.
    at: Option<String>,
    /// Time of day, UTC.
    time: String,
    /// Since the first moment.
    since: String,
    /// How long nothing happened before it, if that was long.
    pause: Option<String>,
    /// In one transaction with the row before.
    joined: bool,
    /// The first of a transaction with several rows.
    joins: bool,
}

/// The rows of a story.
pub(crate) fn rows(acts: &[Act]) -> Vec<Row<'_>> {
    let first = acts.iter().map(|act| &act.moment).find(|moment| moment.mood != Mood::Waiting).map(|moment| moment.at);
    let mut before: Option<&Act> = None;
    let mut rows: Vec<Row<'_>> = Vec::with_capacity(acts.len());
    let mut begins = 0;
    for (index, act) in acts.iter().enumerate() {
        let row = row(act, before, first);
        if !row.joined {
            begins = index;
        }
        rows.push(row);
        if begins < index
            && let Some(first) = rows.get_mut(begins)
        {
            first.joins = true;
        }
        before = Some(act);
    }
    rows
}

fn row<'a>(act: &'a Act, before: Option<&Act>, first: Option<DateTime<Utc>>) -> Row<'a> {
    let Act { by, moment: Moment { at, mood, what, detail, .. } } = act;
    let waits = *mood == Mood::Waiting;
    let pause = before.filter(|_| !waits).map(|before| *at - before.moment.at).filter(|pause| *pause >= PAUSE);
    Row {
        key: format!("{}:{}:{what}", at.timestamp_micros(), by.number),
        lane: *by,
        from: before.map_or(by.number, |before| before.by.number),
        mood: *mood,
        what,
        detail,
        at: (!waits).then(|| at.to_rfc3339()),
        time: at.format(TIME).to_string(),
        since: first.map(|first| since(*at - first)).unwrap_or_default(),
        pause: pause.map(span),
        joined: before.is_some_and(|before| are_one(before, act)),
        joins: false,
    }
}

/// What the shop wrote at the very same instant it wrote in one transaction: a command has one `now`. Only what is told of a
/// payment alone may be of two, as nothing is open while the provider is asked.
fn are_one(a: &Act, b: &Act) -> bool {
    let written = |act: &Act| act.moment.mood != Mood::Waiting && [Lane::SHOP, Lane::STOCK, Lane::MAIL].contains(&act.by);
    let payment = |act: &Act| act.moment.part == Part::Payment;
    a.moment.at == b.moment.at && written(a) && written(b) && !(payment(a) && payment(b))
}

fn since(time: TimeDelta) -> String {
    if time.num_milliseconds() <= 0 { "0 ms".to_owned() } else { format!("+{}", span(time)) }
}

/// A span of time with as many digits as matter.
#[must_use]
pub fn span(time: TimeDelta) -> String {
    let millis = time.num_milliseconds().max(0);
    let (seconds, minutes, hours) = (millis / 1000, millis / 60_000, millis / 3_600_000);
    match () {
        () if seconds == 0 => format!("{millis} ms"),
        () if minutes == 0 => format!("{seconds}.{} s", millis % 1000 / 100),
        () if hours == 0 => format!("{minutes} min {:02} s", seconds % 60),
        () => format!("{hours} h {:02} min", minutes % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn act(millis: i64, by: Lane, part: Part, mood: Mood) -> Act {
        let at = DateTime::from_timestamp_millis(1_800_000_000_000 + millis).unwrap();
        Act { by, moment: Moment { at, part, mood, what: format!("{millis}"), detail: String::new() } }
    }

    #[test]
    fn spans_have_the_digits_that_matter() {
        let spans = [
            (0, "0 ms"),
            (12, "12 ms"),
            (999, "999 ms"),
            (1340, "1.3 s"),
            (59_999, "59.9 s"),
            (65_000, "1 min 05 s"),
            (7_500_000, "2 h 05 min"),
        ];
        for (millis, expected) in spans {
            assert_eq!(span(TimeDelta::milliseconds(millis)), expected);
        }
    }

    #[test]
    fn a_row_knows_its_lane_the_one_before_and_the_time_that_went_by() {
        let acts = [
            act(0, Lane::CUSTOMER, Part::Request, Mood::Done),
            act(3, Lane::SHOP, Part::Payment, Mood::Done),
            act(3, Lane::SHOP, Part::Payment, Mood::Done),
            act(5, Lane::SHOP, Part::Payment, Mood::Done),
            act(5, Lane::STOCK, Part::Stock, Mood::Done),
            act(5, Lane::MAIL, Part::Mail, Mood::Done),
            act(2005, Lane::STRIPE, Part::Webhook, Mood::Trouble),
            act(5, Lane::MAIL, Part::Mail, Mood::Waiting),
        ];
        let rows = rows(&acts);
        let drawn: Vec<_> = rows.iter().map(|row| (row.from, row.lane.number, row.since.as_str(), row.joined, row.joins)).collect();
        assert_eq!(
            drawn,
            [
                (1, 1, "0 ms", false, false),
                (1, 2, "+3 ms", false, false),
                (2, 2, "+3 ms", false, false),
                (2, 2, "+5 ms", false, true),
                (2, 3, "+5 ms", true, false),
                (3, 5, "+5 ms", true, false),
                (5, 4, "+2.0 s", false, false),
                (4, 5, "+5 ms", false, false),
            ]
        );
        assert_eq!(rows.iter().filter_map(|row| row.pause.as_deref()).collect::<Vec<_>>(), ["2.0 s"]);
        assert_eq!(rows.iter().filter(|row| row.at.is_none()).count(), 1, "what is waited for has no time yet");
    }
}
