//! The way of every request: key, idempotency, parsing, work, journal, answer.

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::Response,
};
use serde_json::Value;

use super::{
    Simulator,
    auth::Caller,
    book::{Change, Work},
    error::ApiError,
    expand,
    form::Form,
    idempotency::{self, Claim, Stored},
    objects::Event,
};

const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// An unsafe request on its way.
pub struct Post<'a> {
    /// The path, which is part of what a key stands for.
    pub path: &'a str,
    /// Its headers.
    pub headers: &'a HeaderMap,
    /// Its body.
    pub body: &'a Bytes,
    /// True when only the shop may send it.
    pub shop_only: bool,
}

impl Simulator {
    /// Does what a request asks for, once per idempotency key. `parse` may refuse without a trace; what `run` answers,
    /// refusals too, is what the key answers from then on.
    pub(super) fn post<T>(
        &self,
        post: &Post<'_>,
        parse: impl FnOnce(&mut Form) -> Result<T, ApiError>,
        run: impl FnOnce(&mut Work<'_>, T) -> Result<Value, ApiError>,
    ) -> Response {
        let request_id = self.request_id();
        let answered = self.answer_post(post, &request_id, parse, run);
        answered.unwrap_or_else(|error| Answer::of(Err(error))).into_response_for(&request_id)
    }

    fn answer_post<T>(
        &self,
        post: &Post<'_>,
        request_id: &str,
        parse: impl FnOnce(&mut Form) -> Result<T, ApiError>,
        run: impl FnOnce(&mut Work<'_>, T) -> Result<Value, ApiError>,
    ) -> Result<Answer, ApiError> {
        let mut form = Form::parse(post.body)?;
        let fingerprint = form.fingerprint(post.path);
        let caller = Caller::of(self.config(), post.headers, &mut form)?;
        if post.shop_only {
            caller.shop_only()?;
        }
        let key = idempotency::key_of(post.headers, &caller)?;
        let mut under_way = None;
        if let Some(key) = &key {
            let claim = self.state().keys.claim(key, fingerprint, self.config().clock.now())?;
            if let Claim::Replay(status, body) = claim {
                return Ok(Answer { status, body, replayed: true });
            }
            under_way = Some(UnderWay { simulator: self, key });
        }
        let fields = expand::parse(&mut form, &caller)?;
        let asked = parse(&mut form)?;
        form.finish()?;
        let answer = self.work(caller, request_id, key.as_deref().map(|key| (key, fingerprint)), |work| {
            let shape = run(work, asked)?;
            Ok(expand::expand(work, shape, &fields))
        });
        drop(under_way);
        answer
    }

    /// Shows something to whoever may see it.
    pub(super) fn get(
        &self,
        headers: &HeaderMap,
        query: Option<&str>,
        show: impl FnOnce(&Work<'_>, &mut Form) -> Result<Value, ApiError>,
    ) -> Response {
        let request_id = self.request_id();
        let answered = (|| {
            let mut form = Form::parse(query.unwrap_or_default().as_bytes())?;
            let caller = Caller::of(self.config(), headers, &mut form)?;
            let fields = expand::parse(&mut form, &caller)?;
            self.work(caller, &request_id, None, |work| {
                let shape = show(work, &mut form)?;
                form.finish()?;
                Ok(expand::expand(work, shape, &fields))
            })
        })();
        answered.unwrap_or_else(|error| Answer::of(Err(error))).into_response_for(&request_id)
    }

    /// Runs one piece of work under the lock, and makes its changes durable before anybody hears of them.
    pub(super) fn work(
        &self,
        caller: Caller,
        request_id: &str,
        key: Option<(&str, [u8; 32])>,
        run: impl FnOnce(&mut Work<'_>) -> Result<Value, ApiError>,
    ) -> Result<Answer, ApiError> {
        let mut book = self.state();
        let sent_key = key.and_then(|(key, _)| key.split_once(':')).map(|(_, key)| key.to_owned());
        let mut work = Work::new(&book, self.config(), caller, request_id.to_owned(), sent_key);
        let answer = Answer::of(run(&mut work));
        let now = work.now();
        let mut changes = work.changes;
        let events: Vec<Event> =
            changes.iter().filter_map(|change| if let Change::Event(event) = change { Some(event.clone()) } else { None }).collect();
        if let Some((key, fingerprint)) = key {
            let (key, fingerprint) = (key.to_owned(), hex::encode(fingerprint));
            changes.push(Change::Answer(Stored { key, fingerprint, status: answer.status.as_u16(), body: answer.body.clone(), at: now }));
        }
        book.commit(changes).map_err(|error| {
            tracing::error!(%error, "the payment simulator's journal could not be written");
            ApiError::internal()
        })?;
        for event in &events {
            book.moments.add_event(event, now);
        }
        drop(book);
        self.announce();
        Ok(answer)
    }
}

/// A claimed key, given back at the end whatever the end is.
struct UnderWay<'a> {
    simulator: &'a Simulator,
    key: &'a str,
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.simulator.state().keys.release(self.key);
    }
}

/// What is sent back.
pub struct Answer {
    status: StatusCode,
    body: String,
    replayed: bool,
}

impl Answer {
    /// The answer for an outcome.
    pub fn of(outcome: Result<Value, ApiError>) -> Self {
        match outcome {
            Ok(shape) => Self { status: StatusCode::OK, body: shape.to_string(), replayed: false },
            Err(error) => Self { status: error.status, body: error.body().to_string(), replayed: false },
        }
    }

    /// No response: the connection is closed without one, because its body fails before anything of it was sent.
    pub fn none() -> Response {
        let failed = std::future::ready(Err::<Bytes, _>(std::io::Error::other("the answer is withheld")));
        Response::new(Body::from_stream(futures::stream::once(failed)))
    }

    /// The response, which names the request.
    pub fn into_response_for(self, request_id: &str) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Ok(id) = HeaderValue::from_str(request_id) {
            headers.insert(REQUEST_ID, id);
        }
        if self.replayed {
            headers.insert(REPLAYED, HeaderValue::from_static("true"));
        }
        response
    }
}
