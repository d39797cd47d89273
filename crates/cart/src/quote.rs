//! Quotes: what was shown to the customer, signed, so that nothing is charged that was not shown. Nothing is stored.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Duration, Utc};
use kernel::{Address, CartId, Email, ProductId, Quantity};
use platform::keys::Keys;
use serde::{Deserialize, Serialize};

/// How long a quote can be ordered.
pub const VALID_FOR: Duration = Duration::minutes(10);
/// Longest token that is looked at.
const TOKEN_MAX: usize = 64 * 1024;
const PURPOSE: &str = "quote";

/// What the customer accepts by ordering.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptedQuote {
    /// The cart; it also names the checkout, of which there is one for a cart.
    pub cart_id: CartId,
    /// Where the receipt goes.
    pub email: Email,
    /// Where the parcel goes.
    pub shipping_address: Address,
    /// How it goes there.
    pub shipping_method: ShippingMethod,
    /// What was in the cart, by product id.
    pub items: Vec<QuotedItem>,
    /// Delivery, in minor units of `currency`.
    pub shipping_minor: i64,
    /// Tax as shown, in minor units.
    pub tax_minor: i64,
    /// True when prices contained the tax.
    pub tax_inclusive: bool,
    /// The total, in minor units.
    pub total_minor: i64,
    /// Unit prices in minor units, in the order of `items`.
    pub unit_prices_minor: Vec<i64>,
    /// The shop's currency when it was made.
    pub currency: String,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// A product and how many of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct QuotedItem {
    /// The product.
    pub product_id: ProductId,
    /// How many.
    pub quantity: Quantity,
}

/// How a parcel travels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ShippingMethod {
    /// The shop's one flat rate.
    #[default]
    Standard,
}

impl ShippingMethod {
    /// The name in `orders.shipping_method`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
        }
    }
}

/// Why a token is no quote that can be ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QuoteRefused {
    /// Not signed by this shop.
    #[error("this is not a quote of this shop")]
    Invalid,
    /// Older than ten minutes.
    #[error("this quote has ended: check out again")]
    Expired,
}

impl AcceptedQuote {
    /// The signed token.
    pub fn seal(&self, keys: &Keys) -> String {
        let body = URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_else(|_| unreachable!("a quote has text keys only")));
        let signature = keys.sign(PURPOSE, body.as_bytes());
        format!("{body}.{signature}")
    }

    /// Opens a token that this shop sealed.
    pub fn open(token: &str, keys: &Keys, now: DateTime<Utc>) -> Result<Self, QuoteRefused> {
        let (body, signature) =
            Some(token).filter(|token| token.len() <= TOKEN_MAX).and_then(|token| token.split_once('.')).ok_or(QuoteRefused::Invalid)?;
        if !keys.verify(PURPOSE, body.as_bytes(), signature) {
            return Err(QuoteRefused::Invalid);
        }
        let bytes = URL_SAFE_NO_PAD.decode(body).map_err(|_| QuoteRefused::Invalid)?;
        let quote: Self = serde_json::from_slice(&bytes).map_err(|_| QuoteRefused::Invalid)?;
        if quote.expires_at <= now { Err(QuoteRefused::Expired) } else { Ok(quote) }
    }
}
