//! How many of a product a line holds.

/// 1 to 99 pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "i64", into = "i32")]
pub struct Quantity(i32);

/// The number is not 1 to 99.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a quantity is a whole number from 1 to {}", Quantity::MAX)]
pub struct QuantityError;

impl Quantity {
    /// The most of one product in a cart.
    pub const MAX: i32 = 99;

    /// The number of pieces.
    pub fn get(self) -> i32 {
        self.0
    }

    /// Both together, if that still is a quantity.
    pub fn checked_add(self, other: Self) -> Result<Self, QuantityError> {
        Self::try_from(i64::from(self.0) + i64::from(other.0))
    }

    /// Both together, or the most there may be.
    pub fn saturating_add(self, other: Self) -> Self {
        Self((self.0 + other.0).min(Self::MAX))
    }
}

impl TryFrom<i64> for Quantity {
    type Error = QuantityError;
    fn try_from(value: i64) -> Result<Self, Self::Error> {
        i32::try_from(value).ok().filter(|pieces| (1..=Self::MAX).contains(pieces)).map(Self).ok_or(QuantityError)
    }
}

impl TryFrom<i32> for Quantity {
    type Error = QuantityError;
    fn try_from(value: i32) -> Result<Self, Self::Error> {
        Self::try_from(i64::from(value))
    }
}

impl From<Quantity> for i32 {
    fn from(quantity: Quantity) -> Self {
        quantity.0
    }
}
