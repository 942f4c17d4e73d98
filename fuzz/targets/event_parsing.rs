//! An event as another server, or a damaged disk, hands it over.
#![no_main]

#[expect(dead_code, reason = "each target uses one of the invariants")]
#[path = "../../crates/kontor-protocol/tests/it/invariants.rs"]
mod invariants;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| invariants::event_parsing(bytes));
