//! A mail as the mailbox keeps it: one JSON file.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Longest preview, in characters.
const PREVIEW_MAX: usize = 160;

/// A mail that was accepted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Message {
    /// Its file's name, and its name in addresses: digits, so that names sort by age.
    pub(super) id: String,
    pub(super) received_at: DateTime<Utc>,
    pub(super) from: Party,
    pub(super) to: Vec<Party>,
    pub(super) cc: Vec<Party>,
    pub(super) bcc: Vec<Party>,
    pub(super) reply_to: Option<Party>,
    pub(super) subject: String,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) categories: Vec<String>,
    pub(super) custom_args: BTreeMap<String, String>,
    pub(super) text: Option<String>,
    pub(super) html: Option<String>,
}

/// An address with the name beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Party {
    pub(super) email: String,
    #[serde(default)]
    pub(super) name: Option<String>,
}

/// What the list shows of a mail, kept in memory.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Summary {
    pub(super) id: String,
    pub(super) received_at: DateTime<Utc>,
    pub(super) from: Party,
    pub(super) to: Vec<Party>,
    pub(super) subject: String,
    /// The beginning of the text.
    pub(super) preview: String,
}

impl Message {
    pub(super) fn summary(&self) -> Summary {
        let words = self.text.as_deref().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
        Summary {
            id: self.id.clone(),
            received_at: self.received_at,
            from: self.from.clone(),
            to: self.to.clone(),
            subject: self.subject.clone(),
            preview: words.chars().take(PREVIEW_MAX).collect(),
        }
    }
}
