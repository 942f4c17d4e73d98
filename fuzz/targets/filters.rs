//! A filter, an event type and a content, on a line each.
#![no_main]

#[expect(dead_code, reason = "each target uses one of the invariants")]
#[path = "../../crates/kontor-protocol/tests/it/invariants.rs"]
mod invariants;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| invariants::filters(bytes));
