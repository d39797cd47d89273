//! The body of `POST /v3/mail/send`: what the mailbox reads of it, and what SendGrid would refuse in it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use kernel::Email;
use serde::Deserialize;

use super::message::{Message, Party};

const PERSONALIZATIONS_MAX: usize = 1_000;
const CATEGORIES_MAX: usize = 10;

/// A request; fields that only steer SendGrid itself are not read.
#[derive(Deserialize)]
pub(super) struct Incoming {
    #[serde(default)]
    personalizations: Vec<Personalization>,
    from: Party,
    reply_to: Option<Party>,
    #[serde(default)]
    subject: String,
    #[serde(default)]
    content: Vec<Content>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    categories: Vec<String>,
    #[serde(default)]
    custom_args: BTreeMap<String, String>,
    template_id: Option<String>,
}

/// One envelope: a mail of its own, with its own readers.
#[derive(Deserialize)]
struct Personalization {
    #[serde(default)]
    to: Vec<Party>,
    #[serde(default)]
    cc: Vec<Party>,
    #[serde(default)]
    bcc: Vec<Party>,
    #[serde(default)]
    subject: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    custom_args: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Content {
    r#type: String,
    value: String,
}

/// Why a request is not accepted: the field and a sentence.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) field: String,
    pub(super) message: &'static str,
}

impl Incoming {
    /// Every rule of SendGrid's that a shop can break, first one first.
    pub(super) fn check(&self) -> Result<(), Refusal> {
        let rule = |holds: bool, field: &str, message| if holds { Ok(()) } else { Err(Refusal { field: field.to_owned(), message }) };
        let envelopes = 1..=PERSONALIZATIONS_MAX;
        rule(envelopes.contains(&self.personalizations.len()), "personalizations", "there must be between 1 and 1000 personalizations")?;
        rule(is_address(&self.from), "from.email", "the sender needs a valid address")?;
        rule(self.reply_to.as_ref().is_none_or(is_address), "reply_to.email", "this is not a valid address")?;
        rule(self.template_id.is_none(), "template_id", "the mailbox has no stored templates: send the content")?;
        self.check_envelopes()?;
        rule(!self.content.is_empty(), "content", "there must be at least one content")?;
        for (at, content) in self.content.iter().enumerate() {
            rule(!content.value.is_empty(), &format!("content.{at}.value"), "a content must not be empty")?;
            rule(content.r#type.contains('/'), &format!("content.{at}.type"), "this is not a MIME type")?;
        }
        let first_text = self.content.iter().position(|content| content.r#type == "text/plain");
        rule(first_text.is_none_or(|at| at == 0), "content", "text/plain comes first, then text/html")?;
        rule(self.categories.len() <= CATEGORIES_MAX, "categories", "there may be at most 10 categories")?;
        let mut sorted = self.categories.clone();
        sorted.sort_unstable();
        rule(sorted.windows(2).all(|pair| pair.first() != pair.last()), "categories", "each category may be there once")
    }

    fn check_envelopes(&self) -> Result<(), Refusal> {
        for (at, envelope) in self.personalizations.iter().enumerate() {
            let refuse = |field: &str, message| Err(Refusal { field: format!("personalizations.{at}.{field}"), message });
            if envelope.to.is_empty() {
                return refuse("to", "a mail needs somebody to go to");
            }
            for (name, parties) in [("to", &envelope.to), ("cc", &envelope.cc), ("bcc", &envelope.bcc)] {
                if let Some(wrong) = parties.iter().position(|party| !is_address(party)) {
                    return refuse(&format!("{name}.{wrong}.email"), "this is not a valid address");
                }
            }
            if envelope.subject.is_empty() && self.subject.is_empty() {
                return refuse("subject", "a mail needs a subject");
            }
        }
        Ok(())
    }

    /// One function a mail, which only lacks the name and the time.
    pub(super) fn into_mails(self, received_at: DateTime<Utc>) -> impl Iterator<Item = impl FnOnce(String) -> Message> {
        let content = |kind: &str| self.content.iter().find(|content| content.r#type == kind).map(|content| content.value.clone());
        let (text, html) = (content("text/plain"), content("text/html"));
        self.personalizations.into_iter().map(move |envelope| {
            let mut headers = self.headers.clone();
            headers.extend(envelope.headers);
            let mut custom_args = self.custom_args.clone();
            custom_args.extend(envelope.custom_args);
            let message = Message {
                id: String::new(),
                received_at,
                from: self.from.clone(),
                to: envelope.to,
                cc: envelope.cc,
                bcc: envelope.bcc,
                reply_to: self.reply_to.clone(),
                subject: if envelope.subject.is_empty() { self.subject.clone() } else { envelope.subject },
                headers,
                categories: self.categories.clone(),
                custom_args,
                text: text.clone(),
                html: html.clone(),
            };
            move |id| Message { id, ..message }
        })
    }
}

fn is_address(party: &Party) -> bool {
    Email::parse(&party.email).is_ok()
}
