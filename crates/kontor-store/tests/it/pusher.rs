//! Pushers, on both engines.

use kontor_core::Timestamp;
use kontor_store::MIGRATIONS;
use kontor_store::pusher::{self, PusherKey};
use kontor_testdb::{cx, for_each_backend};
use ruma::{device_id, user_id};

fn key(number: u8) -> PusherKey {
    PusherKey { app_id: "app".to_owned(), pushkey_hash: [number; 32] }
}

#[test]
fn a_pusher_belongs_to_one_person_and_goes_with_its_device() {
    for_each_backend(async |backend| {
        let db = backend.open(MIGRATIONS).await;
        let (alice, bob) = (user_id!("@alice:x"), user_id!("@bob:x"));
        let (phone, laptop) = (device_id!("PHONE"), device_id!("LAPTOP"));
        db.write(&cx(), move |tx| {
            let at = Timestamp(1);
            pusher::upsert_pusher(tx, (alice, phone), &key(1), b"first", at)?;
            pusher::upsert_pusher(tx, (alice, phone), &key(1), b"again", at)?;
            pusher::upsert_pusher(tx, (alice, laptop), &key(2), b"second", Timestamp(2))?;
            assert_eq!(pusher::list_pushers(tx, alice)?, [b"again".to_vec(), b"second".to_vec()]);
            assert_eq!(pusher::count_pushers(tx, alice)?, 2);
            pusher::upsert_pusher(tx, (bob, phone), &key(1), b"taken over", at)?;
            pusher::delete_pushers_of_others(tx, bob, &key(1))?;
            assert_eq!(pusher::list_pushers(tx, alice)?, [b"second".to_vec()]);
            assert_eq!(pusher::list_pushers(tx, bob)?, [b"taken over".to_vec()]);
            let mut owners = pusher::list_owners(tx)?;
            owners.sort();
            assert_eq!(owners, [alice, bob]);
            pusher::delete_pushers_of_device(tx, alice, laptop)?;
            assert!(pusher::list_pushers(tx, alice)?.is_empty());
            assert!(pusher::delete_pusher(tx, bob, &key(1))?);
            assert!(!pusher::delete_pusher(tx, bob, &key(1))?);
            Ok(())
        })
        .await
        .unwrap();
    });
}
