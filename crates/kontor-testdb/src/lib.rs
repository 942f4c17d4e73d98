//! Databases for tests: every store test runs on SQLite and on PostgreSQL. A dev-dependency.
//!
//! PostgreSQL is the cluster named by `KONTOR_TEST_POSTGRES` (`make test` starts one), or a
//! private one that starts when first needed and ends with the test process. It is never skipped.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test without database must fail, and say why"
)]

mod backend;
mod cluster;

pub use backend::{Backend, cx, cx_of, for_each_backend, keys};
pub use cluster::Database;
