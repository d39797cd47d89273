//! The storefront's pages as browsers, crawlers and link previews get them, and what stands beside them at the root.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Client, Reply, Shop, bad_input};

use crate::support::{assert_problem, demo, header};

/// A page, parsed as far as a crawler cares.
struct Page {
    reply: Reply,
    html: String,
}

impl Page {
    async fn open(client: &Client, path: &str) -> Self {
        let reply = client.send(client.request(Method::GET, &format!("/{path}")).header("accept", "text/html")).await;
        let html = String::from_utf8(reply.bytes.clone()).expect("UTF-8");
        Self { reply, html }
    }

    fn between(&self, before: &str, after: &str) -> Option<&str> {
        self.html.split_once(before)?.1.split_once(after).map(|(found, _)| found)
    }

    fn meta(&self, name: &str) -> &str {
        self.between(&format!("property=\"{name}\" content=\""), "\"")
            .or_else(|| self.between(&format!("name=\"{name}\" content=\""), "\""))
            .unwrap_or_default()
    }

    /// The page's first data.
    fn data(&self) -> Value {
        let text = self.between("<script type=\"application/json\" id=\"qs-data\">", "</script>").expect("first data");
        serde_json::from_str(text).expect("JSON")
    }

    /// The answer that the page brings for a query key.
    fn answer(&self, key: &Value) -> Value {
        let data = self.data();
        let found = data["queries"].as_array().expect("queries").iter().find(|query| query[0] == *key).map(|query| query[1].clone());
        found.unwrap_or_else(|| panic!("no {key} in {}", data["queries"]))
    }

    fn json_ld(&self) -> Vec<Value> {
        let blocks = self.html.split("<script type=\"application/ld+json\">").skip(1);
        blocks.map(|block| serde_json::from_str(block.split("</script>").next().expect("an end")).expect("JSON-LD")).collect()
    }

    #[track_caller]
    fn assert_head(&self, shop: &Shop, path: &str, title: &str) {
        let title = &title.replace('&', "&amp;").replace('\'', "&#39;");
        assert_eq!(self.reply.status, 200, "{path}");
        assert_eq!(header(&self.reply, "content-type"), "text/html; charset=utf-8");
        assert_eq!(self.between("<title>", "</title>"), Some(format!("{title} · QuickShop").as_str()), "{path}");
        let canonical = format!("{}{path}", shop.base);
        assert_eq!(self.between("<link rel=\"canonical\" href=\"", "\""), Some(canonical.as_str()), "{path}");
        assert_eq!(
            (self.meta("og:title"), self.meta("og:url"), self.meta("og:site_name")),
            (title.as_str(), canonical.as_str(), "QuickShop"),
            "{path}"
        );
        assert!(!self.meta("description").is_empty() && self.meta("description") == self.meta("og:description"), "{path}");
        assert!(self.html.matches("<title>").count() == 1 && !self.html.contains("<!--qs:"), "{path}");
    }
}

#[tokio::test]
async fn the_first_page_brings_what_it_shows() {
    let shop = demo().await;
    let guest = shop.guest();
    let page = Page::open(&guest, "/").await;
    page.assert_head(&shop, "/", "Fewer things, better ones");
    assert_eq!(page.answer(&json!(["categories"])), guest.get("/categories?limit=100").await.ok());
    assert_eq!(page.answer(&json!(["products", {}])), guest.get("/products").await.ok());
    assert_eq!(page.json_ld()[0]["@type"], "WebSite");
    let settings = &page.data()["settings"];
    assert_eq!(
        (&settings["shop_name"], &settings["currency"], &settings["delivery_rate"]["amount"]),
        (&json!("QuickShop"), &json!("USD"), &json!("5.90"))
    );
    let first = guest.get("/products?limit=1").await.ok();
    assert!(
        page.html.contains(&format!("href=\"/p/{}\"", first["data"][0]["slug"].as_str().expect("a slug"))),
        "links for readers without script"
    );
}

#[tokio::test]
async fn a_product_page_says_what_it_sells() {
    let shop = demo().await;
    let guest = shop.guest();
    let products = guest.get("/products?limit=100").await.ok();
    for summary in products["data"].as_array().expect("products") {
        let slug = summary["slug"].as_str().expect("a slug");
        let path = format!("/p/{slug}");
        let page = Page::open(&guest, &path).await;
        page.assert_head(&shop, &path, summary["name"].as_str().expect("a name"));
        assert_eq!(page.answer(&json!(["product", slug])), guest.get(&format!("/products/{slug}")).await.ok());
        let json_ld = page.json_ld();
        let product = json_ld.iter().find(|object| object["@type"] == "Product").expect("a product");
        assert_eq!(
            (&product["offers"]["price"], &product["offers"]["priceCurrency"]),
            (&summary["price"]["amount"], &summary["price"]["currency"])
        );
        assert_eq!(product["sku"], summary["sku"]);
        assert!(json_ld.iter().any(|object| object["@type"] == "BreadcrumbList"));
        let picture = page.meta("og:image");
        assert!(picture.starts_with(&format!("{}/media/", shop.base)), "{picture}");
        let picture = guest.get(&format!("/{}", &picture[shop.base.len()..])).await;
        assert!(picture.status == 200 && header(&picture, "content-type").starts_with("image/"), "{path}");
    }
}

#[tokio::test]
async fn a_category_page_lists_its_products() {
    let shop = demo().await;
    let guest = shop.guest();
    for category in guest.get("/categories").await.ok()["data"].as_array().expect("categories") {
        let slug = category["slug"].as_str().expect("a slug");
        let path = format!("/c/{slug}");
        let page = Page::open(&guest, &path).await;
        page.assert_head(&shop, &path, category["name"].as_str().expect("a name"));
        let listed = guest.get(&format!("/products?category={slug}")).await.ok();
        assert_eq!(page.answer(&json!(["products", { "category": slug }])), listed);
        let cheapest = Page::open(&guest, &format!("{path}?sort=price&min_price=10&utm_source=x")).await;
        let listed = guest.get(&format!("/products?category={slug}&sort=price&min_price=10")).await.ok();
        assert_eq!(cheapest.answer(&json!(["products", { "category": slug, "min_price": "10", "sort": "price" }])), listed);
        assert_eq!(
            Page::open(&guest, &format!("{path}?sort=nonsense&min_price=-1")).await.reply.status,
            200,
            "a wrong filter is the storefront's to explain"
        );
    }
}

#[tokio::test]
async fn what_is_not_there_is_a_real_404() {
    let shop = demo().await;
    let guest = shop.guest();
    for path in [
        "/p/nothing",
        "/c/nothing",
        "/nothing",
        "/p/",
        "/p/a/b",
        "/p/UPPER",
        "/c/%00",
        "/p/%ff",
        "/index.html",
        "/administration",
        "/.git/config",
        "/p/..%2f..%2fetc%2fpasswd",
    ] {
        let page = Page::open(&guest, path).await;
        assert_eq!((page.reply.status.as_u16(), header(&page.reply, "content-type")), (404, "text/html; charset=utf-8"), "{path}");
        assert_eq!(page.meta("robots"), "noindex", "{path}");
        assert!(page.html.contains("<a href=\"/\">"), "{path} leads back");
    }
    for path in ["//assets/nothing.js", "//media/nothing.webp", "//media/..%2f..%2fsecret_key", "//assets/..%2findex.html"] {
        let reply = guest.get(path).await;
        assert!(reply.status == 404 && reply.bytes.len() < 200, "{path}");
    }
    for path in ["//p/nothing", "//"] {
        assert_eq!(guest.send(guest.request(Method::POST, path)).await.status.as_u16() / 100, 4, "{path}");
    }
    let head = guest.send(guest.request(Method::HEAD, "//")).await;
    assert_eq!((head.status.as_u16(), head.bytes.len()), (200, 0));
}

#[tokio::test]
async fn personal_pages_are_there_and_are_not_listed() {
    let shop = Shop::open().await;
    let guest = shop.guest();
    for path in [
        "/cart",
        "/checkout",
        "/orders/01988000-0000-7000-8000-000000000001?token=x",
        "/account",
        "/account/orders",
        "/account/sign-in",
        "/account/register",
        "/search?q=mug",
    ] {
        let page = Page::open(&guest, path).await;
        assert_eq!(page.reply.status, 200, "{path}");
        assert_eq!(page.meta("robots"), "noindex", "{path}");
        assert!(!page.html.contains("token=x"), "a secret of the address is not repeated in the page");
    }
}

#[tokio::test]
async fn a_name_is_text_wherever_it_stands() {
    let shop = Shop::open().await;
    let guest = shop.guest();
    let product = shop.product(5).await;
    let slug = guest.get(&format!("/products/{product}")).await.ok()["slug"].as_str().expect("a slug").to_owned();
    let names: Vec<String> = bad_input::scripts().into_iter().chain(bad_input::strings().into_iter().rev().step_by(5)).collect();
    let scripts_of = |html: &str| html.matches("<script").count();
    let plain = Page::open(&guest, &format!("/p/{slug}")).await;
    let (scripts, comments) = (scripts_of(&plain.html), plain.html.matches("<!--").count());
    for name in names.iter().filter(|name| !name.contains('\0') && !name.trim().is_empty() && name.chars().count() <= 200) {
        let mut quoted = String::from("$naughty$");
        quoted.push_str(name);
        quoted.push_str("$naughty$");
        shop.sql(&format!("update products set name = {quoted}, description = {quoted}")).await;
        let product = guest.get(&format!("/products/{slug}")).await.ok();
        assert_eq!((product["name"].as_str(), product["description"].as_str()), (Some(name.as_str()), Some(name.as_str())));
        for (path, key) in [(format!("/p/{slug}"), json!(["product", slug])), ("/".to_owned(), json!(["products", {}]))] {
            let page = Page::open(&guest, &path).await;
            assert_eq!(page.reply.status, 200, "{name:?}");
            let shown = page.answer(&key);
            let shown = if path == "/" { &shown["data"][0]["name"] } else { &shown["name"] };
            assert_eq!(shown.as_str(), Some(name.as_str()), "read back from the page's data");
            page.json_ld();
            assert_eq!(page.html.matches("<!--").count(), comments, "{name:?}");
            if path != "/" {
                assert_eq!(scripts_of(&page.html), scripts, "{name:?} is a script in the page");
                assert!(!name.contains('<') || !page.html.contains(name.as_str()), "{name:?} stands in the page as it is");
            }
        }
    }
}

#[tokio::test]
async fn every_answer_has_its_security_headers() {
    let shop = demo().await;
    let guest = shop.guest();
    for path in
        ["//", "//p/nothing", "//checkout", "/products", "/cart", "/nothing", "//openapi.json", "//docs/", "//healthz", "//_dev", "//admin"]
    {
        let reply = guest.get(path).await;
        assert_eq!(header(&reply, "x-content-type-options"), "nosniff", "{path}");
        assert!(!header(&reply, "referrer-policy").is_empty() && !header(&reply, "permissions-policy").is_empty(), "{path}");
        let policy = header(&reply, "content-security-policy");
        let scripts = policy
            .split(';')
            .map(str::trim)
            .find(|part| part.starts_with("script-src") || part.starts_with("default-src"))
            .unwrap_or_default();
        assert!(scripts.contains("'self'") || scripts.contains("'none'"), "{path}: {policy}");
        for rule in ["frame-ancestors 'none'", "base-uri 'none'"] {
            assert!(policy.contains(rule), "{path}: {policy}");
        }
        let script_rule = policy.split(';').map(str::trim).find(|part| part.starts_with("script-src")).unwrap_or("script-src");
        assert!(!script_rule.contains("unsafe-inline") && !script_rule.contains("unsafe-eval"), "{path}: {policy}");
        assert!(reply.headers.get("server").is_none() && reply.headers.get("x-powered-by").is_none(), "{path}");
        assert!(!header(&reply, "x-request-id").is_empty(), "{path}");
    }
    for (path, cache) in [("/cart", "no-store"), ("/orders", "no-store"), ("/users/me", "no-store"), ("//", "no-cache")] {
        assert_eq!(header(&guest.get(path).await, "cache-control"), cache, "{path}");
    }
}

#[tokio::test]
async fn a_page_is_not_sent_again_until_it_changes() {
    let shop = demo().await;
    let guest = shop.guest();
    let tag = header(&guest.get("//").await, "etag").to_owned();
    let again = async |tag: &str| guest.send(guest.request(Method::GET, "//").header("if-none-match", tag)).await;
    assert_eq!(again(&tag).await.status, 304);
    shop.sql("update products set price = price + 1").await;
    let changed = again(&tag).await;
    assert_eq!(changed.status, 200);
    assert_ne!(header(&changed, "etag"), tag);
}

#[tokio::test]
async fn the_shop_says_how_it_does() {
    let shop = Shop::open().await;
    let guest = shop.guest();
    assert_eq!(guest.get("//healthz").await.ok(), json!({ "status": "up" }));
    let ready = guest.get("//readyz").await.ok();
    assert_eq!((&ready["status"], &ready["dependencies"]["database"]), (&json!("up"), &json!("up")));
    assert_eq!(guest.get("//docs/").await.status, 200);
    assert_eq!(guest.get("//openapi.json").await.ok()["info"]["title"], "QuickShop");
}

#[tokio::test]
async fn the_control_room_is_for_this_machine_in_development_only() {
    let shop = Shop::open().await;
    let guest = shop.guest();
    assert_eq!(guest.get("//_dev").await.status, 200);
    assert_eq!(guest.get("//_dev/mailbox").await.status, 200);
    // Another name for this machine: a page of a stranger whose name resolves to it.
    let rebound = guest.send(guest.request(Method::GET, "//_dev").header("host", "rebound.example")).await;
    assert_eq!(rebound.status, 404);
    let forwarded = guest.send(guest.request(Method::GET, "//_dev").header("x-forwarded-for", "127.0.0.1")).await;
    assert_eq!(forwarded.status, 404);
}

/// The same database and keys behind a configuration for the public.
pub fn in_production(shop: &Shop) -> platform::App {
    let secrets = shop.app.config.data_dir.join("secrets");
    let variables = [
        ("QUICKSHOP_ENV", "production".to_owned()),
        ("DATA_DIR", shop.app.config.data_dir.display().to_string()),
        ("PUBLIC_BASE_URL", "https://shop.example".to_owned()),
        ("SECRET_KEY", "k".repeat(64)),
        ("JWT_KEYS_FILE", secrets.join("jwt_key.pem").display().to_string()),
        ("STRIPE_SECRET_KEY", format!("sk_live_{}", "k".repeat(32))),
        ("STRIPE_PUBLISHABLE_KEY", "pk_live_x".to_owned()),
        ("STRIPE_WEBHOOK_SECRET", format!("whsec_{}", "k".repeat(32))),
        ("SENDGRID_API_KEY", format!("SG.{}", "k".repeat(32))),
    ];
    let variables = variables.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let config = platform::config::Config::from_variables(variables).map_err(|error| error.to_string()).expect("a configuration");
    platform::App::new(shop.app.db.clone(), shop.app.clock.clone(), config)
}

#[tokio::test]
async fn in_production_there_is_no_control_room_and_everything_asks_for_tls() {
    let shop = Shop::open().await;
    let product = shop.product(5).await;
    let router = server::build(&in_production(&shop), server::Parts::default()).map_err(|error| error.to_string()).expect("a router");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let guest = Client::new(
        platform::http::client(std::time::Duration::from_secs(10)).expect("a client"),
        &format!("http://{}", listener.local_addr().expect("its address")),
    );
    let serving = server::http::serve(listener, router, tokio_util::sync::CancellationToken::new(), server::http::Limits::default());
    let looking = async {
        for path in ["//_dev", "//_dev/", "//_dev/mailbox", "//_dev/mailbox/api", "//_sandbox/_book", "//_sandbox/v1/payment_intents"] {
            let reply = guest.get(path).await;
            assert_eq!(
                (reply.status.as_u16(), &reply.headers["strict-transport-security"]),
                (404, &"max-age=31536000; includeSubDomains".parse().unwrap()),
                "{path}"
            );
        }
        let added = guest.add(product, 1).await;
        let cookie = header(&added, "set-cookie");
        assert!(cookie.starts_with("__Host-qs_cart=") && cookie.contains("; Secure") && cookie.contains("; HttpOnly"), "{cookie}");
        let checkout = guest.get("//checkout").await;
        assert!(header(&checkout, "content-security-policy").contains("script-src 'self' https://js.stripe.com"));
        for path in ["//", "//admin", "//admin/orders/x"] {
            assert!(!header(&guest.get(path).await, "content-security-policy").contains("stripe"), "{path}");
        }
        assert_eq!(Page::open(&guest, "/admin").await.data()["settings"]["development"], false);
        let page = Page::open(&guest, "/").await;
        assert_eq!(page.between("<link rel=\"canonical\" href=\"", "\""), Some("https://shop.example/"), "never the host that was asked");
    };
    tokio::select! {
        () = serving => panic!("it stopped serving"),
        () = looking => {}
    }
}

#[tokio::test]
async fn a_wrong_signature_below_the_api_is_a_problem_and_nothing_is_stored() {
    let shop = Shop::open().await;
    let guest = shop.guest();
    let reply = guest.post("/payments/webhook", json!({ "id": "evt_1" })).await;
    assert_problem(&reply, "unsigned");
    assert_eq!(reply.refusal(), (400, "signature_invalid"));
    assert_eq!(shop.number("select count(*) from stripe_events").await, 0);
}
