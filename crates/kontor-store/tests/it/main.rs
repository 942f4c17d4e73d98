//! The tables as a whole, on both engines.
#![expect(clippy::unwrap_used, reason = "a test may")]

mod backend;
mod inventory;
mod media;
mod moving;
mod plans;
mod pusher;
mod report;
mod schema;
mod statements;
