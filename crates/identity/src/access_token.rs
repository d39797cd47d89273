//! Access tokens: EdDSA JWTs of 15 minutes that say who calls, verified without the database.

use chrono::{DateTime, Duration, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, jwk};
use kernel::{Principal, Role, UserId};
use serde::{Deserialize, Serialize};

use crate::signing_key::{SigningKey, SigningKeyError};

/// How long a token is good for.
pub(crate) const LIFETIME: Duration = Duration::minutes(15);
/// What other machines' clocks may be off.
const LEEWAY: Duration = Duration::seconds(30);
const AUDIENCE: &str = "quickshop";
/// RFC 9068: keeps a JWT made for another purpose from passing as an access token.
const TYPE: &str = "at+jwt";
const MAX_BYTES: usize = 2048;

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: UserId,
    role: Role,
    iat: i64,
    nbf: i64,
    exp: i64,
}

/// When a token was issued, in whole seconds since 1970, as its claims have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct IssuedAt(i64);

impl IssuedAt {
    /// True for a token of an earlier second: one that was issued together with the change is good.
    pub(crate) fn is_before(self, change: DateTime<Utc>) -> bool {
        self.0 < change.timestamp()
    }
}

/// Signs and verifies with one key and one algorithm; what a token's header asks for is never followed.
pub(crate) struct AccessTokens {
    signing: EncodingKey,
    verifying: DecodingKey,
    validation: Validation,
    kid: String,
    issuer: String,
    public_key: [u8; 32],
}

impl AccessTokens {
    pub(crate) fn new(key: &SigningKey, issuer: &str) -> Result<Self, SigningKeyError> {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_audience(&[AUDIENCE]);
        validation.set_issuer(&[issuer]);
        validation.set_required_spec_claims(&["iss", "aud", "sub", "exp", "nbf"]);
        // Times are checked against the shop's clock, below; the library would read the machine's.
        validation.validate_exp = false;
        Ok(Self {
            signing: EncodingKey::from_ed_der(&key.private_der()?),
            verifying: DecodingKey::from_ed_der(&key.public()),
            validation,
            kid: key.kid().to_owned(),
            issuer: issuer.to_owned(),
            public_key: key.public(),
        })
    }

    /// A token for an account, good from `issued_at` on.
    pub(crate) fn issue(&self, user: UserId, role: Role, issued_at: DateTime<Utc>) -> Result<String, jsonwebtoken::errors::Error> {
        let header = Header { typ: Some(TYPE.to_owned()), kid: Some(self.kid.clone()), ..Header::new(Algorithm::EdDSA) };
        let iat = issued_at.timestamp();
        let exp = iat + LIFETIME.num_seconds();
        let claims = Claims { iss: self.issuer.clone(), aud: AUDIENCE.to_owned(), sub: user, role, iat, nbf: iat, exp };
        jsonwebtoken::encode(&header, &claims, &self.signing)
    }

    /// Whom a token names, and since when; None when it is not ours, not an access token, or not valid now.
    pub(crate) fn verify(&self, token: &str, now: DateTime<Utc>) -> Option<(Principal, IssuedAt)> {
        if token.len() > MAX_BYTES {
            return None;
        }
        let token = jsonwebtoken::decode::<Claims>(token, &self.verifying, &self.validation).ok()?;
        let header = token.header;
        // `crit` names extensions that must be understood, and none is.
        if header.kid.as_deref() != Some(&self.kid) || header.typ.as_deref() != Some(TYPE) || header.crit.is_some() {
            return None;
        }
        let Claims { sub, role, iat, nbf, exp, .. } = token.claims;
        let (early, late) = ((now + LEEWAY).timestamp(), (now - LEEWAY).timestamp());
        (nbf <= early && late < exp).then_some((Principal::User { id: sub, role }, IssuedAt(iat)))
    }

    /// The public key as a JWK.
    pub(crate) fn jwk(&self) -> jwk::Jwk {
        use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
        jwk::Jwk {
            common: jwk::CommonParameters {
                public_key_use: Some(jwk::PublicKeyUse::Signature),
                key_algorithm: Some(jwk::KeyAlgorithm::EdDSA),
                key_id: Some(self.kid.clone()),
                ..jwk::CommonParameters::default()
            },
            algorithm: jwk::AlgorithmParameters::OctetKeyPair(jwk::OctetKeyPairParameters {
                key_type: jwk::OctetKeyPairType::OctetKeyPair,
                curve: jwk::EllipticCurve::Ed25519,
                x: URL_SAFE_NO_PAD.encode(self.public_key),
            }),
        }
    }
}

#[cfg(test)]
mod tests;
