//! The admin's one-time link: what it opens, how often, for whom, and what is left of it; and who may be in the admin at all.

use std::os::unix::fs::PermissionsExt;

use chrono::Duration;
use reqwest::header::SET_COOKIE;
use serde_json::{Value, json};
use testkit::{Client, Reply, Shop, at_once, postgres};

use crate::support::{assert_problem, demo, header, stored, wrong_fields};

const FIRST_EMAIL: &str = "admin@example.com";
const EMAIL: &str = "grace@example.com";
const PASSWORD: &str = "correct horse battery";
/// Until all of a race stand at the same lock, on a busy machine.
const WAIT_WITHIN: std::time::Duration = std::time::Duration::from_secs(30);
const UNKNOWN: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// As `quickshop admin link` and the control room ask for it.
async fn address(shop: &Shop) -> String {
    let mut tx = shop.app.db.begin().await.expect("a transaction");
    let link = server::admin_link(&mut tx, &shop.app.config, &mut shop.app.ids()).await.map_err(|error| error.to_string());
    tx.commit().await.expect("a commit");
    link.map(|link| link.keep(&shop.app.config)).expect("a link")
}

/// As `quickshop up` asks for it at each start.
async fn first_address(shop: &Shop) -> Option<String> {
    let mut tx = shop.app.db.begin().await.expect("a transaction");
    let link = server::first_admin_link(&mut tx, &shop.app.config, &mut shop.app.ids()).await.map_err(|error| error.to_string());
    tx.commit().await.expect("a commit");
    link.expect("an answer").keep(&shop.app.config)
}

fn secret(address: &str) -> String {
    address.split_once('#').expect("a fragment").1.to_owned()
}

async fn link(shop: &Shop) -> String {
    secret(&address(shop).await)
}

fn choice(link: &str) -> Value {
    json!({ "link": link, "email": EMAIL, "password": PASSWORD })
}

async fn check(client: &Client, link: &str) -> Reply {
    client.post("/auth/link/check", json!({ "link": link })).await
}

async fn redeem(client: &Client, link: &str) -> Reply {
    client.post("/auth/link", choice(link)).await
}

async fn sign_in(client: &Client, email: &str, password: &str) -> Reply {
    client.post("/auth/login", json!({ "email": email, "password": password })).await
}

async fn refresh(client: &Client, session: &Value) -> Reply {
    client.post("/auth/refresh", json!({ "refresh_token": session["refresh_token"] })).await
}

/// The shop's admin, signed in through a link.
async fn admin(shop: &Shop) -> Client {
    let client = shop.guest();
    client.set_session(&redeem(&client, &link(shop).await).await.ok());
    client
}

/// An answer without what differs from request to request.
fn comparable(mut reply: Reply) -> (u16, Value, Vec<(String, String)>) {
    reply.body["request_id"].take();
    let headers = reply.headers.iter().filter(|(name, _)| !["x-request-id", "date"].contains(&name.as_str()));
    let headers = headers.map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())).collect();
    (reply.status.as_u16(), reply.body, headers)
}

/// Neither checking nor redeeming this link does anything, and both answer as if it had never been.
async fn assert_ended(shop: &Shop, link: &str, context: &str) {
    let guest = shop.guest();
    let before = stored(shop).await;
    for (ended, unknown) in
        [(check(&guest, link).await, check(&guest, UNKNOWN).await), (redeem(&guest, link).await, redeem(&guest, UNKNOWN).await)]
    {
        assert_problem(&ended, context);
        assert_eq!((ended.refusal(), header(&ended, "cache-control")), ((410, "link_ended"), "no-store"), "{context}");
        assert_eq!(comparable(ended), comparable(unknown), "{context}");
    }
    assert_eq!(stored(shop).await, before, "{context}");
}

#[tokio::test]
async fn the_first_sign_in_from_the_link_to_the_admin() {
    let shop = demo().await;
    let guest = shop.guest();
    let address = address(&shop).await;
    let link = secret(&address);
    assert_eq!(address, format!("{}/admin/welcome#{link}", shop.base), "the secret is where no log and no Referer has it");
    assert_eq!(link.len(), 43, "256 bits");
    let state = check(&guest, &link).await.ok();
    assert_eq!((&state["email"], &state["has_password"]), (&json!(FIRST_EMAIL), &json!(false)));
    let expires_at: chrono::DateTime<chrono::Utc> = state["expires_at"].as_str().expect("a time").parse().expect("a time");
    let left = expires_at - shop.now();
    assert!(left <= Duration::minutes(30) && left > Duration::minutes(29), "{left}");

    let mut form = choice(&link);
    form["email"] = json!(" Grace@Example.COM ");
    form["full_name"] = json!("Grace Hopper");
    form["cookie"] = json!(true);
    let session = guest.post("/auth/link", form).await;
    let cookies: Vec<_> = session.headers.get_all(SET_COOKIE).iter().map(|cookie| cookie.to_str().unwrap().to_owned()).collect();
    assert!(cookies.len() == 2 && cookies.iter().any(|cookie| cookie.starts_with("qs_refresh=") && cookie.contains("HttpOnly")));
    assert_eq!(header(&session, "cache-control"), "no-store");
    let session = session.ok();
    assert!(session.get("refresh_token").is_none());
    assert_eq!(
        (&session["user"]["email"], &session["user"]["full_name"], &session["user"]["role"]),
        (&json!(EMAIL), &json!("Grace Hopper"), &json!("admin"))
    );
    let grace = shop.guest();
    grace.set_session(&session);
    assert_eq!(grace.get("/admin/me").await.ok()["user"], session["user"]);
    assert_ended(&shop, &link, "used").await;
    sign_in(&guest, EMAIL, PASSWORD).await.ok();
    assert_eq!(sign_in(&guest, FIRST_EMAIL, PASSWORD).await.refusal(), (401, "credentials_invalid"));
}

#[tokio::test]
async fn of_ten_at_once_one_gets_in() {
    let shop = demo().await;
    let link = link(&shop).await;
    let calls = (0..10).map(|at| {
        let (guest, mut form) = (shop.guest(), choice(&link));
        form["password"] = json!(format!("{PASSWORD} {at}"));
        async move { guest.post("/auth/link", form).await }
    });
    // All ten have found the link open and wait for the account when it is let go.
    let mut holder = postgres::owner(&shop.database()).await;
    postgres::execute(&mut holder, "begin").await;
    postgres::execute(&mut holder, "select 1 from users where role = 'admin' for no key update").await;
    let let_go = async {
        const WAITING: &str = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
        let all_wait = async { while shop.number(WAITING).await < 10 {} };
        tokio::time::timeout(WAIT_WITHIN, all_wait).await.expect("ten that wait");
        postgres::execute(&mut holder, "commit").await;
    };
    let (replies, ()) = tokio::join!(at_once(calls), let_go);
    let winners: Vec<usize> = (0..10).filter(|at| replies[*at].status == 200).collect();
    assert!(replies.iter().all(|reply| reply.status == 200 || reply.refusal() == (410, "link_ended")), "{replies:?}");
    assert_eq!(winners.len(), 1, "{replies:?}");
    assert_eq!(shop.number("select count(*) from refresh_tokens").await, 1);
    for at in 0..10 {
        let status = sign_in(&shop.guest(), EMAIL, &format!("{PASSWORD} {at}")).await.status;
        assert_eq!(status == 200, at == winners[0], "only the winner's password was kept");
    }
}

#[tokio::test]
async fn a_link_that_is_over_looks_like_one_that_never_was() {
    let shop = demo().await;
    let guest = shop.guest();
    for wrong in ["", "x", UNKNOWN, &"A".repeat(10_000), "\u{0}", "' or true --"] {
        assert_ended(&shop, wrong, wrong).await;
    }
    let first = link(&shop).await;
    assert_ended(&shop, &hex::encode(platform::keys::token_hash(&first)), "what the database has of it").await;
    let second = link(&shop).await;
    assert_ended(&shop, &first, "renewed").await;
    check(&guest, &second).await.ok();

    shop.advance(Duration::minutes(30) - Duration::seconds(20));
    check(&guest, &second).await.ok();
    shop.advance(Duration::seconds(20));
    assert_ended(&shop, &second, "30 minutes old").await;

    for (undo, change) in [("is_active = true", "is_active = false"), ("role = 'admin'", "role = 'customer'")] {
        let link = link(&shop).await;
        let set = async |what: &str| shop.sql(&format!("update users set {what} where email = '{FIRST_EMAIL}'")).await;
        set(change).await;
        assert_ended(&shop, &link, change).await;
        set(undo).await;
        check(&guest, &link).await.ok();
    }
}

#[tokio::test]
async fn a_refused_form_leaves_the_link_as_it_was() {
    let shop = demo().await;
    let guest = shop.guest();
    let ada = json!({ "email": "ada@example.com", "password": PASSWORD, "full_name": "Ada" });
    guest.post("/auth/register", ada).await.ok();
    let link = link(&shop).await;
    let before = stored(&shop).await;
    let long_name = "x".repeat(201);
    for (field, value, status, code) in [
        ("email", "nobody", 422, "email_invalid"),
        ("email", "Ada@example.com", 409, "email_taken"),
        ("password", "seven77", 422, "password_too_short"),
        ("password", "password1", 422, "password_common"),
        ("password", "GRACE@example.com", 422, "password_is_email"),
        ("full_name", &long_name, 422, "too_long"),
    ] {
        let mut form = choice(&link);
        form[field] = json!(value);
        let refused = guest.post("/auth/link", form).await;
        assert_problem(&refused, value);
        if status == 422 {
            assert_eq!((refused.refusal(), wrong_fields(&refused)), ((422, "fields_invalid"), vec![field]), "{value}");
            assert_eq!(refused.body["errors"][0]["code"], code);
        } else {
            assert_eq!(refused.refusal(), (status, code));
        }
    }
    let all = guest.post("/auth/link", json!({ "link": link, "email": "x", "password": "x", "full_name": long_name })).await;
    assert_eq!(wrong_fields(&all), ["email", "full_name", "password"], "every wrong field at once");
    assert_eq!(stored(&shop).await, before);
    let session = redeem(&guest, &link).await.ok();
    assert_eq!(session["user"]["full_name"], "Shop admin", "no name given: the present one stays");
}

#[tokio::test]
async fn a_lost_password_is_chosen_anew_and_ends_every_session() {
    let shop = demo().await;
    let guest = shop.guest();
    let first = redeem(&guest, &link(&shop).await).await.ok();
    let second = sign_in(&guest, EMAIL, PASSWORD).await.ok();
    let customer = guest.post("/auth/register", json!({ "email": "ada@example.com", "password": PASSWORD, "full_name": "Ada" })).await.ok();
    // As one that began while the link's holder waited for the account's lock: younger than the new password.
    shop.sql("update refresh_tokens set created_at = created_at + interval '1 minute'").await;
    let link = link(&shop).await;
    assert_eq!(check(&guest, &link).await.ok()["has_password"], true);
    let mut form = choice(&link);
    form["password"] = json!("another horse battery");
    let session = guest.post("/auth/link", form).await.ok();
    for ended in [&first, &second] {
        assert_eq!(refresh(&guest, ended).await.refusal(), (401, "refresh_token_invalid"));
    }
    for goes_on in [&session, &customer] {
        refresh(&guest, goes_on).await.ok();
    }
    assert_eq!(sign_in(&guest, EMAIL, PASSWORD).await.refusal(), (401, "credentials_invalid"));
    sign_in(&guest, EMAIL, "another horse battery").await.ok();
}

#[tokio::test]
async fn the_link_lies_in_the_data_directory_for_its_owner_alone_until_it_is_used() {
    let shop = demo().await;
    let file = server::admin_link_file(&shop.app.config);
    assert_eq!(file, shop.app.config.data_dir.join("admin-link"));
    let read = || std::fs::read_to_string(&file).ok();
    let first = first_address(&shop).await.expect("a shop whose admin has no password");
    assert_eq!(read(), Some(format!("{first}\n")));
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).expect("a looser mode");
    let second = address(&shop).await;
    assert_ne!(first, second, "asked for by hand: another link");
    assert_eq!(read(), Some(format!("{second}\n")), "in place of the earlier one");
    assert_eq!(std::fs::metadata(&file).expect("a file").permissions().mode() & 0o777, 0o600);
    let mut others = std::fs::read_dir(&shop.app.config.data_dir).expect("a folder").map(|entry| entry.unwrap().file_name());
    assert!(!others.any(|name| name.to_string_lossy().contains("admin-link.")), "nothing is left of the writing");

    let guest = shop.guest();
    assert_eq!(redeem(&guest, UNKNOWN).await.status, 410);
    assert!(read().is_some(), "somebody else's attempt takes nothing away");
    redeem(&guest, &secret(&second)).await.ok();
    assert_eq!(read(), None);

    // A lost password: asked for by hand, there through another start, gone at the one after its end.
    let third = address(&shop).await;
    assert_eq!(read(), Some(format!("{third}\n")));
    assert_eq!(first_address(&shop).await, None);
    assert_eq!(read(), Some(format!("{third}\n")), "a link that is still good");
    check(&guest, &secret(&third)).await.ok();
    shop.advance(Duration::minutes(30));
    assert_eq!(first_address(&shop).await, None);
    assert_eq!(read(), None);
}

#[tokio::test]
async fn another_start_shows_the_link_that_a_person_has_open() {
    let shop = demo().await;
    let guest = shop.guest();
    let first = first_address(&shop).await.expect("a link");
    shop.advance(Duration::minutes(19));
    assert_eq!(first_address(&shop).await.as_ref(), Some(&first));
    check(&guest, &secret(&first)).await.ok();
    shop.advance(Duration::minutes(1));
    let second = first_address(&shop).await.expect("a link with half an hour left");
    assert_ne!(first, second);
    assert_ended(&shop, &secret(&first), "too little was left of it").await;
    std::fs::write(server::admin_link_file(&shop.app.config), "http://elsewhere.example/admin/welcome#made-up").expect("a file");
    let third = first_address(&shop).await.expect("a link that opens something");
    check(&guest, &secret(&third)).await.ok();

    // Another port since: the same secret under the address that is right now.
    let moved = format!("http://localhost:9/admin/welcome#{}\n", secret(&third));
    std::fs::write(server::admin_link_file(&shop.app.config), moved).expect("a file");
    assert_eq!(first_address(&shop).await.as_ref(), Some(&third));
    assert_eq!(std::fs::read_to_string(server::admin_link_file(&shop.app.config)).ok(), Some(format!("{third}\n")));
}

#[tokio::test]
async fn a_start_that_fails_leaves_the_links_file_as_it_was() {
    let shop = demo().await;
    redeem(&shop.guest(), &link(&shop).await).await.ok();
    let ended = address(&shop).await;
    shop.advance(Duration::minutes(30));
    let mut tx = shop.app.db.begin().await.expect("a transaction");
    let first = server::first_admin_link(&mut tx, &shop.app.config, &mut shop.app.ids()).await;
    let first = first.map_err(|error| error.to_string()).expect("an answer");
    drop(tx);
    assert_eq!(std::fs::read_to_string(server::admin_link_file(&shop.app.config)).ok(), Some(format!("{ended}\n")));
    assert_eq!(first.keep(&shop.app.config), None);
    assert!(!server::admin_link_file(&shop.app.config).exists());
}

#[tokio::test]
async fn who_redeems_a_link_takes_no_other_links_file_away() {
    let shop = demo().await;
    let file = server::admin_link_file(&shop.app.config);
    let link = link(&shop).await;
    let newer = "http://localhost/admin/welcome#newer\n";
    std::fs::write(&file, newer).expect("a file");
    redeem(&shop.guest(), &link).await.ok();
    assert_eq!(std::fs::read_to_string(&file).ok().as_deref(), Some(newer));
}

#[tokio::test]
async fn a_new_password_ends_what_a_stolen_token_may_do_at_once() {
    let shop = demo().await;
    let stolen = admin(&shop).await;
    assert_eq!(stolen.get("/admin/me").await.status, 200);
    shop.advance(Duration::seconds(1));
    let owner = admin(&shop).await;
    let change = || json!({ "full_name": "Mallory", "email": "mallory@example.com" });
    for path in ["/admin/me", "/users/me", "/cart"] {
        assert_eq!(stolen.get(path).await.refusal(), (401, "token_invalid"), "{path}");
    }
    assert_eq!(stolen.put("/users/me", change()).await.refusal(), (401, "token_invalid"));
    // What came with the new password is good in the very second of it.
    assert_eq!(owner.get("/admin/me").await.ok()["user"]["email"], EMAIL);
    assert_eq!(owner.put("/users/me", json!({ "full_name": "Grace" })).await.status, 200);
}

#[tokio::test]
async fn a_change_that_waited_for_the_new_password_is_refused() {
    let shop = demo().await;
    let thief = admin(&shop).await;
    let mut owner = postgres::owner(&shop.database()).await;
    postgres::execute(&mut owner, "begin").await;
    let choose = "update users set password_changed_at = password_changed_at + interval '2 seconds' where role = 'admin'";
    postgres::execute(&mut owner, choose).await;
    let let_go = async {
        const WAITING: &str = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
        let waits = async { while shop.number(WAITING).await < 1 {} };
        tokio::time::timeout(WAIT_WITHIN, waits).await.expect("one that waits");
        postgres::execute(&mut owner, "commit").await;
    };
    let taking = thief.put("/users/me", json!({ "full_name": "Mallory", "email": "mallory@example.com" }));
    let (reply, ()) = tokio::join!(taking, let_go);
    assert_eq!(reply.refusal(), (401, "token_invalid"));
    assert_eq!(shop.number("select count(*) from users where email = 'mallory@example.com'").await, 0);
}

#[tokio::test]
async fn a_shop_that_has_an_admin_gets_no_second_one() {
    let shop = demo().await;
    redeem(&shop.guest(), &link(&shop).await).await.ok();
    for change in ["is_active = true", "is_active = false"] {
        shop.sql(&format!("update users set {change} where role = 'admin'")).await;
        let mut tx = shop.app.db.begin().await.expect("a transaction");
        server::seed(&mut tx, &mut shop.app.ids()).await.map_err(|error| error.to_string()).expect("a seed");
        tx.commit().await.expect("a commit");
        assert_eq!(shop.number("select count(*) from users where role = 'admin'").await, 1, "{change}");
    }
}

#[tokio::test]
async fn a_shop_without_an_admin_has_no_link() {
    let shop = Shop::open().await;
    assert_eq!(first_address(&shop).await, None);
    let mut tx = shop.app.db.begin().await.expect("a transaction");
    let refused = server::admin_link(&mut tx, &shop.app.config, &mut shop.app.ids()).await.err().expect("a refusal");
    assert_eq!(refused.to_string(), "the shop has no active admin account");
}

#[tokio::test]
async fn only_staff_is_in_the_admin_and_only_as_long_as_it_is_staff() {
    let shop = demo().await;
    let (guest, ada, grace) = (shop.guest(), shop.customer().await, admin(&shop).await);
    assert_eq!(guest.get("/admin/me").await.refusal(), (401, "sign_in_required"));
    assert_eq!(ada.get("/admin/me").await.refusal(), (403, "forbidden"));
    let me = grace.get("/admin/me").await;
    assert_eq!(header(&me, "cache-control"), "no-store");
    let me = me.ok();
    assert_eq!((&me["user"]["email"], &me["user"]["role"]), (&json!(EMAIL), &json!("admin")));
    assert_eq!(me["shop"], json!({ "name": "QuickShop", "currency": "USD" }));

    // The token says admin for minutes to come; this answer is about the account as it is now.
    for (change, undo, refusal) in
        [("role = 'customer'", "role = 'admin'", (403, "forbidden")), ("is_active = false", "is_active = true", (401, "token_invalid"))]
    {
        let set = async |what: &str| shop.sql(&format!("update users set {what} where email = '{EMAIL}'")).await;
        set(change).await;
        let refused = grace.get("/admin/me").await;
        assert_problem(&refused, change);
        assert_eq!(refused.refusal(), refusal, "{change}");
        set(undo).await;
        assert_eq!(grace.get("/admin/me").await.status, 200);
    }
    shop.advance(Duration::minutes(16));
    assert_eq!(grace.get("/admin/me").await.refusal(), (401, "token_invalid"));
}
