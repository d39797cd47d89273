//! `GET /cart`: the shopper's cart at today's prices.

use axum::{Json, extract::State};
use chrono::Duration;
use http::{HeaderMap, header};
use kernel::Who;
use platform::{App, Problem, cookies::ShopCookie, problem::ProblemBody, settings, shopper::Shopper};
use sqlx::PgConnection;

use crate::{
    merge,
    model::{Cart, CartLine},
    store,
};

/// The cart, after a guest cart that came with a signed-in customer was merged into it.
#[utoipa::path(get, path = "/cart", tag = "cart", operation_id = "get_cart",
    responses((status = 200, body = Cart), (status = "4XX", body = ProblemBody)))]
pub async fn route(State(app): State<App>, shopper: Shopper) -> Result<(HeaderMap, Json<Cart>), Problem> {
    let mut headers = HeaderMap::new();
    if shopper.user.is_some() && shopper.guest.is_some() {
        let mut tx = app.db.begin().await?;
        if merge::merge_guest_cart(&mut tx, &shopper, &mut app.ids()).await? {
            tx.commit().await?;
        }
        // Merged or never there: the token opens nothing any more.
        headers.extend(ShopCookie::Cart.set(&app.config, "", Duration::zero()).map(|cookie| (header::SET_COOKIE, cookie)));
    }
    let mut db = app.db.read().await?;
    Ok((headers, Json(load(&mut db, shopper.who().as_ref()).await?)))
}

/// Reads a cart; products that left the sale are not shown.
async fn load(db: &mut PgConnection, who: Option<&Who>) -> Result<Cart, Problem> {
    let settings = settings::get(db).await?;
    let found = match who {
        Some(who) => store::find(db, who).await?,
        None => None,
    };
    let Some((id, updated_at)) = found else {
        return Cart::new(None, None, Vec::new(), &settings).map_err(|error| Problem::internal(&error));
    };
    let rows = store::lines(db, id).await?;
    let products: Vec<_> = rows.iter().map(|row| row.product_id).collect();
    let offers = catalog::offers(db, &products).await?;
    let lines = rows
        .into_iter()
        .filter_map(|row| {
            offers.iter().find(|offer| offer.id == row.product_id).map(|offer| CartLine::new(row.id, row.quantity, offer.clone()))
        })
        .collect::<Result<Vec<_>, _>>();
    lines.and_then(|lines| Cart::new(Some(id), Some(updated_at), lines, &settings)).map_err(|error| Problem::internal(&error))
}
