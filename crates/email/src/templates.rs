//! The templates of mails, compiled into the binary, and the settings under which every template of this crate renders.

use minijinja::{AutoEscape, Environment, Output, State, UndefinedBehavior, Value, escape_formatter, syntax::SyntaxConfig};
use platform::html::escape;

/// A kind of mail. Its name is stored in `emails.template`, so a name stays for as long as rows have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Template {
    /// The receipt of a paid order; model: [`crate::OrderConfirmation`].
    OrderConfirmation,
    /// Money that came too late goes back; model: [`crate::OrderRefunded`].
    OrderRefunded,
}

impl Template {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::OrderConfirmation, Self::OrderRefunded];

    /// The stored name; also the mail's category at the provider.
    pub fn name(self) -> &'static str {
        match self {
            Self::OrderConfirmation => "order_confirmation",
            Self::OrderRefunded => "order_refunded",
        }
    }

    /// The kind of a stored name; None for a name that only another release knows.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|template| template.name() == name)
    }
}

const MAILS: [(&str, &str); 7] = [
    ("layout.html", include_str!("../templates/layout.html")),
    ("order_confirmation.subject.txt", include_str!("../templates/order_confirmation.subject.txt")),
    ("order_confirmation.html", include_str!("../templates/order_confirmation.html")),
    ("order_confirmation.txt", include_str!("../templates/order_confirmation.txt")),
    ("order_refunded.subject.txt", include_str!("../templates/order_refunded.subject.txt")),
    ("order_refunded.html", include_str!("../templates/order_refunded.html")),
    ("order_refunded.txt", include_str!("../templates/order_refunded.txt")),
];

/// The templates of mails.
pub(crate) fn mails() -> Result<Environment<'static>, minijinja::Error> {
    environment(&MAILS)
}

/// Strict: a value that the model lacks is an error, never a gap in a mail. Names that end in `.html` escape.
pub(crate) fn environment(sources: &[(&'static str, &'static str)]) -> Result<Environment<'static>, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_formatter(format);
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    for (name, source) in sources {
        environment.add_template(name, source)?;
    }
    Ok(environment)
}

/// As minijinja escapes, but for slashes: it writes `&#x2f;`, which programs that look for links in mails do not undo.
fn format(out: &mut Output, state: &mut State, value: &Value) -> Result<(), minijinja::Error> {
    match value.as_str() {
        Some(text) if *state.auto_escape() == AutoEscape::Html && !value.is_safe() => Ok(out.write_str(&escape(text))?),
        _ => escape_formatter(out, state, value),
    }
}
