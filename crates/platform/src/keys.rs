//! Keys for signing, each derived from `SECRET_KEY` for one purpose (HKDF-SHA-256).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// Purpose of the tokens that open an order without an account. They are made anew each time, never stored: in answers to
/// guests, and in mails when they are sent.
pub const ORDER_ACCESS: &str = "order_access";

/// The shop's master secret, from which purposes get their own keys.
#[derive(Clone)]
pub struct Keys {
    master: SecretString,
}

impl Keys {
    /// Keys under a master secret.
    pub fn new(master: SecretString) -> Self {
        Self { master }
    }

    /// 256 bits for one purpose.
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        let mut key = [0; 32];
        let derived = hkdf::Hkdf::<Sha256>::new(None, self.master.expose_secret().as_bytes()).expand(purpose.as_bytes(), &mut key);
        assert!(derived.is_ok(), "32 bytes are within HKDF's bound");
        key
    }

    /// Signs bytes for a purpose: base64url of HMAC-SHA-256.
    pub fn sign(&self, purpose: &str, message: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode(hmac(&self.derive(purpose), message))
    }

    /// True when `signature` is ours for these bytes and this purpose; compares in constant time.
    pub fn verify(&self, purpose: &str, message: &[u8], signature: &str) -> bool {
        use subtle::ConstantTimeEq;
        let given = URL_SAFE_NO_PAD.decode(signature).unwrap_or_default();
        given.ct_eq(&hmac(&self.derive(purpose), message)).into()
    }
}

/// HMAC-SHA-256.
pub fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { unreachable!("HMAC takes a key of any length") };
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// What is stored of a token: its SHA-256, so that a copy of the database opens nothing.
pub fn token_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// A random token as text: base64url of 256 bits.
pub fn token(secret: [u8; 32]) -> String {
    URL_SAFE_NO_PAD.encode(secret)
}
