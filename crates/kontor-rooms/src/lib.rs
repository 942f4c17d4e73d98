//! Rooms: the event pipeline, membership, and the read side of the timeline.
//!
//! Every event goes through [`mod@append`]; what other services read is a room's [`Live`] view.

mod abandoned;
mod alias;
mod allowed;
mod annotation;
mod append;
mod authority;
mod class;
mod content;
mod content_rules;
mod create;
mod delivered;
mod erasure;
mod event;
mod expiry;
mod files;
mod held;
mod load;
mod membership;
mod profile;
mod read;
mod redact_again;
mod registry;
mod relations;
mod report;
mod room;
mod send;
mod sent;
mod sight;
mod state;
mod supervision;
mod timeline;
mod upgrade;
mod wishes;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use kontor_audit::Audit;
use kontor_core::{Cx, Result, RoomNid, StreamPos};
use kontor_db::Db;
use kontor_feed::Feed;
use kontor_ledger::Ledger;
use kontor_policy::InForce;
use kontor_protocol::SigningKey;
use ruma::{OwnedServerName, OwnedUserId};

pub use abandoned::{Emptied, RoomNote};
pub use erasure::{Departed, ERASED_NAME, ErasureNote};
pub use event::{Event, Replaced, Txn, Unsigned};
pub use expiry::{BATCH, Due, Expired, Note};
pub use membership::{Removal, Subject};
pub use read::{RelationsPage, RelationsRequest, RoomSize, token, token_position};
pub use registry::{UserRoom, UserRooms};
pub use room::{Live, Notice, RECENT, Room};
pub use send::{Send, SetState};
pub use sight::Sight;
pub use state::State;
pub use supervision::{Look, Mode, READING_LASTS, Supervised, Terms};
pub use timeline::{Direction, Page};
pub use wishes::Ignored;

use registry::Registry;

/// Views into room histories kept in memory.
const SIGHTS: usize = 100_000;

/// Views by room and person, each with the positions it was built from.
type SightCache =
    quick_cache::sync::Cache<(RoomNid, OwnedUserId), ((StreamPos, StreamPos), Arc<Sight>)>;

/// The rooms of one organisation. Cheap to clone.
#[derive(Clone)]
pub struct Rooms {
    db: Db,
    feed: Feed,
    policy: InForce,
    server_name: OwnedServerName,
    signing: Arc<SigningKey>,
    audit: Audit,
    ledger: Ledger,
    registry: Arc<Registry>,
    newest_nid: Arc<AtomicI64>,
    sights: Arc<SightCache>,
    supervision: Arc<supervision::Known>,
    wishes: Arc<wishes::Known>,
}

impl Rooms {
    /// Opens the rooms of an organisation.
    pub async fn open(
        cx: &Cx,
        (db, audit, ledger): (Db, Audit, Ledger),
        feed: Feed,
        policy: InForce,
        (server_name, signing): (OwnedServerName, SigningKey),
    ) -> Result<Self> {
        let newest = db.read(cx, kontor_store::room::newest_room_nid).await?;
        Ok(Self {
            db,
            feed,
            policy,
            server_name,
            signing: Arc::new(signing),
            audit,
            ledger,
            registry: Arc::default(),
            newest_nid: Arc::new(AtomicI64::new(newest.0)),
            sights: Arc::new(SightCache::new(SIGHTS)),
            supervision: Arc::default(),
            wishes: Arc::default(),
        })
    }

    /// A room number nobody has.
    fn next_nid(&self) -> RoomNid {
        RoomNid(self.newest_nid.fetch_add(1, Ordering::Relaxed) + 1)
    }
}
