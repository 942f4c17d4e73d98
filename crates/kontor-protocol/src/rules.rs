//! Room versions.

use kontor_core::{Error, MatrixCode, Result};
use ruma::RoomVersionId;
use ruma::room_version_rules::RoomVersionRules;

/// The rules of a room version that Kontor serves: 10, 11 or 12.
#[derive(Clone, Debug)]
pub struct RoomRules {
    /// The version.
    pub version: RoomVersionId,
    /// `ruma`'s description of it.
    pub rules: RoomVersionRules,
}

impl RoomRules {
    /// The rules of a version.
    ///
    /// # Errors
    /// `M_UNSUPPORTED_ROOM_VERSION` for versions this server does not serve.
    pub fn supported(version: &RoomVersionId) -> Result<Self> {
        let served =
            matches!(version, RoomVersionId::V10 | RoomVersionId::V11 | RoomVersionId::V12);
        match version.rules().filter(|_| served) {
            Some(rules) => Ok(Self { version: version.clone(), rules }),
            None => Err(Error::invalid(
                MatrixCode::UnsupportedRoomVersion,
                format!("room_version: {version} is not served here; use 10, 11 or 12."),
            )),
        }
    }

    /// The room id is the hash of the create event (version 12).
    #[must_use]
    pub fn room_id_is_create_hash(&self) -> bool {
        self.rules.authorization.room_create_event_id_as_room_id
    }

    /// Creators have rights of their own, above all power levels (version 12).
    #[must_use]
    pub fn creators_are_privileged(&self) -> bool {
        self.rules.authorization.explicitly_privilege_room_creators
    }

    /// The redacted event is named in the content of the redaction (version 11 and later).
    #[must_use]
    pub fn redacts_in_content(&self) -> bool {
        self.rules.redaction.content_field_redacts
    }
}
