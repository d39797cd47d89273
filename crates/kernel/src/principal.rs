//! Who is calling.

use crate::UserId;

/// What an account may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, sqlx::Type, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "user_role", rename_all = "snake_case")]
pub enum Role {
    /// Shops.
    Customer,
    /// Runs the shop.
    Admin,
}

/// The caller of a request, as authentication found it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// Nobody signed in.
    Guest,
    /// A signed-in account.
    User {
        /// The account.
        id: UserId,
        /// Its role.
        role: Role,
    },
}

/// Whose cart it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// A signed-in customer.
    Customer(UserId),
    /// A guest, known by the hash of the cart token.
    Guest(String),
}

impl Who {
    /// The customer, if it is one.
    pub fn user(&self) -> Option<UserId> {
        match self {
            Self::Customer(id) => Some(*id),
            Self::Guest(_) => None,
        }
    }

    /// The guest's `carts.session_id`, if it is one.
    pub fn session(&self) -> Option<&str> {
        match self {
            Self::Customer(_) => None,
            Self::Guest(session) => Some(session),
        }
    }
}
