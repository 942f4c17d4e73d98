//! A database with people and devices, and the service on it.

use std::collections::BTreeMap;
use std::sync::Arc;

use kontor_audit::Audit;
use kontor_core::{Actor, Cx, Secret, Session};
use kontor_db::Db;
use kontor_e2ee::{E2ee, KeyUpload};
use kontor_feed::Feed;
use kontor_ledger::Ledger;
use kontor_policy::{InForce, Policy};
use kontor_protocol::SigningKey;
use kontor_rooms::Rooms;
use kontor_store::MIGRATIONS;
use kontor_store::device::{DeviceRow, insert_device};
use kontor_testdb::{Backend, cx};
use ruma::serde::Raw;
use ruma::{OneTimeKeyId, OwnedDeviceId, OwnedUserId, server_name};
use serde_json::json;
use serde_json::value::to_raw_value;

/// A service with its database.
pub(crate) struct House {
    pub(crate) e2ee: E2ee,
    pub(crate) db: Db,
}

impl House {
    pub(crate) async fn open(backend: &Backend) -> Self {
        let db = backend.open(MIGRATIONS).await;
        let feed = Feed::default();
        let signing = SigningKey::from_seed(&Secret::new([7; 32]), "1").unwrap();
        let server = server_name!("a.example").to_owned();
        let policy = InForce::new(Policy::lab());
        let signer = (server.clone(), signing);
        let audit = Audit::open(&cx(), &backend.settings(), &server, &Secret::new([1; 32])).await;
        let audit = audit.unwrap();
        let ledger = Ledger::new((db.clone(), audit.clone()), &Secret::new([2; 32]), None);
        let store = (db.clone(), audit, ledger);
        let rooms = Rooms::open(&cx(), store, feed.clone(), policy, signer).await.unwrap();
        let e2ee = E2ee::open(&cx(), db.clone(), feed, rooms, server).await.unwrap();
        Self { e2ee, db }
    }

    /// Signs a person in on a new device.
    pub(crate) async fn sign_in(&self, user: &str, device: &str) -> Cx {
        let user_id = OwnedUserId::try_from(user).unwrap();
        let device_id = OwnedDeviceId::from(device);
        let session = Session::new(user_id.clone(), device_id.clone(), kontor_core::Roles::USER);
        let cx = cx().acting_as(Actor::User(Arc::new(session)));
        let row = DeviceRow {
            device_id,
            display_name: None,
            created: cx.now,
            last_seen_day: cx.now,
            generation: 0,
            by_app_password: false,
            app_password_id: None,
        };
        self.db.write(&cx, move |tx| insert_device(tx, &user_id, &row)).await.unwrap();
        cx
    }

    /// Uploads `count` one-time keys of the caller's device, named from `first` on.
    pub(crate) async fn upload(&self, cx: &Cx, first: usize, count: usize) {
        let key = Raw::from_json(
            to_raw_value(&json!({ "key": "A".repeat(43), "signatures": {} })).unwrap(),
        );
        let keys = (first..first + count).map(|n| {
            let id = OneTimeKeyId::parse(format!("signed_curve25519:K{n}")).unwrap();
            (id, key.clone())
        });
        let one_time_keys: BTreeMap<_, _> = keys.collect();
        let upload = KeyUpload { one_time_keys, ..KeyUpload::default() };
        self.e2ee.upload_keys(cx, upload).await.unwrap();
    }
}
