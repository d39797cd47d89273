//! Addresses of two public collections: what must be refused is, and what people have is taken.

use kernel::Email;
use serde_json::Value;

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|line| !line.is_empty())
}

#[test]
fn every_address_that_isemail_calls_an_error_is_refused() {
    let cases: Vec<Value> = serde_json::from_str(include_str!("fixtures/isemail_tests.json")).unwrap();
    let mut errors = 0;
    for case in &cases {
        // White space around an address is a slip of typing, not part of it.
        let address = case["address"].as_str().unwrap().trim();
        if case["category"] == "ISEMAIL_ERR" && address == case["address"] {
            errors += 1;
            assert!(Email::parse(address).is_err(), "{case}");
        }
    }
    assert_eq!(errors, 35, "cases of the collection that are errors");
}

#[test]
fn every_plain_address_with_a_dotted_domain_is_taken() {
    let cases: Vec<Value> = serde_json::from_str(include_str!("fixtures/isemail_tests.json")).unwrap();
    for case in cases.iter().filter(|case| case["category"] == "ISEMAIL_VALID_CATEGORY") {
        let address = case["address"].as_str().unwrap();
        let (_, domain) = address.rsplit_once('@').unwrap();
        let top_is_number = domain.rsplit('.').next().unwrap().bytes().all(|b| b.is_ascii_digit());
        let plain = domain.contains('.') && !address.contains('"') && !top_is_number;
        assert_eq!(Email::parse(address).is_ok(), plain, "{case}");
    }
}

#[test]
fn invalid_addresses_of_fuzzdb_are_refused() {
    // Odd but well formed: the quotes are allowed characters, and white space around an address is a slip of typing.
    let tolerated = ["sql'or'1'='1'or'test@email.com", "notallowed@example.com"];
    for address in lines(include_str!("fixtures/email_invalid.txt")).filter(|address| !tolerated.contains(&address.trim())) {
        assert!(Email::parse(address).is_err(), "{address}");
    }
}

#[test]
fn ordinary_addresses_of_fuzzdb_are_taken() {
    let exotic = |address: &str| {
        address.contains(['"', '[', '\\', '|']) || !address.is_ascii() || !address.rsplit('@').next().unwrap().contains('.')
    };
    let mut taken = 0;
    for address in lines(include_str!("fixtures/email_valid.txt")).filter(|address| !exotic(address) && !address.ends_with("129")) {
        taken += 1;
        assert!(Email::parse(address).is_ok(), "{address}");
    }
    assert!(taken >= 14, "only {taken}");
}

#[test]
fn an_address_has_one_form_whatever_its_case() {
    assert_eq!(Email::parse(" Ada@Example.COM ").unwrap().as_str(), "ada@example.com");
}

#[test]
fn a_line_break_cannot_smuggle_a_header_in() {
    for address in ["a@b.com\r\nBcc: x@y.com", "a\n@b.com", "a@b.com\0", "a@b\r.com"] {
        assert!(Email::parse(address).is_err(), "{address:?}");
    }
}
