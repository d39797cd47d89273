//! The SendGrid v3 client: one call, `POST {api_base}/v3/mail/send`, and what its answer means.

use std::time::Duration;

use kernel::EmailId;
use platform::{App, config};
use reqwest::StatusCode;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::{render::Rendered, store::Claimed};

const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// As much of a refusal as is read.
const REFUSAL_MAX_BYTES: usize = 4_096;

/// What became of a delivery.
#[derive(Debug)]
pub(crate) enum Delivery {
    /// SendGrid has it.
    Accepted,
    /// Later may be better.
    Failed(String),
    /// It would be refused again.
    Refused(String),
}

/// The client. Connections are kept between mails.
pub(crate) struct SendGrid {
    /// Made for the first mail: a client that cannot be made is a failed attempt, not a shop that does not start.
    client: OnceCell<reqwest::Client>,
}

impl SendGrid {
    pub(crate) fn new() -> Self {
        Self { client: OnceCell::new() }
    }

    /// Hands a mail over.
    pub(crate) async fn deliver(&self, app: &App, mail: &Claimed, rendered: &Rendered) -> Delivery {
        let mail_config = &app.config.mail;
        let Some(api_base) = &mail_config.api_base else {
            return Delivery::Failed("no mail provider: set SENDGRID_API_KEY or SENDGRID_API_BASE".to_owned());
        };
        let client = match self.client.get_or_try_init(async || platform::http::client(ANSWER_WITHIN)).await {
            Ok(client) => client,
            Err(error) => return Delivery::Failed(format!("no HTTP client: {error}")),
        };
        let request = client.post(format!("{api_base}/v3/mail/send")).bearer_auth(mail_config.api_key.expose_secret()).json(&body(
            mail_config,
            mail,
            rendered,
        ));
        match request.send().await {
            Ok(answer) if answer.status().is_success() => Delivery::Accepted,
            Ok(answer) => refusal(answer).await,
            Err(error) => Delivery::Failed(format!("no answer: {}", Causes(&error.without_url()))),
        }
    }
}

/// The request's body. Text first, HTML second: SendGrid asks for that order, and readers show the last that they can.
pub(crate) fn body(config: &config::Mail, mail: &Claimed, rendered: &Rendered) -> Value {
    json!({
        "personalizations": [{ "to": [{ "email": mail.recipient }] }],
        "from": { "email": config.from, "name": rendered.sender_name },
        "subject": rendered.subject,
        "content": [
            { "type": "text/plain", "value": rendered.text },
            { "type": "text/html", "value": rendered.html },
        ],
        "headers": { "Message-ID": message_id(mail.id, &config.from) },
        "categories": [mail.template],
        "custom_args": { "email_id": mail.id },
        // Receipts are not to be counted: links stay the shop's own, and nothing tells when they are read.
        "tracking_settings": { "click_tracking": { "enable": false, "enable_text": false }, "open_tracking": { "enable": false } },
    })
}

/// The same at every attempt, so that readers show a mail once that arrived twice.
fn message_id(id: EmailId, from: &str) -> String {
    let host = from.rsplit_once('@').map_or("localhost", |(_, host)| host);
    format!("<{id}@{host}>")
}

async fn refusal(answer: reqwest::Response) -> Delivery {
    let status = answer.status();
    let said = format!("SendGrid answered {}{}", status.as_u16(), reason(answer).await);
    if is_final(status) { Delivery::Refused(said) } else { Delivery::Failed(said) }
}

/// A key or a sender that is refused (401, 403) is the operator's to correct, and then every waiting mail can go.
fn is_final(status: StatusCode) -> bool {
    const CURABLE: [StatusCode; 4] =
        [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN, StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS];
    status.is_client_error() && !CURABLE.contains(&status)
}

/// The field that SendGrid names. Its sentence is left out: it may repeat an address, and this text is logged.
async fn reason(mut answer: reqwest::Response) -> String {
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = answer.chunk().await {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > REFUSAL_MAX_BYTES {
            return String::new();
        }
    }
    let refusal: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let field = refusal.pointer("/errors/0/field").and_then(Value::as_str);
    field.map(|field| format!(" about {}", field.chars().take(100).collect::<String>())).unwrap_or_default()
}

/// An error with what caused it: "error sending request" alone tells nothing.
struct Causes<'a>(&'a dyn std::error::Error);

impl std::fmt::Display for Causes<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}
