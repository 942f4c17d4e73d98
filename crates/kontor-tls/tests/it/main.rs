//! Certificates and handshakes over real sockets.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod certificates;
mod examine;
mod handshakes;
mod site;
