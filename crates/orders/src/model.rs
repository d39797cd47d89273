//! Orders as their customers see them.

use chrono::{DateTime, Utc};
use kernel::{Address, Email, Money, OrderId, OrderItemId, OrderNumber, Picture, ProductId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Status;

/// An order.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Order {
    /// The order.
    pub id: OrderId,
    /// What the customer reads out on the telephone.
    pub order_number: OrderNumber,
    /// Where it stands.
    pub status: Status,
    /// Where the receipt goes.
    pub email: Email,
    /// Where the parcel goes.
    pub shipping_address: Address,
    /// What was bought, as it was then.
    pub lines: Vec<OrderLine>,
    /// Sum of the lines.
    pub subtotal: Money,
    /// Taken off.
    pub discount: Money,
    /// Delivery.
    pub shipping: Money,
    /// Added on top, or the part contained when `tax_inclusive`.
    pub tax: Money,
    /// What is paid.
    pub total: Money,
    /// True when prices contained the tax.
    pub tax_inclusive: bool,
    /// When it was placed.
    pub placed_at: DateTime<Utc>,
    /// When the money was in.
    pub paid_at: Option<DateTime<Utc>>,
    /// When it was cancelled.
    pub cancelled_at: Option<DateTime<Utc>>,
    /// Until when its stock is held while it is unpaid.
    pub hold_expires_at: Option<DateTime<Utc>>,
    /// Opens a guest's order; in the answer to placing it only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_token: Option<String>,
}

/// One product of an order, as it was when it was bought.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OrderLine {
    /// The line.
    pub id: OrderItemId,
    /// The product; its name and price may differ today.
    pub product_id: ProductId,
    /// Stock-keeping unit.
    pub sku: String,
    /// Name.
    pub name: String,
    /// Picture.
    pub picture: Option<Picture>,
    /// Pieces.
    pub quantity: i32,
    /// Price of one.
    pub unit_price: Money,
    /// Price of all.
    pub line_total: Money,
    /// Tax of the line, added or contained.
    pub tax: Money,
}

/// An order in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OrderSummary {
    /// The order.
    pub id: OrderId,
    /// What the customer reads out on the telephone.
    pub order_number: OrderNumber,
    /// Where it stands.
    pub status: Status,
    /// What is paid.
    pub total: Money,
    /// Pieces.
    pub item_count: i64,
    /// Names of the products.
    pub names: Vec<String>,
    /// Picture of the first line.
    pub picture: Option<Picture>,
    /// When it was placed.
    pub placed_at: DateTime<Utc>,
}
