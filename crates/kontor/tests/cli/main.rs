//! The commands, run as an operator runs them.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that does not find what it needs has failed"
)]

mod audit;
mod binary;
mod configuration;
mod deletion;
mod doctor;
mod serve;
mod tenant;
mod user;
