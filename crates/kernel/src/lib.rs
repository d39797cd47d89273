//! The shop's vocabulary: typed ids, money, bounded text, principals and events. Pure: no IO, no async, no clock.

pub mod address;
pub mod currency;
pub mod cursor;
pub mod email;
pub mod event;
pub mod ids;
pub mod invalid;
pub mod money;
pub mod order_number;
pub mod picture;
pub mod principal;
pub mod quantity;
pub mod slug;
pub mod text;

pub use address::{Address, RawAddress};
pub use currency::Currency;
pub use cursor::Cursor;
pub use email::Email;
pub use ids::{
    CartId, CartItemId, CategoryId, EmailId, EventId, FamilyId, Ids, LinkId, OrderEventId, OrderId, OrderItemId, PaymentId, ProductId,
    RefreshTokenId, RefundId, ReservationId, ReviewId, StockMoveId, UserId,
};
pub use invalid::Invalid;
pub use money::{Money, MoneyError};
pub use order_number::OrderNumber;
pub use picture::Picture;
pub use principal::{Principal, Role, Who};
pub use quantity::{Quantity, QuantityError};
pub use slug::Slug;
pub use text::Text;
