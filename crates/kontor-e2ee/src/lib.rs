//! End-to-end encryption: keys of devices and people, messages between devices, key backup.
//!
//! The server sees public keys and ciphertext only. It hands each one-time key out once
//! ([`E2ee::claim_keys`]), shows each signature only to those who may see it
//! ([`E2ee::query_keys`]), keeps messages until the device has them ([`E2ee::take_inbox`]) and
//! tells people whose keys changed ([`E2ee::device_lists`]).

mod claim;
mod cross_signing;
mod device_lists;
mod inbox;
mod inboxes;
mod key_backup;
mod limits;
mod query;
mod shelf;
mod signatures;
mod signed_json;
mod to_device;
mod upload;

use std::collections::BTreeMap;
use std::sync::Arc;

use kontor_core::{Cx, Result, StreamPos};
use kontor_db::{Db, Tx};
use kontor_feed::{DeviceListChange, Feed};
use kontor_rooms::Rooms;
use kontor_store::device_list_change;
use ruma::{OwnedServerName, OwnedUserId, UserId};
use serde_json::{Value, json};

pub use claim::{ClaimedKeys, KeysOfDevices};
pub use cross_signing::{Confirmed, SigningKeyUpload, SigningKeysOutcome};
pub use device_lists::{ChangedDeviceLists, Moves};
pub use inbox::{INBOX_PAGE, Inbox};
pub use key_backup::{Backup, BackupChange, BackupState, Session, Sessions};
pub use kontor_store::key_backup::{BackupScope, SessionRank};
pub use query::KnownKeys;
pub use shelf::KeyCounts;
pub use signatures::{FailedSignatures, SignatureFailure};
pub use to_device::{Messages, ToDevice};
pub use upload::{KeyUpload, OneTimeKeyCounts};

use inboxes::Inboxes;
use shelf::Shelf;

/// End-to-end encryption of one organisation. Cheap to clone.
#[derive(Clone)]
pub struct E2ee {
    db: Db,
    feed: Feed,
    rooms: Rooms,
    server_name: OwnedServerName,
    shelf: Arc<Shelf>,
    inboxes: Arc<Inboxes>,
}

impl E2ee {
    /// The service of an organisation; to be made before any of its services writes.
    pub async fn open(
        cx: &Cx,
        db: Db,
        feed: Feed,
        rooms: Rooms,
        server_name: OwnedServerName,
    ) -> Result<Self> {
        feed.device_lists().start_at(db.committed());
        let inboxes = Inboxes::new(db.read(cx, kontor_store::to_device::list_inboxes).await?);
        let inboxes = Arc::new(inboxes);
        Ok(Self { db, feed, rooms, server_name, shelf: Arc::default(), inboxes })
    }

    fn is_local(&self, user: &UserId) -> bool {
        user.server_name() == self.server_name
    }

    /// Splits off what belongs to other servers: each is a failure, by server name.
    fn split_local<T>(
        &self,
        wanted: BTreeMap<OwnedUserId, T>,
    ) -> (BTreeMap<OwnedUserId, T>, BTreeMap<String, Value>) {
        let (local, remote): (BTreeMap<_, _>, BTreeMap<_, _>) =
            wanted.into_iter().partition(|(user, _)| self.is_local(user));
        let failures = remote.keys().map(|user| {
            let why = json!({
                "errcode": "M_UNKNOWN",
                "error": "This server does not talk to other servers.",
            });
            (user.server_name().to_string(), why)
        });
        (local, failures.collect())
    }

    /// Those who must learn of a change of `user`'s keys.
    async fn watchers(&self, cx: &Cx, user: &UserId) -> Result<Vec<OwnedUserId>> {
        Ok(self.rooms.users_sharing_room(cx, user).await?.into_iter().collect())
    }

    /// Notes, inside a write, that keys of `user` changed.
    fn note_change(
        &self,
        tx: &mut Tx<'_>,
        user: &UserId,
        viewer: Option<&UserId>,
    ) -> Result<StreamPos> {
        let pos = tx.next_pos();
        device_list_change::upsert_change(tx, user, viewer, pos)?;
        let lists = Arc::clone(self.feed.device_lists());
        let change = DeviceListChange {
            pos,
            user_id: user.to_owned(),
            viewer: viewer.map(ToOwned::to_owned),
        };
        tx.after_commit(move || lists.note(change));
        Ok(pos)
    }

    /// Wakes `users` once the write can be read.
    fn wake_after(&self, tx: &mut Tx<'_>, users: Vec<OwnedUserId>) {
        let feed = self.feed.clone();
        tx.after_visible(move || feed.wake(users.iter().map(AsRef::as_ref)));
    }
}
