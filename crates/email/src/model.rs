//! What the templates show: plain texts, ready to print. Amounts come from [`crate::format_money`].
//!
//! Models are stored in `emails.model` and may be rendered by a later release: a new field needs a serde default.

use kernel::OrderId;
use serde::{Deserialize, Serialize};

/// The receipt of a paid order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderConfirmation {
    /// The shop's name, from its settings.
    pub shop_name: String,
    /// The shop's home page, absolute.
    pub shop_url: String,
    /// The order's number as people read it.
    pub order_number: String,
    /// The order's page, absolute.
    pub order_url: String,
    /// The order, when it is a guest's: `order_url` gets the token that opens it when the mail is sent.
    #[serde(default)]
    pub guest_order: Option<OrderId>,
    /// The day of the order, from [`crate::format_date`].
    pub placed_on: String,
    /// What was bought.
    pub lines: Vec<OrderLine>,
    /// Sum of the lines.
    pub subtotal: String,
    /// What was taken off, without a sign; None hides the line.
    pub discount: Option<String>,
    /// What delivery cost; None says that it was free.
    pub shipping: Option<String>,
    /// Tax added, or contained in the total; None hides the line.
    pub tax: Option<String>,
    /// True when prices contain the tax.
    pub tax_inclusive: bool,
    /// What was paid.
    pub total: String,
    /// Who receives the parcel.
    pub full_name: String,
    /// The address below the name, from [`crate::address_lines`].
    pub address_lines: Vec<String>,
}

/// One line of a receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderLine {
    /// The product's name when it was bought.
    pub name: String,
    /// How many.
    pub quantity: i32,
    /// The price of one.
    pub unit_price: String,
    /// The price of all of them.
    pub line_total: String,
    /// A picture, absolute; shown 72 pixels wide.
    pub picture_url: Option<String>,
}

/// Money came after the order's hold had ended and the things were gone: it is on its way back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderRefunded {
    /// The shop's name, from its settings.
    pub shop_name: String,
    /// The shop's home page, absolute.
    pub shop_url: String,
    /// The order's number as people read it.
    pub order_number: String,
    /// The order's page, absolute.
    pub order_url: String,
    /// The order, when it is a guest's: `order_url` gets the token that opens it when the mail is sent.
    #[serde(default)]
    pub guest_order: Option<OrderId>,
    /// What goes back, in full.
    pub total: String,
}
