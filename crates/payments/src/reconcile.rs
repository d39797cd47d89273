//! Asks Stripe about payments that stay silent: a webhook may be lost, and then nobody else tells the shop that money came.
//! Every worker runs it; what an answer does, and that it does so once, is the affair of `settle`.

use std::time::Duration;

use chrono::TimeDelta;
use futures::{StreamExt, stream};
use platform::jobs::JobError;

use crate::{
    Payments, settle,
    store::{
        SettledBy,
        silent::{self, Pauses, Silent},
    },
    stripe::StripeError,
};

/// How often silent payments are looked for.
pub(crate) const EVERY: Duration = Duration::from_secs(5);
/// A webhook takes seconds: so long nobody asks. Then a payment is asked about at distances that grow with its age, and at
/// least once a minute: whenever its money comes, the shop knows within two.
pub(crate) const PAUSES: Pauses = Pauses { first: TimeDelta::seconds(15), longest: TimeDelta::seconds(60) };
/// An intent that Stripe does not know cannot be paid, unless the secret key is another account's just now.
const UNKNOWN_PAUSE: TimeDelta = TimeDelta::hours(1);
/// Payments of one round, asked so many at a time: also when Stripe lets each question run into its time-out, a round ends
/// within its own.
const BATCH: i64 = 64;
const AT_ONCE: usize = 8;

/// One round. The claim is committed before Stripe is asked: a worker that dies meanwhile only leaves the question for the
/// next time, and no transaction is open while Stripe thinks.
pub(crate) async fn ask_silent_intents(payments: Payments) -> Result<(), JobError> {
    let mut tx = payments.app.db.begin().await?;
    let silent = silent::claim(&mut tx, &PAUSES, BATCH, payments.app.clock.now()).await?;
    tx.commit().await?;
    let asked = silent.len();
    let answers = stream::iter(silent).map(|silent| ask(payments.clone(), silent)).buffer_unordered(AT_ONCE);
    let failures: Vec<JobError> = answers.filter_map(async |answer| answer.err()).collect().await;
    if let Some(error) = failures.first() {
        tracing::warn!(asked, failed = failures.len(), %error, "silent payments could not be looked up, they will be asked about again");
    }
    Ok(())
}

/// Asks about one payment, and brings its order to what the answer says.
async fn ask(payments: Payments, silent: Silent) -> Result<(), JobError> {
    let app = &payments.app;
    let intent = match payments.stripe.retrieve_intent(&silent.intent_id).await {
        Ok(intent) => intent,
        Err(error @ StripeError::InvalidRequest { .. }) if error.has_code("resource_missing") => {
            tracing::warn!(intent_id = silent.intent_id, "Stripe does not know the intent of a payment");
            let mut tx = app.db.begin().await?;
            silent::put_off(&mut tx, silent.payment_id, Some(app.clock.now() + UNKNOWN_PAUSE)).await?;
            return Ok(tx.commit().await?);
        }
        Err(error) => return Err(error.into()),
    };
    let mut tx = app.db.begin().await?;
    settle::settle(&mut tx, &payments.links, &intent, SettledBy::Reconciler, &mut app.ids()).await?;
    Ok(tx.commit().await?)
}
