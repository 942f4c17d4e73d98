//! A node over real sockets.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod acme;
mod admin;
mod backup;
mod clock;
mod held;
mod hosts;
mod lifecycle;
mod limits;
mod pebble;
mod protection;
mod proxies;
mod site;
mod tls;
