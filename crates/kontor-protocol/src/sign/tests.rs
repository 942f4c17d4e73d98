//! The cryptographic test vectors of the specification (appendices).

use ruma::RoomVersionId;
use ruma::signatures::sign_json;
use serde_json::json;

use super::*;
use crate::{Integrity, verify};

/// The key of all vectors.
fn spec_key() -> SigningKey {
    let seed: Base64 = Base64::parse("YJDBA9Xnr2sVqXD9Vj7XVUnmFZcZrlw8Md7kMW+3XA1").unwrap();
    SigningKey::from_seed(&Secret::new(seed.as_bytes().try_into().unwrap()), "1").unwrap()
}

fn object(value: Value) -> CanonicalJsonObject {
    serde_json::from_value(value).unwrap()
}

#[test]
fn json_is_signed_as_in_the_specification() {
    let vectors = [
        (
            json!({}),
            "K8280/U9SSy9IVtjBuVeLr+HpOB4BQFWbg+UZaADMtTdGYI7Geitb76LTrr5QV/7Xg4ahLwYGYZzuHGZKM5ZAQ",
        ),
        (
            json!({"one": 1, "two": "Two"}),
            "KqmLSbO39/Bzb0QIYE82zqLwsA+PDzYIpIRA2sRQ4sL53+sN6/fpNSoqE7BP7vBZhG6kYdD13EIMJpvhJI+6Bw",
        ),
    ];
    for (unsigned, signature) in vectors {
        let mut signed = object(unsigned);
        sign_json("domain", &spec_key(), &mut signed).unwrap();
        let signed: Value = serde_json::to_value(&signed).unwrap();
        assert_eq!(signed["signatures"]["domain"]["ed25519:1"], signature);
    }
}

#[test]
fn events_are_hashed_and_signed_as_in_the_specification() {
    let minimal = json!({
        "room_id": "!x:domain", "sender": "@a:domain", "origin": "domain",
        "origin_server_ts": 1_000_000, "signatures": {}, "hashes": {}, "type": "X", "content": {},
        "prev_events": [], "auth_events": [], "depth": 3, "unsigned": {"age_ts": 1_000_000},
    });
    let with_content = json!({
        "content": {"body": "Here is the message content"}, "event_id": "$0:domain",
        "origin": "domain", "origin_server_ts": 1_000_000, "type": "m.room.message",
        "room_id": "!r:domain", "sender": "@u:domain", "signatures": {},
        "unsigned": {"age_ts": 1_000_000},
    });
    let vectors = [
        (
            minimal,
            "5jM4wQpv6lnBo7CLIghJuHdW+s2CMBJPUOGOC89ncos",
            "KxwGjPSDEtvnFgU00fwFz+l6d2pJM6XBIaMEn81SXPTRl16AqLAYqfIReFGZlHi5KLjAWbOoMszkwsQma+lYAg",
        ),
        (
            with_content,
            "onLKD1bGljeBWQhWZ1kaP9SorVmRQNdN5aM2JYU2n/g",
            "Wm+VzmOUOz08Ds+0NTWb1d4CZrVsJSikkeRxh6aCcUwu6pNC78FunoD7KNWzqFn241eYHYMGCA5McEiVPdhzBA",
        ),
    ];
    let rules = RoomRules::supported(&RoomVersionId::V10).unwrap();
    for (unsigned, hash, signature) in vectors {
        let mut event = object(unsigned);
        hash_and_sign_event("domain", &spec_key(), &mut event, &rules.rules.redaction).unwrap();
        let event = serde_json::to_value(&event).unwrap();
        assert_eq!(event["hashes"]["sha256"], hash);
        assert_eq!(event["signatures"]["domain"]["ed25519:1"], signature);
    }
}

#[test]
fn the_signed_event_of_the_specification_is_verified() {
    let event = json!({
        "auth_events": [], "content": {}, "depth": 3,
        "hashes": {"sha256": "5jM4wQpv6lnBo7CLIghJuHdW+s2CMBJPUOGOC89ncos"},
        "origin": "domain", "origin_server_ts": 1_000_000, "prev_events": [],
        "room_id": "!x:domain", "sender": "@a:domain",
        "signatures": {"domain": {"ed25519:1": concat!(
            "KxwGjPSDEtvnFgU00fwFz+l6d2pJM6XBIaMEn81SXPTRl16A",
            "qLAYqfIReFGZlHi5KLjAWbOoMszkwsQma+lYAg"
        )}},
        "type": "X", "unsigned": {"age_ts": 1_000_000},
    });
    let keys = spec_key().public_keys(<&ServerName>::try_from("domain").unwrap());
    let rules = RoomRules::supported(&RoomVersionId::V10).unwrap();
    let verified = verify(event.to_string().as_bytes(), &rules, &keys).unwrap();
    assert_eq!(verified.integrity, Integrity::Intact);
    assert!(!String::from_utf8(verified.event.json).unwrap().contains("age_ts"));
}

#[test]
fn the_public_key_belongs_to_the_seed() {
    let keys = spec_key().public_keys(<&ServerName>::try_from("domain").unwrap());
    assert_eq!(keys["domain"]["ed25519:1"].encode(), "XGX0JRS2Af3be3knz2fBiRbApjm2Dh61gXDJA8kcJNI");
}
