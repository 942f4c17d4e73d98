//! The pages over HTTP against a real server.
#![expect(clippy::unwrap_used, reason = "what is missing must fail the test")]

mod admin_audit;
mod admin_policy;
mod app_passwords;
mod attacks;
mod browser;
mod console;
mod device_register;
mod factors;
mod mails;
mod own;
mod pages;
