//! Accounts and sessions: registering, signing in, refreshing, signing out, and what an attacker may try with any of it.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::Duration;
use futures::future::join_all;
use reqwest::{Method, header::SET_COOKIE};
use serde_json::{Value, json};
use testkit::{Client, Reply, Shop};

use crate::support::{assert_problem, header, stored, wrong_fields};

const PASSWORD: &str = "correct horse battery";
/// How often a caller comes again when the shop is too busy.
const PATIENCE: usize = 40;

fn form(email: &str, password: &str) -> Value {
    json!({ "email": email, "password": password, "full_name": "Ada Lovelace" })
}

/// A 503 promises that nothing happened: its caller comes again.
async fn patiently(ask: impl AsyncFn() -> Reply) -> Reply {
    for _ in 0..PATIENCE {
        let reply = ask().await;
        if reply.status != 503 {
            return reply;
        }
    }
    panic!("the shop stayed too busy")
}

async fn register(client: &Client, email: &str, password: &str) -> Reply {
    patiently(async || client.post("/auth/register", form(email, password)).await).await
}

async fn sign_in(client: &Client, email: &str, password: &str) -> Reply {
    client.post("/auth/login", json!({ "email": email, "password": password })).await
}

async fn refresh(client: &Client, token: &str) -> Reply {
    patiently(async || client.post("/auth/refresh", json!({ "refresh_token": token })).await).await
}

fn text<'a>(body: &'a Value, name: &str) -> &'a str {
    body[name].as_str().expect(name)
}

/// A caller with this access token.
fn bearer(shop: &Shop, token: &str) -> Client {
    let client = shop.guest();
    client.set_session(&json!({ "access_token": token }));
    client
}

#[tokio::test]
async fn an_account_from_opening_to_signing_out() {
    let shop = Shop::open().await;
    let guest = shop.guest();
    let session = register(&guest, " Ada@Example.COM ", PASSWORD).await;
    assert_eq!((session.status.as_u16(), header(&session, "cache-control")), (201, "no-store"));
    assert!(session.headers.get(SET_COOKIE).is_none());
    let session = session.ok();
    assert_eq!((&session["token_type"], &session["expires_in"]), (&json!("Bearer"), &json!(900)));
    assert_eq!((&session["user"]["email"], &session["user"]["role"]), (&json!("ada@example.com"), &json!("customer")));
    let ada = bearer(&shop, text(&session, "access_token"));
    assert_eq!(ada.get("/users/me").await.ok(), session["user"]);

    let again = sign_in(&guest, "ADA@example.com", PASSWORD).await.ok();
    assert_eq!(again["user"], session["user"]);
    let renamed = ada.put("/users/me", json!({ "full_name": "Ada King", "email": "Countess@Example.com" })).await.ok();
    assert_eq!((&renamed["full_name"], &renamed["email"]), (&json!("Ada King"), &json!("countess@example.com")));
    assert_eq!(ada.put("/users/me", json!({ "full_name": "Ada K", "email": null })).await.ok()["email"], "countess@example.com");
    assert_eq!(sign_in(&guest, "ada@example.com", PASSWORD).await.refusal(), (401, "credentials_invalid"));
    sign_in(&guest, "countess@example.com", PASSWORD).await.ok();

    let token = text(&session, "refresh_token");
    assert_eq!(guest.post("/auth/logout", json!({ "refresh_token": token })).await.status, 204);
    assert_eq!(refresh(&guest, token).await.refusal(), (401, "refresh_token_invalid"));
    assert_eq!(guest.post("/auth/logout", json!({ "refresh_token": token })).await.status, 204, "signing out twice is no mistake");
    refresh(&guest, text(&again, "refresh_token")).await.ok();
}

#[tokio::test]
async fn an_address_has_one_account_however_it_is_written_and_however_many_ask() {
    let shop = Shop::open().await;
    let spellings = ["ada@example.com", "Ada@example.com", "ADA@EXAMPLE.COM", " ada@example.com", "ada@Example.Com "];
    let guests: Vec<Client> = (0..50).map(|_| shop.guest()).collect();
    let replies = join_all(guests.iter().enumerate().map(|(at, guest)| register(guest, spellings[at % spellings.len()], PASSWORD))).await;
    let opened = replies.iter().filter(|reply| reply.status == 201).count();
    let taken = replies.iter().filter(|reply| reply.refusal() == (409, "email_taken")).count();
    assert_eq!((opened, taken), (1, 49));
    assert_eq!(shop.number("select count(*) from users").await, 1);
    assert_eq!(shop.number("select count(*) from refresh_tokens").await, 1);

    let eve = shop.customer().await;
    let before = stored(&shop).await;
    let refused = eve.put("/users/me", json!({ "full_name": "Eve", "email": "ADA@example.com" })).await;
    assert_eq!(refused.refusal(), (409, "email_taken"));
    assert_eq!(stored(&shop).await, before);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_or_closed_account_look_the_same() {
    let shop = Shop::open().await;
    let guest = shop.guest();
    register(&guest, "ada@example.com", PASSWORD).await.ok();
    register(&guest, "closed@example.com", PASSWORD).await.ok();
    shop.sql("update users set is_active = false where email = 'closed@example.com'").await;
    let mut answers = Vec::new();
    for (email, password) in [
        ("ada@example.com", "wrong horse battery"),
        ("nobody@example.com", PASSWORD),
        ("closed@example.com", PASSWORD),
        ("ada@example.com", "short"),
        ("ada@example.com", &"x".repeat(200)),
    ] {
        let mut reply = sign_in(&guest, email, password).await;
        assert_problem(&reply, email);
        assert_eq!(reply.refusal(), (401, "credentials_invalid"));
        reply.body["request_id"].take();
        let names: Vec<String> = reply.headers.keys().map(ToString::to_string).collect();
        answers.push((reply.body, names));
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
}

#[tokio::test]
async fn passwords_are_compared_whole() {
    let shop = Shop::open().await;
    let guest = shop.guest();
    let long: String = ('a'..='z').cycle().take(256).collect();
    register(&guest, "ada@example.com", &long).await.ok();
    for at in [0, 71, 72, 73, 100, 200, 255] {
        let mut other = long.clone();
        other.replace_range(at..=at, "#");
        assert_eq!(sign_in(&guest, "ada@example.com", &other).await.refusal(), (401, "credentials_invalid"), "differs at {at}");
    }
    assert_eq!(sign_in(&guest, "ada@example.com", &long[..72]).await.status, 401);
    assert_eq!(sign_in(&guest, "ada@example.com", &long[..255]).await.status, 401);
    sign_in(&guest, "ada@example.com", &long).await.ok();
    let too_long = sign_in(&guest, "ada@example.com", &format!("{long}a")).await;
    assert_eq!((too_long.status.as_u16(), wrong_fields(&too_long)), (422, vec!["password"]));

    register(&guest, "nul@example.com", "before\0after1").await.ok();
    assert_eq!(sign_in(&guest, "nul@example.com", "before\0after2").await.status, 401);
    register(&guest, "accent@example.com", "caf\u{e9} au lait").await.ok();
    sign_in(&guest, "accent@example.com", "cafe\u{301} au lait").await.ok();
}

#[tokio::test]
async fn weak_passwords_are_refused_with_the_reason() {
    let shop = Shop::open().await;
    let guest = shop.guest();
    for (password, code) in [
        ("", "required"),
        ("seven77", "password_too_short"),
        ("password1", "password_common"),
        ("ADA@example.com", "password_is_email"),
        (&"x".repeat(257), "too_long"),
    ] {
        let refused = register(&guest, "ada@example.com", password).await;
        assert_problem(&refused, code);
        assert_eq!((wrong_fields(&refused), &refused.body["errors"][0]["code"]), (vec!["password"], &json!(code)));
    }
    let all = guest.post("/auth/register", json!({ "email": "x", "password": "x", "full_name": " " })).await;
    assert_eq!(wrong_fields(&all), ["email", "password", "full_name"], "every wrong field at once");
    assert_eq!(shop.number("select count(*) from users").await, 0);
}

#[tokio::test]
async fn a_refresh_token_is_good_once_and_for_the_tabs_beside() {
    let shop = Shop::open().await;
    let guest = shop.guest();
    let first = register(&guest, "ada@example.com", PASSWORD).await.ok();
    let first = text(&first, "refresh_token");
    let tabs: Vec<Client> = (0..50).map(|_| shop.guest()).collect();
    let replies = join_all(tabs.iter().map(|tab| refresh(tab, first))).await;
    let pairs: Vec<(String, String)> = replies
        .into_iter()
        .map(Reply::ok)
        .map(|body| (text(&body, "access_token").to_owned(), text(&body, "refresh_token").to_owned()))
        .collect();
    assert!(pairs.iter().all(|pair| *pair == pairs[0]), "50 tabs, one pair");
    assert_eq!(shop.number("select count(*) from refresh_tokens where used_at is null and revoked_at is null").await, 1);

    shop.advance(Duration::seconds(9));
    assert_eq!(text(&refresh(&guest, first).await.ok(), "refresh_token"), pairs[0].1, "the last second of the grace");
    let second = refresh(&guest, &pairs[0].1).await.ok();
    assert_eq!(refresh(&guest, text(&second, "refresh_token")).await.status, 200);
}

#[tokio::test]
async fn a_stolen_refresh_token_ends_the_session_for_both() {
    for late in [Duration::seconds(11), Duration::hours(1), Duration::days(31)] {
        let shop = Shop::open().await;
        let guest = shop.guest();
        let first = register(&guest, "ada@example.com", PASSWORD).await.ok();
        let elsewhere = sign_in(&guest, "ada@example.com", PASSWORD).await.ok();
        let second = refresh(&guest, text(&first, "refresh_token")).await.ok();
        shop.advance(late);
        assert_eq!(refresh(&guest, text(&first, "refresh_token")).await.refusal(), (401, "refresh_token_invalid"), "{late}");
        assert_eq!(refresh(&guest, text(&second, "refresh_token")).await.refusal(), (401, "refresh_token_invalid"), "{late}");
        let other_device = refresh(&guest, text(&elsewhere, "refresh_token")).await.status;
        assert_eq!(other_device, if late < Duration::days(30) { 200 } else { 401 }, "another sign-in is another session");
        sign_in(&guest, "ada@example.com", PASSWORD).await.ok();
    }
}

#[tokio::test]
async fn a_deactivated_account_and_an_old_password_refresh_nothing() {
    let shop = Shop::open().await;
    let guest = shop.guest();
    let ada = register(&guest, "ada@example.com", PASSWORD).await.ok();
    let eve = register(&guest, "eve@example.com", PASSWORD).await.ok();
    shop.sql("update users set is_active = false where email = 'ada@example.com'").await;
    shop.sql("update users set password_changed_at = now() + interval '1 second' where email = 'eve@example.com'").await;
    for session in [&ada, &eve] {
        assert_eq!(refresh(&guest, text(session, "refresh_token")).await.refusal(), (401, "refresh_token_invalid"));
    }
    let me = bearer(&shop, text(&ada, "access_token"));
    assert_eq!(me.get("/users/me").await.refusal(), (401, "token_invalid"));
    assert_eq!(me.put("/users/me", json!({ "full_name": "Ada" })).await.refusal(), (401, "token_invalid"));
}

#[tokio::test]
async fn an_access_token_lives_fifteen_minutes() {
    let shop = Shop::open().await;
    let ada = shop.customer().await;
    shop.advance(Duration::minutes(15));
    assert_eq!(ada.get("/users/me").await.status, 200, "clocks may differ by half a minute");
    shop.advance(Duration::seconds(31));
    for path in ["/users/me", "/cart", "/products", "/orders"] {
        let reply = ada.get(path).await;
        assert_problem(&reply, path);
        assert_eq!(reply.refusal(), (401, "token_invalid"), "{path}");
    }
}

fn jwt(header: &Value, claims: &Value, signature: &str) -> String {
    format!("{}.{}.{signature}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()))
}

#[tokio::test]
async fn a_forged_access_token_signs_nobody_in() {
    let shop = Shop::open().await;
    let guest = shop.guest();
    let (ada, eve) = (register(&guest, "ada@example.com", PASSWORD).await.ok(), register(&guest, "eve@example.com", PASSWORD).await.ok());
    let token = text(&ada, "access_token");
    let parts: Vec<&str> = token.split('.').collect();
    let decode = |part: &str| -> Value { serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64")).expect("JSON") };
    let (header, claims, signature) = (decode(parts[0]), decode(parts[1]), parts[2]);
    let with = |mut value: Value, name: &str, to: Value| {
        value[name] = to;
        value
    };
    // The published key as the secret of a symmetric signature.
    let jwks = guest.get("//.well-known/jwks.json").await.ok();
    let public = URL_SAFE_NO_PAD.decode(jwks["keys"][0]["x"].as_str().expect("a key")).expect("base64");
    let symmetric = with(header.clone(), "alg", json!("HS256"));
    let unsigned = jwt(&symmetric, &claims, "");
    let confused = format!(
        "{}.{}",
        unsigned.trim_end_matches('.'),
        URL_SAFE_NO_PAD.encode(platform::keys::hmac(&public, unsigned.trim_end_matches('.').as_bytes()))
    );
    let forged = [
        ("none", jwt(&with(header.clone(), "alg", json!("none")), &claims, "")),
        ("None", jwt(&with(header.clone(), "alg", json!("None")), &claims, signature)),
        ("no signature", jwt(&header, &claims, "")),
        ("symmetric", confused),
        ("another role", jwt(&header, &with(claims.clone(), "role", json!("admin")), signature)),
        ("another account", jwt(&header, &with(claims.clone(), "sub", eve["user"]["id"].clone()), signature)),
        ("longer life", jwt(&header, &with(claims.clone(), "exp", json!(4_000_000_000_i64)), signature)),
        (
            "another's signature",
            format!("{}.{}.{}", parts[0], parts[1], text(&eve, "access_token").rsplit('.').next().expect("a signature")),
        ),
        ("kid that is a path", jwt(&with(header.clone(), "kid", json!("../../../../dev/null")), &claims, signature)),
        ("a key of its own", jwt(&with(header.clone(), "jwk", jwks["keys"][0].clone()), &claims, signature)),
        ("a part more", format!("{token}.x")),
        ("a part less", format!("{}.{}", parts[0], parts[1])),
        ("a flipped character", flip(token)),
        ("huge", format!("{token}{}", "A".repeat(20_000))),
        ("the refresh token", text(&ada, "refresh_token").to_owned()),
        ("nothing", String::new()),
    ];
    assert_eq!(bearer(&shop, token).get("/users/me").await.status, 200);
    for (name, token) in forged {
        let reply = bearer(&shop, &token).get("/users/me").await;
        assert_eq!(reply.refusal(), (401, "token_invalid"), "{name}");
    }
    let twice = guest
        .request(Method::GET, "/users/me")
        .header("authorization", format!("Bearer {token}"))
        .header("authorization", format!("Bearer {token}"));
    assert_eq!(guest.send(twice).await.refusal(), (401, "token_invalid"), "two headers may name two people");
    let basic = guest.request(Method::GET, "/users/me").header("authorization", "Basic YWRhOmFkYQ==");
    assert_eq!(guest.send(basic).await.status, 401);
}

/// The token with one character of its signature changed; not the last, whose low bits mean nothing.
fn flip(token: &str) -> String {
    let at = token.len() - 20;
    let other = if token.as_bytes()[at] == b'A' { "B" } else { "A" };
    let mut flipped = token.to_owned();
    flipped.replace_range(at..=at, other);
    flipped
}

#[tokio::test]
async fn nobody_becomes_somebody_by_saying_so() {
    let shop = Shop::open().await;
    let guest = shop.guest();
    let ada = register(&guest, "ada@example.com", PASSWORD).await.ok();
    let id = text(&ada["user"], "id");
    for name in [
        "x-user-id",
        "x-user",
        "x-forwarded-user",
        "x-quickshop-user",
        "x-wcpay-platform-checkout-user",
        "remote-user",
        "x-role",
        "x-admin",
    ] {
        let reply = guest.send(guest.request(Method::GET, "/users/me").header(name, id)).await;
        assert_eq!(reply.refusal(), (401, "sign_in_required"), "{name}");
    }
}

/// The browser's cookies, as `name=value; name=value`.
fn cookies(reply: &Reply) -> Vec<String> {
    reply.headers.get_all(SET_COOKIE).iter().map(|value| value.to_str().expect("text").to_owned()).collect()
}

fn jar(reply: &Reply) -> String {
    cookies(reply).iter().map(|cookie| cookie.split(';').next().unwrap_or_default().to_owned()).collect::<Vec<_>>().join("; ")
}

fn csrf_of(jar: &str) -> String {
    jar.split("; ").find_map(|cookie| cookie.strip_prefix("qs_csrf=")).expect("a CSRF cookie").to_owned()
}

async fn refresh_by_cookie(client: &Client, jar: &str, csrf: Option<&str>) -> Reply {
    let request = client.request(Method::POST, "/auth/refresh").header("cookie", jar).json(&json!({}));
    client.send(if let Some(csrf) = csrf { request.header("x-csrf-token", csrf) } else { request }).await
}

#[tokio::test]
async fn browsers_keep_the_refresh_token_where_no_script_and_no_other_site_reaches_it() {
    let shop = Shop::open().await;
    let guest = shop.guest();
    let mut form = form("ada@example.com", PASSWORD);
    form["cookie"] = json!(true);
    let session = guest.post("/auth/register", form).await;
    assert!(session.body.get("refresh_token").is_none());
    let set = cookies(&session);
    let refresh_cookie = set.iter().find(|cookie| cookie.starts_with("qs_refresh=")).expect("a cookie");
    let csrf_cookie = set.iter().find(|cookie| cookie.starts_with("qs_csrf=")).expect("a cookie");
    assert!(
        refresh_cookie.contains("; HttpOnly") && refresh_cookie.contains("SameSite=Lax") && refresh_cookie.contains("Path=/"),
        "{refresh_cookie}"
    );
    assert!(!csrf_cookie.contains("HttpOnly") && csrf_cookie.contains("SameSite=Lax"), "{csrf_cookie}");

    let jar_of_ada = jar(&session);
    let csrf = csrf_of(&jar_of_ada);
    let eve =
        guest.post("/auth/register", json!({ "email": "eve@example.com", "password": PASSWORD, "full_name": "Eve", "cookie": true })).await;
    let csrf_of_eve = csrf_of(&jar(&eve));
    for wrong in [None, Some(""), Some("x"), Some(csrf_of_eve.as_str())] {
        let refused = refresh_by_cookie(&guest, &jar_of_ada, wrong).await;
        assert_problem(&refused, "CSRF");
        assert_eq!(refused.refusal(), (403, "csrf_token_invalid"), "{wrong:?}");
    }
    // A cookie that a neighbouring site planted beside the session's: alike in header and cookie, but not this session's.
    let planted = jar_of_ada.replace(&csrf, &csrf_of_eve);
    assert_eq!(refresh_by_cookie(&guest, &planted, Some(&csrf_of_eve)).await.refusal(), (403, "csrf_token_invalid"));

    let refreshed = refresh_by_cookie(&guest, &jar_of_ada, Some(&csrf)).await;
    assert_eq!((refreshed.status.as_u16(), refreshed.body.get("refresh_token")), (200, None));
    let jar = jar(&refreshed);
    let sign_out =
        guest.request(Method::POST, "/auth/logout").header("cookie", &jar).header("x-csrf-token", csrf_of(&jar)).json(&json!({}));
    let signed_out = guest.send(sign_out).await;
    assert_eq!(signed_out.status, 204);
    assert!(cookies(&signed_out).iter().all(|cookie| cookie.contains("Max-Age=0")));
    assert_eq!(refresh_by_cookie(&guest, &jar, Some(&csrf_of(&jar))).await.refusal(), (401, "refresh_token_invalid"));
}

#[tokio::test]
async fn pages_of_other_sites_write_nothing() {
    let shop = Shop::open().await;
    let (guest, product) = (shop.guest(), shop.product(5).await);
    let before = stored(&shop).await;
    let good = json!({ "product_id": product, "quantity": 1 });
    for (name, value) in
        [("origin", "https://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site")]
    {
        let reply = guest.send(guest.request(Method::POST, "/cart/items").header(name, value).json(&good)).await;
        assert_problem(&reply, value);
        assert_eq!(reply.refusal(), (403, "cross_origin"), "{name}: {value}");
    }
    let simple = guest.request(Method::POST, "/cart/items").header("content-type", "text/plain").body(good.to_string());
    assert_eq!(guest.send(simple).await.refusal(), (415, "content_type_not_json"));
    let preflight =
        guest.request(Method::OPTIONS, "/users/me").header("origin", "https://evil.example").header("access-control-request-method", "PUT");
    assert!(guest.send(preflight).await.headers.get("access-control-allow-origin").is_none());
    assert_eq!(stored(&shop).await, before);
    let own = guest.request(Method::POST, "/cart/items").header("origin", &shop.base).header("sec-fetch-site", "same-origin").json(&good);
    assert_eq!(guest.send(own).await.status, 201);
}

#[tokio::test]
async fn a_copy_of_the_database_opens_nothing() {
    let shop = Shop::open().await;
    let guest = shop.guest();
    let session = register(&guest, "ada@example.com", PASSWORD).await.ok();
    let refreshed = refresh(&guest, text(&session, "refresh_token")).await.ok();
    let product = shop.product(5).await;
    let added = guest.add(product, 1).await;
    let cart_token = header(&added, "x-cart-token").to_owned();
    let order = guest.place_order().await;
    shop.pay(&guest, &order, "4242424242424242").await;
    shop.deliver_webhooks().await;
    let secrets = [
        ("password", PASSWORD.to_owned()),
        ("refresh token", text(&session, "refresh_token").to_owned()),
        ("its successor", text(&refreshed, "refresh_token").to_owned()),
        ("access token", text(&refreshed, "access_token").to_owned()),
        ("cart token", cart_token),
        ("order token", text(&order, "access_token").to_owned()),
        ("card number", "4242424242424242".to_owned()),
    ];
    let stored = stored(&shop).await;
    for (name, secret) in secrets {
        assert!(secret.len() > 15, "{name}");
        let binary = URL_SAFE_NO_PAD.decode(&secret).map_or_else(|_| hex::encode(&secret), hex::encode);
        for (table, rows) in &stored {
            let found = rows.iter().find(|row| row.contains(&secret) || row.contains(&hex::encode(&secret)) || row.contains(&binary));
            assert!(found.is_none(), "{table} holds the {name}: {found:?}");
        }
    }
}
