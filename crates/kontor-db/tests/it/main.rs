//! Both engines from outside, on a table of notes.
#![expect(clippy::unwrap_used, reason = "a test may")]

mod child;
mod compaction;
mod copy;
mod durability;
mod folding;
mod note;
mod opening;
mod postgres;
mod reads;
mod writes;
