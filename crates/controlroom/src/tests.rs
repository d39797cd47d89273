//! The page as text: what is shown, what is escaped, and where its answers lead.

use axum::body::to_bytes;
use chrono::DateTime;
use platform::story::{Moment, Mood, Part};

use super::*;

static WELL: [Choice; 2] = [
    Choice { value: "up", label: "Up", about: "", banner: "" },
    Choice { value: "down", label: "Mail provider is down", about: "Mails wait.", banner: "The mail provider is down." },
];

async fn text(response: Response) -> String {
    String::from_utf8(to_bytes(response.into_body(), 1 << 20).await.unwrap().to_vec()).unwrap()
}

fn story() -> Story {
    let at = DateTime::from_timestamp_millis(1_800_000_000_000).unwrap();
    let act = |part, mood, what: &str| Act {
        by: Lane::SHOP,
        moment: Moment { at, part, mood, what: what.to_owned(), detail: "pending".to_owned() },
    };
    Story {
        number: "0123456789".to_owned(),
        amount: "$47.38".to_owned(),
        lines: vec!["2 × <Mug>".to_owned()],
        status: "pending",
        verdict: "Waiting for the webhook.".to_owned(),
        mood: Mood::Waiting,
        acts: vec![act(Part::Order, Mood::Done, "Order placed"), act(Part::Webhook, Mood::Waiting, "A webhook is due")],
    }
}

fn room(story: Result<Option<Story>, String>) -> Room {
    let switches = |chosen| vec![Switch { name: "mail", title: "Mail", choices: &WELL, chosen, unavailable: None }];
    Room {
        places: vec![Place { path: "/?a=1&b=<2>".to_owned(), name: "Shop", about: "What customers see." }],
        facts: vec![],
        faces: vec![Face { family: "Fraunces", path: "/assets/fraunces.woff2".to_owned() }],
        admin_link: Ask::new(async || Ok("/admin/welcome#once".to_owned())),
        watch: Watch::new(Ask::new(async || Ok(0)), Ask::new(move || std::future::ready(story.clone()))),
        panel: Panel::new(move || switches("down"), |_| {}),
        stopping: CancellationToken::new(),
    }
}

async fn shown(story: Result<Option<Story>, String>) -> String {
    text(show(State(Arc::new(room(story)))).await).await
}

#[tokio::test]
async fn the_link_is_made_only_when_asked_and_leads_to_this_very_shop() {
    let room = Arc::new(room(Ok(None)));
    assert!(!text(show(State(room.clone())).await).await.contains("#once"));
    let answer = sign_in(State(room)).await;
    assert_eq!((answer.status(), &answer.headers()[header::LOCATION]), (StatusCode::SEE_OTHER, &"/admin/welcome#once".parse().unwrap()));
    assert_eq!(answer.headers()[header::CACHE_CONTROL], NO_STORE);
}

#[tokio::test]
async fn without_a_link_the_page_says_why() {
    let room = Room { admin_link: Ask::new(async || Err("there is no admin".to_owned())), ..room(Ok(None)) };
    assert!(text(sign_in(State(Arc::new(room))).await).await.contains("There is no sign-in link: there is no admin."));
}

#[tokio::test]
async fn what_is_shown_is_escaped_and_neither_script_nor_style_is_inline() {
    let page = shown(Ok(Some(story()))).await;
    assert!(page.contains("b=&lt;2&gt;") && page.contains("2 × &lt;Mug&gt;"), "{page}");
    assert_eq!(page.matches("<script").count(), 1);
    assert!(page.contains("<script src=\"/_dev/room.js\" defer></script>"));
    assert!(!page.contains("style="));
}

#[tokio::test]
async fn the_page_tells_the_story_without_its_script() {
    let page = shown(Ok(Some(story()))).await;
    assert!(page.contains("<title>Waiting for the webhook · Control room</title>"));
    for part in ["0123456789", "$47.38", "Order placed", "A webhook is due", "datetime=\"2027-01-15T08:00:00+00:00\""] {
        assert!(page.contains(part), "{part} in {page}");
    }
    assert!(shown(Ok(None)).await.contains("Nobody has bought anything yet."));
    assert!(shown(Err("the database is away".to_owned())).await.contains("the database is away"));
}

#[tokio::test]
async fn the_page_shows_how_the_switches_stand() {
    let page = shown(Ok(None)).await;
    assert!(page.contains("name=\"mail\" value=\"down\" checked"), "{page}");
    assert!(page.contains("<span id=\"banner-text\">The mail provider is down.</span>"));
}

#[test]
fn every_card_number_has_a_right_check_digit() {
    for card in cards::ALL.iter().flat_map(|group| group.cards) {
        let digits: Vec<u32> = card.number.chars().rev().filter_map(|c| c.to_digit(10)).collect();
        let sum: u32 = digits.iter().enumerate().map(|(i, d)| if i % 2 == 0 { *d } else { d * 2 / 10 + d * 2 % 10 }).sum();
        assert_eq!(sum % 10, 0, "{}", card.number);
    }
}
