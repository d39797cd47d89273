//! What must never hurt the shop: naughty strings, attack strings and malformed JSON. Sources: `fixtures/SOURCES.md`.

use std::collections::HashSet;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Deserialize;

const NAUGHTY: &str = include_str!("../fixtures/blns_part.json");
const JSON_TEST_SUITE: &str = include_str!("../fixtures/json_test_suite.jsonl");
const SQL_INJECTION: &str = include_str!("../fixtures/sql_injection.txt");
const XSS: &str = include_str!("../fixtures/xss.txt");
const PATHS: &str = include_str!("../fixtures/paths.txt");
const UNICODE_AND_FORMATS: &str = include_str!("../fixtures/unicode_and_formats.txt");

/// Strings that no list has: lengths at the borders of fields, characters that a database or a page may choke on.
fn own() -> Vec<String> {
    let lengths = [20, 21, 40, 41, 64, 65, 120, 121, 200, 201, 255, 256, 257, 1000].map(|length| "ü".repeat(length));
    let characters = [
        "a\0b",
        "\0",
        "\u{1}\u{8}\u{b}\u{1b}[31m\u{7f}",
        "\u{feff}byte order mark",
        "\u{202e}txet desrever",
        "\u{fffe}\u{ffff}",
        "\u{10ffff}",
        "e\u{301} is not \u{e9}",
        "\u{a0}\u{2003}\u{3000}",
        "line\r\nBcc: all@example.com",
        "tab\there",
        "{{7*7}} ${7*7} #{7*7}",
        "<!--qs:head-->",
        "</script><script>alert(1)</script>",
        "\u{2028}\u{2029}",
        "' or '1'='1",
        "\\u0000",
        "%00",
        "=cmd|' /C calc'!A0",
    ];
    lengths.into_iter().chain(characters.map(str::to_owned)).collect()
}

fn lines(text: &str) -> impl Iterator<Item = String> {
    text.lines().map(str::to_owned)
}

/// Every naughty string once, for text fields.
pub fn strings() -> Vec<String> {
    let list: Vec<String> = serde_json::from_str(NAUGHTY).expect("the list of naughty strings");
    let all = list.into_iter().chain(lines(SQL_INJECTION)).chain(lines(XSS)).chain(lines(UNICODE_AND_FORMATS)).chain(own());
    let mut seen = HashSet::new();
    all.filter(|text| seen.insert(text.clone())).collect()
}

/// Strings that would be SQL if somebody pasted them into a statement.
pub fn sql_injection() -> Vec<String> {
    lines(SQL_INJECTION).collect()
}

/// Strings that would be script if somebody pasted them into a page.
pub fn scripts() -> Vec<String> {
    lines(XSS).collect()
}

/// Paths and percent-encodings as attackers send them; not encoded once more.
pub fn paths() -> Vec<String> {
    lines(PATHS).collect()
}

/// What a JSON parser must do with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It is JSON.
    Accept,
    /// It is not.
    Reject,
    /// Parsers differ.
    Either,
}

/// One case of the JSON test suite.
#[derive(Debug)]
pub struct JsonCase {
    /// Its name there.
    pub name: String,
    /// What a parser must do.
    pub verdict: Verdict,
    /// The text, which need not be UTF-8.
    pub body: Vec<u8>,
}

/// The JSON test suite.
pub fn json_cases() -> Vec<JsonCase> {
    #[derive(Deserialize)]
    struct Line {
        name: String,
        expect: Verdict,
        base64: String,
    }
    let parse = |line: &str| {
        let Line { name, expect, base64 } = serde_json::from_str(line).expect("a case of the JSON test suite");
        JsonCase { name, verdict: expect, body: STANDARD.decode(base64).expect("base64") }
    };
    JSON_TEST_SUITE.lines().map(parse).collect()
}
