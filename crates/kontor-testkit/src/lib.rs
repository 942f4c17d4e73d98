//! A real server for tests: real sockets, a real database, its own clock. A dev-dependency.
//!
//! ```no_run
//! # async fn example() {
//! use kontor_testkit::{TestServer, json};
//!
//! let server = TestServer::start().await;
//! let alice = server.register("alice").await;
//! let room = alice.create_room(json!({ "preset": "private_chat" })).await;
//! alice.send(&room, "hello").await;
//! # }
//! ```
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot start must fail, and say why"
)]

mod authority;
mod mail_server;
mod person;
mod server;
mod stores;

pub use authority::{Authority, Issued};
pub use kontor_db::Param;
pub use mail_server::{MailServer, MailSetup};
pub use person::{Answer, Person};
pub use reqwest::Method;
pub use serde_json::{Value, json};
pub use server::{Setup, TestServer, for_each_server, http};
pub use stores::{Planted, StoredColumn, Stores};
