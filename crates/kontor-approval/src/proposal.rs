//! What can be proposed, and who has a say in it.

use kontor_core::{Permission, Role};
use kontor_policy::Agreement;
use ruma::OwnedUserId;
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
        }
    }

    /// What whoever asks must hold.
    #[must_use]
    pub const fn permission(&self) -> Permission {
        match self {
            Self::WeakenPolicy { .. } | Self::ChooseProfile { .. } => Permission::DecidePolicy,
            Self::ChangeRole { .. } => Permission::ChangeRoles,
            Self::LookUpPseudonym { .. } => Permission::LookUpPseudonym,
        }
    }

    /// Whether it is about the person of that id.
    pub(crate) fn concerns(&self, user: &ruma::UserId) -> bool {
        matches!(self, Self::ChangeRole { user_id, .. } if user_id == user)
    }

    /// The role to be given or taken, if it is about one.
    pub(crate) fn role(&self) -> Option<Role> {
        match self {
            Self::ChangeRole { role, .. } => role.parse().ok(),
            Self::WeakenPolicy { .. }
            | Self::ChooseProfile { .. }
            | Self::LookUpPseudonym { .. } => None,
        }
    }
}
