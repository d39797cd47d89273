//! Everything the simulator knows, changed only by whole requests that are in the journal.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    io,
    sync::Arc,
};

use chrono::{DateTime, Utc};
use kernel::Ids;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    SimulatorConfig,
    auth::Caller,
    error::ApiError,
    faults::Faults,
    idempotency::{Keys, Stored},
    journal::Journal,
    moments::Moments,
    objects::{Charge, Event, Intent, Method, Refund},
    shapes,
};

/// Events that can be listed; those the shop does not have yet are kept beside them.
const RECENT_EVENTS_MAX: usize = 1_000;
/// Hexadecimal digits of an id: 96 random bits.
const ID_DIGITS: usize = 24;

/// One object as it is after a request.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Made or changed.
    Intent(Intent),
    /// Made.
    Method(Method),
    /// Made or changed.
    Charge(Charge),
    /// Made.
    Refund(Refund),
    /// Happened.
    Event(Event),
    /// The shop has this event, or it was given up.
    Settled(String),
    /// Answered.
    Answer(Stored),
}

/// The objects by their ids.
#[derive(Default)]
pub struct Book {
    /// Intents.
    pub intents: BTreeMap<String, Intent>,
    /// Payment methods.
    pub methods: HashMap<String, Method>,
    /// Charges.
    pub charges: HashMap<String, Charge>,
    /// Refunds.
    pub refunds: HashMap<String, Refund>,
    /// Answers under idempotency keys.
    pub keys: Keys,
    /// The last events, oldest first.
    pub recent: VecDeque<Arc<Event>>,
    /// What goes wrong on purpose; not in the journal.
    pub faults: Faults,
    /// What is told of the last payments; not in the journal.
    pub moments: Moments,
    /// Events that the shop does not have yet.
    pending: BTreeMap<String, Arc<Event>>,
    /// Those of them that nobody delivers yet.
    outbox: Vec<Arc<Event>>,
    journal: Journal,
}

impl Default for Journal {
    fn default() -> Self {
        Self::none()
    }
}

impl Book {
    /// The book of a folder, or an empty one that is kept in memory.
    pub fn open(folder: Option<&std::path::Path>) -> io::Result<Self> {
        let mut book = Self::default();
        if let Some(folder) = folder {
            let journal = Journal::open(folder, |change| book.apply(change))?;
            book.journal = journal;
            book.rewrite()?;
        }
        Ok(book)
    }

    /// Makes changes durable, then visible. On an error neither happened.
    pub fn commit(&mut self, changes: Vec<Change>) -> io::Result<()> {
        if changes.is_empty() {
            return Ok(());
        }
        self.journal.append(&changes)?;
        for change in changes {
            self.apply(change);
        }
        if self.journal.is_overgrown() {
            // The changes are safe in the long form too.
            self.rewrite().unwrap_or_else(|error| tracing::warn!(%error, "the payment simulator's journal could not be shortened"));
        }
        Ok(())
    }

    /// An intent that must exist.
    pub fn intent(&self, id: &str) -> Result<&Intent, ApiError> {
        self.intents.get(id).ok_or_else(|| ApiError::missing("payment_intent", "intent"))
    }

    /// An intent that the caller may see: of others a browser does not learn whether they exist.
    pub fn intent_for(&self, id: &str, caller: &Caller) -> Result<&Intent, ApiError> {
        match caller {
            Caller::Shop => self.intent(id),
            Caller::Browser { client_secret } => {
                let found = self.intents.get(id).filter(|intent| super::auth::same(&intent.client_secret, client_secret));
                found.ok_or_else(|| ApiError::missing("payment_intent with this client secret", "client_secret"))
            }
        }
    }

    /// Every event that waits for its delivery: for a courier who begins.
    pub fn everything_pending(&mut self) -> Vec<Arc<Event>> {
        self.outbox.clear();
        self.pending.values().cloned().collect()
    }

    /// The events that came since the courier looked last.
    pub fn newly_pending(&mut self) -> Vec<Arc<Event>> {
        std::mem::take(&mut self.outbox)
    }

    /// A recent event.
    pub fn event(&self, id: &str) -> Option<Event> {
        self.recent.iter().find(|event| event.id == id).map(|event| self.current(event))
    }

    /// An event, pending or not as it is now.
    pub fn current(&self, event: &Event) -> Event {
        Event { pending: self.pending.contains_key(&event.id), ..event.clone() }
    }

    fn apply(&mut self, change: Change) {
        match change {
            Change::Intent(intent) => drop(self.intents.insert(intent.id.clone(), intent)),
            Change::Method(method) => drop(self.methods.insert(method.id.clone(), method)),
            Change::Charge(charge) => drop(self.charges.insert(charge.id.clone(), charge)),
            Change::Refund(refund) => drop(self.refunds.insert(refund.id.clone(), refund)),
            Change::Answer(stored) => self.keys.store(stored),
            Change::Settled(id) => drop(self.pending.remove(&id)),
            Change::Event(event) => self.note(Arc::new(event)),
        }
    }

    fn note(&mut self, event: Arc<Event>) {
        if event.pending {
            self.pending.insert(event.id.clone(), event.clone());
            self.outbox.push(event.clone());
        }
        self.recent.push_back(event);
        if self.recent.len() > RECENT_EVENTS_MAX {
            self.recent.pop_front();
        }
    }

    fn rewrite(&mut self) -> io::Result<()> {
        let mut journal = std::mem::take(&mut self.journal);
        let result = journal.rewrite(self.changes());
        self.journal = journal;
        result
    }

    /// The shortest way to say everything.
    fn changes(&self) -> impl Iterator<Item = Change> {
        let recent_ids: std::collections::HashSet<&str> = self.recent.iter().map(|event| event.id.as_str()).collect();
        let older = self.pending.values().filter(move |event| !recent_ids.contains(event.id.as_str()));
        let intents = self.intents.values().cloned().map(Change::Intent);
        let methods = self.methods.values().cloned().map(Change::Method);
        let charges = self.charges.values().cloned().map(Change::Charge);
        let refunds = self.refunds.values().cloned().map(Change::Refund);
        let answers = self.keys.iter().cloned().map(Change::Answer);
        intents
            .chain(methods)
            .chain(charges)
            .chain(refunds)
            .chain(answers)
            .chain(older.chain(&self.recent).map(|event| Change::Event(self.current(event))))
    }
}

/// One request at work: it reads the book, and collects what it changes.
pub struct Work<'a> {
    /// The book as it was before.
    pub book: &'a Book,
    /// How the simulator is set up.
    pub config: &'a SimulatorConfig,
    /// Who is asking.
    pub caller: Caller,
    /// What the request changed so far.
    pub changes: Vec<Change>,
    ids: Ids,
    request_id: String,
    idempotency_key: Option<String>,
}

impl<'a> Work<'a> {
    /// Begins a request's work.
    pub fn new(book: &'a Book, config: &'a SimulatorConfig, caller: Caller, request_id: String, key: Option<String>) -> Self {
        let ids = platform::app::IdSource.at(config.clock.now());
        Self { book, config, caller, changes: Vec::new(), ids, request_id, idempotency_key: key }
    }

    /// The request's instant.
    pub fn now(&self) -> DateTime<Utc> {
        self.ids.now()
    }

    /// A fresh id nobody can guess: `pi_sim_...`.
    pub fn id(&mut self, prefix: &str) -> String {
        format!("{prefix}_sim_{}", self.token())
    }

    /// 96 random bits in hexadecimal.
    pub fn token(&mut self) -> String {
        let mut token = hex::encode(self.ids.secret());
        token.truncate(ID_DIGITS);
        token
    }

    /// Notes that something happened to an object.
    pub fn emit(&mut self, r#type: &str, object: Value) {
        let event = Event {
            id: self.id("evt"),
            r#type: r#type.to_owned(),
            created: self.now().timestamp(),
            object,
            request_id: Some(self.request_id.clone()),
            idempotency_key: self.idempotency_key.clone(),
            pending: self.config.webhook_url.is_some(),
        };
        self.changes.push(Change::Event(event));
    }

    /// Keeps an intent, and notes what happened to it when something did.
    pub fn put_intent(&mut self, intent: Intent, happened: Option<&str>) {
        if let Some(r#type) = happened {
            let object = shapes::intent(&intent, &Caller::Shop, &self.config.public_url);
            self.emit(r#type, object);
        }
        self.changes.push(Change::Intent(intent));
    }

    /// The intent in the caller's view.
    pub fn shape(&self, intent: &Intent) -> Value {
        shapes::intent(intent, &self.caller, &self.config.public_url)
    }
}
