//! What can be proposed, and who has a say in it.

use kontor_core::{Permission, Role};
use kontor_policy::Agreement;
use ruma::{OwnedRoomId, OwnedUserId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What is to be done once a second person allows it. As JSON this is what that person sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Proposal {
    /// Give a locked setting a value that protects less than what is shipped.
    WeakenPolicy {
        /// Name of the setting.
        setting: String,
        /// What holds when this is asked for; filled in by the server.
        #[serde(default)]
        before: Value,
        /// What is to hold.
        value: Value,
        /// That the works council agrees. Without it, where that is asked for, only a member of
        /// the works council can be the second person.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agreement: Option<Agreement>,
    },
    /// Choose a profile that protects less where something is locked.
    ChooseProfile {
        /// Its name.
        profile: String,
        /// The one chosen when this is asked for; filled in by the server.
        #[serde(default)]
        before: Value,
        /// As for a single setting.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agreement: Option<Agreement>,
    },
    /// Give or take a role that decides on others or watches those who do.
    ChangeRole {
        /// Whose.
        user_id: OwnedUserId,
        /// Name of the role.
        role: String,
        /// Whether to have it.
        held: bool,
    },
    /// Say who stands behind a pseudonym of the audit log. law: R-192
    LookUpPseudonym {
        /// As it stands in the log, without `user:`.
        pseudonym: String,
    },
    /// Erase a person: the account, the name everywhere, files, keys. law: R-128
    ErasePerson {
        /// Whose.
        user_id: OwnedUserId,
        /// Whether the person's messages go at once; else they go by the rule of their room.
        #[serde(default)]
        with_messages: bool,
    },
    /// Hold what a person has written, or what was written in a room, for a claim at law. law: R-122
    PlaceHold {
        /// Whose messages; this or `room_id`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        user_id: Option<OwnedUserId>,
        /// Of which room; this or `user_id`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        room_id: Option<OwnedRoomId>,
        /// Only what was written from then on, in milliseconds since 1970.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from_ts: Option<i64>,
        /// Only what was written until then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until_ts: Option<i64>,
        /// For how many days, 1 to 366.
        days: u16,
        /// Which claim it serves, and by which law.
        basis: String,
        /// Why the person is not told yet; without it, they are told at once.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        delay: Option<String>,
    },
}

impl Proposal {
    /// The kind of act, as in JSON and in the audit log.
    #[must_use]
    pub const fn act(&self) -> &'static str {
        match self {
            Self::WeakenPolicy { .. } => "weaken_policy",
            Self::ChooseProfile { .. } => "choose_profile",
            Self::ChangeRole { .. } => "change_role",
            Self::LookUpPseudonym { .. } => "look_up_pseudonym",
            Self::ErasePerson { .. } => "erase_person",
            Self::PlaceHold { .. } => "place_hold",
        }
    }

    /// What whoever asks must hold.
    #[must_use]
    pub const fn permission(&self) -> Permission {
        match self {
            Self::WeakenPolicy { .. } | Self::ChooseProfile { .. } => Permission::DecidePolicy,
            Self::ChangeRole { .. } => Permission::ChangeRoles,
            Self::LookUpPseudonym { .. } => Permission::LookUpPseudonym,
            Self::ErasePerson { .. } => Permission::ErasePeople,
            Self::PlaceHold { .. } => Permission::PlaceHolds,
        }
    }

    /// The person it is about, if it is about one.
    #[must_use]
    pub fn subject(&self) -> Option<&OwnedUserId> {
        match self {
            Self::ChangeRole { user_id, .. } | Self::ErasePerson { user_id, .. } => Some(user_id),
            Self::PlaceHold { user_id, .. } => user_id.as_ref(),
            Self::WeakenPolicy { .. }
            | Self::ChooseProfile { .. }
            | Self::LookUpPseudonym { .. } => None,
        }
    }

    /// Whether it is about the person of that id.
    pub(crate) fn concerns(&self, user: &ruma::UserId) -> bool {
        self.subject().is_some_and(|subject| subject == user)
    }

    /// The role to be given or taken, if it is about one.
    pub(crate) fn role(&self) -> Option<Role> {
        match self {
            Self::ChangeRole { role, .. } => role.parse().ok(),
            Self::WeakenPolicy { .. }
            | Self::ChooseProfile { .. }
            | Self::LookUpPseudonym { .. }
            | Self::ErasePerson { .. }
            | Self::PlaceHold { .. } => None,
        }
    }
}
