//! Typed ids (UUIDv7) and the source they come from.

use chrono::{DateTime, Utc};
use rand::{RngCore, SeedableRng, rngs::StdRng};
use uuid::Uuid;

/// Declares an id type: a UUID that cannot be mixed up with another table's.
macro_rules! id_types {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, sqlx::Type, utoipa::ToSchema)]
        #[serde(transparent)]
        #[sqlx(transparent)]
        #[schema(value_type = Uuid)]
        pub struct $name(pub Uuid);

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::try_parse(text).map(Self)
            }
        }
    )+};
}

id_types! {
    /// A row of `users`.
    UserId,
    /// A row of `refresh_tokens`.
    RefreshTokenId,
    /// The chain of refresh tokens that began with one sign-in.
    FamilyId,
    /// A row of `one_time_links`.
    LinkId,
    /// A row of `categories`.
    CategoryId,
    /// A row of `products`.
    ProductId,
    /// A row of `stock_moves`.
    StockMoveId,
    /// A row of `reservations`.
    ReservationId,
    /// A row of `carts`.
    CartId,
    /// A row of `cart_items`.
    CartItemId,
    /// A row of `orders`.
    OrderId,
    /// A row of `order_items`.
    OrderItemId,
    /// A row of `order_events`.
    OrderEventId,
    /// A row of `payments`.
    PaymentId,
    /// A row of `refunds`.
    RefundId,
    /// A row of `payment_reviews`.
    ReviewId,
    /// A row of `events`.
    EventId,
    /// A row of `emails`.
    EmailId,
}

/// The ids, secrets and the one instant of a command.
///
/// Ids of one source sort in the order they were made: a counter follows the millisecond.
pub struct Ids {
    now: DateTime<Utc>,
    counter: u16,
    random: StdRng,
}

impl Ids {
    /// A source for the instant `now`, its randomness drawn from `seed`.
    pub fn new(now: DateTime<Utc>, seed: [u8; 32]) -> Self {
        Self { now, counter: 0, random: StdRng::from_seed(seed) }
    }

    /// The command's instant.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// The next id.
    #[expect(clippy::should_implement_trait, reason = "an iterator has one item type; ids are of many")]
    pub fn next<T: From<Uuid>>(&mut self) -> T {
        let millis = u64::try_from(self.now.timestamp_millis()).unwrap_or(0);
        let mut random = [0; 10];
        self.random.fill_bytes(&mut random);
        let [high, low] = self.counter.to_be_bytes();
        self.counter = (self.counter + 1) & 0x0fff;
        random[0] = high;
        random[1] = low;
        T::from(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }

    /// 256 random bits for a token.
    pub fn secret(&mut self) -> [u8; 32] {
        let mut secret = [0; 32];
        self.random.fill_bytes(&mut secret);
        secret
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_carry_the_instant_and_sort_in_the_order_they_were_made() {
        let now = DateTime::from_timestamp_millis(1_790_000_000_123).unwrap();
        let mut ids = Ids::new(now, [7; 32]);
        let made: Vec<Uuid> = (0..1000).map(|_| ids.next()).collect();
        assert!(made.is_sorted());
        let (seconds, nanos) = made[0].get_timestamp().unwrap().to_unix();
        assert_eq!((seconds, nanos / 1_000_000), (1_790_000_000, 123));
        assert_eq!(made[0].get_version_num(), 7);
    }
}
