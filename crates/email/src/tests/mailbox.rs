//! The development mailbox over HTTP.

use platform::clock::Clock;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{
    openapi,
    servers::{Post, Served, serve},
};
use crate::{MAILBOX_MOUNT, Mailbox};

struct Open {
    client: reqwest::Client,
    served: Served,
}

async fn open(folder: &TempDir) -> Open {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mailbox = Mailbox::open(folder.path(), Clock::system()).unwrap();
    let served = serve(mailbox.api_router().nest(MAILBOX_MOUNT, mailbox.pages_router())).await;
    Open { client: platform::http::client(std::time::Duration::from_secs(5)).unwrap(), served }
}

impl Open {
    async fn send(&self, body: &Value) -> reqwest::Response {
        self.client.post(format!("{}/v3/mail/send", self.served.url)).bearer_auth("SG.test").json(body).send().await.unwrap()
    }

    async fn get(&self, path: &str) -> (StatusCode, String) {
        let answer = self.client.get(format!("{}{MAILBOX_MOUNT}{path}", self.served.url)).send().await.unwrap();
        (answer.status(), answer.text().await.unwrap())
    }

    async fn messages(&self, query: &str) -> Vec<Value> {
        let (_, body) = self.get(&format!("/messages.json{query}")).await;
        serde_json::from_str::<Value>(&body).unwrap()["messages"].as_array().unwrap().clone()
    }
}

fn mail(subject: &str) -> Value {
    let body = json!({
        "personalizations": [{ "to": [{ "email": "ada@example.com", "name": "Ada" }] }],
        "from": { "email": "shop@example.com", "name": "QuickShop" },
        "subject": subject,
        "content": [{ "type": "text/plain", "value": "Hello\nthere" }, { "type": "text/html", "value": "<head></head><h1>Hello</h1><script>1</script>" }],
    });
    openapi::assert_valid(&body);
    body
}

#[tokio::test]
async fn a_mail_is_taken_as_sendgrid_takes_it_and_shown() {
    let folder = tempfile::tempdir().unwrap();
    let mailbox = open(&folder).await;
    let answer = mailbox.send(&mail("<b>First</b>")).await;
    assert_eq!(answer.status(), 202);
    let id = answer.headers()["x-message-id"].to_str().unwrap().to_owned();
    assert_eq!(answer.text().await.unwrap(), "");

    let (status, list) = mailbox.get("").await;
    assert_eq!(status, 200);
    assert!(list.contains("&lt;b&gt;First&lt;") && list.contains("ada@example.com") && list.contains("QuickShop &lt;shop@example.com&gt;"));
    assert!(list.contains(&format!("{MAILBOX_MOUNT}/{id}\"")) && !list.contains("<script"));
    let (_, page) = mailbox.get(&format!("/{id}")).await;
    assert!(page.contains(&format!("src=\"{MAILBOX_MOUNT}/{id}/html\"")) && !page.contains("<script"));
    assert!(mailbox.get(&format!("/{id}?view=text")).await.1.contains(">Hello\nthere<"));
    assert!(mailbox.get(&format!("/{id}?view=nonsense")).await.1.contains("<iframe"));
    assert!(mailbox.get("/mailbox.css").await.1.contains("--qs-paper"));
}

#[tokio::test]
async fn the_html_of_a_mail_is_caged() {
    let folder = tempfile::tempdir().unwrap();
    let mailbox = open(&folder).await;
    mailbox.send(&mail("First")).await;
    let html = mailbox.client.get(format!("{}{MAILBOX_MOUNT}/000000000001/html", mailbox.served.url)).send().await.unwrap();
    let policy = html.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("default-src 'none'") && policy.contains("sandbox allow-popups") && !policy.contains("script"));
    assert!(html.text().await.unwrap().starts_with("<head><base target=\"_blank\"></head><h1>Hello</h1>"));
}

#[tokio::test]
async fn mails_outlive_a_restart_and_make_room_for_newer_ones() {
    let folder = tempfile::tempdir().unwrap();
    let first = open(&folder).await;
    for number in 1..=501 {
        first.send(&mail(&format!("Mail {number}"))).await;
    }
    drop(first);
    let left_over = folder.path().join("mailbox/000000000000.json");
    std::fs::write(&left_over, "from before").unwrap();
    std::fs::write(folder.path().join("mailbox/000000000002.json"), "not JSON").unwrap();
    let second = open(&folder).await;
    assert!(!left_over.exists(), "what is beyond the bound goes at the next start");
    second.send(&mail("Mail 502")).await;
    let subjects: Vec<Value> = second.messages("").await.iter().map(|mail| mail["subject"].clone()).collect();
    assert_eq!((subjects.len(), &subjects[0], &subjects[1]), (50, &json!("Mail 502"), &json!("Mail 501")));
    assert_eq!(second.get("/000000000001").await.0, 404, "made room");
    assert!(second.get("").await.1.contains("500 mails"));
}

#[tokio::test]
async fn nothing_else_is_accepted_or_found() {
    let folder = tempfile::tempdir().unwrap();
    let mailbox = open(&folder).await;
    let url = format!("{}/v3/mail/send", mailbox.served.url);
    assert_eq!(mailbox.client.post(&url).json(&mail("No key")).send().await.unwrap().status(), 401);
    let text = mailbox.client.post(&url).bearer_auth("SG.x").body("{}").send().await.unwrap();
    assert_eq!(text.status(), 415);
    type Change = fn(&mut Value);
    let wrong: [(&str, Change); 8] = [
        ("personalizations", |body| body["personalizations"] = json!([])),
        ("personalizations.0.to", |body| body["personalizations"][0]["to"] = json!([])),
        ("personalizations.0.to.0.email", |body| body["personalizations"][0]["to"][0]["email"] = json!("ada")),
        ("from.email", |body| body["from"]["email"] = json!("shop@")),
        ("personalizations.0.subject", |body| body["subject"] = json!("")),
        ("content", |body| body["content"].as_array_mut().unwrap().reverse()),
        ("content.0.value", |body| body["content"][0]["value"] = json!("")),
        ("categories", |body| body["categories"] = json!(["a", "b", "a"])),
    ];
    for (field, change) in wrong {
        let mut body = mail("Wrong");
        change(&mut body);
        let answer = mailbox.send(&body).await;
        assert_eq!(answer.status(), 400, "{field}");
        assert_eq!(answer.json::<Value>().await.unwrap()["errors"][0]["field"], field);
    }
    assert_eq!(mailbox.send(&json!([1, 2])).await.status(), 400);
    for path in ["/1", "/..%2f..%2fetc", "/000000000009", "/000000000009/html"] {
        assert_eq!(mailbox.get(path).await.0, 404, "{path}");
    }
    assert!(mailbox.get("").await.1.contains("No mail yet"));
}

#[tokio::test]
async fn the_shops_own_mail_arrives_whole() {
    let folder = tempfile::tempdir().unwrap();
    let mailbox = open(&folder).await;
    let post = Post::open(&mailbox.served.url).await;
    post.queue("order_confirmation:1").await;
    post.work().await;
    let mails = mailbox.messages("?to=ADA@example.com").await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0]["subject"], "Your QuickShop order 7K3M92PQXA");
    assert!(mails[0]["html"].as_str().unwrap().contains("Bamboo glass jar") && mails[0]["text"].as_str().unwrap().contains("$123.15"));
    assert!(mailbox.messages("?to=grace@example.com").await.is_empty());
}
