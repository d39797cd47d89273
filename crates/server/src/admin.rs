//! The admin's pages: one document at `/admin` and every path below. Which screen a path means is the browser's to know, and who
//! may see anything on it is the API's; the document itself says nothing that the storefront does not say.

use std::sync::Arc;

use axum::{
    Router,
    extract::{OriginalUri, State},
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderName, HeaderValue, header};
use platform::{App, Problem};
use serde_json::json;

use crate::{
    assets::{self, Assets},
    document,
    shell::{self, HTML, LOCALE, NO_STORE},
};

/// Where the admin lives.
pub(crate) const ADMIN: &str = "/admin";
/// The page that takes a one-time link. Its secret stands behind `#`, which browsers send to nobody.
pub(crate) const WELCOME: &str = "/admin/welcome";

const PATHS: [&str; 3] = [ADMIN, "/admin/", "/admin/{*path}"];
/// A folder of files: what is missing there is no page.
const FILES: &str = "/admin/assets/";
const ROBOTS_TAG: HeaderName = HeaderName::from_static("x-robots-tag");
const NOINDEX: HeaderValue = HeaderValue::from_static("noindex");

/// What the admin's document is made from.
#[derive(Clone)]
struct Admin {
    app: App,
    shell: Arc<str>,
}

/// The document, at each of the admin's paths that is no file.
pub(crate) fn routes(app: &App, assets: &Assets) -> Router {
    let admin = Admin { app: app.clone(), shell: assets.shell() };
    PATHS.into_iter().fold(Router::new(), |router, path| router.route(path, get(page))).with_state(admin)
}

async fn page(State(admin): State<Admin>, OriginalUri(uri): OriginalUri) -> Response {
    if uri.path().starts_with(FILES) {
        return assets::missing();
    }
    let mut response = match admin.write().await {
        Ok(document) => ([(header::CONTENT_TYPE, HTML), (header::CACHE_CONTROL, NO_STORE)], document).into_response(),
        Err(problem) => shell::fault(problem.status(), "Nothing was changed"),
    };
    response.headers_mut().insert(ROBOTS_TAG, NOINDEX);
    response
}

impl Admin {
    async fn write(&self) -> Result<String, Problem> {
        let mut db = self.app.db.read().await?;
        let shop = platform::settings::get(&mut db).await?;
        let settings = json!({
            "shop_name": shop.shop_name,
            "currency": shop.currency,
            "locale": LOCALE,
            // Whether there is a control room to lead to.
            "development": self.app.config.is_development(),
        });
        Ok(document::write_admin(&self.shell, &shop.shop_name, &settings))
    }
}
