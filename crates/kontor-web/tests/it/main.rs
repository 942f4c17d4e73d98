//! The pages over HTTP against a real server.
#![expect(clippy::unwrap_used, reason = "what is missing must fail the test")]

mod attacks;
mod browser;
mod console;
mod factors;
mod own;
mod pages;
