//! `GET /admin/me`: the server's word on whether the caller runs this shop, asked once when the admin starts.

use axum::{Json, extract::State};
use kernel::{Currency, Role};
use platform::{
    Problem,
    extract::{Admin, forbidden},
    settings,
};

use crate::{Identity, User, authenticate::token_invalid, store};

/// Who is in the admin, and of which shop.
#[derive(serde::Serialize, utoipa::ToSchema)]
pub(crate) struct AdminMe {
    /// The caller's account.
    user: User,
    /// The shop that it runs.
    shop: AdminShop,
}

/// The shop in short.
#[derive(serde::Serialize, utoipa::ToSchema)]
pub(crate) struct AdminShop {
    /// Its name.
    name: String,
    /// The currency of all its amounts.
    #[schema(value_type = String, example = "USD")]
    currency: Currency,
}

#[utoipa::path(get, path = "/admin/me", operation_id = "show_admin_me", tag = "admin",
    responses((status = 200, description = "The caller runs this shop", body = AdminMe), (status = "4XX", body = platform::problem::ProblemBody)))]
pub(crate) async fn route(State(identity): State<Identity>, Admin(id): Admin) -> Result<Json<AdminMe>, Problem> {
    let mut db = identity.app.db.read().await?;
    // A token outlives a deactivation and a change of role by minutes, but this is the one answer that is about just that.
    let user = store::find_active(&mut db, id).await?.ok_or_else(token_invalid)?;
    if user.role != Role::Admin {
        return Err(forbidden());
    }
    let shop = settings::get(&mut db).await?;
    Ok(Json(AdminMe { user, shop: AdminShop { name: shop.shop_name, currency: shop.currency } }))
}
