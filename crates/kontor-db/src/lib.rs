//! The database engines, SQLite (SQLCipher) and PostgreSQL, behind one [`Tx`]. Knows no table of
//! the product; the only crate that names a driver.
//!
//! One [`Db`] is one tenant's database. A write is one closure; the tenant's single writer takes
//! all waiting closures, runs each in a savepoint of one transaction, commits once and only then
//! acknowledges them ([`Db::write`], [`Db::enqueue`]). A read is one closure over a consistent
//! snapshot ([`Db::read`]). Backups read beside it ([`Reading`]) and copy whole tables
//! ([`Tx::copy_out`]).

mod copy;
mod db;
mod fault;
mod folding;
mod meter;
mod migrate;
mod param;
mod postgres;
mod reading;
mod row;
mod schema;
mod seal;
mod sql;
mod sqlite;
mod tx;
mod writer;

pub use copy::{Stored, TakeRow};
pub use db::{DatabaseKeys, Db, Pending, Settings};
pub use meter::Load;
pub use migrate::Migration;
pub use param::Param;
pub use reading::Reading;
pub use row::Row;
pub use schema::{Column, ForeignKey, Index, Schema, Table};
pub use sql::Sql;
pub use tx::Tx;
