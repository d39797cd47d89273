//! Mail: templates, the outbox, the SendGrid client and the development mailbox. Knows no domain. Owns `emails`.

mod mailbox;
mod model;
mod outbox;
mod render;
mod send;
mod sendgrid;
mod store;
mod story;
mod sweep;
mod templates;
mod wording;

#[cfg(test)]
mod tests;

pub use mailbox::{MOUNT as MAILBOX_MOUNT, Mailbox};
pub use model::{OrderConfirmation, OrderLine, OrderRefunded};
pub use outbox::{Mail, queue};
pub use send::jobs;
pub use story::story;
pub use sweep::periodic;
pub use templates::Template;
pub use wording::{address_lines, format_date, format_money};
