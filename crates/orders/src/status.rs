//! The order's state machine.

use serde::{Deserialize, Serialize};

/// Where an order stands. `Processing` means paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "order_status", rename_all = "snake_case")]
#[schema(as = OrderStatus)]
pub enum Status {
    /// Placed, its stock held, not paid.
    Pending,
    /// Paid, being packed.
    Processing,
    /// With the carrier.
    Shipped,
    /// Arrived.
    Delivered,
    /// Will not be fulfilled. Never revives.
    Cancelled,
}

/// A move that the state machine does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an order that is {from:?} cannot become {to:?}")]
pub struct InvalidTransition {
    /// Where it stands.
    pub from: Status,
    /// Where it was to go.
    pub to: Status,
}

impl Status {
    /// The next status, if the move is legal.
    pub fn move_to(self, to: Self) -> Result<Self, InvalidTransition> {
        use Status::{Cancelled, Delivered, Pending, Processing, Shipped};
        let legal = match self {
            Pending => matches!(to, Processing | Cancelled),
            Processing => matches!(to, Shipped | Cancelled),
            Shipped => matches!(to, Delivered),
            Delivered | Cancelled => false,
        };
        if legal { Ok(to) } else { Err(InvalidTransition { from: self, to }) }
    }
}

#[cfg(test)]
mod tests {
    use super::{Status::*, *};

    #[test]
    fn only_the_five_legal_moves_are_moves() {
        let all = [Pending, Processing, Shipped, Delivered, Cancelled];
        let legal: Vec<(Status, Status)> =
            all.iter().flat_map(|&from| all.iter().map(move |&to| (from, to))).filter(|(from, to)| from.move_to(*to).is_ok()).collect();
        assert_eq!(
            legal,
            [(Pending, Processing), (Pending, Cancelled), (Processing, Shipped), (Processing, Cancelled), (Shipped, Delivered)]
        );
    }
}
