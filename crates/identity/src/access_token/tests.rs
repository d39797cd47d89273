use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::*;
use crate::signing_key::generate;

const ISSUER: &str = "https://shop.example";

/// One shop, one customer, one instant, and the private key to forge with.
struct Scene {
    tokens: AccessTokens,
    signing: EncodingKey,
    user: UserId,
    now: DateTime<Utc>,
}

fn scene() -> Scene {
    let key = SigningKey::from_pem(&generate().unwrap()).unwrap();
    let now = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
    Scene {
        tokens: AccessTokens::new(&key, ISSUER).unwrap(),
        signing: EncodingKey::from_ed_der(&key.private_der().unwrap()),
        user: kernel::Ids::new(now, [1; 32]).next(),
        now,
    }
}

impl Scene {
    fn header(&self) -> Value {
        json!({ "alg": "EdDSA", "typ": "at+jwt", "kid": self.tokens.kid })
    }

    fn claims(&self) -> Value {
        let now = self.now.timestamp();
        json!({ "iss": ISSUER, "aud": "quickshop", "sub": self.user, "role": "customer", "iat": now, "nbf": now, "exp": now + 900 })
    }

    /// Signs any bytes with the true key.
    fn sign(&self, header: &str, claims: &str) -> String {
        let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &self.signing, Algorithm::EdDSA).unwrap();
        format!("{message}.{signature}")
    }

    fn with_header(&self, name: &str, value: Value) -> String {
        let mut header = self.header();
        header[name] = value;
        self.sign(&header.to_string(), &self.claims().to_string())
    }

    fn with_claim(&self, name: &str, value: Value) -> String {
        let mut claims = self.claims();
        claims[name] = value;
        self.sign(&self.header().to_string(), &claims.to_string())
    }

    fn without_claim(&self, name: &str) -> String {
        let mut claims = self.claims();
        claims.as_object_mut().unwrap().remove(name);
        self.sign(&self.header().to_string(), &claims.to_string())
    }

    fn accepts(&self, token: &str) -> bool {
        self.tokens.verify(token, self.now).is_some()
    }
}

#[test]
fn a_token_names_its_account_and_role_for_15_minutes_and_the_leeway() {
    let scene = scene();
    let admin = Principal::User { id: scene.user, role: Role::Admin };
    let token = scene.tokens.issue(scene.user, Role::Admin, scene.now).unwrap();
    assert_eq!(token, scene.tokens.issue(scene.user, Role::Admin, scene.now).unwrap(), "one instant, one token");
    for (seconds, valid) in [(-31, false), (-30, true), (0, true), (900, true), (929, true), (930, false), (86_400, false)] {
        let seen = scene.tokens.verify(&token, scene.now + Duration::seconds(seconds));
        let expected = valid.then(|| (admin.clone(), IssuedAt(scene.now.timestamp())));
        assert_eq!(seen, expected, "{seconds} s after issue");
    }
}

#[test]
fn the_forger_of_these_tests_signs_what_is_accepted_when_nothing_is_changed() {
    let scene = scene();
    assert!(scene.accepts(&scene.sign(&scene.header().to_string(), &scene.claims().to_string())));
}

#[test]
fn tokens_with_another_header_are_refused() {
    let scene = scene();
    for (name, value) in [
        ("alg", json!("none")),
        ("alg", json!("None")),
        ("alg", json!("HS256")),
        ("alg", json!("RS256")),
        ("alg", json!("ES256")),
        ("alg", json!("eddsa")),
        ("alg", json!(null)),
        ("kid", json!("another")),
        ("kid", json!("../../../../dev/null")),
        ("kid", json!("' or 1=1 --")),
        ("kid", json!(null)),
        ("kid", json!(7)),
        ("typ", json!("JWT")),
        ("typ", json!(null)),
        ("crit", json!(["exp"])),
    ] {
        assert!(!scene.accepts(&scene.with_header(name, value.clone())), "{name} = {value}");
    }
}

#[test]
fn a_key_that_the_token_brings_along_is_not_used() {
    let (scene, thief) = (scene(), scene());
    let mut header = scene.header();
    header["jwk"] = serde_json::to_value(thief.tokens.jwk()).unwrap();
    header["jku"] = json!("https://thief.example/jwks.json");
    assert!(!scene.accepts(&thief.sign(&header.to_string(), &scene.claims().to_string())));
}

#[test]
fn tokens_with_other_claims_are_refused() {
    let scene = scene();
    let now = scene.now.timestamp();
    for (name, value) in [
        ("exp", json!(now - 31)),
        ("exp", json!("4102444800")),
        ("exp", json!(-1)),
        ("nbf", json!(now + 31)),
        ("iss", json!("https://shop.example.thief.example")),
        ("iss", json!("https://shop.example/")),
        ("iss", json!([ISSUER])),
        ("aud", json!("another")),
        ("aud", json!(["quickshop", "another"])),
        ("sub", json!("1")),
        ("sub", json!(null)),
        ("role", json!("owner")),
        ("role", json!("Admin")),
        ("role", json!(null)),
    ] {
        assert!(!scene.accepts(&scene.with_claim(name, value.clone())), "{name} = {value}");
    }
    for name in ["iss", "aud", "sub", "role", "iat", "nbf", "exp"] {
        assert!(!scene.accepts(&scene.without_claim(name)), "no {name}");
    }
    let twice = scene.claims().to_string().replacen('{', r#"{"role":"admin","#, 1);
    assert!(!scene.accepts(&scene.sign(&scene.header().to_string(), &twice)), "role twice");
}

#[test]
fn a_signature_of_another_kind_or_key_or_none_is_refused() {
    let scene = scene();
    let genuine = scene.tokens.issue(scene.user, Role::Customer, scene.now).unwrap();
    let (message, signature) = genuine.rsplit_once('.').unwrap();
    let (header, claims) = message.split_once('.').unwrap();
    let hs256 = |secret: &[u8]| {
        let header = Header { typ: Some(TYPE.to_owned()), kid: Some(scene.tokens.kid.clone()), ..Header::new(Algorithm::HS256) };
        jsonwebtoken::encode(&header, &scene.claims(), &EncodingKey::from_secret(secret)).unwrap()
    };
    let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"at+jwt"}"#);
    let as_admin = URL_SAFE_NO_PAD.encode(scene.claims().to_string().replace("customer", "admin"));
    let another_key = self::scene();
    for (what, token) in [
        ("HMAC with the public key", hs256(&scene.tokens.public_key)),
        ("HMAC with the public key as text", hs256(URL_SAFE_NO_PAD.encode(scene.tokens.public_key).as_bytes())),
        ("HMAC with nothing", hs256(b"")),
        ("another key", another_key.sign(&scene.header().to_string(), &scene.claims().to_string())),
        ("no algorithm, no signature", format!("{none}.{claims}.")),
        ("no algorithm, two parts", format!("{none}.{claims}")),
        ("no signature", format!("{message}.")),
        ("claims changed", format!("{header}.{as_admin}.{signature}")),
        ("signature cut", genuine[..genuine.len() - 4].to_owned()),
        ("signature padded", format!("{genuine}==")),
        ("a fourth part", format!("{genuine}.{signature}")),
        ("white space", format!(" {genuine}")),
        ("a NUL", format!("{genuine}\0")),
        ("nothing", String::new()),
        ("dots", "..".to_owned()),
        ("JSON serialisation", json!({ "payload": claims, "protected": header, "signature": signature }).to_string()),
        ("huge", format!("{genuine}{}", "A".repeat(1_000_000))),
        ("a refresh token", platform::keys::token([7; 32])),
    ] {
        assert!(!scene.accepts(&token), "{what}");
    }
    assert!(scene.accepts(&genuine));
}

#[test]
fn the_published_key_has_no_private_part() {
    let scene = scene();
    let jwk = serde_json::to_value(scene.tokens.jwk()).unwrap();
    let expected = json!({ "use": "sig", "alg": "EdDSA", "kid": scene.tokens.kid, "kty": "OKP", "crv": "Ed25519",
        "x": URL_SAFE_NO_PAD.encode(scene.tokens.public_key) });
    assert_eq!(jwk, expected);
}

#[test]
fn a_token_is_older_than_a_change_from_the_next_second_on() {
    let at = |milliseconds| DateTime::from_timestamp_millis(milliseconds).unwrap();
    for (issued, change, before) in [(1_000, 999, false), (1_000, 1_000, false), (1_000, 1_999, false), (1_999, 2_000, true)] {
        assert_eq!(IssuedAt(at(issued).timestamp()).is_before(at(change)), before, "{issued} {change}");
    }
}
