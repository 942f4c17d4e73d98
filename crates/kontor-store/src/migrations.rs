//! The lists of migrations, one for each store.

use kontor_db::Migration;

/// Migrations of a tenant's tables, in order of execution.
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
    Migration { number: 8, name: "report", sql: include_str!("../migrations/0008_report.sql") },
    Migration { number: 9, name: "policy", sql: include_str!("../migrations/0009_policy.sql") },
    Migration { number: 10, name: "sign_in", sql: include_str!("../migrations/0010_sign_in.sql") },
    Migration { number: 11, name: "oauth", sql: include_str!("../migrations/0011_oauth.sql") },
    Migration { number: 12, name: "role", sql: include_str!("../migrations/0012_role.sql") },
    Migration {
        number: 13,
        name: "second_factor",
        sql: include_str!("../migrations/0013_second_factor.sql"),
    },
    Migration { number: 14, name: "link", sql: include_str!("../migrations/0014_link.sql") },
    Migration {
        number: 15,
        name: "approval",
        sql: include_str!("../migrations/0015_approval.sql"),
    },
    Migration { number: 16, name: "mail", sql: include_str!("../migrations/0016_mail.sql") },
    Migration {
        number: 17,
        name: "identity_proof",
        sql: include_str!("../migrations/0017_identity_proof.sql"),
    },
    Migration {
        number: 18,
        name: "policy_lock",
        sql: include_str!("../migrations/0018_policy_lock.sql"),
    },
    Migration {
        number: 19,
        name: "device_register",
        sql: include_str!("../migrations/0019_device_register.sql"),
    },
    Migration {
        number: 20,
        name: "room_class",
        sql: include_str!("../migrations/0020_room_class.sql"),
    },
    Migration {
        number: 21,
        name: "supervision",
        sql: include_str!("../migrations/0021_supervision.sql"),
    },
    Migration {
        number: 30,
        name: "account_state",
        sql: include_str!("../migrations/0030_account_state.sql"),
    },
    Migration {
        number: 31,
        name: "app_password_device",
        sql: include_str!("../migrations/0031_app_password_device.sql"),
    },
    Migration {
        number: 40,
        name: "policy_agreement",
        sql: include_str!("../migrations/0040_policy_agreement.sql"),
    },
    Migration {
        number: 41,
        name: "own_setting",
        sql: include_str!("../migrations/0041_own_setting.sql"),
    },
    Migration { number: 42, name: "expiry", sql: include_str!("../migrations/0042_expiry.sql") },
    Migration {
        number: 43,
        name: "guest_account",
        sql: include_str!("../migrations/0043_guest_account.sql"),
    },
    Migration {
        number: 45,
        name: "erasure_ledger",
        sql: include_str!("../migrations/0045_erasure_ledger.sql"),
    },
    Migration { number: 47, name: "erasure", sql: include_str!("../migrations/0047_erasure.sql") },
    Migration { number: 48, name: "hold", sql: include_str!("../migrations/0048_hold.sql") },
    Migration {
        number: 49,
        name: "delivered",
        sql: include_str!("../migrations/0049_delivered.sql"),
    },
    Migration {
        number: 50,
        name: "held_key",
        sql: include_str!("../migrations/0050_held_key.sql"),
    },
    Migration {
        number: 51,
        name: "hold_asked",
        sql: include_str!("../migrations/0051_hold_asked.sql"),
    },
    Migration {
        number: 52,
        name: "event_by_id",
        sql: include_str!("../migrations/0052_event_by_id.sql"),
    },
    Migration {
        number: 53,
        name: "app_password_of_device",
        sql: include_str!("../migrations/0053_app_password_of_device.sql"),
    },
    Migration {
        number: 54,
        name: "event_content",
        sql: include_str!("../migrations/0054_event_content.sql"),
    },
];

/// Migrations of the audit log's own store.
pub static AUDIT_MIGRATIONS: &[Migration] = &[
    Migration { number: 1, name: "audit", sql: include_str!("../migrations/audit/0001_audit.sql") },
    Migration {
        number: 2,
        name: "subject",
        sql: include_str!("../migrations/audit/0002_subject.sql"),
    },
    Migration {
        number: 3,
        name: "action",
        sql: include_str!("../migrations/audit/0003_action.sql"),
    },
    Migration {
        number: 4,
        name: "pseudonym",
        sql: include_str!("../migrations/audit/0004_pseudonym.sql"),
    },
    Migration {
        number: 5,
        name: "narrow",
        sql: include_str!("../migrations/audit/0005_narrow.sql"),
    },
];
