//! What a domain gives to the page shell: head, fallback content and first data of one storefront page.

use std::{collections::BTreeMap, future::Future, pin::Pin, sync::Arc};

use http::StatusCode;

use crate::{App, Problem};

/// A storefront page as a crawler, a link preview and the first paint see it.
#[derive(Debug, Clone)]
pub struct Page {
    /// 200, or a real 404.
    pub status: StatusCode,
    /// `<title>`, without the shop's name.
    pub title: String,
    /// Meta description.
    pub description: String,
    /// Path of the canonical address, for example `/p/mug`.
    pub canonical: String,
    /// Path or address of the picture for link previews.
    pub picture: Option<String>,
    /// JSON-LD objects (schema.org).
    pub json_ld: Vec<serde_json::Value>,
    /// Query keys of the storefront with the answers they would fetch first.
    pub queries: Vec<(serde_json::Value, serde_json::Value)>,
    /// Headings, links and texts for readers without script, as data; the shell renders and escapes them.
    pub fallback: Vec<Fallback>,
    /// True for pages that search engines should not list.
    pub noindex: bool,
}

/// One piece of the plain page under the script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fallback {
    /// The page's heading.
    Heading(String),
    /// A paragraph.
    Text(String),
    /// A link: path and text.
    Link(String, String),
}

impl Page {
    /// An ordinary page without data.
    pub fn new(title: impl Into<String>, description: impl Into<String>, canonical: impl Into<String>) -> Self {
        Self {
            status: StatusCode::OK,
            title: title.into(),
            description: description.into(),
            canonical: canonical.into(),
            picture: None,
            json_ld: Vec::new(),
            queries: Vec::new(),
            fallback: Vec::new(),
            noindex: false,
        }
    }

    /// A real 404 at a path.
    pub fn not_found(canonical: impl Into<String>) -> Self {
        Self { status: StatusCode::NOT_FOUND, noindex: true, ..Self::new("Not found", "This page is not here.", canonical) }
    }
}

type Rendering = Pin<Box<dyn Future<Output = Result<Page, Problem>> + Send>>;

/// A storefront path with the function that describes it.
#[derive(Clone)]
pub struct PageRoute {
    /// The path in axum's form, for example `/p/{slug}`.
    pub path: &'static str,
    /// Describes the page of one request.
    pub render: Arc<dyn Fn(PageRequest) -> Rendering + Send + Sync>,
}

/// What a page depends on.
#[derive(Debug, Clone, Default)]
pub struct PageRequest {
    /// The path's `{slug}` or `{id}`, where it has one.
    pub slug: String,
    /// Query parameters; of repeated ones the last.
    pub query: BTreeMap<String, String>,
}

impl PageRoute {
    /// Binds a path to its function and state.
    pub fn new<F, Fut>(path: &'static str, app: &App, render: F) -> Self
    where
        F: Fn(App, PageRequest) -> Fut + Send + Sync + Copy + 'static,
        Fut: Future<Output = Result<Page, Problem>> + Send + 'static,
    {
        let app = app.clone();
        Self { path, render: Arc::new(move |request| Box::pin(render(app.clone(), request))) }
    }
}
