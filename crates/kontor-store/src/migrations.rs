//! The one list of migrations.

use kontor_db::Migration;

/// All migrations in order of execution.
pub static MIGRATIONS: &[Migration] = &[];
