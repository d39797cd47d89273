//! What goes wrong on purpose: switched on by hand, in memory only, so that a restart is all well again.

use std::time::Duration;

use axum::{
    http::{HeaderMap, header},
    response::Response,
};
use platform::story::{Moment, Mood, Part};
use serde::{Deserialize, Serialize};

use super::{Simulator, error::ApiError, objects::Status, requests::Answer};

/// How much later than it happened a late webhook is sent.
pub(super) const LATE_BY: Duration = Duration::from_secs(30);
/// How long an answer is withheld before the connection is closed without it: a browser waits no longer either, and
/// the shop's own bound of an answer, behind which browsers find the simulator, is not reached.
pub(super) const WITHHELD_FOR: Duration = Duration::from_secs(8);

/// The faults that are switched on. The default is all well.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// What becomes of events; looked at before each attempt to deliver one.
    pub webhooks: WebhookFault,
    /// What becomes of cards; looked at when a payment is confirmed.
    pub charge: ChargeFault,
}

/// What becomes of an event that the shop should hear of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WebhookFault {
    /// It is delivered.
    #[default]
    None,
    /// It is never sent, not even when it was to be repeated.
    Lost,
    /// It is sent half a minute after it happened.
    Late,
    /// It is sent five times, three of them at once.
    FiveTimes,
}

/// What becomes of a card.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChargeFault {
    /// What its number says.
    #[default]
    None,
    /// It is charged, but whoever confirmed the payment never hears of it.
    ThenTimeout,
    /// It is declined, whatever its number says.
    Decline,
}

impl Simulator {
    /// The faults that are switched on.
    pub fn faults(&self) -> Faults {
        self.state().faults
    }

    /// Switches faults on and off. What happens from now on goes wrong, also to events that were not delivered yet.
    pub fn set_faults(&self, faults: Faults) {
        self.state().faults = faults;
    }

    /// Ends every wait for an answer that will not come: before the simulator's listener, or the shop in front of it, stops.
    pub fn let_go(&self) {
        self.inner.ending.send_replace(true);
    }

    /// The answer to the customer's browser about a payment, or none, late, when a fault keeps quiet about its charge: of that
    /// nobody hears by asking for it again either.
    pub(super) async fn unless_withheld(&self, id: &str, answer: Response) -> Response {
        if !self.is_withheld(id) {
            return answer;
        }
        let (what, detail) = ("The answer to the customer's browser is withheld", "fault: charge, then time-out");
        let at = self.config().clock.now();
        let moment = Moment { at, part: Part::Payment, mood: Mood::Trouble, what: what.to_owned(), detail: detail.to_owned() };
        self.state().moments.add(id, moment);
        self.withhold().await;
        Answer::none()
    }

    fn is_withheld(&self, id: &str) -> bool {
        let book = self.state();
        book.faults.charge == ChargeFault::ThenTimeout && book.intents.get(id).is_some_and(|intent| intent.status == Status::Succeeded)
    }

    /// Waits as long as somebody is kept waiting for an answer.
    async fn withhold(&self) {
        let mut ending = self.inner.ending.subscribe();
        tokio::select! {
            () = tokio::time::sleep(WITHHELD_FOR) => {}
            // An error means that the simulator is gone, and so is the wait.
            _over = ending.wait_for(|over| *over) => {}
        }
    }
}

/// Reads the faults that are to be switched on. A browser sends this content type to another site only when that site
/// allows it, which the simulator does not.
pub(super) fn parse(headers: &HeaderMap, body: &[u8]) -> Result<Faults, ApiError> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !content_type.starts_with("application/json") {
        return Err(ApiError::invalid(None, "Send the faults as application/json."));
    }
    serde_json::from_slice(body).map_err(|_| {
        let example = r#"{"webhooks": "none|lost|late|five_times", "charge": "none|then_timeout|decline"}"#;
        ApiError::invalid(None, format!("The faults look like this: {example}."))
    })
}
