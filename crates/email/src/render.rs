//! From a template and its stored model to the mail as it is sent.

use std::sync::LazyLock;

use minijinja::{Environment, value::Serde};
use serde_json::Value;

use crate::{Template, templates};

/// Longest text of a model, in characters: the shop's own fields are shorter, so that only a fault is cut.
const TEXT_MAX: usize = 2_000;

/// A mail, ready to be sent.
pub(crate) struct Rendered {
    pub(crate) subject: String,
    pub(crate) html: String,
    pub(crate) text: String,
    /// The name beside the sender's address.
    pub(crate) sender_name: String,
}

/// Why a stored mail cannot be shown. A retry would not help.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RenderError {
    #[error("template {0} is not known to this version")]
    UnknownTemplate(String),
    #[error("template: {0}")]
    Template(String),
}

impl From<&minijinja::Error> for RenderError {
    fn from(error: &minijinja::Error) -> Self {
        Self::Template(error.to_string())
    }
}

static TEMPLATES: LazyLock<Result<Environment<'static>, minijinja::Error>> = LazyLock::new(templates::mails);

/// Renders the stored model of a mail.
pub(crate) fn render(template: &str, model: &Value) -> Result<Rendered, RenderError> {
    let template = Template::find(template).ok_or_else(|| RenderError::UnknownTemplate(template.to_owned()))?;
    let templates = TEMPLATES.as_ref().map_err(RenderError::from)?;
    let model = one_line(model);
    let part = |suffix: &str| -> Result<String, RenderError> {
        let template = templates.get_template(&format!("{}.{suffix}", template.name())).map_err(|error| RenderError::from(&error))?;
        template.render(Serde(&model)).map_err(|error| RenderError::from(&error))
    };
    Ok(Rendered {
        subject: part("subject.txt")?.trim().to_owned(),
        html: part("html")?,
        text: part("txt")?,
        sender_name: model.get("shop_name").and_then(Value::as_str).unwrap_or_default().to_owned(),
    })
}

/// The model with every text on one line: a line break in a name must not become a line of the text mail or a header.
fn one_line(model: &Value) -> Value {
    match model {
        Value::String(text) => {
            let spaced: String =
                text.chars().take(TEXT_MAX).map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c }).collect();
            Value::String(spaced.trim().to_owned())
        }
        Value::Array(items) => items.iter().map(one_line).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), one_line(value))).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => model.clone(),
    }
}
