use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Vector {
    password_hex: String,
    hash: String,
}

fn passwords() -> Passwords {
    Passwords::new(Hashing { cost: 4 })
}

fn password(text: &str) -> Password {
    Password::attempt(text).unwrap()
}

#[test]
fn known_hashes_are_those_that_bcrypt_makes() {
    let vectors: Vec<Vector> = serde_json::from_str(include_str!("../../tests/fixtures/bcrypt_vectors.json")).unwrap();
    assert_eq!(vectors.len(), 28);
    for Vector { password_hex, hash } in vectors {
        let mut password = hex::decode(&password_hex).unwrap();
        assert!(bcrypt::non_truncating_verify(&password, &hash).unwrap(), "{hash}");
        password[0] ^= 1;
        assert!(!bcrypt::non_truncating_verify(&password, &hash).unwrap(), "{hash}");
    }
}

#[tokio::test]
async fn passwords_that_differ_late_are_different() {
    let passwords = passwords();
    for place in [72, 73, 100, 200, 255] {
        let text = "a".repeat(256);
        let mut other = text.clone();
        other.replace_range(place..=place, "b");
        let hash = passwords.hash(&password(&text)).await.unwrap();
        assert!(passwords.verify(&password(&text), Some(&hash)).await.unwrap());
        assert!(!passwords.verify(&password(&other), Some(&hash)).await.unwrap(), "byte {place}");
        assert!(!passwords.verify(&password(&text[..place]), Some(&hash)).await.unwrap(), "cut at {place}");
    }
}

#[tokio::test]
async fn what_follows_a_nul_counts() {
    let passwords = passwords();
    let hash = passwords.hash(&password("nul\0one")).await.unwrap();
    assert!(!passwords.verify(&password("nul\0two"), Some(&hash)).await.unwrap());
    assert!(!passwords.verify(&password("nul"), Some(&hash)).await.unwrap());
}

#[tokio::test]
async fn nobody_has_a_password_and_it_costs_as_much_to_find_out() {
    let nobody = passwords().nobody();
    assert!(nobody.starts_with("$2b$04$"));
    assert!(!bcrypt::non_truncating_verify("anything", &nobody).unwrap(), "well-formed, so the work is done");
    assert!(!passwords().verify(&password("anything"), None).await.unwrap());
    assert_eq!(Passwords::new(Hashing::default()).nobody().get(..7), Some("$2b$12$"));
}

#[tokio::test(start_paused = true)]
async fn whoever_would_wait_too_long_for_a_core_is_sent_away() {
    let passwords = passwords();
    let cores = u32::try_from(passwords.turns.available_permits()).unwrap();
    let busy = Arc::clone(&passwords.turns).acquire_many_owned(cores).await.unwrap();
    assert!(matches!(passwords.hash(&password("a good password")).await, Err(HashingError::Busy)));
    drop(busy);
    assert!(passwords.hash(&password("a good password")).await.is_ok());
}
