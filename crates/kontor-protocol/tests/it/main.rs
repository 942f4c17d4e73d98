//! The protocol's laws, on generated events and rooms.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "what does not hold must fail the test"
)]

mod authorization;
mod filters;
mod generated;
mod invariants;
mod levels;
mod limits;
mod notifying;
mod redaction;
mod resolution;
mod room;
mod signing;
mod unread_bytes;
mod visibility;
