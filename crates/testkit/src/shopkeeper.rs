//! What a shopkeeper does to a test's shop behind the shoppers' backs.

use kernel::{Currency, Money, ProductId};
use platform::settings::{self, ShopSettings};

use crate::Shop;

impl Shop {
    /// Changes what a product costs, in cents.
    pub async fn set_price(&self, product: ProductId, minor: i64) {
        let mut tx = self.app.db.begin().await.expect("a transaction");
        catalog::set_price(&mut tx, product, cents(minor), self.now()).await.expect("a new price");
        tx.commit().await.expect("a commit");
    }

    /// Takes a product off the sale, or puts it back.
    pub async fn set_active(&self, product: ProductId, active: bool) {
        let mut tx = self.app.db.begin().await.expect("a transaction");
        catalog::set_active(&mut tx, product, active, self.now()).await.expect("a change");
        tx.commit().await.expect("a commit");
    }

    /// Changes the shop's settings.
    pub async fn change_settings(&self, change: impl FnOnce(&mut ShopSettings)) {
        let mut db = self.app.db.read().await.expect("a connection");
        let mut shop = settings::get(&mut db).await.expect("the settings");
        change(&mut shop);
        settings::set(&mut db, &shop).await.expect("new settings");
    }
}

/// An amount of the test shop's currency.
pub fn cents(minor: i64) -> Money {
    Money::new(minor, Currency::parse("USD").expect("a currency"))
}
