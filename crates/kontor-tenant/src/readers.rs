//! "Wer kann mitlesen?": everybody and everything that gets to see what is written in a room.
//! law: R-071

use std::collections::{BTreeMap, BTreeSet};

use kontor_core::{Cx, Result, RoomClass};
use kontor_identity::{Badge, Standing};
use kontor_policy::ClassRules;
use kontor_rooms::{Live, Terms};
use ruma::{OwnedUserId, RoomId};
use serde_json::Value;

use crate::Tenant;

/// People looked up in one step.
const STEP: usize = kontor_identity::MOST_BADGES;

/// What a member is in the room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standpoint {
    /// Of the organisation.
    Internal,
    /// A guest, or of another server.
    External,
    /// Supervises, as everybody is told.
    Supervisor,
}

impl Standpoint {
    /// Name as sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Internal => "internal",
            Self::External => "external",
            Self::Supervisor => "supervisor",
        }
    }
}

/// One person in the room.
#[derive(Clone, Debug)]
pub struct Reader {
    /// Who.
    pub user_id: OwnedUserId,
    /// What they are in the room.
    pub standpoint: Standpoint,
    /// Invited, and not in the room yet.
    pub is_invited: bool,
    /// Devices that messages are encrypted for.
    pub devices: usize,
    /// Those of them that their owner has not signed with their own key. The client checks the
    /// signatures; this counts them.
    pub unverified_devices: usize,
}

/// Everybody and everything that gets to see what is written in a room.
#[derive(Clone, Debug)]
pub struct Readers {
    /// What the room is for.
    pub class: RoomClass,
    /// Whether messages are end-to-end encrypted.
    pub is_encrypted: bool,
    /// What newcomers see, as in `m.room.history_visibility`.
    pub history: String,
    /// How long messages are kept, in milliseconds.
    pub retention_ms: u64,
    /// Whether a member may supervise it.
    pub may_be_supervised: bool,
    /// By whom it is supervised, if it is.
    pub supervision: Option<Terms>,
    /// Everybody in it.
    pub people: Vec<Reader>,
    /// Other servers that get its events.
    pub servers: BTreeSet<String>,
    /// Hosts that are told that there is something new, of how many devices each.
    pub push_hosts: BTreeMap<String, usize>,
    /// For how many days at most messages are in encrypted backups, where nobody reads them; `None`: in
    /// none.
    pub backup_days: Option<u64>,
}

impl Tenant {
    /// Who and what gets to see what is written in a room; for its members and the invited.
    ///
    /// # Errors
    /// `Forbidden` for everybody else, whether the room exists or not.
    pub async fn readers(&self, cx: &Cx, room_id: &RoomId) -> Result<Readers> {
        let room = self.rooms.joined_or_invited_room(cx, room_id).await?;
        let live = room.live();
        let supervision = self.rooms.terms(&room);
        let people = self.people(cx, &live, supervision.as_ref()).await?;
        let foreign = people.iter().map(|reader| reader.user_id.server_name());
        let servers = foreign.filter(|name| *name != self.server_name).map(ToString::to_string);
        let servers = servers.collect();
        let users: Vec<OwnedUserId> = live.joined.iter().cloned().collect();
        let history = live.state.content::<Value>("m.room.history_visibility", "");
        let history = history.as_ref().and_then(|it| it.get("history_visibility")?.as_str());
        Ok(Readers {
            class: room.class,
            is_encrypted: live.state.get("m.room.encryption", "").is_some(),
            history: history.unwrap_or("shared").to_owned(),
            retention_ms: u64::try_from(self.rooms.retention(&room).as_millis())
                .unwrap_or(u64::MAX),
            may_be_supervised: ClassRules::of(room.class).supervision,
            supervision,
            people,
            servers,
            push_hosts: self.push.hosts_of(cx, users).await?,
            backup_days: self.backup_days(room.class),
        })
    }

    fn backup_days(&self, class: RoomClass) -> Option<u64> {
        let settings = self.backups.settings().ok().filter(|_| class != RoomClass::Ephemeral)?;
        Some(settings.keep.as_secs().div_ceil(24 * 60 * 60))
    }

    async fn people(
        &self,
        cx: &Cx,
        live: &Live,
        supervision: Option<&Terms>,
    ) -> Result<Vec<Reader>> {
        let present = live.state.of_kind("m.room.member").filter_map(|event| {
            let membership = event.membership.as_ref()?.as_str();
            let user: OwnedUserId = event.pdu.state_key.as_deref()?.try_into().ok()?;
            matches!(membership, "join" | "invite").then_some((user, membership == "invite"))
        });
        let present: Vec<(OwnedUserId, bool)> = present.collect();
        let mut readers = Vec::with_capacity(present.len());
        for step in present.chunks(STEP) {
            let users: Vec<OwnedUserId> = step.iter().map(|(user, _)| user.clone()).collect();
            let badges = self.identity.badges(cx, users.clone()).await?;
            let devices = self.e2ee.count_devices(cx, users).await?;
            for ((user_id, is_invited), badge) in step.iter().zip(&badges) {
                let (all, verified) = devices.get(user_id).copied().unwrap_or_default();
                readers.push(Reader {
                    user_id: user_id.clone(),
                    standpoint: standpoint(badge, supervision, cx),
                    is_invited: *is_invited,
                    devices: all,
                    unverified_devices: all.saturating_sub(verified),
                });
            }
        }
        Ok(readers)
    }
}

fn standpoint(badge: &Badge, supervision: Option<&Terms>, cx: &Cx) -> Standpoint {
    let supervises = |terms: &&Terms| terms.lasts(cx.now) && terms.names(&badge.user_id);
    match badge.standing {
        _ if supervision.as_ref().is_some_and(supervises) => Standpoint::Supervisor,
        Standing::External => Standpoint::External,
        Standing::Confirmed | Standing::Unconfirmed => Standpoint::Internal,
    }
}
