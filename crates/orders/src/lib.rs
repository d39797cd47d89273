//! Orders: placing, state machine, history, expiry. Tables: `orders`, `order_keys`, `order_items`, `order_events`.

pub mod access;
pub mod confirmation;
pub mod expire;
pub mod history;
pub mod list;
mod model;
pub mod months;
pub mod pay;
pub mod place_order;
pub mod status;
mod store;
mod story;
pub mod view;

use platform::{App, periodic::Periodic};
use utoipa_axum::{router::OpenApiRouter, routes};

pub use access::Links;
pub use model::{Order, OrderLine, OrderSummary};
pub use pay::{MarkPaidError, Payable};
pub use status::Status;
pub use store::{LockedOrder, attach_intent, lock, start_payment};
pub use story::{Told, last, status_name, story};

/// The routes under `/orders`, and `/users/orders`.
pub fn routes(app: &App) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(place_order::route, list::route))
        .routes(routes!(list::users_route))
        .routes(routes!(view::route))
        .with_state(app.clone())
}

/// What comes round by itself: holds that ran out, partitions of coming months.
pub fn periodic(app: &App) -> Vec<Periodic> {
    vec![
        Periodic::new("orders.expire_holds", expire::EVERY, app, expire::expire_holds),
        Periodic::new("orders.ensure_months", months::EVERY, app, months::ensure_months),
    ]
}
