//! `POST /cart/checkout`: what the cart costs, delivered to this address: a quote for ten minutes.

use axum::{Json, extract::State};
use catalog::Offer;
use chrono::{DateTime, Utc};
use http::StatusCode;
use kernel::{Address, Email, Money, MoneyError, Picture, ProductId, Quantity, RawAddress, Who};
use platform::{
    App, Problem,
    extract::{Body, object},
    fields::{self, Fields},
    keys::Keys,
    problem::ProblemBody,
    settings::{self, ShopSettings},
    shopper::Shopper,
};
use sqlx::PgConnection;
use utoipa::ToSchema;

use crate::{
    merge, pricing,
    quote::{AcceptedQuote, QuotedItem, ShippingMethod, VALID_FOR},
    store,
};

/// The form as it came in.
#[derive(Debug, serde::Deserialize, ToSchema)]
#[schema(as = CheckoutInput)]
#[serde(deny_unknown_fields)]
pub struct RawCheckout {
    /// Where the receipt goes.
    #[serde(default)]
    email: String,
    /// Where the parcel goes.
    #[serde(default, deserialize_with = "object")]
    shipping_address: RawAddress,
    /// How it goes there.
    #[serde(default)]
    shipping_method: ShippingMethod,
}

/// A checked form.
#[derive(Debug)]
pub struct Checkout {
    email: Email,
    shipping_address: Address,
    shipping_method: ShippingMethod,
}

/// What the purchase costs.
#[derive(Debug, serde::Serialize, ToSchema)]
pub struct Quote {
    /// The signed quote: send it to `POST /orders` as it is.
    quote: String,
    /// Until when it can be ordered.
    expires_at: DateTime<Utc>,
    email: Email,
    shipping_address: Address,
    shipping_method: ShippingMethod,
    lines: Vec<QuoteLine>,
    subtotal: Money,
    discount: Money,
    shipping: Money,
    /// Added on top, or the part contained when `tax_inclusive`.
    tax: Money,
    total: Money,
    tax_inclusive: bool,
    /// A fraction as decimal text: `0.08`.
    #[schema(value_type = String)]
    tax_rate: rust_decimal::Decimal,
}

/// One product of a quote.
#[derive(Debug, serde::Serialize, ToSchema)]
pub struct QuoteLine {
    product_id: ProductId,
    sku: String,
    name: String,
    picture: Option<Picture>,
    #[schema(value_type = i32)]
    quantity: Quantity,
    unit_price: Money,
    line_total: Money,
    tax: Money,
}

/// Quotes the cart. Nothing is reserved yet.
#[utoipa::path(post, path = "/cart/checkout", tag = "cart", operation_id = "checkout", request_body = RawCheckout,
    responses((status = 201, body = Quote), (status = "4XX", body = ProblemBody)))]
pub async fn route(State(app): State<App>, shopper: Shopper, Body(raw): Body<RawCheckout>) -> Result<(StatusCode, Json<Quote>), Problem> {
    let form = parse(&raw)?;
    let who = shopper.who().ok_or(CheckoutError::CartEmpty)?;
    let mut tx = app.db.begin().await?;
    merge::merge_guest_cart(&mut tx, &shopper, &mut app.ids()).await?;
    let quote = checkout(&mut tx, &who, form, &app.keys, app.clock.now()).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(quote)))
}

fn parse(raw: &RawCheckout) -> Result<Checkout, Problem> {
    let mut fields = Fields::default();
    let email = fields.take("email", Email::parse(&raw.email));
    let address = fields::address(&mut fields, "shipping_address", &raw.shipping_address);
    fields.finish(email.zip(address).map(|(email, shipping_address)| Checkout {
        email,
        shipping_address,
        shipping_method: raw.shipping_method,
    }))
}

/// Prices the cart from the shop's own rows; products that left the sale leave the cart.
pub async fn checkout(db: &mut PgConnection, who: &Who, form: Checkout, keys: &Keys, now: DateTime<Utc>) -> Result<Quote, CheckoutError> {
    let cart = store::lock_existing(db, who, now).await?.ok_or(CheckoutError::CartEmpty)?;
    let mut rows = store::lines(db, cart).await?;
    let products: Vec<_> = rows.iter().map(|row| row.product_id).collect();
    let offers = catalog::offers(db, &products).await?;
    if offers.len() < rows.len() {
        let on_sale: Vec<_> = offers.iter().map(|offer| offer.id).collect();
        store::keep_only(db, cart, &on_sale).await?;
        rows.retain(|row| on_sale.contains(&row.product_id));
    }
    rows.sort_by_key(|row| row.product_id);
    let mut lines = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(offer) = offers.iter().find(|offer| offer.id == row.product_id) else { continue };
        if row.quantity.get() > offer.available {
            return Err(CheckoutError::OutOfStock { name: offer.name.clone(), available: offer.available });
        }
        lines.push((offer.clone(), row.quantity));
    }
    if lines.is_empty() {
        return Err(CheckoutError::CartEmpty);
    }
    let settings = settings::get(db).await?;
    build(cart, form, lines, &settings, keys, now)
}

fn build(
    cart_id: kernel::CartId,
    form: Checkout,
    lines: Vec<(Offer, Quantity)>,
    settings: &ShopSettings,
    keys: &Keys,
    now: DateTime<Utc>,
) -> Result<Quote, CheckoutError> {
    let prices: Vec<_> = lines.iter().map(|(offer, quantity)| (offer.price, *quantity)).collect();
    let totals = pricing::price(&prices, settings)?;
    let accepted = AcceptedQuote {
        cart_id,
        email: form.email,
        shipping_address: form.shipping_address,
        shipping_method: form.shipping_method,
        items: lines.iter().map(|(offer, quantity)| QuotedItem { product_id: offer.id, quantity: *quantity }).collect(),
        shipping_minor: totals.shipping.minor(),
        tax_minor: totals.shown_tax(settings.tax_inclusive).minor(),
        tax_inclusive: settings.tax_inclusive,
        total_minor: totals.total.minor(),
        unit_prices_minor: prices.iter().map(|(price, _)| price.minor()).collect(),
        currency: settings.currency.code().to_owned(),
        expires_at: now + VALID_FOR,
    };
    let tax = totals.shown_tax(settings.tax_inclusive);
    let lines = lines.into_iter().zip(&totals.lines).map(|((offer, quantity), line)| QuoteLine {
        product_id: offer.id,
        sku: offer.sku,
        name: offer.name,
        picture: offer.picture,
        quantity,
        unit_price: offer.price,
        line_total: line.line_total,
        tax: line.tax,
    });
    Ok(Quote {
        quote: accepted.seal(keys),
        expires_at: accepted.expires_at,
        lines: lines.collect(),
        email: accepted.email,
        shipping_address: accepted.shipping_address,
        shipping_method: accepted.shipping_method,
        subtotal: totals.subtotal,
        discount: totals.discount,
        shipping: totals.shipping,
        tax,
        total: totals.total,
        tax_inclusive: settings.tax_inclusive,
        tax_rate: settings.tax_rate.normalize(),
    })
}

/// Why there is no quote.
#[derive(Debug, thiserror::Error)]
pub enum CheckoutError {
    /// Nothing to buy.
    #[error("your cart is empty")]
    CartEmpty,
    /// A line asks for more than there is.
    #[error("only {available} of {name} in stock")]
    OutOfStock {
        /// The product.
        name: String,
        /// Pieces that can be bought.
        available: i32,
    },
    /// A sum does not fit.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] sqlx::Error),
}

impl From<CheckoutError> for Problem {
    fn from(error: CheckoutError) -> Self {
        use CheckoutError as E;
        let detail = error.to_string();
        match error {
            E::CartEmpty => Self::new(StatusCode::CONFLICT, "cart_empty", detail),
            E::OutOfStock { .. } => Self::new(StatusCode::CONFLICT, "out_of_stock", detail),
            E::Money(_) => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "amount_too_large", detail),
            E::Db(source) => source.into(),
        }
    }
}
