//! The client-server API over HTTP against a real server.
#![expect(clippy::indexing_slicing, reason = "a missing field must fail the test")]

mod rooms;
mod sync;
