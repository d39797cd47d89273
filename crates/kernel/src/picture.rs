//! Pictures as pages show them.

/// A picture in several widths, with the size that keeps a page from shifting.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Picture {
    /// The widest version.
    pub url: String,
    /// What it shows, for people who do not see it.
    pub alt: String,
    /// Width in pixels of the widest version.
    pub width: i32,
    /// Height in pixels of the widest version.
    pub height: i32,
    /// Every version, narrow to wide.
    pub sources: Vec<PictureSource>,
}

/// One width of a picture.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct PictureSource {
    /// Where it is.
    pub url: String,
    /// Its width in pixels.
    pub width: i32,
}
