//! The API's document: what is committed is what is served, and what is served is what is answered.

use std::{collections::BTreeSet, path::Path};

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Client, Reply, Shop};

use crate::support::{assert_problem, demo, header};

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

#[tokio::test]
async fn the_committed_document_is_the_served_one() {
    let shop = Shop::open().await;
    let served = shop.guest().get("//openapi.json").await.ok();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi.json");
    let committed = std::fs::read(&path).expect("openapi.json is missing: run `cargo xtask openapi`");
    let committed: Value = serde_json::from_slice(&committed).expect("openapi.json is not JSON: run `cargo xtask openapi`");
    if committed != served {
        let differing: Vec<String> = differences("", &committed, &served).into_iter().take(10).collect();
        panic!(
            "the API has changed: run `cargo xtask openapi`, look at the difference, commit it. It differs at\n{}",
            differing.join("\n")
        );
    }
}

/// Places at which two documents differ.
fn differences(at: &str, one: &Value, other: &Value) -> Vec<String> {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            let names: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
            let null = Value::Null;
            names
                .into_iter()
                .flat_map(|name| differences(&format!("{at}/{name}"), one.get(name).unwrap_or(&null), other.get(name).unwrap_or(&null)))
                .collect()
        }
        _ if one == other => Vec::new(),
        _ => vec![at.to_owned()],
    }
}

#[tokio::test]
async fn every_operation_has_a_name_a_tag_and_says_how_it_refuses() {
    let shop = Shop::open().await;
    let document = shop.guest().get("//openapi.json").await.ok();
    assert!(document["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")), "{}", document["openapi"]);
    let tags: BTreeSet<&str> = document["tags"].as_array().expect("tags").iter().filter_map(|tag| tag["name"].as_str()).collect();
    let mut names = BTreeSet::new();
    for (path, method, operation) in operations(&document) {
        let shown = format!("{method} {path}");
        let name = operation["operationId"].as_str().expect(&shown);
        assert!(names.insert(name), "{name} twice");
        let own: Vec<&str> = operation["tags"].as_array().expect(&shown).iter().filter_map(Value::as_str).collect();
        assert!(!own.is_empty() && own.iter().all(|tag| tags.contains(tag)), "{shown}: {own:?}");
        let responses = operation["responses"].as_object().expect(&shown);
        assert!(responses.keys().any(|status| status.starts_with('2')), "{shown} says no success");
        let refusals: Vec<_> = responses.iter().filter(|(status, _)| status.starts_with('4')).collect();
        assert!(!refusals.is_empty(), "{shown} says no refusal");
        for (status, response) in refusals {
            let content = response["content"].as_object().expect(&shown);
            assert!(
                content.values().all(|media| media["schema"]["$ref"] == "#/components/schemas/Problem"),
                "{shown} {status}: {response}"
            );
        }
    }
    assert!(names.len() > 20);
}

fn operations(document: &Value) -> Vec<(&str, &str, &Value)> {
    let paths = document["paths"].as_object().expect("paths");
    paths
        .iter()
        .flat_map(|(path, item)| {
            item.as_object().into_iter().flatten().map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
        })
        .filter(|(_, method, _)| METHODS.contains(method))
        .collect()
}

/// Checks a value against a schema whose objects are closed: a field that the document does not name is a leak.
struct Schemas<'a>(&'a Value);

impl<'a> Schemas<'a> {
    fn resolve(&self, schema: &'a Value) -> &'a Value {
        match schema["$ref"].as_str() {
            Some(name) => self.resolve(self.0.pointer(name.trim_start_matches('#')).expect(name)),
            None => schema,
        }
    }

    fn check(&self, value: &Value, schema: &'a Value, at: &str) -> Result<(), String> {
        let schema = self.resolve(schema);
        for choice in ["oneOf", "anyOf"] {
            if let Some(choices) = schema[choice].as_array() {
                let refusals: Vec<String> = choices.iter().map_while(|one| self.check(value, one, at).err()).collect();
                return if refusals.len() < choices.len() { Ok(()) } else { Err(refusals.join(" or ")) };
            }
        }
        if let Some(allowed) = schema["enum"].as_array() {
            return if allowed.contains(value) { Ok(()) } else { Err(format!("{at} is {value}, not one of {allowed:?}")) };
        }
        let types: Vec<&str> = schema["type"]
            .as_array()
            .map_or_else(|| schema["type"].as_str().into_iter().collect(), |types| types.iter().filter_map(Value::as_str).collect());
        if !types.is_empty() && !types.iter().any(|name| is_of(value, name)) {
            return Err(format!("{at} is {value}, not {types:?}"));
        }
        match value {
            Value::Object(_) => self.check_object(value, schema, at),
            Value::Array(items) => {
                items.iter().enumerate().try_for_each(|(index, item)| self.check(item, &schema["items"], &format!("{at}[{index}]")))
            }
            Value::String(text) if schema["format"] == "uuid" => {
                uuid::Uuid::try_parse(text).map(drop).map_err(|_| format!("{at} is no UUID: {text}"))
            }
            Value::String(text) if schema["format"] == "date-time" => {
                chrono::DateTime::parse_from_rfc3339(text).map(drop).map_err(|_| format!("{at} is no time: {text}"))
            }
            _ => Ok(()),
        }
    }

    fn check_object(&self, value: &Value, schema: &'a Value, at: &str) -> Result<(), String> {
        let (mut properties, mut required) = (Vec::new(), Vec::new());
        self.collect(schema, &mut properties, &mut required);
        let Some(object) = value.as_object() else { return Ok(()) };
        if let Some(name) = required.iter().find(|name| !object.contains_key(**name)) {
            return Err(format!("{at}.{name} is missing"));
        }
        object.iter().try_for_each(|(name, value)| {
            let (_, schema) =
                properties.iter().find(|(known, _)| known == name).ok_or_else(|| format!("{at}.{name} is not in the document"))?;
            self.check(value, schema, &format!("{at}.{name}"))
        })
    }

    fn collect(&self, schema: &'a Value, properties: &mut Vec<(&'a str, &'a Value)>, required: &mut Vec<&'a str>) {
        let schema = self.resolve(schema);
        schema["allOf"].as_array().into_iter().flatten().for_each(|part| self.collect(part, properties, required));
        properties.extend(schema["properties"].as_object().into_iter().flatten().map(|(name, schema)| (name.as_str(), schema)));
        required.extend(schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str));
    }
}

fn is_of(value: &Value, name: &str) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}

/// A caller whose every answer is held against the document.
struct Checked<'a> {
    client: Client,
    document: &'a Value,
    seen: std::cell::RefCell<BTreeSet<String>>,
}

impl Checked<'_> {
    async fn call(&self, operation: &str, path: &str, body: Option<Value>) -> Value {
        let (method, template) = operation.split_once(' ').expect("a method and a path");
        let request = self
            .client
            .request(Method::from_bytes(method.to_uppercase().as_bytes()).expect("a method"), path)
            .header("idempotency-key", format!("contract {path}"));
        let reply = self.client.send(if let Some(body) = body { request.json(&body) } else { request }).await;
        let responses = &self.document["paths"][format!("/api/v1{template}")][method]["responses"];
        let response = [reply.status.as_str().to_owned(), format!("{}XX", reply.status.as_u16() / 100)]
            .iter()
            .find_map(|status| responses.get(status))
            .unwrap_or_else(|| panic!("{operation}: {} is not in the document", reply.status));
        self.check(operation, &reply, response);
        self.seen.borrow_mut().insert(operation.to_owned());
        reply.body
    }

    fn check(&self, operation: &str, reply: &Reply, response: &Value) {
        let Some(schema) = response["content"]["application/json"].get("schema") else {
            assert!(reply.bytes.is_empty(), "{operation}: a body that the document does not have: {}", reply.body);
            return;
        };
        if let Err(reason) = Schemas(self.document).check(&reply.body, schema, "body") {
            panic!("{operation}: {reason}\n{:#}", reply.body);
        }
    }
}

#[tokio::test]
async fn every_answer_of_a_purchase_is_what_the_document_says_and_no_more() {
    let shop = demo().await;
    let document = shop.guest().get("//openapi.json").await.ok();
    let ada = Checked { client: shop.guest(), document: &document, seen: std::cell::RefCell::default() };
    let account = json!({ "email": "ada@example.com", "password": "correct horse battery", "full_name": "Ada" });
    let session = ada.call("post /auth/register", "/auth/register", Some(account)).await;
    let signed_in =
        ada.call("post /auth/login", "/auth/login", Some(json!({ "email": "ada@example.com", "password": "correct horse battery" }))).await;
    let refreshed = ada.call("post /auth/refresh", "/auth/refresh", Some(json!({ "refresh_token": session["refresh_token"] }))).await;
    ada.call("post /auth/logout", "/auth/logout", Some(json!({ "refresh_token": refreshed["refresh_token"] }))).await;
    let products = ada.call("get /products", "/products?limit=2", None).await;
    let product = &products["data"][0];
    assert!(product["picture"].is_object() && products["next_cursor"].is_string(), "{product}");
    ada.call("get /products/search", "/products/search?q=mug", None).await;
    ada.call("get /categories", "/categories", None).await;
    ada.call("get /products/{id}", &format!("/products/{}", text(product, "slug")), None).await;
    ada.call("get /cart", "/cart", None).await;
    for at in 0..2 {
        ada.call("post /cart/items", "/cart/items", Some(json!({ "product_id": products["data"][at]["id"], "quantity": 1 }))).await;
    }
    ada.client.set_session(&signed_in);
    let cart = ada.call("get /cart", "/cart", None).await;
    assert_eq!(cart["item_count"], 2, "the guest's cart came along");
    ada.call("put /cart/items/{id}", &format!("/cart/items/{}", text(&cart["lines"][0], "id")), Some(json!({ "quantity": 2 }))).await;
    ada.call("delete /cart/items/{id}", &format!("/cart/items/{}", text(&cart["lines"][1], "id")), None).await;
    let quote = ada.call("post /cart/checkout", "/cart/checkout", Some(testkit::checkout_form())).await;
    let order = ada.call("post /orders", "/orders", Some(json!({ "quote": quote["quote"] }))).await;
    let intent = ada.call("post /payments/intent", "/payments/intent", Some(json!({ "order_id": order["id"] }))).await;
    assert_eq!(shop.confirm(&intent, "4242424242424242").await.status, 200);
    shop.deliver_webhooks().await;
    let paid = ada.call("get /orders/{id}", &format!("/orders/{}", text(&order, "id")), None).await;
    assert_eq!(paid["status"], "processing");
    ada.call("get /orders", "/orders", None).await;
    ada.call("get /users/orders", "/users/orders?limit=1", None).await;
    ada.call("get /users/me", "/users/me", None).await;
    ada.call("put /users/me", "/users/me", Some(json!({ "full_name": "Ada King" }))).await;
    run_the_shop(&shop, &ada).await;
    let seen = ada.seen.borrow();
    let walked = |path: &str, method: &str| seen.contains(&format!("{method} {}", path.trim_start_matches("/api/v1")));
    let missing: Vec<_> = operations(&document)
        .into_iter()
        .filter(|(path, method, _)| !walked(path, method) && *path != "/api/v1/payments/webhook")
        .map(|(path, method, _)| format!("{method} {path}"))
        .collect();
    assert!(missing.is_empty(), "walk through these too: {missing:?}");
}

/// The admin's operations, from the one-time link on.
async fn run_the_shop(shop: &Shop, caller: &Checked<'_>) {
    let mut tx = shop.app.db.begin().await.expect("a transaction");
    let link = server::admin_link(&mut tx, &shop.app.config, &mut shop.app.ids()).await.map_err(|error| error.to_string());
    tx.commit().await.expect("a commit");
    let link = link.expect("a link").keep(&shop.app.config);
    let link = link.split_once('#').expect("a fragment").1;
    caller.call("post /auth/link/check", "/auth/link/check", Some(json!({ "link": link }))).await;
    let form = json!({ "link": link, "email": "grace@example.com", "password": "correct horse battery" });
    caller.client.set_session(&caller.call("post /auth/link", "/auth/link", Some(form)).await);
    caller.call("get /admin/me", "/admin/me", None).await;
}

fn text<'a>(object: &'a Value, name: &str) -> &'a str {
    object[name].as_str().expect(name)
}

#[test]
fn the_check_of_answers_finds_what_is_wrong_with_them() {
    let document = json!({ "components": { "schemas": { "Thing": {
        "type": "object", "required": ["id"], "properties": { "id": { "type": "string", "format": "uuid" }, "size": { "type": ["integer", "null"] }, "kind": { "type": "string", "enum": ["a"] } },
    } } } });
    let schema = json!({ "oneOf": [{ "type": "null" }, { "$ref": "#/components/schemas/Thing" }] });
    let check = |value: Value| Schemas(&document).check(&value, &schema, "body").is_ok();
    let id = "01988000-0000-7000-8000-000000000001";
    assert!(check(json!({ "id": id, "size": null, "kind": "a" })) && check(Value::Null));
    for wrong in [
        json!({}),
        json!({ "id": "x" }),
        json!({ "id": id, "size": "1" }),
        json!({ "id": id, "kind": "b" }),
        json!({ "id": id, "secret": 1 }),
        json!([]),
    ] {
        assert!(!check(wrong.clone()), "{wrong}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_a_problem_below_the_api() {
    let shop = Shop::open().await;
    let guest = shop.guest();
    for path in ["/", "/nothing", "/products/x/y", "/../api/v2/products", "/admin", "/orders/x/cancel", "/payments", "/users"] {
        let reply = guest.get(path).await;
        assert_problem(&reply, path);
        assert_eq!(reply.refusal(), (404, "not_found"), "{path}");
    }
    for (method, path, allowed) in [
        (Method::DELETE, "/products", "GET"),
        (Method::PATCH, "/cart", "GET"),
        (Method::GET, "/auth/login", "POST"),
        (Method::PUT, "/orders", "POST"),
    ] {
        let reply = guest.send(guest.request(method, path)).await;
        assert_problem(&reply, path);
        assert_eq!(reply.refusal(), (405, "method_not_allowed"), "{path}");
        assert!(header(&reply, "allow").contains(allowed), "{path}: {}", header(&reply, "allow"));
    }
    for path in ["/products", "/cart", "/categories"] {
        let reply = guest.send(guest.request(Method::HEAD, path)).await;
        assert_eq!((reply.status.as_u16(), reply.bytes.len()), (200, 0), "{path}");
    }
    let named = guest.send(guest.request(Method::GET, "/nothing").header("x-request-id", "made\tup")).await;
    assert_ne!(header(&named, "x-request-id"), "made\tup", "strangers do not write into the logs");
}
