//! An account as others see it.

use chrono::{DateTime, Utc};
use kernel::{Email, Role, UserId};

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// Where it gets mail, and the name it signs in with.
    pub email: Email,
    /// How the person wants to be called.
    pub full_name: String,
    /// What it may do.
    pub role: Role,
    /// When it registered.
    pub created_at: DateTime<Utc>,
}
