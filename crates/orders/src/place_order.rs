//! `POST /orders`: a quote becomes an order, its stock held, its cart consumed: one transaction.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use cart::{AcceptedQuote, QuoteRefused, pricing};
use catalog::{
    Offer,
    stock::{self, HoldError, HoldLine},
};
use http::StatusCode;
use kernel::{Ids, MoneyError, OrderNumber, ProductId, Who, event::OrderPlaced};
use platform::{
    App, Problem, events,
    extract::Body,
    idempotency::{Answer, Attempt, Claim, IdempotencyKey},
    problem::ProblemBody,
    settings::{self, ShopSettings},
    shopper::Shopper,
    story,
};
use sqlx::PgConnection;

use crate::{
    Links, Status,
    model::{Order, OrderLine},
    pay,
    store::{self, NewEvent, NewOrder},
};

/// What to order.
#[derive(Debug, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceOrder {
    /// The token of a quote that the customer saw.
    pub quote: String,
}

/// Places an order. The same Idempotency-Key gets the same answer, to the byte.
#[utoipa::path(post, path = "/orders", tag = "orders", operation_id = "place_order", request_body = PlaceOrder,
    params(("Idempotency-Key" = String, Header, description = "a fresh random value for each new attempt; required")),
    responses((status = 201, body = Order), (status = "4XX", body = ProblemBody)))]
pub async fn route(
    State(app): State<App>,
    shopper: Shopper,
    key: IdempotencyKey,
    Body(command): Body<PlaceOrder>,
) -> Result<Response, Problem> {
    let who = shopper.who().ok_or(PlaceOrderError::Quote(QuoteRefused::Invalid))?;
    let attempt = Attempt::new(scope(&who), &key, &command);
    let links = Links::new(&app);
    let mut tx = app.db.begin().await?;
    let answered = answer_once(&mut tx, &app, &who, &attempt, &command, &links).await;
    // Ended before the answer goes out, also when it is a refusal: the key must be free for whoever sends it again at once.
    match &answered {
        Ok(_) => tx.commit().await?,
        Err(_) => tx.rollback().await,
    }
    answered.map(|answer| hand_over(answer, &who, &links))
}

/// The answer under this key: the first one again, or that to a new order.
async fn answer_once(
    db: &mut PgConnection,
    app: &App,
    who: &Who,
    attempt: &Attempt,
    command: &PlaceOrder,
    links: &Links,
) -> Result<Answer, Problem> {
    if let Claim::Answered(answer) = attempt.claim_in_transaction(db).await? {
        return Ok(answer);
    }
    let mut ids = app.ids();
    let quote = AcceptedQuote::open(&command.quote, &app.keys, ids.now()).map_err(PlaceOrderError::Quote)?;
    let order = place_order(db, who, &quote, links, app.config.hold_ttl_s, &mut ids).await?;
    attempt.answer(db, StatusCode::CREATED, &order, ids.now()).await
}

/// Gives a guest the token that opens the order. It is not stored with the answer: a copy of the database opens nothing.
fn hand_over(answer: Answer, who: &Who, links: &Links) -> Response {
    let Some(id) = answer.id().and_then(|id| id.parse().ok()) else { return answer.into_response() };
    if who.user().is_some() {
        return story::about(id, answer);
    }
    story::about(id, answer.with(|order| drop(order.insert("access_token".to_owned(), links.token(id).into()))))
}

fn scope(who: &Who) -> String {
    match who {
        Who::Customer(user) => format!("orders:user:{user}"),
        Who::Guest(session) => format!("orders:guest:{session}"),
    }
}

/// Writes the order from the shop's own rows. Lock order: the cart, then the stock rows by product id, last because hottest.
pub async fn place_order(
    db: &mut PgConnection,
    who: &Who,
    quote: &AcceptedQuote,
    links: &Links,
    hold_ttl_s: u32,
    ids: &mut Ids,
) -> Result<Order, PlaceOrderError> {
    let Some(mut cart) = cart::lock(db, quote.cart_id, who).await? else {
        let ordered = store::of_checkout(db, quote.cart_id).await?.is_some();
        return Err(if ordered { PlaceOrderError::CartAlreadyCheckedOut } else { PlaceOrderError::Quote(QuoteRefused::Invalid) });
    };
    cart.lines.sort();
    let settings = settings::get(db).await?;
    let products: Vec<ProductId> = quote.items.iter().map(|item| item.product_id).collect();
    let offers = catalog::offers(db, &products).await?;
    let priced = reprice(quote, &cart.lines, offers, &settings, ids)?;
    let number = OrderNumber::from_seed(ids.secret());
    let new = NewOrder {
        id: ids.next(),
        user: who.user(),
        number: &number,
        checkout: quote.cart_id,
        email: &quote.email,
        address: &quote.shipping_address,
        shipping_method: quote.shipping_method.as_str(),
        totals: &priced.totals,
        tax_rate: settings.tax_rate,
        tax_inclusive: settings.tax_inclusive,
        hold_ttl_s,
        now: ids.now(),
    };
    let hold_expires_at = store::insert(db, &new).await?;
    store::insert_keys(db, &new).await?;
    store::insert_lines(db, new.id, &priced.lines, ids.now()).await?;
    store::add_event(db, &NewEvent { order: new.id, from: None, to: Status::Pending, actor: "customer", reason: None }, ids).await?;
    cart::consume(db, quote.cart_id).await?;
    events::publish(db, &OrderPlaced { order_id: new.id }, ids).await?;
    stock::hold(db, new.id, &priced.hold, hold_expires_at, ids).await?;
    let mut order = answer(&new, priced.lines, settings.tax_inclusive, hold_expires_at);
    if order.total.is_zero() {
        pay::mark_free(db, new.id, links, ids).await?;
        (order.status, order.paid_at, order.hold_expires_at) = (Status::Processing, Some(ids.now()), None);
    }
    Ok(order)
}

struct Priced {
    totals: pricing::Totals,
    lines: Vec<OrderLine>,
    hold: Vec<HoldLine>,
}

/// Prices the cart again and compares it with what the customer accepted: nothing is charged that was not shown.
fn reprice(
    quote: &AcceptedQuote,
    cart: &[cart::quote::QuotedItem],
    mut offers: Vec<Offer>,
    settings: &ShopSettings,
    ids: &mut Ids,
) -> Result<Priced, PlaceOrderError> {
    if quote.items != cart || quote.currency != settings.currency.code() {
        return Err(PlaceOrderError::QuoteChanged);
    }
    offers.sort_by_key(|offer| offer.id);
    if offers.len() != quote.items.len() {
        return Err(PlaceOrderError::NotOnSale);
    }
    let prices: Vec<_> = offers.iter().zip(&quote.items).map(|(offer, item)| (offer.price, item.quantity)).collect();
    let totals = pricing::price(&prices, settings)?;
    let same_prices = prices.iter().map(|(price, _)| price.minor()).eq(quote.unit_prices_minor.iter().copied());
    let shown = (quote.shipping_minor, quote.tax_minor, quote.tax_inclusive, quote.total_minor);
    let due = (totals.shipping.minor(), totals.shown_tax(settings.tax_inclusive).minor(), settings.tax_inclusive, totals.total.minor());
    if !same_prices || shown != due {
        return Err(PlaceOrderError::QuoteChanged);
    }
    // A courtesy before anything is written, for a sale's many losers: the hold decides, under the lock.
    if let Some((offer, _)) = offers.iter().zip(&quote.items).find(|(offer, item)| offer.available < item.quantity.get()) {
        return Err(PlaceOrderError::OutOfStock { available: offer.available });
    }
    let hold = offers
        .iter()
        .zip(&quote.items)
        .map(|(offer, item)| HoldLine { product_id: offer.id, quantity: item.quantity, price: offer.price })
        .collect();
    let lines = offers
        .into_iter()
        .zip(&quote.items)
        .zip(&totals.lines)
        .map(|((offer, item), line)| OrderLine {
            id: ids.next(),
            product_id: offer.id,
            sku: offer.sku,
            name: offer.name,
            picture: offer.picture,
            quantity: item.quantity.get(),
            unit_price: offer.price,
            line_total: line.line_total,
            tax: line.tax,
        })
        .collect();
    Ok(Priced { totals, lines, hold })
}

fn answer(new: &NewOrder<'_>, lines: Vec<OrderLine>, tax_inclusive: bool, hold_expires_at: chrono::DateTime<chrono::Utc>) -> Order {
    Order {
        id: new.id,
        order_number: new.number.clone(),
        status: Status::Pending,
        email: new.email.clone(),
        shipping_address: new.address.clone(),
        lines,
        subtotal: new.totals.subtotal,
        discount: new.totals.discount,
        shipping: new.totals.shipping,
        tax: new.totals.shown_tax(tax_inclusive),
        total: new.totals.total,
        tax_inclusive,
        placed_at: new.now,
        paid_at: None,
        cancelled_at: None,
        hold_expires_at: Some(hold_expires_at),
        access_token: None,
    }
}

/// Why there is no order.
#[derive(Debug, thiserror::Error)]
pub enum PlaceOrderError {
    /// The quote cannot be ordered.
    #[error(transparent)]
    Quote(#[from] QuoteRefused),
    /// Prices, rates or the cart differ from what was quoted.
    #[error("the price or your cart has changed since it was shown: check out again")]
    QuoteChanged,
    /// The cart is an order already.
    #[error("this cart was ordered already")]
    CartAlreadyCheckedOut,
    /// A product left the sale.
    #[error("a product in your cart is not on sale any more")]
    NotOnSale,
    /// Somebody was quicker.
    #[error("only {available} of a product in your cart left")]
    OutOfStock {
        /// Pieces that can be bought.
        available: i32,
    },
    /// A sum does not fit.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// The free order could not be confirmed.
    #[error(transparent)]
    Pay(#[from] pay::MarkPaidError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] sqlx::Error),
}

impl From<HoldError> for PlaceOrderError {
    fn from(error: HoldError) -> Self {
        match error {
            HoldError::OutOfStock { available, .. } => Self::OutOfStock { available },
            HoldError::NotOnSale { .. } => Self::NotOnSale,
            HoldError::PriceChanged { .. } => Self::QuoteChanged,
            HoldError::Db(source) => Self::Db(source),
        }
    }
}

impl From<PlaceOrderError> for Problem {
    fn from(error: PlaceOrderError) -> Self {
        use PlaceOrderError as E;
        let detail = error.to_string();
        let (status, code) = match error {
            E::Quote(QuoteRefused::Invalid) => return Self::field("quote", "quote_invalid", detail),
            E::Quote(QuoteRefused::Expired) => (StatusCode::CONFLICT, "quote_expired"),
            E::QuoteChanged => (StatusCode::CONFLICT, "quote_changed"),
            E::CartAlreadyCheckedOut => (StatusCode::CONFLICT, "cart_already_checked_out"),
            E::NotOnSale => (StatusCode::CONFLICT, "product_not_on_sale"),
            E::OutOfStock { .. } => (StatusCode::CONFLICT, "out_of_stock"),
            E::Money(_) => (StatusCode::UNPROCESSABLE_ENTITY, "amount_too_large"),
            E::Pay(source) => return Self::internal(&source),
            E::Db(source) => return source.into(),
        };
        Self::new(status, code, detail)
    }
}
