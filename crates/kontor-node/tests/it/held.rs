//! Holds and restored backups: what was put under hold after the backup is not deleted by restoring it.
//! law

use std::time::Duration;

use kontor_core::Role;
use kontor_deletion::HeldAmount;
use kontor_testkit::{Person, Value, json};

use crate::backup::{House, contains, delete_due, on_both_engines, room, texts};

const DAY: Duration = Duration::from_hours(24);
const APPROVALS: &str = "/_kontor/admin/v1/approvals";
const HOLDS: &str = "/_kontor/admin/v1/holds";

pub(crate) fn password(person: &Person) -> Value {
    json!({
        "type": "m.login.password",
        "identifier": { "type": "m.id.user", "user": person.user_id },
        "password": "correct horse battery staple",
    })
}

pub(crate) fn number(body: &Value, place: &str) -> i64 {
    body.pointer(place).and_then(Value::as_i64).unwrap()
}

/// One asks, the other allows it; answers the number of the hold.
async fn place(house: &House, whom: &Person) -> i64 {
    let chief = house.server.login("chefin").await;
    let dsb = house.server.login("dsb").await;
    let wish = json!({
        "act": "place_hold", "user_id": whom.user_id, "days": 30,
        "basis": "Art. 17(3)(e) DSGVO", "reason": "Rechtsstreit 7/26", "auth": password(&chief),
    });
    let asked = chief.post(APPROVALS, wish).await.ok();
    let path = format!("{APPROVALS}/{}/approve", number(&asked.body, "/id"));
    dsb.post(&path, json!({ "auth": password(&dsb) })).await.ok();
    let mine = chief.get(APPROVALS).await.ok();
    number(&mine.body, "/approvals/0/outcome/hold")
}

async fn held(house: &House) -> HeldAmount {
    house.tenant().await.deletion.held_amount(&house.cx().await).await.unwrap()
}

/// Every value of every table.
pub(crate) async fn values(house: &mut House) -> Vec<(String, String, Vec<u8>)> {
    let stores = house.server.stores("one.example").await;
    let values = stores.values().await;
    stores.close().await;
    house.server.start_again().await;
    values
}

async fn redact(person: &Person, room: &str, event: &str) {
    let txn = event.trim_start_matches('$');
    let path = format!("/_matrix/client/v3/rooms/{room}/redact/{event}/{txn}");
    person.put(&path, json!({})).await.ok();
}

#[tokio::test]
async fn what_is_held_since_the_backup_is_held_after_restoring_it() {
    Box::pin(on_both_engines(async |mut house| {
        house.server.register_admin("chefin").await;
        house.server.register_as("dsb", Role::Dsb).await;
        house.decide("retention_intern_days", json!(7)).await;
        let (anna, ben) = (house.server.register("anna").await, house.server.register("ben").await);
        let intern = room(&anna, "intern").await;
        anna.invite(&intern, &ben).await;
        ben.join(&intern).await;
        anna.send(&intern, "von Anna").await;
        ben.send(&intern, "von Ben").await;
        let early = anna.send(&intern, "vorher gelöscht").await;
        let late = anna.send(&intern, "nachher gelöscht").await;
        delete_due(&house.server).await;
        let set = house.back_up().await;
        // What was deleted before the hold is not held; what is deleted after it is.
        redact(&anna, &intern, &early).await;
        let hold = place(&house, &anna).await;
        redact(&anna, &intern, &late).await;
        house.pass(Duration::from_hours(1));
        delete_due(&house.server).await;
        house.pass(8 * DAY);
        delete_due(&house.server).await;
        assert_eq!(texts(&anna, &intern).await, [""; 0]);
        let before = held(&house).await;
        assert!(before.events >= 2, "{before:?}");
        let cx = house.cx().await;
        house.tenant().await.ledger.told(&cx).await.unwrap();
        // Whoever finds the ledger reads nothing in it.
        let ledger = house.target.path().join("one.example/ledger.jsonl");
        let told = std::fs::read_to_string(ledger).unwrap();
        assert!(told.contains("\"hold\"") && !told.contains("Rechtsstreit"), "{told}");
        assert!(!told.contains(&anna.user_id), "{told}");

        let report = house.restore(&set.path).await;
        assert!(report.erasures >= 3, "{report:?}");
        house.server.restart().await;
        let (chief, again) = (house.server.login("chefin").await, house.server.again(&anna));
        assert_eq!(texts(&again, &intern).await, [""; 0]);
        // The redactions themselves, two events of hers, are lost with what came after the backup.
        assert_eq!(held(&house).await, HeldAmount { events: before.events - 2, ..before });
        let shown = chief.get(HOLDS).await.ok().body;
        let field = |name: &str| shown.pointer(&format!("/holds/0/{name}")).cloned();
        assert_eq!((field("hold"), field("active")), (Some(json!(hold)), Some(json!(true))));
        assert_eq!(field("matter"), Some(json!("Rechtsstreit 7/26")));
        assert_eq!(field("subject"), Some(json!(anna.user_id)));

        let values = values(&mut house).await;
        let is_in = |table: &str, text: &str| {
            let own = values.iter().filter(|(name, ..)| name == table);
            own.map(|(.., value)| value).any(|value| contains(value, text))
        };
        assert!(is_in("held_event", "nachher") && !is_in("held_event", "vorher"));
        assert!(!is_in("event_content", "nachher") && !is_in("event_content", "vorher"));

        // Released after the next backup, it does not come back with that one.
        let set = house.back_up().await;
        let chief = house.server.login("chefin").await;
        chief.post(&format!("{HOLDS}/{hold}/release"), json!({})).await.ok();
        delete_due(&house.server).await;
        let cx = house.cx().await;
        house.tenant().await.ledger.told(&cx).await.unwrap();
        house.restore(&set.path).await;
        house.server.restart().await;
        delete_due(&house.server).await;
        assert_eq!(held(&house).await, HeldAmount { events: 0, files: 0, keys: 0 });
    }))
    .await;
}

/// The rule would have come after the loss of the server.
#[tokio::test]
async fn what_is_held_is_not_deleted_by_the_rules_that_restoring_carries_out() {
    on_both_engines(async |mut house| {
        house.server.register_admin("chefin").await;
        house.server.register_as("dsb", Role::Dsb).await;
        house.decide("retention_intern_days", json!(7)).await;
        let anna = house.server.register("anna").await;
        let intern = room(&anna, "intern").await;
        anna.send(&intern, "von Anna").await;
        delete_due(&house.server).await;
        let set = house.back_up().await;
        place(&house, &anna).await;
        let cx = house.cx().await;
        house.tenant().await.ledger.told(&cx).await.unwrap();
        house.pass(9 * DAY);
        house.restore(&set.path).await;
        house.server.restart().await;
        assert_eq!(texts(&house.server.again(&anna), &intern).await, [""; 0]);
        assert!(held(&house).await.events >= 1);
    })
    .await;
}
