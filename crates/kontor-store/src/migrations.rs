//! The one list of migrations.

use kontor_db::Migration;

/// All migrations in order of execution.
pub static MIGRATIONS: &[Migration] = &[
    Migration { number: 1, name: "rooms", sql: include_str!("../migrations/0001_rooms.sql") },
    Migration { number: 2, name: "identity", sql: include_str!("../migrations/0002_identity.sql") },
    Migration { number: 3, name: "e2ee", sql: include_str!("../migrations/0003_e2ee.sql") },
    Migration { number: 4, name: "media", sql: include_str!("../migrations/0004_media.sql") },
    Migration {
        number: 5,
        name: "account_data",
        sql: include_str!("../migrations/0005_account_data.sql"),
    },
    Migration { number: 6, name: "receipts", sql: include_str!("../migrations/0006_receipts.sql") },
    Migration { number: 7, name: "push", sql: include_str!("../migrations/0007_push.sql") },
];
