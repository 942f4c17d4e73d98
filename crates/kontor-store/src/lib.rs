//! The tables: SQL, migrations and the inventory of columns. No rules.
//!
//! One module per table group: row structs, `static` statements, functions over
//! [`Tx`](kontor_db::Tx). How to add one: `docs/adding-a-table.md`.

pub mod event;
pub mod media;
pub mod membership;
mod migrations;
pub mod relation;
pub mod room;
pub mod room_alias;
pub mod room_state;

use kontor_db::Sql;

pub use migrations::MIGRATIONS;

/// Every statement, module by module; tests hold each against both engines.
pub fn statements() -> impl Iterator<Item = &'static Sql> {
    let modules = [
        event::STATEMENTS,
        media::STATEMENTS,
        membership::STATEMENTS,
        relation::STATEMENTS,
        room::STATEMENTS,
        room_alias::STATEMENTS,
        room_state::STATEMENTS,
    ];
    modules.into_iter().flatten().copied()
}
