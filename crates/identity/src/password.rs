//! What may be a password, and the form in which it meets bcrypt.

use base64::{Engine, engine::general_purpose::STANDARD};
use kernel::{Email, Invalid};
use platform::keys;
use secrecy::{ExposeSecret, SecretString};
use unicode_normalization::UnicodeNormalization;

const MIN_CHARACTERS: usize = 8;
const MAX_CHARACTERS: usize = 256;
/// Not a secret: it makes hashes of other sites' databases useless here, and must never change.
const PREHASH_KEY: &[u8] = b"quickshop-password-v1";
/// Sorted, lower case, each of `MIN_CHARACTERS` or more.
const COMMON: &str = include_str!("../data/common_passwords.txt");

/// A password in NFC, so that the same keys pressed on two machines are one password.
#[derive(Clone)]
pub(crate) struct Password(SecretString);

impl Password {
    /// A password that somebody wants to have from now on: long enough, not a common one, not their own address.
    pub(crate) fn choose(text: &str, email: Option<&Email>) -> Result<Self, Invalid> {
        let password = Self::attempt(text)?;
        let chosen = password.0.expose_secret();
        if chosen.chars().count() < MIN_CHARACTERS {
            return Err(Invalid::new("password_too_short", format!("a password has {MIN_CHARACTERS} characters or more")));
        }
        let lower = chosen.to_lowercase();
        if COMMON.lines().any(|common| common == lower) {
            return Err(Invalid::new("password_common", "this password is among the first that others would try"));
        }
        if email.is_some_and(|email| is_of(&lower, email.as_str())) {
            return Err(Invalid::new("password_is_email", "a password must not be your e-mail address"));
        }
        Ok(password)
    }

    /// A password that somebody signs in with: only bounded, as the rules may have been others when it was chosen.
    pub(crate) fn attempt(text: &str) -> Result<Self, Invalid> {
        // One more than allowed is enough to know; a body of pathological size is not normalised whole.
        let nfc: String = text.nfc().take(MAX_CHARACTERS + 1).collect();
        if nfc.is_empty() {
            return Err(Invalid::new("required", "this must not be empty"));
        }
        if nfc.chars().count() > MAX_CHARACTERS {
            return Err(Invalid::new("too_long", format!("a password has at most {MAX_CHARACTERS} characters")));
        }
        Ok(Self(nfc.into()))
    }

    /// 44 bytes that depend on every byte of the password: bcrypt itself would read only the first 72, and stop at NUL.
    pub(crate) fn digest(&self) -> String {
        STANDARD.encode(keys::hmac(PREHASH_KEY, self.0.expose_secret().as_bytes()))
    }
}

fn is_of(lower: &str, email: &str) -> bool {
    email == lower || email.rsplit_once('@').is_some_and(|(local, _)| local == lower)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> Option<&'static str> {
        Password::choose(text, Some(&Email::parse("ada.lovelace@example.com").unwrap())).err().map(|invalid| invalid.code)
    }

    #[test]
    fn the_rules_are_length_and_being_guessable_and_nothing_else() {
        let cases: [(&str, Option<&str>); 16] = [
            ("", Some("required")),
            ("seven77", Some("password_too_short")),
            ("eight888", None),
            ("        ", None),
            ("ünïcödé8", None),
            // Eight code points that NFC makes four.
            ("a\u{308}o\u{308}u\u{308}e\u{301}", Some("password_too_short")),
            ("\u{1f511}\u{1f511}\u{1f511}\u{1f511}\u{1f511}\u{1f511}\u{1f511}\u{1f511}", None),
            ("nul\0nul\0", None),
            ("password", Some("password_common")),
            ("PassWord", Some("password_common")),
            ("!qaz2wsx", Some("password_common")),
            ("ada.lovelace@example.com", Some("password_is_email")),
            ("Ada.Lovelace@Example.com", Some("password_is_email")),
            ("ada.lovelace", Some("password_is_email")),
            ("ada.lovelace@example.org", None),
            ("all lower case, no digit, no sign", None),
        ];
        for (text, expected) in cases {
            assert_eq!(refusal(text), expected, "{text:?}");
        }
    }

    #[test]
    fn at_most_256_characters_however_many_bytes() {
        assert_eq!(refusal(&"é".repeat(256)), None);
        assert_eq!(refusal(&"é".repeat(257)), Some("too_long"));
        assert_eq!(refusal(&"a".repeat(1_000_000)), Some("too_long"));
        assert_eq!(refusal(&format!("a{}", "\u{301}".repeat(100_000))), Some("too_long"));
    }

    #[test]
    fn composed_and_decomposed_forms_are_one_password() {
        let digest = |text| Password::attempt(text).unwrap().digest();
        assert_eq!(digest("Stra\u{df}e caf\u{e9}"), digest("Stra\u{df}e cafe\u{301}"));
        assert_ne!(digest("strasse cafe"), digest("Strasse cafe"));
    }

    #[test]
    fn the_digest_is_as_fixed_as_the_hashes_that_were_made_of_it() {
        assert_eq!(Password::attempt("correct horse battery staple").unwrap().digest(), "QvUITbcVVmHe3KvvO/fP6fjQxTbG8IoVBGPcZeriy5A=");
    }

    #[test]
    fn the_common_ones_are_kept_as_they_are_compared() {
        assert!(COMMON.lines().all(|line| line.chars().count() >= MIN_CHARACTERS && line == line.to_lowercase()));
        assert_eq!(COMMON.lines().count(), 4099);
    }
}
