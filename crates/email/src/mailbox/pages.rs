//! The mailbox in the browser: the list, one mail, its HTML in a cage of its own, and all of it as JSON for tests.

use std::{io, sync::LazyLock};

use axum::{
    Json, Router,
    extract::{Path, Query, State, rejection::QueryRejection},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use chrono::{DateTime, Utc};
use minijinja::{Environment, context, value::Serde};
use serde::{Deserialize, Serialize};

use super::{MOUNT, Mailbox, Message, files::KEPT, message::Party};
use crate::templates;

/// Mails in one answer of `messages.json`.
const JSON_MAX: usize = 50;

/// Nothing but the own sheet and the own frame: no script at all.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";
/// A mail may show pictures and its own style, and open links in new tabs. It has no origin, also when opened by itself.
const MAIL_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src http: https: data:; font-src http: https:; form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox";

/// The shop's tokens, so that the mailbox wears the shop's colours, and the mailbox's own rules.
const SHEET: &str =
    concat!(include_str!("../../../../web/packages/ui/src/tokens.css"), include_str!("../../templates/mailbox/mailbox.css"));

const TEMPLATES: [(&str, &str); 4] = [
    ("layout.html", include_str!("../../templates/mailbox/layout.html")),
    ("list.html", include_str!("../../templates/mailbox/list.html")),
    ("message.html", include_str!("../../templates/mailbox/message.html")),
    ("not_found.html", include_str!("../../templates/mailbox/not_found.html")),
];

static ENVIRONMENT: LazyLock<Result<Environment<'static>, minijinja::Error>> = LazyLock::new(|| {
    let mut environment = templates::environment(&TEMPLATES)?;
    environment.add_global("mount", MOUNT);
    environment.add_filter("party", |email: String, name: Option<String>| match name.filter(|name| !name.is_empty()) {
        Some(name) => format!("{name} <{email}>"),
        None => email,
    });
    Ok(environment)
});

pub(super) fn router(mailbox: Mailbox) -> Router {
    Router::new()
        .route("/", get(list))
        .route("/mailbox.css", get(sheet))
        .route("/messages.json", get(messages))
        .route("/{id}", get(message))
        .route("/{id}/html", get(html))
        .with_state(mailbox)
}

/// How a mail is looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum View {
    /// As a screen shows it.
    #[default]
    Wide,
    /// As a telephone shows it.
    Phone,
    /// The text part.
    Text,
}

#[derive(Deserialize)]
struct Looking {
    #[serde(default)]
    view: View,
}

async fn list(State(mailbox): State<Mailbox>) -> Response {
    let mails: Vec<_> = mailbox.files.list().await.into_iter().map(|mail| (shown_time(mail.received_at), mail)).collect();
    page(StatusCode::OK, "list.html", context! { mails => Serde(mails), kept => KEPT })
}

async fn message(State(mailbox): State<Mailbox>, Path(id): Path<String>, looking: Result<Query<Looking>, QueryRejection>) -> Response {
    match mailbox.files.find(&id).await {
        Ok(Some(mail)) => {
            let asked = looking.map_or(View::default(), |Query(looking)| looking.view);
            let view = if mail.html.is_none() { View::Text } else { asked };
            let time = shown_time(mail.received_at);
            page(StatusCode::OK, "message.html", context! { mail => Serde(mail), time => time, view => Serde(view) })
        }
        Ok(None) => not_found(),
        Err(error) => fault(&error),
    }
}

async fn html(State(mailbox): State<Mailbox>, Path(id): Path<String>) -> Response {
    match mailbox.files.find(&id).await {
        Ok(Some(Message { html: Some(html), .. })) => with_policy(Html(in_new_tabs(&html)), MAIL_POLICY),
        Ok(_) => not_found(),
        Err(error) => fault(&error),
    }
}

#[derive(Deserialize)]
struct Filter {
    /// Only mails to this address.
    to: Option<String>,
}

/// The newest mails whole, newest first.
async fn messages(State(mailbox): State<Mailbox>, Query(filter): Query<Filter>) -> Response {
    let is_wanted = |party: &Party| filter.to.as_ref().is_none_or(|to| party.email.eq_ignore_ascii_case(to));
    let wanted = mailbox.files.list().await.into_iter().filter(|mail| mail.to.iter().any(is_wanted)).take(JSON_MAX);
    let mut mails = Vec::new();
    for summary in wanted {
        match mailbox.files.find(&summary.id).await {
            Ok(mail) => mails.extend(mail),
            Err(error) => return fault(&error),
        }
    }
    with_policy(Json(serde_json::json!({ "messages": mails })), PAGE_POLICY)
}

async fn sheet() -> Response {
    with_policy(([(header::CONTENT_TYPE, "text/css; charset=utf-8")], SHEET), PAGE_POLICY)
}

fn not_found() -> Response {
    page(StatusCode::NOT_FOUND, "not_found.html", context! { kept => KEPT })
}

fn fault(error: &io::Error) -> Response {
    tracing::error!(%error, "mailbox cannot be read");
    (StatusCode::INTERNAL_SERVER_ERROR, "the mailbox's folder cannot be read").into_response()
}

fn page(status: StatusCode, template: &str, context: minijinja::Value) -> Response {
    let rendered = ENVIRONMENT.as_ref().map_err(ToString::to_string).and_then(|environment| {
        environment.get_template(template).and_then(|template| template.render(context)).map_err(|error| error.to_string())
    });
    match rendered {
        Ok(html) => (status, with_policy(Html(html), PAGE_POLICY)).into_response(),
        Err(error) => {
            tracing::error!(template, error, "page cannot be rendered");
            (StatusCode::INTERNAL_SERVER_ERROR, "the page cannot be shown").into_response()
        }
    }
}

fn with_policy(body: impl IntoResponse, policy: &'static str) -> Response {
    const HEADERS: [(HeaderName, &str); 3] =
        [(header::CACHE_CONTROL, "no-store"), (header::X_CONTENT_TYPE_OPTIONS, "nosniff"), (header::REFERRER_POLICY, "no-referrer")];
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.extend(HEADERS.map(|(name, value)| (name, HeaderValue::from_static(value))));
    response
}

/// The mail's links open beside the mailbox: inside the frame they would have no script and no cookies.
fn in_new_tabs(html: &str) -> String {
    const BASE: &str = "<base target=\"_blank\">";
    match html.find("<head>") {
        Some(at) => {
            let (before, after) = html.split_at(at + "<head>".len());
            format!("{before}{BASE}{after}")
        }
        None => format!("{BASE}{html}"),
    }
}

fn shown_time(at: DateTime<Utc>) -> String {
    at.format("%-d %b %Y, %H:%M UTC").to_string()
}
