//! The service over a real database, on both engines.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may")]

mod accounts;
mod app_passwords;
mod audit;
mod authenticator;
mod browser;
mod browser_session;
mod company;
mod devices;
mod interactive;
mod links;
mod login;
mod one_time_code;
mod passkeys;
mod passwords;
mod profile;
mod refresh;
mod register;
mod restricted;
mod roles;
mod second_factor;
