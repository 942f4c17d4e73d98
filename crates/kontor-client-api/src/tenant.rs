//! The services of one organisation, as the handlers see them.

use kontor_account_data::AccountData;
use kontor_core::{Clock, Random, TenantId};
use kontor_identity::Identity;
use kontor_media::Media;
use kontor_presence::{Presence, Typing};
use kontor_receipts::Receipts;
use kontor_rooms::Rooms;
use kontor_sync::Sync;
use ruma::OwnedServerName;

/// One organisation: its name and its services.
///
/// The node puts an `Arc<Tenant>` into each request's extensions, chosen by the `Host` header. A
/// handler can reach nothing but this, so organisations cannot see each other.
pub struct Tenant {
    /// Number inside this node.
    pub id: TenantId,
    /// Matrix server name.
    pub server_name: OwnedServerName,
    /// Source of time.
    pub clock: Clock,
    /// Source of randomness.
    pub random: Random,
    /// Accounts, sessions and devices.
    pub identity: Identity,
    /// Uploaded files.
    pub media: Media,
    /// Rooms and their events.
    pub rooms: Rooms,
    /// Account data, tags and filters.
    pub account_data: AccountData,
    /// How far people have read.
    pub receipts: Receipts,
    /// Who is typing.
    pub typing: Typing,
    /// Who is there.
    pub presence: Presence,
    /// What devices have not seen yet.
    pub sync: Sync,
}
