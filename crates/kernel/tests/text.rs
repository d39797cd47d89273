//! Bounded texts, slugs, quantities and cursors: what is taken is kept as typed.

use kernel::{Cursor, Quantity, Slug, Text};

#[test]
fn text_is_kept_as_typed_and_bounded_in_characters() {
    assert_eq!(Text::<5>::parse(" ÆØÅ ").unwrap().as_str(), " ÆØÅ ");
    assert_eq!(Text::<5>::parse("👩‍👩‍👧‍👦").unwrap_err().code, "too_long");
    assert_eq!(Text::<5>::parse(" \t\u{2003}").unwrap_err().code, "required");
    assert_eq!(Text::<5>::parse("a\0b").unwrap_err().code, "character_not_allowed");
    assert_eq!(Text::<5>::parse_optional(Some("  ")).unwrap(), None);
}

#[test]
fn slugs_that_would_shadow_a_path_or_an_id_are_refused() {
    for (slug, code) in [
        ("search", "slug_reserved"),
        ("admin", "slug_reserved"),
        ("0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b", "slug_reserved"),
        ("Mug", "slug_invalid"),
        ("a--b", "slug_invalid"),
        ("-a", "slug_invalid"),
        ("../x", "slug_invalid"),
        ("", "slug_invalid"),
    ] {
        assert_eq!(Slug::parse(slug).unwrap_err().code, code, "{slug}");
    }
    assert_eq!(Slug::parse("salt-and-pepper-2").unwrap().as_str(), "salt-and-pepper-2");
}

#[test]
fn a_quantity_is_one_to_ninety_nine() {
    for wrong in [i64::MIN, -1, 0, 100, i64::from(i32::MAX), i64::MAX] {
        assert!(Quantity::try_from(wrong).is_err(), "{wrong}");
    }
    assert!(serde_json::from_str::<Quantity>("1.5").is_err());
    assert!(serde_json::from_str::<Quantity>("\"1\"").is_err());
    assert!(serde_json::from_str::<Quantity>("1e3").is_err());
    let most = Quantity::try_from(99).unwrap();
    assert!(most.checked_add(most).is_err());
    assert_eq!(most.saturating_add(most), most);
}

#[test]
fn a_cursor_of_another_list_is_refused() {
    let cursor = Cursor::encode(&("name", 7));
    assert_eq!(Cursor::decode::<(String, i32)>(&cursor).unwrap(), ("name".to_owned(), 7));
    assert!(Cursor::decode::<i32>(&cursor).is_err());
    for wrong in ["", "!", "%00", &"A".repeat(5000)] {
        assert!(Cursor::decode::<(String, i32)>(wrong).is_err(), "{wrong}");
    }
}
