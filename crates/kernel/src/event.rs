//! Domain events: facts that other domains act on.

use crate::{OrderId, PaymentId};

/// A fact, published in the transaction that made it true.
pub trait Event: serde::Serialize + serde::de::DeserializeOwned + Send + Sync + 'static {
    /// `domain.verb_noun`.
    const NAME: &'static str;
}

/// Declares events, each with its name and the ids it carries.
macro_rules! events {
    ($($(#[$doc:meta])* $event:ident = $name:literal { $($(#[$field_doc:meta])* $field:ident: $type:ty),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        pub struct $event {
            $($(#[$field_doc])* pub $field: $type),+
        }
        impl Event for $event {
            const NAME: &'static str = $name;
        }
    )+};
}

events! {
    /// An order was written, its stock is held.
    OrderPlaced = "orders.order_placed" {
        /// The order.
        order_id: OrderId,
    }
    /// An order's money is in and its stock is sold.
    OrderPaid = "orders.order_paid" {
        /// The order.
        order_id: OrderId,
    }
    /// The hold of an order ran out while a payment was under way: the payment must be ended.
    OrderHoldReleased = "orders.hold_released" {
        /// The order.
        order_id: OrderId,
    }
    /// An order will not be fulfilled; money that is in or still comes must go back.
    OrderCancelled = "orders.order_cancelled" {
        /// The order.
        order_id: OrderId,
    }
    /// Money went back to a customer.
    PaymentRefunded = "payments.payment_refunded" {
        /// The payment.
        payment_id: PaymentId,
        /// Its order.
        order_id: OrderId,
    }
}
