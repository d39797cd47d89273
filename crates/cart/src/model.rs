//! The cart as the shopper sees it.

use catalog::Offer;
use chrono::{DateTime, Utc};
use kernel::{CartId, CartItemId, Money, MoneyError, Picture, ProductId, Quantity};
use platform::settings::ShopSettings;
use serde::Serialize;
use utoipa::ToSchema;

/// A shopper's cart.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Cart {
    /// None while nothing was ever added.
    pub id: Option<CartId>,
    /// One line a product, in the order they were added.
    pub lines: Vec<CartLine>,
    /// Pieces of all lines.
    pub item_count: i32,
    /// Sum of the lines, before delivery and tax.
    #[schema(value_type = Money)]
    pub subtotal: Money,
    /// Subtotal from which delivery is free.
    pub free_delivery_over: Option<Money>,
    /// What delivery costs below that.
    pub delivery_rate: Money,
    /// True when prices contain the tax.
    pub tax_inclusive: bool,
    /// When it last changed.
    pub updated_at: Option<DateTime<Utc>>,
}

/// One product in a cart.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CartLine {
    /// The line.
    pub id: CartItemId,
    /// What is in it.
    pub product: CartProduct,
    /// 1 to 99 pieces.
    #[schema(value_type = i32, minimum = 1, maximum = 99)]
    pub quantity: Quantity,
    /// Today's price of one piece.
    pub unit_price: Money,
    /// Price of all pieces.
    pub line_total: Money,
    /// Pieces that can be bought now; the line may ask for more than that.
    pub available: i32,
}

/// A product as a cart shows it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CartProduct {
    /// The product.
    pub id: ProductId,
    /// Stock-keeping unit.
    pub sku: String,
    /// Part of the product page's address.
    pub slug: String,
    /// Name.
    pub name: String,
    /// Picture.
    pub picture: Option<Picture>,
}

impl CartLine {
    /// A line at today's price.
    pub(crate) fn new(id: CartItemId, quantity: Quantity, offer: Offer) -> Result<Self, MoneyError> {
        Ok(Self {
            id,
            quantity,
            unit_price: offer.price,
            line_total: offer.price.times(quantity)?,
            available: offer.available,
            product: CartProduct { id: offer.id, sku: offer.sku, slug: offer.slug, name: offer.name, picture: offer.picture },
        })
    }
}

impl Cart {
    /// A cart of these lines.
    pub(crate) fn new(
        id: Option<CartId>,
        updated_at: Option<DateTime<Utc>>,
        lines: Vec<CartLine>,
        settings: &ShopSettings,
    ) -> Result<Self, MoneyError> {
        Ok(Self {
            id,
            item_count: lines.iter().map(|line| line.quantity.get()).sum(),
            subtotal: Money::sum(settings.currency, lines.iter().map(|line| line.line_total))?,
            free_delivery_over: settings.free_delivery_over,
            delivery_rate: settings.delivery_rate,
            tax_inclusive: settings.tax_inclusive,
            updated_at,
            lines,
        })
    }
}
