//! The page and the part of it that the stream sends anew, from one template each.

use minijinja::{Environment, syntax::SyntaxConfig, value::Serde};
use serde::Serialize;

use crate::{
    Fact, Place, cards,
    story::{self, Lane, Row, Story},
    switches::Switch,
};

const SOURCES: [(&str, &str); 4] = [
    ("room.html", include_str!("../assets/room.html")),
    ("story.html", include_str!("../assets/story.html")),
    ("faults.html", include_str!("../assets/faults.html")),
    ("cards.html", include_str!("../assets/cards.html")),
];
const NAME: &str = "Control room";

/// What the page shows.
#[derive(Serialize)]
pub(crate) struct Model<'a> {
    pub(crate) title: String,
    pub(crate) story: Option<Telling<'a>>,
    pub(crate) lanes: &'static [Lane],
    /// Why the story could not be told.
    pub(crate) no_story: Option<String>,
    pub(crate) switches: &'a [Switch],
    pub(crate) banner: &'a str,
    pub(crate) places: &'a [Place],
    pub(crate) facts: &'a [Fact],
    pub(crate) cards: &'static [cards::Group],
    /// Why there is no sign-in link.
    pub(crate) no_link: Option<String>,
}

/// A story with its rows.
#[derive(Serialize)]
pub(crate) struct Telling<'a> {
    number: &'a str,
    amount: &'a str,
    lines: &'a [String],
    status: &'a str,
    verdict: &'a str,
    mood: platform::story::Mood,
    rows: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct StoryModel<'a> {
    story: Option<Telling<'a>>,
    lanes: &'static [Lane],
    no_story: Option<String>,
}

pub(crate) fn telling(story: &Story) -> Telling<'_> {
    let Story { number, amount, lines, status, verdict, mood, acts } = story;
    Telling { number, amount, lines, status, verdict, mood: *mood, rows: story::rows(acts) }
}

/// The whole page.
pub(crate) fn whole(model: &Model<'_>) -> Result<String, minijinja::Error> {
    render("room.html", model)
}

/// The story alone.
pub(crate) fn story(story: Option<&Story>) -> Result<String, minijinja::Error> {
    render("story.html", &StoryModel { story: story.map(telling), lanes: &story::LANES, no_story: None })
}

/// The window's title: the verdict is seen from the tab beside it.
pub(crate) fn title(story: Option<&Story>) -> String {
    story.map_or_else(|| NAME.to_owned(), |story| format!("{} · {NAME}", story.verdict.trim_end_matches('.')))
}

fn render(name: &str, model: &impl Serialize) -> Result<String, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    for (name, source) in SOURCES {
        environment.add_template(name, source)?;
    }
    environment.get_template(name)?.render(Serde(model))
}
