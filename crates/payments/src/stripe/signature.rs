//! Webhook signatures: HMAC-SHA-256 over the time and the raw body, as the official clients make and check them.

use chrono::{DateTime, Duration, Utc};
use platform::keys::hmac;
use secrecy::{ExposeSecret, SecretString};
use subtle::{Choice, ConstantTimeEq};

/// How far the time in a signature may be from the shop's clock.
pub const TOLERANCE: Duration = Duration::seconds(300);

/// More than any header that Stripe sends, which has one signature for each secret that is not yet expired.
const SIGNATURES_MAX: usize = 16;
const HEADER_MAX: usize = 2048;

/// Why a webhook is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// No header, or an empty one.
    #[error("there is no Stripe-Signature")]
    Missing,
    /// Not `t=...,v1=...`.
    #[error("the Stripe-Signature header cannot be read")]
    Malformed,
    /// Signed by schemes that are not accepted.
    #[error("the Stripe-Signature header has no v1 signature")]
    NoScheme,
    /// None of the signatures is of these bytes under one of the secrets.
    #[error("no signature fits this body")]
    Mismatch,
    /// Signed too long ago, or in the future.
    #[error("the signature's time is outside the tolerance")]
    OutsideTolerance,
}

/// Checks a `Stripe-Signature` header over the raw body. Any one of the secrets may have made it: while one is rotated
/// there are two.
pub fn verify(header: &str, body: &[u8], secrets: &[SecretString], now: DateTime<Utc>, tolerance: Duration) -> Result<(), SignatureError> {
    let header = Header::parse(header)?;
    let mut matched = Choice::from(0);
    // An empty secret would make everybody a signer.
    for secret in secrets.iter().filter(|secret| !secret.expose_secret().is_empty()) {
        let expected = mac(secret, header.timestamp, body);
        for signature in &header.signatures {
            matched |= signature.as_slice().ct_eq(&expected);
        }
    }
    if !bool::from(matched) {
        return Err(SignatureError::Mismatch);
    }
    let signed_at = header.timestamp.parse().ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    let distance_s = signed_at.ok_or(SignatureError::Malformed)?.timestamp().abs_diff(now.timestamp());
    if distance_s > tolerance.num_seconds().unsigned_abs() {
        return Err(SignatureError::OutsideTolerance);
    }
    Ok(())
}

/// The `Stripe-Signature` header for a body sent at `now`.
pub fn sign(secret: &SecretString, now: DateTime<Utc>, body: &[u8]) -> String {
    let timestamp = now.timestamp().to_string();
    format!("t={timestamp},v1={}", hex::encode(mac(secret, &timestamp, body)))
}

fn mac(secret: &SecretString, timestamp: &str, body: &[u8]) -> [u8; 32] {
    hmac(secret.expose_secret().as_bytes(), &[timestamp.as_bytes(), b".", body].concat())
}

struct Header<'a> {
    /// As sent: the signature is over these very characters.
    timestamp: &'a str,
    signatures: Vec<Vec<u8>>,
}

impl<'a> Header<'a> {
    fn parse(header: &'a str) -> Result<Self, SignatureError> {
        if header.is_empty() {
            return Err(SignatureError::Missing);
        }
        if header.len() > HEADER_MAX {
            return Err(SignatureError::Malformed);
        }
        let pairs = || header.split(',').filter_map(|part| part.split_once('='));
        let timestamp = pairs().find(|(name, _)| *name == "t").map(|(_, value)| value).ok_or(SignatureError::Malformed)?;
        if timestamp.is_empty() || !timestamp.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(SignatureError::Malformed);
        }
        let v1 = || pairs().filter(|(name, _)| *name == "v1").take(SIGNATURES_MAX);
        if v1().next().is_none() {
            return Err(SignatureError::NoScheme);
        }
        // Stripe writes lower case, and only that is compared.
        let is_lower_hex = |text: &str| !text.bytes().any(|byte| byte.is_ascii_uppercase());
        let signatures = v1().filter(|(_, value)| is_lower_hex(value)).filter_map(|(_, value)| hex::decode(value).ok()).collect();
        Ok(Self { timestamp, signatures })
    }
}
