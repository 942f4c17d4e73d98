//! What a waiting `/sync` costs, and what goes with an account.

use std::collections::BTreeMap;

use kontor_core::StreamPos;
use kontor_e2ee::{Moves, ToDevice};
use kontor_store::{e2ee, one_time_key, to_device};
use kontor_testdb::{Backend, for_each_backend};
use ruma::OwnedUserId;
use ruma::serde::Raw;
use ruma::to_device::DeviceIdOrAllDevices;
use serde_json::value::to_raw_value;

use crate::house::House;

fn message(to: &str, txn_id: &str) -> ToDevice {
    let content = Raw::from_json(to_raw_value(&serde_json::json!({ "a": 1 })).unwrap());
    let devices = BTreeMap::from([(DeviceIdOrAllDevices::AllDevices, content)]);
    let messages = BTreeMap::from([(OwnedUserId::try_from(to).unwrap(), devices)]);
    ToDevice { kind: "m.test".to_owned(), txn_id: txn_id.to_owned(), messages }
}

#[tokio::test]
async fn a_device_without_news_costs_no_database() {
    let house = House::open(&Backend::sqlite()).await;
    let cx = house.sign_in("@alice:a.example", "A").await;
    house.upload(&cx, 0, 3).await;
    house.e2ee.send_to_device(&cx, message("@alice:a.example", "1")).await.unwrap();
    let session = cx.session().unwrap().clone();
    let device = (&*session.user_id, &*session.device_id);
    let now = house.db.committed();
    let inbox = house.e2ee.take_inbox(&cx, device, None, now).await.unwrap();
    assert_eq!((inbox.events.len(), inbox.until), (1, now));
    let inbox = house.e2ee.take_inbox(&cx, device, Some(now), now).await.unwrap();
    assert!(inbox.events.is_empty());
    house.e2ee.key_counts(&cx, device.0, device.1).await.unwrap();
    house.db.close().await;
    // Nothing but memory is left, and it knows everything.
    let inbox = house.e2ee.take_inbox(&cx, device, Some(now), now).await.unwrap();
    assert!(inbox.events.is_empty());
    let counts = house.e2ee.key_counts(&cx, device.0, device.1).await.unwrap();
    assert_eq!(counts.one_time_keys.values().map(|n| u64::from(*n)).sum::<u64>(), 3);
    let span = (now, StreamPos(now.0 + 5));
    let lists = house.e2ee.device_lists(&cx, device.0, span, &Moves::default()).await.unwrap();
    assert!(lists.changed.is_empty() && lists.left.is_empty());
}

#[test]
fn nothing_of_an_account_stays() {
    for_each_backend(async |backend| {
        let house = House::open(&backend).await;
        let cx = house.sign_in("@alice:a.example", "A").await;
        house.upload(&cx, 0, 3).await;
        house.e2ee.send_to_device(&cx, message("@alice:a.example", "1")).await.unwrap();
        let session = cx.session().unwrap().clone();
        let (keys, inbox) = house
            .db
            .write(&cx, move |tx| {
                let (user, device) = (&*session.user_id, &*session.device_id);
                e2ee::delete_account(tx, user)?;
                let keys = one_time_key::list_one_time_keys(tx, user, device)?;
                Ok((keys, to_device::list_inboxes(tx)?))
            })
            .await
            .unwrap();
        assert!(keys.is_empty());
        assert_eq!(inbox, []);
    });
}

#[test]
fn delivered_messages_are_deleted() {
    for_each_backend(async |backend| {
        let house = House::open(&backend).await;
        let cx = house.sign_in("@alice:a.example", "A").await;
        let session = cx.session().unwrap().clone();
        let device = (&*session.user_id, &*session.device_id);
        for txn in ["1", "2"] {
            house.e2ee.send_to_device(&cx, message("@alice:a.example", txn)).await.unwrap();
        }
        let now = house.db.committed();
        house.e2ee.take_inbox(&cx, device, None, now).await.unwrap();
        house.e2ee.send_to_device(&cx, message("@alice:a.example", "3")).await.unwrap();
        let later = house.db.committed();
        let inbox = house.e2ee.take_inbox(&cx, device, Some(now), later).await.unwrap();
        assert_eq!(inbox.events.len(), 1);
        // A write behind the deletion: it has happened when this answers.
        let left = house.db.write(&cx, to_device::list_inboxes).await.unwrap();
        let spans: Vec<_> = left.iter().map(|inbox| (inbox.oldest, inbox.newest)).collect();
        assert_eq!(spans, [(later, later)]);
    });
}

#[test]
fn messages_wait_through_a_restart() {
    for_each_backend(async |backend| {
        let house = House::open(&backend).await;
        let cx = house.sign_in("@alice:a.example", "A").await;
        let other = house.sign_in("@bob:a.example", "B").await;
        for txn in ["1", "2", "3"] {
            house.e2ee.send_to_device(&other, message("@alice:a.example", txn)).await.unwrap();
            house.e2ee.send_to_device(&cx, message("@bob:a.example", txn)).await.unwrap();
        }
        house.db.close().await;
        let house = House::open(&backend).await;
        let now = house.db.committed();
        for cx in [&cx, &other] {
            let session = cx.session().unwrap().clone();
            let device = (&*session.user_id, &*session.device_id);
            let inbox = house.e2ee.take_inbox(cx, device, None, now).await.unwrap();
            assert_eq!(inbox.events.len(), 3);
            let again = house.e2ee.take_inbox(cx, device, Some(now), now).await.unwrap();
            assert!(again.events.is_empty());
        }
        let left = house.db.write(&cx, to_device::list_inboxes).await.unwrap();
        assert_eq!(left, []);
        house.db.close().await;
    });
}

#[test]
fn a_device_of_the_same_name_gets_nothing_old() {
    for_each_backend(async |backend| {
        let house = House::open(&backend).await;
        let cx = house.sign_in("@alice:a.example", "A").await;
        house.e2ee.send_to_device(&cx, message("@alice:a.example", "1")).await.unwrap();
        let session = cx.session().unwrap().clone();
        let (user, id) = (session.user_id.clone(), session.device_id.clone());
        let gone = move |tx: &mut kontor_db::Tx<'_>| to_device::delete_of_device(tx, &user, &id);
        house.db.write(&cx, gone).await.unwrap();
        let device = (&*session.user_id, &*session.device_id);
        let now = house.db.committed();
        let inbox = house.e2ee.take_inbox(&cx, device, None, now).await.unwrap();
        assert!(inbox.events.is_empty());
        house.e2ee.send_to_device(&cx, message("@alice:a.example", "2")).await.unwrap();
        let later = house.db.committed();
        let inbox = house.e2ee.take_inbox(&cx, device, Some(now), later).await.unwrap();
        assert_eq!(inbox.events.len(), 1);
        house.db.close().await;
    });
}
