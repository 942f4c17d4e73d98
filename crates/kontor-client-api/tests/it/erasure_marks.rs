//! A word that appears nowhere else is put everywhere a person's data can go: into every column that
//! the inventory calls personal. The person is erased, and the word is in no table and no file.
//! law

use std::collections::BTreeSet;
use std::path::Path;

use kontor_testkit::{
    Method, Param, Person, Planted, StoredColumn, Stores, TestServer, for_each_server, json,
};

use crate::erasure::Office;

const MARK: &str = "Quittenkompott";
const HOST: &str = "one.example";

/// Tables that get the word over the API, or cannot have it, and why.
const OTHERWISE: &[(&str, &str)] = &[
    ("erasure_ledger", "keyed tombstones that only the server can make; its ids are none"),
    ("account", "made by registering; holds neither text nor anything else to mark"),
    ("audit_entry", "a chain: pseudonyms only, see the_log_names_nobody_who_was_erased"),
    ("audit_pseudonym", "random bytes; see the_log_names_nobody_who_was_erased"),
    ("erasure", "the order itself"),
    ("event", "over the API"),
    ("event_content", "over the API"),
    ("held_event", "held for a claim at law (Art. 17(3)(e)), out of everybody's reach"),
    ("held_media", "held for a claim at law (Art. 17(3)(e)), out of everybody's reach"),
    ("held_key", "held for a claim at law (Art. 17(3)(e)), out of everybody's reach"),
    ("login_failure", "keyed hash and numbers; must be empty in the end"),
    ("media", "over the API: rows without bytes cannot be removed"),
    ("media_thumbnail", "goes with its file by foreign key"),
    ("membership", "over the API"),
    ("room", "over the API"),
    ("room_alias", "the room's, not a person's; its creator is an id in the skeleton"),
    ("room_state", "over the API"),
];

/// Where the user id stays: what the rooms of others are built on. Without names it leads to nobody.
const SKELETON: &[(&str, &str)] = &[
    ("event", "sender"),
    ("event", "state_key"),
    ("event_content", "json"),
    ("room", "creator"),
    ("room_state", "state_key"),
];

/// Tables with one row for each person.
const SINGLE: &[&str] = &["identity_proof", "mail_address", "password", "totp"];

/// Columns that say yes or no: on SQLite they look like numbers.
const FLAGS: &[&str] = &[
    "allowed",
    "by_app_password",
    "deleted",
    "forgotten",
    "is_verified",
    "locked",
    "spent",
    "used",
];

/// Where the clock of the test begins.
const START_MS: i64 = 1_767_225_600_000;

/// Columns that hold the user id of a person.
const IDS: &[&str] = &[
    "user_id",
    "signer",
    "target",
    "viewer",
    "sender",
    "reporter",
    "requester",
    "decider",
    "author",
    "granted_by",
    "host_id",
    "proved_by",
    "declared_by",
    "created_by",
    "decided_by",
    "subject",
    "placed_by",
    "allowed_by",
];

/// Those whose row is a record of others, and stays with a stand-in.
const RECORDS: &[(&str, &str)] = &[
    ("account_role", "granted_by"),
    ("approval", "decider"),
    ("approval", "requester"),
    ("device_registration", "declared_by"),
    ("hold", "allowed_by"),
    ("hold", "placed_by"),
    ("hold", "subject"),
    ("identity_proof", "proved_by"),
    ("one_time_link", "created_by"),
    ("policy_change", "author"),
    ("program_floor", "decided_by"),
    ("supervision_notice", "user_id"),
    ("supervision_reading", "user_id"),
];

/// Everything over the API that leaves a trace in rooms, profile and media.
async fn leave_marks(anna: &Person, bert: &Person) -> String {
    let profile = |field: &str| format!("/_matrix/client/v3/profile/{}/{field}", anna.user_id);
    anna.put(&profile("displayname"), json!({ "displayname": MARK })).await.ok();
    let path = format!("/_matrix/media/v3/upload?filename={MARK}.png");
    let sent = anna.send_bytes(Method::POST, &path, MARK.repeat(100).into_bytes()).await.ok();
    let uri = sent.text("content_uri").to_owned();
    anna.put(&profile("avatar_url"), json!({ "avatar_url": uri })).await.ok();
    let room = bert.create_room(json!({})).await;
    bert.invite(&room, anna).await;
    anna.join(&room).await;
    anna.put(&profile("displayname"), json!({ "displayname": format!("{MARK} 2") })).await.ok();
    let message = anna.send(&room, MARK).await;
    let redact = format!("/_matrix/client/v3/rooms/{room}/redact/{message}/txn1");
    anna.put(&redact, json!({ "reason": MARK })).await.ok();
    anna.send(&room, &format!("{MARK} noch einmal")).await;
    let leave = format!("/_matrix/client/v3/rooms/{room}/leave");
    anna.post(&leave, json!({ "reason": MARK })).await.ok();
    bert.invite(&room, anna).await;
    anna.join(&room).await;
    // Words about somebody else are hers, too.
    let own = anna.create_room(json!({})).await;
    let invite = format!("/_matrix/client/v3/rooms/{own}/invite");
    anna.post(&invite, json!({ "user_id": bert.user_id, "reason": MARK })).await.ok();
    bert.join(&own).await;
    room
}

/// Puts a row into every other table for each column that can hold the person's id.
async fn plant_rows(stores: &Stores, anna: &str, bert: &str) -> BTreeSet<String> {
    let columns = stores.columns();
    let tables: BTreeSet<&str> = columns.iter().map(|column| &*column.table).collect();
    let (mut number, mut planted) = (9_000_000, BTreeSet::new());
    for table in tables {
        let own: Vec<&StoredColumn> = columns.iter().filter(|it| it.table == table).collect();
        if OTHERWISE.iter().any(|(name, _)| *name == table) {
            continue;
        }
        for id in own.iter().filter(|column| IDS.contains(&&*column.column)) {
            number += 1;
            let row = own.iter().filter(|column| column.column != "tenant_id");
            let row = row.map(|column| {
                let value = value_of(column, (&id.column, number), (anna, bert));
                ((*column).clone(), value)
            });
            let row: Vec<_> = row.collect();
            if SINGLE.contains(&table) {
                let whose = if id.column == "user_id" { anna } else { bert };
                let clear = format!("DELETE FROM {table} WHERE tenant_id = $1 AND user_id = $2");
                stores.execute(&clear, vec![Param::from(whose.to_owned())]).await;
            }
            stores.plant(table, row).await;
            planted.insert(table.to_owned());
        }
    }
    planted
}

fn value_of(
    column: &StoredColumn,
    (id, number): (&str, i64),
    (anna, bert): (&str, &str),
) -> Planted {
    let (table, name) = (&*column.table, &*column.column);
    let is_record = RECORDS.contains(&(table, id));
    // What a second person was asked, and why, is free text; it goes with whoever asked.
    let is_asked = table == "approval" && id == "requester" && matches!(name, "reason" | "outcome");
    let personal = column.is_personal;
    let marked = personal && (!is_record || is_asked);
    let word = if marked { format!("{MARK}{number}") } else { format!("x{number}") };
    if name == id {
        return Planted::Text(anna.to_owned());
    }
    if IDS.contains(&name) {
        return Planted::Text(bert.to_owned());
    }
    match (table, name) {
        ("account_role", "role") => {
            let role = if id == "user_id" { "guest" } else { "auditor" };
            return Planted::Text(role.to_owned());
        }
        // Long over: nobody is erased while a hold is on them.
        ("hold", "kind") => return Planted::Text("person".to_owned()),
        ("hold", "ends_ms") => return Planted::Number(1),
        ("program_floor", "minimum") => return Planted::Text("1.0".to_owned()),
        ("approval", "proposal") => {
            let about = json!({ "act": "erase_person", "user_id": anna });
            return Planted::Bytes(about.to_string().into_bytes());
        }
        ("policy_change", "agreement") => {
            let by = json!({ "member": anna });
            return Planted::Bytes(by.to_string().into_bytes());
        }
        // Of today, so that no rule removes it before.
        (_, name) if name.ends_with("_ms") => return Planted::Number(START_MS + number),
        (_, name) if FLAGS.contains(&name) => return Planted::Flag(false),
        // The room that both are in.
        (_, "room_nid") => return Planted::Number(1),
        _ => {}
    }
    match &*column.kind {
        "TEXT" => Planted::Text(word),
        "BLOB" if column.is_sealed => Planted::Bytes(word.into_bytes()),
        // Hashes have 32 bytes.
        "BLOB" => {
            let mut bytes = word.into_bytes();
            bytes.resize(32, 0);
            Planted::Bytes(bytes)
        }
        "BOOLEAN" => Planted::Flag(false),
        _ => Planted::Number(number),
    }
}

fn holds(value: &[u8], word: &str) -> bool {
    value.windows(word.len()).any(|window| window == word.as_bytes())
}

async fn found(stores: &Stores, word: &str) -> BTreeSet<(String, String)> {
    let values = stores.values().await.into_iter();
    values.filter(|(.., value)| holds(value, word)).map(|(table, name, _)| (table, name)).collect()
}

fn files_with(folder: &Path, word: &str) -> Vec<String> {
    let mut with = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            with.extend(files_with(&path, word));
        } else if std::fs::read(&path).is_ok_and(|bytes| holds(&bytes, word)) {
            with.push(path.display().to_string());
        }
    }
    with
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_is_erased_is_in_no_table_and_no_file() {
    for_each_server(async |mut server: TestServer| {
        Office::of(&server).await;
        let (anna, bert) = (server.register("anna").await, server.register("bert").await);
        let room = leave_marks(&anna, &bert).await;
        let stores = server.stores(HOST).await;
        let planted = plant_rows(&stores, &anna.user_id, &bert.user_id).await;
        let before = found(&stores, MARK).await;
        let marked: BTreeSet<String> = before.iter().map(|(table, _)| table.clone()).collect();
        check_coverage(&stores, &planted, &marked);
        stores.close().await;
        server.start_again().await;

        let (chief, dsb) = (server.login("chefin").await, server.login("dsb").await);
        let office = Office { chief, dsb };
        let erasure = office.order(&anna.user_id, true).await;
        server.node().tenants().delete_due().await;
        let certificate = office.certificate(erasure).await;
        assert_eq!(certificate["remaining"], 0, "{certificate}");
        let bert = server.login("bert").await;
        bert.send(&room, "weiter").await;

        let stores = server.stores(HOST).await;
        let left = found(&stores, MARK).await;
        assert!(left.is_empty(), "the word is still in {left:#?}");
        let skeleton = |(table, name): &&(String, String)| {
            !SKELETON.iter().any(|(one, other)| one == table && other == name)
        };
        let ids = found(&stores, &anna.user_id).await;
        let ids: Vec<_> = ids.iter().filter(skeleton).collect();
        assert!(ids.is_empty(), "the user id is still in {ids:#?}");
        let failures = stores.values().await.into_iter().filter(|(it, ..)| it == "login_failure");
        assert_eq!(failures.count(), 0);
        assert_eq!(stores.free_pages().await, 0, "what was deleted may be in free pages");
        stores.close().await;
        assert_eq!(files_with(server.data(), MARK), Vec::<String>::new());
    })
    .await;
}

/// Whether a personal column takes a word, not only numbers and user ids.
fn takes_the_word(column: &StoredColumn) -> bool {
    let is_id = IDS.contains(&&*column.column);
    column.is_personal && !is_id && matches!(&*column.kind, "TEXT" | "BLOB")
}

/// Each personal column's table was planted, and the word really is there, or there is a reason.
fn check_coverage(stores: &Stores, planted: &BTreeSet<String>, marked: &BTreeSet<String>) {
    let personal: BTreeSet<String> =
        stores.columns().into_iter().filter(|it| it.is_personal).map(|it| it.table).collect();
    let columns = stores.columns();
    for table in &personal {
        let reason = OTHERWISE.iter().find(|(name, _)| name == table);
        assert!(planted.contains(table) || reason.is_some(), "{table} was not planted");
        let is_record = RECORDS.iter().any(|(name, _)| name == table);
        let holds_words = columns.iter().any(|it| it.table == *table && takes_the_word(it));
        let must = planted.contains(table) && !is_record && holds_words;
        assert!(!must || marked.contains(table), "the word is not in {table}");
    }
    for (table, _) in OTHERWISE {
        assert!(personal.contains(*table), "{table} holds nothing personal, or is not there");
    }
    for table in ["event_content", "media", "profile"] {
        assert!(marked.contains(table), "the word is not in {table}");
    }
}
