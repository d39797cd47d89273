//! Watching the last order: how often it is looked at, and the stream of server-sent events that tells what is new.
//!
//! Looks are shared: however many watch, the shop is asked a few times a second at most, and nobody asks when nobody watches.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::response::sse::Event;
use futures::{Stream, stream};
use tokio::{
    sync::{Mutex, OwnedSemaphorePermit, Semaphore},
    time::Instant,
};
use tokio_util::sync::CancellationToken;

use crate::{
    ask::Ask,
    page,
    story::Story,
    switches::{Panel, Standing},
};

/// Streams at a time. A browser opens six connections to a host, and the shop itself needs some of them.
pub(crate) const STREAMS_MAX: usize = 4;
/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// After something happened, more is expected, and the whole story is told at each look.
const BUSY_FOR: Duration = Duration::from_secs(30);
/// Then it is told anew when its mark has changed, and now and then for what leaves no mark.
const TELL_EVERY: Duration = Duration::from_secs(2);

/// The last order of a shop, to be watched.
#[derive(Debug, Clone)]
pub struct Watch {
    mark: Ask<u64>,
    story: Ask<Option<Story>>,
    seen: Arc<Mutex<Seen>>,
    streams: Arc<Semaphore>,
}

/// What the last look saw.
#[derive(Debug, Default)]
struct Seen {
    looked: Option<Instant>,
    told: Option<Instant>,
    changed: Option<Instant>,
    mark: u64,
    story: Option<Story>,
    view: View,
}

/// The story as it is sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct View {
    html: Arc<str>,
    title: Arc<str>,
    /// Counts the changes.
    revision: u64,
}

impl Watch {
    /// `story` tells the last order's story, None before the first order; `mark` answers cheaply a number that changes when
    /// something of it has probably changed.
    pub fn new(mark: Ask<u64>, story: Ask<Option<Story>>) -> Self {
        Self { mark, story, seen: Arc::default(), streams: Arc::new(Semaphore::new(STREAMS_MAX)) }
    }

    /// The story as it is now, for a page that is not a stream.
    pub(crate) async fn now(&self) -> Result<Option<Story>, String> {
        self.story.ask().await
    }

    /// A place among the streams, if one is free.
    pub(crate) fn take_place(&self) -> Option<OwnedSemaphorePermit> {
        self.streams.clone().try_acquire_owned().ok()
    }

    /// The story, looked at not longer than a moment ago.
    async fn look(&self) -> Result<View, String> {
        let mut seen = self.seen.lock().await;
        let now = Instant::now();
        let within = |then: Option<Instant>, span| then.is_some_and(|then| now.duration_since(then) < span);
        if within(seen.looked, LOOK_EVERY / 2) {
            return Ok(seen.view.clone());
        }
        let mark = self.mark.ask().await?;
        let is_quiet = mark == seen.mark && !within(seen.changed, BUSY_FOR) && within(seen.told, TELL_EVERY);
        if !is_quiet {
            let story = self.story.ask().await?;
            let first = seen.told.is_none();
            if mark != seen.mark || story != seen.story {
                (seen.mark, seen.changed) = (mark, Some(now));
            }
            if first || story != seen.story {
                let html = page::story(story.as_ref()).map_err(|error| error.to_string())?.into();
                let title = page::title(story.as_ref()).into();
                seen.view = View { html, title, revision: seen.view.revision + 1 };
                seen.story = story;
            }
            seen.told = Some(now);
        }
        seen.looked = Some(now);
        Ok(seen.view.clone())
    }

    /// What is new, from the whole story on, until `stopping` or until whoever watches goes.
    pub(crate) fn events(
        self,
        panel: Panel,
        stopping: CancellationToken,
        place: OwnedSemaphorePermit,
    ) -> impl Stream<Item = Result<Event, Infallible>> {
        let watcher = Watcher { watch: self, panel, stopping, shown: None, standing: None, is_away: false, _place: place };
        stream::unfold(watcher, async |mut watcher| {
            let event = watcher.next().await?;
            Some((Ok(event), watcher))
        })
    }
}

/// One who watches, and what it has been shown.
struct Watcher {
    watch: Watch,
    panel: Panel,
    stopping: CancellationToken,
    shown: Option<u64>,
    standing: Option<Standing>,
    is_away: bool,
    _place: OwnedSemaphorePermit,
}

impl Watcher {
    /// The next event; None at the end.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if self.stopping.is_cancelled() {
                return None;
            }
            if let Some(event) = self.news().await {
                return Some(event);
            }
            tokio::select! {
                () = self.stopping.cancelled() => return None,
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    async fn news(&mut self) -> Option<Event> {
        let standing = self.panel.standing();
        if self.standing.as_ref() != Some(&standing) {
            let data = serde_json::to_string(&standing).unwrap_or_default();
            self.standing = Some(standing);
            return Some(Event::default().event("faults").data(data));
        }
        match self.watch.look().await {
            Ok(view) if self.shown == Some(view.revision) && !self.is_away => None,
            Ok(view) => {
                (self.shown, self.is_away) = (Some(view.revision), false);
                let data = serde_json::json!({ "title": &*view.title, "html": &*view.html });
                Some(Event::default().event("story").data(data.to_string()))
            }
            // Once: the story goes on by itself when the database does.
            Err(_) if self.is_away => None,
            Err(reason) => {
                self.is_away = true;
                Some(Event::default().event("away").data(reason.replace(['\r', '\n'], " ")))
            }
        }
    }
}
