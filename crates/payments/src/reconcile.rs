//! Asks Stripe about payments that stay silent: a webhook may be lost, and then nobody else tells the shop that money came.
//! Every worker runs it; what an answer does, and that it does so once, is the affair of `settle`.

use std::time::Duration;

use chrono::TimeDelta;
use futures::{StreamExt, stream};
use platform::jobs::JobError;
use tokio::time::{Instant, sleep_until};

use crate::{
    Payments, end_payment, settle,
    store::{
        PaymentState, SettledBy,
        silent::{self, Pauses, Silent},
    },
    stripe::IntentStatus,
};

/// How often silent payments are looked for.
pub(crate) const EVERY: Duration = Duration::from_secs(5);
/// A webhook takes seconds: so long nobody asks. Then a payment is asked about at distances that grow with its age, and at
/// least once a minute: whenever its money comes, the shop knows within two, while a worker keeps up with the number of them.
pub(crate) const PAUSES: Pauses = Pauses { first: TimeDelta::seconds(15), longest: TimeDelta::seconds(60) };
/// An intent that Stripe does not know cannot be paid, unless the secret key is another account's just now: such a mistake is
/// mended in minutes, so the next question comes after the payment's own age, within these bounds.
const UNKNOWN_PAUSE_MIN: TimeDelta = TimeDelta::minutes(1);
const UNKNOWN_PAUSE_MAX: TimeDelta = TimeDelta::hours(1);
/// A payment that is to end waits so long for an answer about an intent that Stripe does not know.
const UNKNOWN_ENDS_AFTER: TimeDelta = TimeDelta::days(1);
/// Payments of one batch, asked so many at a time: when Stripe lets each question run into its time-out, 36 s.
const BATCH: i64 = 48;
const AT_ONCE: usize = 8;
/// A full batch is followed by another, at this distance: two workers stay below the hundred a second that Stripe answers.
const BATCH_TAKES: Duration = Duration::from_secs(1);
/// So long after its begin a round begins no other batch: it ends, also with the slowest batch, within a round's time-out.
const BATCHES_WITHIN: Duration = Duration::from_secs(20);

/// One round: all that are due, as far as its time goes.
pub(crate) async fn ask_silent_intents(payments: Payments) -> Result<(), JobError> {
    let end = Instant::now() + BATCHES_WITHIN;
    loop {
        let next = Instant::now() + BATCH_TAKES;
        let may_be_more = ask_batch(&payments).await?;
        if !may_be_more || Instant::now().max(next) >= end {
            return Ok(());
        }
        sleep_until(next).await;
    }
}

/// One batch; true when another may bring more. The claim is committed before Stripe is asked: a worker that dies meanwhile
/// only leaves the question for the next time, and no transaction is open while Stripe thinks.
async fn ask_batch(payments: &Payments) -> Result<bool, JobError> {
    let mut tx = payments.app.db.begin().await?;
    let silent = silent::claim(&mut tx, &PAUSES, BATCH, payments.app.clock.now()).await?;
    tx.commit().await?;
    let asked = silent.len();
    let answers = stream::iter(silent).map(|silent| ask(payments.clone(), silent)).buffer_unordered(AT_ONCE);
    let failures: Vec<JobError> = answers.filter_map(async |answer| answer.err()).collect().await;
    if let Some(error) = failures.first() {
        tracing::warn!(asked, failed = failures.len(), %error, "silent payments could not be looked up, they will be asked about again");
    }
    // Where Stripe answers nobody, more questions only make it worse.
    Ok(i64::try_from(asked).unwrap_or(BATCH) == BATCH && failures.len() < asked)
}

/// Asks about one payment, and brings its order to what the answer says.
async fn ask(payments: Payments, silent: Silent) -> Result<(), JobError> {
    let is_to_end = silent.state == PaymentState::CancelRequested;
    let Some(intent_id) = &silent.intent_id else { return end_payment::end(&payments, silent.order_id).await };
    let intent = match payments.stripe.retrieve_intent(intent_id).await {
        Ok(intent) => intent,
        Err(error) if error.has_code("resource_missing") => return unknown(&payments, &silent, intent_id).await,
        Err(error) => return Err(error.into()),
    };
    let has_ended = matches!(intent.status, IntentStatus::Succeeded | IntentStatus::Canceled);
    if is_to_end && !has_ended && intent.status != IntentStatus::Processing {
        // The job that ends it may have failed for the last time: then nobody else would.
        return end_payment::end(&payments, silent.order_id).await;
    }
    let mut tx = payments.app.db.begin().await?;
    settle::settle(&mut tx, &payments.links, &intent, SettledBy::Reconciler, &mut payments.app.ids()).await?;
    Ok(tx.commit().await?)
}

/// What becomes of a payment whose intent Stripe does not know.
async fn unknown(payments: &Payments, silent: &Silent, intent_id: &str) -> Result<(), JobError> {
    let now = payments.app.clock.now();
    let age = now - silent.created_at;
    if silent.state == PaymentState::CancelRequested && age >= UNKNOWN_ENDS_AFTER {
        return end_payment::end_unknown(payments, silent.order_id, intent_id).await;
    }
    tracing::warn!(intent_id, "Stripe does not know the intent of a payment");
    let mut tx = payments.app.db.begin().await?;
    silent::put_off(&mut tx, silent.payment_id, Some(now + age.clamp(UNKNOWN_PAUSE_MIN, UNKNOWN_PAUSE_MAX))).await?;
    Ok(tx.commit().await?)
}
