//! The pages over HTTP against a real server.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what is missing must fail the test"
)]

mod admin_audit;
mod admin_overview;
mod admin_policy;
mod app_passwords;
mod attacks;
#[path = "../../../kontor-identity/tests/it/authenticator.rs"]
mod authenticator;
mod browser;
mod client;
mod console;
mod critical;
mod deep_links;
mod device_register;
mod enforcement;
mod factors;
mod guessing;
mod guests;
mod holds;
mod mails;
mod many_people;
mod matrix;
mod oauth;
#[path = "../../../kontor-identity/tests/it/one_time_code.rs"]
mod one_time_code;
mod own;
mod pages;
mod people;
mod private_rooms;
mod returned;
mod second_step;
mod sign_out;
mod supervision;
mod written;
