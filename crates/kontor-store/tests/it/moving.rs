//! Migrations that move rows lose none.

use kontor_core::{RoomNid, StreamPos};
use kontor_db::{Param, Sql, Tx};
use kontor_store::{MIGRATIONS, event};
use kontor_testdb::{Backend, cx, for_each_backend};
use ruma::event_id;

static OLD_ROW: Sql = Sql::new(
    "test.old_row",
    "INSERT INTO event (tenant_id, room_nid, pos, event_id, kind, sender, state_key, json, relates_to,
                        relation, redacted_by, device_id, txn_id)
     VALUES ($1, $2, $3, $4, 'm.room.message', '@anna:one.example', NULL, $5, '$root', 'm.thread',
             NULL, 'PHONE', $4)",
);

/// Events in two rooms, in turns, as they were before their content lay apart.
fn fill(tx: &mut Tx<'_>) -> kontor_core::Result<()> {
    for (pos, room, id) in [(1, 7, "$one"), (2, 8, "$two"), (3, 7, "$three")] {
        let json = format!("{{\"said\":\"{id}\"}}");
        let params = [room.into(), pos.into(), id.into(), Param::sealed(json.as_bytes())];
        tx.execute(&OLD_ROW, &params)?;
    }
    Ok(())
}

#[test]
fn events_are_the_same_after_their_content_was_moved() {
    for_each_backend(async |backend: Backend| {
        let end = MIGRATIONS.iter().position(|migration| migration.number == 54).unwrap();
        let before = backend.open(&MIGRATIONS[..end]).await;
        before.write(&cx(), fill).await.unwrap();
        before.close().await;
        let after = backend.open(MIGRATIONS).await;
        let list = |tx: &mut Tx<'_>| {
            event::list_events_after(tx, RoomNid(7), StreamPos::ZERO, StreamPos::MAX, 10)
        };
        let rows = after.read(&cx(), list).await.unwrap();
        let told: Vec<_> = rows.iter().map(|row| (row.pos.0, &*row.event_id, &*row.json)).collect();
        let (one, three) = (&br#"{"said":"$one"}"#[..], &br#"{"said":"$three"}"#[..]);
        assert_eq!(told, [(1, "$one", one), (3, "$three", three)]);
        assert_eq!(rows[0].txn_id.as_deref(), Some("$one"));
        let read = |tx: &mut Tx<'_>| event::find_event(tx, RoomNid(8), event_id!("$two"));
        let two = after.read(&cx(), read).await.unwrap().unwrap();
        assert_eq!((two.pos.0, &*two.json), (2, &br#"{"said":"$two"}"#[..]));
        let elsewhere = |tx: &mut Tx<'_>| event::find_event(tx, RoomNid(7), event_id!("$two"));
        assert!(after.read(&cx(), elsewhere).await.unwrap().is_none());
        after.close().await;
    });
}

#[test]
fn ids_that_begin_alike_are_told_apart() {
    for_each_backend(async |backend: Backend| {
        let db = backend.open(MIGRATIONS).await;
        let (one, two) = (event_id!("$abcdefghijklm"), event_id!("$abcdefghijkln"));
        let insert = move |tx: &mut Tx<'_>| {
            for (pos, event_id) in [(1, one), (2, two)] {
                let row = event::NewEventRow {
                    room_nid: RoomNid(7),
                    pos: StreamPos(pos),
                    event_id,
                    kind: "m.room.message",
                    sender: ruma::user_id!("@anna:one.example"),
                    state_key: None,
                    json: b"{}",
                    relation: None,
                    txn: None,
                };
                event::insert_event(tx, &row)?;
            }
            Ok(())
        };
        db.write(&cx(), insert).await.unwrap();
        let find = move |tx: &mut Tx<'_>| event::find_event(tx, RoomNid(7), two);
        assert_eq!(db.read(&cx(), find).await.unwrap().unwrap().pos.0, 2);
        let list = move |tx: &mut Tx<'_>| event::list_events_by_id(tx, RoomNid(7), &[one]);
        let found = db.read(&cx(), list).await.unwrap();
        assert_eq!(found.iter().map(|row| row.pos.0).collect::<Vec<_>>(), [1]);
        db.close().await;
    });
}
