//! Rooms: the event pipeline, membership, and the read side of the timeline.
//!
//! Every event goes through [`mod@append`]; what other services read is a room's [`Live`] view.

mod append;
mod event;
mod load;
mod registry;
mod room;
mod state;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use kontor_core::{Cx, Result, RoomNid};
use kontor_db::Db;
use kontor_feed::Feed;
use kontor_policy::Policy;
use kontor_protocol::SigningKey;
use ruma::OwnedServerName;

pub use event::{Event, Replaced, Txn, Unsigned};
pub use registry::{UserRoom, UserRooms};
pub use room::{Live, RECENT, Room};
pub use state::State;

use registry::Registry;

/// The rooms of one organisation. Cheap to clone.
#[derive(Clone)]
pub struct Rooms {
    db: Db,
    feed: Feed,
    policy: Arc<Policy>,
    server_name: OwnedServerName,
    signing: Arc<SigningKey>,
    registry: Arc<Registry>,
    newest_nid: Arc<AtomicI64>,
}

impl Rooms {
    /// Opens the rooms of an organisation.
    pub async fn open(
        cx: &Cx,
        db: Db,
        feed: Feed,
        policy: Arc<Policy>,
        (server_name, signing): (OwnedServerName, SigningKey),
    ) -> Result<Self> {
        let newest = db.read(cx, kontor_store::room::newest_room_nid).await?;
        Ok(Self {
            db,
            feed,
            policy,
            server_name,
            signing: Arc::new(signing),
            registry: Arc::default(),
            newest_nid: Arc::new(AtomicI64::new(newest.0)),
        })
    }

    /// A room number nobody has.
    fn next_nid(&self) -> RoomNid {
        RoomNid(self.newest_nid.fetch_add(1, Ordering::Relaxed) + 1)
    }
}
