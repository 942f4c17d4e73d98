//! A node over real sockets.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod admin;
mod hosts;
mod lifecycle;
mod limits;
mod protection;
mod proxies;
mod site;
mod tls;
