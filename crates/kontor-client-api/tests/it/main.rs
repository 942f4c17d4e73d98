//! The client-server API over HTTP against a real server.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a missing field must fail the test"
)]

mod account_data;
mod account_state;
mod accounts;
mod approvals;
mod at_rest;
mod badges;
mod crypto;
mod deletion;
mod deletion_rules;
mod device_register;
mod devices;
mod discovery;
mod e2ee_backup;
mod e2ee_cross_signing;
mod e2ee_keys;
mod e2ee_to_device;
mod erasure;
mod erasure_marks;
mod escalation;
mod filters;
mod history_visibility;
mod holds;
mod ignoring;
mod login;
mod lookups;
mod membership;
mod oauth;
mod passing_time;
mod policy;
mod present;
mod profiles;
mod push;
mod redaction;
mod relations;
mod reports;
mod roles;
mod room_classes;
mod room_refusals;
mod rooms;
mod route_coverage;
mod spaces;
mod supervision;
mod sync;
mod tenants;
mod threads;
mod transactions;
mod web_push;
mod web_push_service;
mod words;

use kontor_testkit::Person;

/// The same caller with another access token.
fn holding(person: &Person, token: &str) -> Person {
    let mut person = person.clone();
    token.clone_into(&mut person.token);
    person
}
