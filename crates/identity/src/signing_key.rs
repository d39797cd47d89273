//! The Ed25519 key that signs access tokens: configured, or made once in the data directory.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::pkcs8::{DecodePrivateKey, EncodePrivateKey, spki::der::pem::LineEnding};
use platform::{config::Config, secrets};
use rand::RngCore;
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};

const FILE: &str = "jwt_key.pem";

/// The key with the name under which tokens and the key set mention it.
pub(crate) struct SigningKey {
    key: ed25519_dalek::SigningKey,
    kid: String,
}

/// Why there is no key to sign with.
#[derive(Debug, thiserror::Error)]
pub enum SigningKeyError {
    /// Not what it should be.
    #[error("JWT_KEYS is not an Ed25519 private key in PKCS#8 PEM: make one with `openssl genpkey -algorithm ed25519`")]
    NotEd25519,
    /// The data directory did not give or take it.
    #[error("the signing key in the data directory cannot be read or written: {0}")]
    Io(#[from] std::io::Error),
}

/// Refuses a configured key that cannot sign; reads and makes nothing.
///
/// # Errors
/// When there is one and it is not an Ed25519 key.
pub fn check_signing_key(config: &Config) -> Result<(), SigningKeyError> {
    config.jwt_key.as_ref().map_or(Ok(()), |pem| SigningKey::from_pem(pem.expose_secret()).map(drop))
}

impl SigningKey {
    /// The configured key, else the data directory's own.
    pub(crate) fn load(config: &Config) -> Result<Self, SigningKeyError> {
        match &config.jwt_key {
            Some(pem) => Self::from_pem(pem.expose_secret()),
            None => {
                let fresh = generate()?;
                Self::from_pem(secrets::read_or_make(&config.data_dir, FILE, || fresh)?.expose_secret())
            }
        }
    }

    pub(crate) fn from_pem(pem: &str) -> Result<Self, SigningKeyError> {
        let key = ed25519_dalek::SigningKey::from_pkcs8_pem(pem.trim()).map_err(|_| SigningKeyError::NotEd25519)?;
        let kid = thumbprint(&URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes()));
        Ok(Self { key, kid })
    }

    pub(crate) fn kid(&self) -> &str {
        &self.kid
    }

    /// PKCS#8 DER.
    pub(crate) fn private_der(&self) -> Result<Vec<u8>, SigningKeyError> {
        self.key.to_pkcs8_der().map(|der| der.as_bytes().to_vec()).map_err(|_| SigningKeyError::NotEd25519)
    }

    /// The 32 bytes that verify.
    pub(crate) fn public(&self) -> [u8; 32] {
        self.key.verifying_key().to_bytes()
    }
}

/// A new key as PKCS#8 PEM.
pub(crate) fn generate() -> Result<String, SigningKeyError> {
    let mut seed = [0; 32];
    rand::rng().fill_bytes(&mut seed);
    let pem = ed25519_dalek::SigningKey::from_bytes(&seed).to_pkcs8_pem(LineEnding::LF).map_err(|_| SigningKeyError::NotEd25519)?;
    Ok(pem.as_str().to_owned())
}

/// RFC 7638: names a key by what it is, so that a new key never carries an old name.
fn thumbprint(x: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_key_is_read_back_and_other_text_is_refused() {
        let pem = generate().unwrap();
        let (first, again) = (SigningKey::from_pem(&pem).unwrap(), SigningKey::from_pem(pem.trim()).unwrap());
        assert_eq!((first.kid(), first.public()), (again.kid(), again.public()));
        assert!(matches!(
            SigningKey::from_pem("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"),
            Err(SigningKeyError::NotEd25519)
        ));
    }

    #[test]
    fn the_thumbprint_is_that_of_the_standard_example() {
        // RFC 8037, appendix A.3.
        assert_eq!(thumbprint("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }
}
