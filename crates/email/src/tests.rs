//! Tests of the whole crate; the parts that need them private.

mod delivery;
mod mailbox;
mod openapi;
mod rendering;
mod samples;
mod servers;
mod wording;
