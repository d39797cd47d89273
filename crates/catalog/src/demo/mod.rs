//! The demo shop: three categories, ten products with pictures, one delivery rate and one tax rate.

mod products;

use std::collections::BTreeMap;

use kernel::{CategoryId, Currency, Ids, Invalid, Money, Slug, Text, money::parse_amount};
use platform::settings::{self, ShopSettings};
use rust_decimal::Decimal;
use sqlx::PgConnection;

use crate::{
    NewCategory, NewPicture, NewProduct, StockLevel, create_category, create_category::CreateCategoryError, create_product,
    create_product::CreateProductError, is_empty, store,
};
use products::{CATEGORIES, Category, PRODUCTS, Product};

/// The demo's prices are in dollars.
const CURRENCY: &str = "USD";
/// Widths of the pictures under `demo/pictures`, in pixels.
const WIDTHS: [i32; 3] = [320, 640, 700];
/// The pictures' height over their width: upright 4:5.
const RATIO: Decimal = Decimal::from_parts(125, 0, 0, false, 2);

/// Why the demo is not (wholly) there.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// A demo text is not what its type asks for.
    #[error("demo data: {0}")]
    Invalid(#[from] Invalid),
    /// A category could not be added.
    #[error("demo category: {0}")]
    Category(#[from] CreateCategoryError),
    /// A product could not be added, for example because the shop sells in another currency.
    #[error("demo product: {0}")]
    Product(#[from] CreateProductError),
    /// The database's fault.
    #[error(transparent)]
    Db(#[from] sqlx::Error),
}

/// Adds what is missing of the demo, known by slug and article number; a repeat changes nothing, and what a person
/// changed stays changed. Settings are set only in a shop without products. Answers how many products were added.
pub async fn seed(db: &mut PgConnection, ids: &mut Ids) -> Result<u32, SeedError> {
    if is_empty(db).await? {
        settings::set(db, &demo_settings()?).await?;
    }
    let mut categories = BTreeMap::new();
    for category in CATEGORIES {
        categories.insert(category.slug, find_or_create(db, category, ids).await?);
    }
    let mut added = 0;
    // The list shows the newest first, so the first of the list is added last.
    for product in PRODUCTS.iter().rev() {
        if store::products::find_by_sku(db, product.sku).await?.is_none() {
            create_product(db, &new_product(product, categories.get(product.category).copied())?, ids).await?;
            added += 1;
        }
    }
    Ok(added)
}

fn demo_settings() -> Result<ShopSettings, Invalid> {
    let currency = Currency::parse(CURRENCY)?;
    Ok(ShopSettings {
        shop_name: "QuickShop".to_owned(),
        currency,
        delivery_rate: Money::new(590, currency),
        free_delivery_over: Some(Money::new(7500, currency)),
        tax_rate: Decimal::new(8, 2),
        tax_inclusive: false,
    })
}

async fn find_or_create(db: &mut PgConnection, category: &Category, ids: &mut Ids) -> Result<CategoryId, SeedError> {
    if let Some(found) = store::categories::find_by_slug(db, category.slug).await? {
        return Ok(found.id);
    }
    let new = NewCategory {
        name: Text::parse(category.name)?,
        slug: Slug::parse(category.slug)?,
        description: Some(Text::parse(category.description)?),
        parent_id: None,
    };
    Ok(create_category(db, &new, ids).await?)
}

fn new_product(product: &Product, category_id: Option<CategoryId>) -> Result<NewProduct, Invalid> {
    let [.., widest] = WIDTHS;
    Ok(NewProduct {
        sku: Text::parse(product.sku)?,
        name: Text::parse(product.name)?,
        slug: Slug::parse(product.slug)?,
        description: Some(Text::parse(product.description)?),
        price: parse_amount(product.price, Currency::parse(CURRENCY)?)?,
        category_id,
        stock: StockLevel::new(product.stock)?,
        picture: Some(NewPicture {
            url: Text::parse(&format!("/media/demo/{}-{widest}.webp", product.slug))?,
            alt: Some(Text::parse(product.alt)?),
            widths: WIDTHS.to_vec(),
            ratio: RATIO,
        }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_demo_product_is_valid_and_has_its_category_and_its_pictures() {
        assert_eq!((CATEGORIES.len(), PRODUCTS.len()), (3, 10));
        for product in PRODUCTS {
            let new = new_product(product, None).unwrap();
            assert!(CATEGORIES.iter().any(|category| category.slug == product.category), "{}", product.slug);
            let picture = new.picture.unwrap();
            let picture = crate::picture::picture(Some(picture.url.as_str()), product.alt, &picture.widths, picture.ratio).unwrap();
            assert_eq!((picture.width, picture.height), (700, 875));
            for source in picture.sources {
                let file = source.url.strip_prefix("/media/demo/").unwrap();
                assert!(crate::media::Pictures::get(file).is_some(), "{file}");
            }
        }
    }
}
