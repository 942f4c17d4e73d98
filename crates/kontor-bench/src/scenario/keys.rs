//! End-to-end encryption keys of a hundred people.

use std::time::Duration;

use http::Method;
use ruma::canonical_json::CanonicalJsonObject;
use ruma::serde::{Base64, base64::Standard};
use ruma::signatures::{Ed25519KeyPair, sign_json};
use serde_json::{Map, Value, json};

use crate::Result;
use crate::figure::Figure;
use crate::load;
use crate::population::{Person, Population};

const PEOPLE: usize = 100;
/// One-time keys of each device; more than a run claims, so that no claim comes back empty.
const ONE_TIME_KEYS: u32 = 60;

/// Query, claim and to-device messages.
pub(crate) async fn run(people: &mut Population, rounds: u32) -> Result<Vec<Figure>> {
    let group: Vec<Person> = people.people.iter().take(PEOPLE).cloned().collect();
    let round = people.next_number();
    for person in &group {
        let mut client = people.client(person).await?;
        client.json(Method::POST, "client/v3/keys/upload", &keys_of(person, round)?).await?;
    }
    let all = |value: Value| -> Value {
        group.iter().map(|person| (person.id.clone(), value.clone())).collect::<Map<_, _>>().into()
    };
    let per_device = |value: Value| -> Value {
        let one = |person: &Person| json!({ person.device.clone(): value.clone() });
        group.iter().map(|person| (person.id.clone(), one(person))).collect::<Map<_, _>>().into()
    };
    let query = json!({ "device_keys": all(json!([])) }).to_string();
    let claim = json!({ "one_time_keys": per_device(json!("signed_curve25519")) }).to_string();
    let message =
        json!({ "algorithm": "m.olm.v1.curve25519-aes-sha2", "ciphertext": "A".repeat(200) });
    let message = json!({ "messages": per_device(message) }).to_string();
    let time = Duration::from_secs(2) / rounds;

    let clients = people.clients(150..154).await?;
    let mut figures = Vec::new();
    figures.push(
        load::repeat(
            "keys query, 100 people",
            &people.server,
            clients,
            time,
            async |client, _, _| {
                client.ok(Method::POST, "client/v3/keys/query", query.clone()).await.map(drop)
            },
        )
        .await?,
    );
    figures.push(claims(people, &claim, rounds).await?);
    let clients = people.clients(150..154).await?;
    figures.push(
        load::repeat(
            "to-device, 100 devices",
            &people.server,
            clients,
            time,
            async |client, index, count| {
                let path =
                    format!("client/v3/sendToDevice/m.room.encrypted/{round}-{index}-{count}");
                client.ok(Method::PUT, &path, message.clone()).await.map(drop)
            },
        )
        .await?,
    );
    Ok(figures)
}

/// Claims are counted, not timed: there are only so many keys.
async fn claims(people: &Population, body: &str, rounds: u32) -> Result<Figure> {
    let mut client = people.client(people.person(150)?).await?;
    let cpu = people.server.cpu_ms()?;
    let began = std::time::Instant::now();
    let mut latencies = Vec::new();
    for _ in 0..(ONE_TIME_KEYS - 10) / rounds {
        let sent = std::time::Instant::now();
        client.ok(Method::POST, "client/v3/keys/claim", body.to_owned()).await?;
        latencies.push(sent.elapsed());
    }
    Ok(Figure {
        name: "keys claim, 100 devices",
        ops: latencies.len() as u64,
        cpu_ms: people.server.cpu_ms()? - cpu,
        wall: began.elapsed(),
        latencies,
        value: None,
    })
}

/// Keys as a client uploads them. The server checks the device's own signature; one-time keys it
/// stores and hands out.
fn keys_of(person: &Person, round: u64) -> Result<Value> {
    let signature = |key: &str| json!({ person.id.clone(): { key: "S".repeat(86) } });
    let ed25519 = format!("ed25519:{}", person.device);
    let one_time: Map<String, Value> = (0..ONE_TIME_KEYS)
        .map(|number| {
            let name = format!("signed_curve25519:AAAA{round:03}{number:03}");
            (name, json!({ "key": "A".repeat(43), "signatures": signature(&ed25519) }))
        })
        .collect();
    let key = Ed25519KeyPair::from_der(&Ed25519KeyPair::generate(), person.device.clone())?;
    let mut device: CanonicalJsonObject = serde_json::from_value(json!({
        "user_id": person.id,
        "device_id": person.device,
        "algorithms": ["m.olm.v1.curve25519-aes-sha2", "m.megolm.v1.aes-sha2"],
        "keys": {
            format!("curve25519:{}", person.device): "A".repeat(43),
            ed25519: Base64::<Standard, _>::new(key.public_key()).encode(),
        },
    }))?;
    sign_json(&person.id, &key, &mut device)?;
    Ok(json!({ "device_keys": device, "one_time_keys": one_time }))
}
