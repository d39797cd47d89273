//! Adds a category.

use kernel::{CategoryId, Ids, Slug, Text};
use sqlx::PgConnection;

use crate::store::{self, categories};

/// A category that is not there yet.
#[derive(Debug, Clone)]
pub struct NewCategory {
    /// Its name, unique under its parent.
    pub name: Text<120>,
    /// The readable part of its address, unique.
    pub slug: Slug,
    /// A text about it.
    pub description: Option<Text<4000>>,
    /// The category above it.
    pub parent_id: Option<CategoryId>,
}

/// Why a category was not added.
#[derive(Debug, thiserror::Error)]
pub enum CreateCategoryError {
    /// Another category has this address.
    #[error("another category has this address")]
    SlugTaken,
    /// Its parent already has a category of this name.
    #[error("there already is a category of this name here")]
    NameTaken,
    /// The category above it does not exist.
    #[error("the category above it does not exist")]
    ParentUnknown,
    /// The database's fault.
    #[error(transparent)]
    Db(sqlx::Error),
}

impl From<sqlx::Error> for CreateCategoryError {
    fn from(error: sqlx::Error) -> Self {
        match store::constraint(&error) {
            Some("categories_slug_unique") => Self::SlugTaken,
            Some("categories_name_unique") => Self::NameTaken,
            Some("categories_parent_id_fkey") => Self::ParentUnknown,
            _ => Self::Db(error),
        }
    }
}

/// Adds a category.
pub async fn create_category(db: &mut PgConnection, category: &NewCategory, ids: &mut Ids) -> Result<CategoryId, CreateCategoryError> {
    let id = ids.next();
    categories::insert(db, id, category, ids.now()).await?;
    Ok(id)
}
