//! The mails about an order: what they say, queued in the transaction that made it true.

use email::{Mail, OrderConfirmation, OrderRefunded, address_lines, format_date, format_money};
use kernel::{Ids, Money, OrderId};
use platform::settings;
use sqlx::PgConnection;

use crate::{Links, model::Order, store};

/// Queues the receipt of a paid order.
pub(crate) async fn queue(db: &mut PgConnection, order: OrderId, links: &Links, ids: &mut Ids) -> sqlx::Result<()> {
    let (order, owner) = store::find(db, order).await?.ok_or(sqlx::Error::RowNotFound)?;
    let shop_name = settings::get(db).await?.shop_name;
    let model = receipt(&order, owner.is_none(), shop_name, links);
    let mail = Mail::order_confirmation(format!("order_confirmation:{}", order.id), &model, order.email)?;
    email::queue(db, &mail, ids).await
}

/// Queues the notice that what was paid for an order that could not be kept goes back.
pub async fn queue_refunded(db: &mut PgConnection, order: OrderId, amount: Money, links: &Links, ids: &mut Ids) -> sqlx::Result<()> {
    let (order, owner) = store::find(db, order).await?.ok_or(sqlx::Error::RowNotFound)?;
    let model = OrderRefunded {
        shop_name: settings::get(db).await?.shop_name,
        shop_url: links.absolute("/"),
        order_number: order.order_number.to_string(),
        order_url: links.order_page(order.id),
        guest_order: owner.is_none().then_some(order.id),
        total: format_money(amount),
    };
    email::queue(db, &Mail::order_refunded(format!("order_refunded:{}", order.id), &model, order.email)?, ids).await
}

fn receipt(order: &Order, of_guest: bool, shop_name: String, links: &Links) -> OrderConfirmation {
    let unless_zero = |money: Money| (!money.is_zero()).then(|| format_money(money));
    OrderConfirmation {
        shop_name,
        shop_url: links.absolute("/"),
        order_number: order.order_number.to_string(),
        order_url: links.order_page(order.id),
        guest_order: of_guest.then_some(order.id),
        placed_on: format_date(order.placed_at),
        lines: order
            .lines
            .iter()
            .map(|line| email::OrderLine {
                name: line.name.clone(),
                quantity: line.quantity,
                unit_price: format_money(line.unit_price),
                line_total: format_money(line.line_total),
                picture_url: line.picture.as_ref().and_then(|picture| picture.sources.first()).map(|source| links.absolute(&source.url)),
            })
            .collect(),
        subtotal: format_money(order.subtotal),
        discount: unless_zero(order.discount),
        shipping: unless_zero(order.shipping),
        tax: unless_zero(order.tax),
        tax_inclusive: order.tax_inclusive,
        total: format_money(order.total),
        full_name: order.shipping_address.full_name.as_str().to_owned(),
        address_lines: address_lines(&order.shipping_address),
    }
}
