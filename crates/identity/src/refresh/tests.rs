use kernel::{Email, Role};

use super::*;

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000 + seconds, 0).unwrap()
}

fn account() -> Account {
    let user = User {
        id: Ids::new(at(0), [1; 32]).next(),
        email: Email::parse("ada@example.com").unwrap(),
        full_name: "Ada".to_owned(),
        role: Role::Customer,
        created_at: at(0),
    };
    Account { user, password_hash: None, is_active: true, password_changed_at: at(0) }
}

fn token() -> Token {
    let mut ids = Ids::new(at(0), [2; 32]);
    Token { id: ids.next(), family: ids.next(), created_at: at(0), expires_at: at(1000), used_at: None, revoked_at: None }
}

#[test]
fn a_token_is_judged_by_its_use_its_end_and_its_account() {
    let used = || Token { used_at: Some(at(100)), ..token() };
    let cases = [
        ("live", token(), account(), 10, Verdict::Rotate),
        ("in its last second", token(), account(), 999, Verdict::Rotate),
        ("expired", token(), account(), 1000, Verdict::Over),
        ("used just now", used(), account(), 100, Verdict::Repeat),
        ("used by a clock that is ahead", used(), account(), 99, Verdict::Repeat),
        ("used 10 s ago", used(), account(), 110, Verdict::Repeat),
        ("used 11 s ago", used(), account(), 111, Verdict::Reused),
        ("used and since expired", used(), account(), 5000, Verdict::Reused),
        ("revoked", Token { revoked_at: Some(at(5)), ..token() }, account(), 10, Verdict::Over),
        ("of a deactivated account", token(), Account { is_active: false, ..account() }, 10, Verdict::Over),
        ("used, of a deactivated account", used(), Account { is_active: false, ..account() }, 101, Verdict::Over),
        ("older than the password", token(), Account { password_changed_at: at(1), ..account() }, 10, Verdict::Over),
    ];
    for (what, token, account, now, expected) in cases {
        assert_eq!(judge(&token, &account, at(now)), expected, "a token {what}");
    }
}

#[test]
fn successors_are_fixed_and_differ_by_token_and_by_shop() {
    let (keys, others) = (Keys::new("a".repeat(32).into()), Keys::new("b".repeat(32).into()));
    let (one, two) = (keys::token([1; 32]), keys::token([2; 32]));
    assert_eq!(successor(&keys, &one), successor(&keys, &one));
    assert_ne!(successor(&keys, &one), successor(&keys, &two));
    assert_ne!(successor(&keys, &one), successor(&others, &one));
    assert_eq!(successor(&keys, &one).len(), one.len());
}
