//! The service over a real database, on both engines.
#![expect(clippy::unwrap_used, reason = "a test may")]

mod accounts;
mod audit;
mod browser_session;
mod company;
mod devices;
mod interactive;
mod login;
mod profile;
mod refresh;
mod register;
mod roles;
