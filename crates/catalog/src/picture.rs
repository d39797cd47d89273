//! From a product's picture columns to the picture that pages show.

use kernel::{Picture, picture::PictureSource};
use rust_decimal::{Decimal, prelude::ToPrimitive};

/// Builds the picture whose widest version is at `url` (`mug-700.webp`), the others beside it (`mug-320.webp`).
/// `ratio` is height over width. None without an address or a width.
pub(crate) fn picture(url: Option<&str>, alt: &str, widths: &[i32], ratio: Decimal) -> Option<Picture> {
    let (url, &widest) = (url?, widths.iter().max()?);
    let height = (Decimal::from(widest) * ratio).round().to_i32()?;
    let mut narrow_to_wide = widths.to_vec();
    narrow_to_wide.sort_unstable();
    let sources = narrow_to_wide.into_iter().map(|width| PictureSource { url: at_width(url, widest, width), width }).collect();
    Some(Picture { url: url.to_owned(), alt: alt.to_owned(), width: widest, height, sources })
}

fn at_width(url: &str, widest: i32, width: i32) -> String {
    match url.rsplit_once(&format!("-{widest}.")) {
        Some((stem, extension)) => format!("{stem}-{width}.{extension}"),
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_narrower_versions_lie_beside_the_widest() {
        let picture = picture(Some("/media/demo/mug-2-700.webp"), "A mug", &[320, 700], Decimal::new(125, 2)).unwrap();
        let urls: Vec<_> = picture.sources.iter().map(|source| (source.url.as_str(), source.width)).collect();
        assert_eq!(urls, [("/media/demo/mug-2-320.webp", 320), ("/media/demo/mug-2-700.webp", 700)]);
        assert_eq!((picture.width, picture.height, picture.alt.as_str()), (700, 875, "A mug"));
    }

    #[test]
    fn no_address_or_no_width_is_no_picture() {
        assert_eq!(picture(None, "", &[320], Decimal::ONE), None);
        assert_eq!(picture(Some("/media/a.webp"), "", &[], Decimal::ONE), None);
    }
}
