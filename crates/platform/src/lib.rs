//! The IO that every domain needs and none owns. Tables: `shop_settings`, `events`, `idempotency_keys`.

pub mod app;
pub mod clock;
pub mod config;
pub mod connect;
pub mod cookies;
pub mod db;
pub mod embedded_pg;
pub mod events;
pub mod extract;
pub mod facts;
pub mod fields;
pub mod html;
pub mod http;
pub mod idempotency;
pub mod jobs;
pub mod keys;
pub mod machine;
pub mod migrate;
pub mod page;
pub mod paging;
pub mod periodic;
pub mod problem;
pub mod secrets;
pub mod settings;
pub mod shopper;
pub mod story;
pub mod telemetry;
pub mod unwritable;

pub use app::App;
pub use db::{Db, DbError, Tx};
pub use problem::Problem;
