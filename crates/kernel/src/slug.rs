//! Slugs: the readable part of a page's address.

use crate::Invalid;

/// Lower-case letters, digits and single hyphens; never a word that paths use, never a UUID (ids and slugs share a path).
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, sqlx::Type)]
#[serde(try_from = "String", into = "String")]
#[sqlx(transparent)]
pub struct Slug(String);

/// Words that mean something in paths.
const RESERVED: [&str; 16] = [
    "account", "admin", "api", "assets", "cart", "checkout", "docs", "edit", "healthz", "media", "new", "orders", "products", "readyz",
    "search", "sitemap",
];
const SLUG_MAX: usize = 200;

impl Slug {
    /// Parses a slug.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let well_formed = (1..=SLUG_MAX).contains(&text.len())
            && text.split('-').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
        if !well_formed {
            return Err(Invalid::new("slug_invalid", "a slug is lower-case letters and digits, joined by single hyphens"));
        }
        if RESERVED.contains(&text) || uuid::Uuid::try_parse(text).is_ok() {
            return Err(Invalid::new("slug_reserved", "this word already means something in the shop's addresses"));
        }
        Ok(Self(text.to_owned()))
    }

    /// The slug.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Slug {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Slug> for String {
    fn from(slug: Slug) -> Self {
        slug.0
    }
}
