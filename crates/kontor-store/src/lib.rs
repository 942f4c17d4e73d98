//! The tables: SQL, migrations and the inventory of columns. No rules.
//!
//! One module per table group: row structs, `static` statements, functions over
//! [`Tx`](kontor_db::Tx). How to add one: `docs/adding-a-table.md`.

pub mod abandoned_room;
pub mod accepted_notice;
pub mod access_token;
pub mod account;
pub mod account_data;
pub mod account_role;
pub mod app_password;
pub mod approval;
pub mod audit_checkpoint;
pub mod audit_entry;
pub mod audit_gap;
pub mod audit_pseudonym;
pub mod backup;
pub mod browser_session;
pub mod content_to_purge;
pub mod cross_signing_key;
pub mod deletion_run;
pub mod delivered;
pub mod device;
pub mod device_key;
pub mod device_list_change;
pub mod device_registration;
pub mod e2ee;
pub mod erasure;
pub mod erasure_ledger;
pub mod event;
pub mod expiry;
pub mod fallback_key;
pub mod filter;
pub mod former_password;
pub mod guest_account;
pub mod held;
pub mod hold;
pub mod identity_proof;
pub mod inventory;
pub mod key_backup;
pub mod key_signature;
pub mod login_failure;
pub mod mail_address;
pub mod media;
pub mod membership;
mod migrations;
pub mod oauth_client;
pub mod oauth_code;
pub mod oauth_device_grant;
pub mod oauth_session;
pub mod one_time_key;
pub mod one_time_link;
pub mod own_setting;
pub mod passkey;
pub mod password;
pub mod people;
pub mod person;
pub mod policy_setting;
pub mod profile;
pub mod program_floor;
pub mod pusher;
pub mod receipt;
pub mod recovery_code;
pub mod refresh_token;
pub mod registration_token;
pub mod relation;
pub mod report;
pub mod room;
pub mod room_alias;
pub mod room_person;
pub mod room_state;
pub mod stream_mark;
pub mod supervision;
pub mod tally;
pub mod to_device;
pub mod totp;
pub mod waiting_mail;
pub mod year_end;

use kontor_db::Sql;

pub use migrations::{AUDIT_MIGRATIONS, MIGRATIONS};

/// Every statement of a tenant's tables, module by module; tests hold each against both engines.
pub fn statements() -> impl Iterator<Item = &'static Sql> {
    let modules = [
        accepted_notice::STATEMENTS,
        access_token::STATEMENTS,
        account::STATEMENTS,
        account_data::STATEMENTS,
        app_password::STATEMENTS,
        backup::STATEMENTS,
        browser_session::STATEMENTS,
        account_role::STATEMENTS,
        approval::STATEMENTS,
        content_to_purge::STATEMENTS,
        cross_signing_key::STATEMENTS,
        deletion_run::STATEMENTS,
        delivered::STATEMENTS,
        device::STATEMENTS,
        device_key::STATEMENTS,
        device_list_change::STATEMENTS,
        device_registration::STATEMENTS,
        erasure_ledger::STATEMENTS,
        erasure::STATEMENTS,
        event::STATEMENTS,
        expiry::STATEMENTS,
        fallback_key::STATEMENTS,
        filter::STATEMENTS,
        former_password::STATEMENTS,
        guest_account::STATEMENTS,
        held::STATEMENTS,
        hold::STATEMENTS,
        identity_proof::STATEMENTS,
        key_backup::STATEMENTS,
        key_signature::STATEMENTS,
        login_failure::STATEMENTS,
        mail_address::STATEMENTS,
        media::STATEMENTS,
        membership::STATEMENTS,
        oauth_client::STATEMENTS,
        oauth_code::STATEMENTS,
        oauth_device_grant::STATEMENTS,
        oauth_session::STATEMENTS,
        one_time_key::STATEMENTS,
        one_time_link::STATEMENTS,
        own_setting::STATEMENTS,
        passkey::STATEMENTS,
        password::STATEMENTS,
        people::STATEMENTS,
        policy_setting::STATEMENTS,
        profile::STATEMENTS,
        program_floor::STATEMENTS,
        pusher::STATEMENTS,
        receipt::STATEMENTS,
        recovery_code::STATEMENTS,
        refresh_token::STATEMENTS,
        registration_token::STATEMENTS,
        relation::STATEMENTS,
        report::STATEMENTS,
        room::STATEMENTS,
        room_alias::STATEMENTS,
        room_person::STATEMENTS,
        room_state::STATEMENTS,
        stream_mark::STATEMENTS,
        supervision::STATEMENTS,
        tally::STATEMENTS,
        to_device::STATEMENTS,
        totp::STATEMENTS,
        waiting_mail::STATEMENTS,
        year_end::STATEMENTS,
    ];
    modules
        .into_iter()
        .flatten()
        .copied()
        .chain(person::statements())
        .chain(abandoned_room::statements())
}

/// Every statement of the audit log's own store.
pub fn audit_statements() -> impl Iterator<Item = &'static Sql> {
    let modules = [
        audit_checkpoint::STATEMENTS,
        audit_entry::STATEMENTS,
        audit_gap::STATEMENTS,
        audit_pseudonym::STATEMENTS,
    ];
    modules.into_iter().flatten().copied()
}
