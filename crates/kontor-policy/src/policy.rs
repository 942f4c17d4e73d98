//! The settings of one tenant.

use std::time::Duration;

use kontor_config::{Config, Preset, TlsVersion};
use kontor_core::RoomClass;
use ruma::RoomVersionId;
use ruma::events::room::history_visibility::HistoryVisibility;

use crate::{
    DeviceRule, DirectoryScope, DirectorySearch, FieldRule, GuestRule, PasswordLogin, PrivateUse,
    Profile, RateLimits, Registration, RetentionPeriods, SecondFactor, UploadTypes,
};

/// Room versions that Kontor creates and serves, oldest first.
const ROOM_VERSIONS: [RoomVersionId; 3] =
    [RoomVersionId::V10, RoomVersionId::V11, RoomVersionId::V12];

const MIB: u64 = 1024 * 1024;
const DAY: Duration = Duration::from_hours(24);

/// The settings of one tenant; plain values, cheap to read on every request.
///
/// Rows named in the fields' documentation are those of `law.md` §4.1.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "a list of independent switches is what it is")]
pub struct Policy {
    /// Who may create an account over the API. Row "Guests": by invitation only.
    pub registration: Registration,
    /// What `m.login.password` accepts. It knows no second factor; whoever has one needs an app
    /// password in any case. Programs that can, sign in by OAuth (design §6).
    pub password_login: PasswordLogin,
    /// Who must show more than a password to sign in with a browser. Row "2FA" (law: R-042).
    pub second_factor: SecondFactor,
    /// Shortest password of whoever has no second factor, in characters. Row "Password (no 2FA,
    /// exception)".
    pub password_min_length: usize,
    /// Shortest password of whoever has one. Row "Password (with 2FA, lock 10)".
    pub password_min_length_with_factor: usize,
    /// Fewest kinds of characters in a password, of four: small and capital letters, digits, all
    /// others. Same row.
    pub password_min_classes: usize,
    /// Whether common passwords, those with the person's or the organisation's name, and the
    /// person's last ten are refused. law: R-043
    pub weak_passwords_refused: bool,
    /// Whether holds for claims at law may be placed. law: R-122
    pub legal_hold: bool,
    /// Failed log-ins in a row after which the account rests; `None`: never. Row "Password (with
    /// 2FA, lock 10)".
    pub login_lock_after: Option<u32>,
    /// Lifetime of access tokens handed to clients that can refresh; `None`: unlimited.
    /// Row "Access token / refresh".
    pub access_token_lifetime: Option<Duration>,
    /// Longest time between sign-in and the next one; `None`: unlimited. Row "Session max".
    pub session_lifetime: Option<Duration>,
    /// Longest sign-in on the account pages. Same row.
    pub browser_session: Duration,
    /// Longest time that an administrator's browser may be idle. Row "Admin session".
    pub admin_idle: Duration,
    /// Longest sign-in of administrators on the account pages and in the console. Same row.
    pub admin_session: Duration,
    /// How old a proof of who one is may be for critical acts. Same row.
    pub step_up: Duration,
    /// Which devices are let in. law: R-200
    pub devices_allowed: DeviceRule,
    /// Longest sign-in on somebody else's device. law: R-201
    pub foreign_browser_session: Duration,
    /// Time between the word that a version is too old and refusing it. law: R-204
    pub program_grace: Duration,
    /// The same where an old version is dangerous. Row "Update floor grace".
    pub program_grace_critical: Duration,
    /// Whether people may choose their user id. Row "MXID": random.
    pub readable_user_ids: bool,
    /// Room version used if the client names none.
    pub default_room_version: RoomVersionId,
    /// Whether each new room is created encrypted, asked for or not. Row "E2EE in all rooms".
    pub e2ee_required: bool,
    /// Whether a room with `m.room.encryption` refuses message events in clear. Row "E2EE in all
    /// rooms"; on in every preset, because some SDKs leak the first message (design §5).
    pub plaintext_guard: bool,
    /// The most that newcomers see of a room; where its creator does not say, just that. Row
    /// "History visibility".
    pub default_history_visibility: HistoryVisibility,
    /// Class of rooms whose creator names none. law: R-070
    pub default_room_class: RoomClass,
    /// Whether people may use Kontor for private matters. law: R-073
    pub private_use: PrivateUse,
    /// Whether supervised rooms may be created. Row "Supervised rooms". law: R-074
    pub supervised_rooms_allowed: bool,
    /// How long messages are kept. law: §4.2, R-113
    pub retention: RetentionPeriods,
    /// Whether rooms may be listed in the public directory. Row "Public/discoverable rooms".
    pub publish_rooms_allowed: bool,
    /// Whether there are guests. Row "Guests".
    pub guests: GuestRule,
    /// Longest validity of an invitation of a guest. Row "Guest invite link".
    pub guest_link: Duration,
    /// How long a guest is here, unless prolonged. Row "Guest account".
    pub guest_account: Duration,
    /// A guest who was not here for so long is shut out. Row "Guest account".
    pub guest_inactive: Duration,
    /// The account of a guest is closed so long after she was shut out. Row "Guest account".
    pub guest_erase: Duration,
    /// The oldest TLS that the listener speaks, as configured. Row "TLS".
    pub oldest_tls: TlsVersion,
    /// Whether other servers may be talked to. Row "Federation".
    pub federation: bool,
    /// Whether read receipts are passed on to others. Row "Read receipts".
    pub receipts_allowed: bool,
    /// Whether typing notices are passed on. Row "Typing indicator".
    pub typing_allowed: bool,
    /// Whether presence is kept and passed on. Rows "Presence" and "Last seen".
    pub presence_allowed: bool,
    /// Whether locations may be sent, as far as the server sees it. Row "Location sharing".
    pub location_allowed: bool,
    /// Whether messages may be changed by those who wrote them. Row "Message edit".
    pub message_editing: bool,
    /// Whether people may delete what they wrote. Row "Delete own message".
    pub delete_own_messages: bool,
    /// Whether receipts, typing notices and presence of a person are shown only once she has said
    /// so, where the organisation allows them. law: R-215
    pub signals_opt_in: bool,
    /// Whether pushes carry room and sender. Row "Push text": without content.
    pub push_content_allowed: bool,
    /// Whether devices may name a push gateway outside. R-002: nothing goes out that is not in
    /// the egress register.
    pub push_gateways_allowed: bool,
    /// How people find each other. Row "Directory search".
    pub directory_search: DirectorySearch,
    /// Whether people show a name. Row "Profile: Name" (law: R-051).
    pub profile_name: FieldRule,
    /// Whether people show a picture; never required.
    pub profile_picture: FieldRule,
    /// Whether people show a phone number.
    pub profile_phone: FieldRule,
    /// Whether programs may put fields into profiles that Kontor does not know.
    pub profile_other_fields: bool,
    /// Which files are taken in. Row "Max upload types".
    pub upload_types: UploadTypes,
    /// Largest upload, in bytes.
    pub max_upload_bytes: u64,
    /// How often things may be done; `None`: as often as one likes.
    pub rate_limits: Option<RateLimits>,
}

impl Policy {
    /// The configured preset with the operator's changes.
    pub fn configured(config: &Config) -> Self {
        let preset = Self::preset(config.policy.preset);
        let changes = &config.policy;
        let count = |wanted: Option<u64>, otherwise: usize| {
            wanted.and_then(|wanted| usize::try_from(wanted).ok()).unwrap_or(otherwise)
        };
        let search = preset.directory_search;
        Self {
            registration: config.registration.mode.unwrap_or(preset.registration),
            default_room_version: changes
                .default_room_version
                .clone()
                .unwrap_or(preset.default_room_version),
            readable_user_ids: changes.readable_user_ids.unwrap_or(preset.readable_user_ids),
            receipts_allowed: changes.receipts.unwrap_or(preset.receipts_allowed),
            typing_allowed: changes.typing.unwrap_or(preset.typing_allowed),
            directory_search: DirectorySearch {
                min_chars: count(changes.directory_min_chars, search.min_chars),
                max_results: count(changes.directory_max_results, search.max_results),
                scope: search.scope,
            },
            oldest_tls: config.tls.oldest,
            max_upload_bytes: config.media.max_upload_bytes.unwrap_or(preset.max_upload_bytes),
            ..preset
        }
    }

    /// The preset of that name.
    pub fn preset(preset: Preset) -> Self {
        match preset {
            Preset::Strict => Self::strict(),
            Preset::Lab => Self::lab(),
        }
    }

    /// The shipped default: `law.md` §4.1, column S.
    pub fn strict() -> Self {
        Self {
            registration: Registration::Closed,
            password_login: PasswordLogin::AppPasswords,
            second_factor: SecondFactor::Everybody,
            password_min_length: 20,
            password_min_length_with_factor: 12,
            password_min_classes: 2,
            weak_passwords_refused: true,
            legal_hold: true,
            login_lock_after: Some(10),
            access_token_lifetime: Some(Duration::from_mins(5)),
            session_lifetime: Some(30 * DAY),
            browser_session: Duration::from_hours(12),
            admin_idle: Duration::from_mins(15),
            admin_session: Duration::from_hours(8),
            step_up: Duration::from_mins(5),
            devices_allowed: DeviceRule::PrivateToo,
            foreign_browser_session: Duration::from_hours(1),
            program_grace: 14 * DAY,
            program_grace_critical: 3 * DAY,
            readable_user_ids: false,
            default_room_version: RoomVersionId::V12,
            e2ee_required: true,
            plaintext_guard: true,
            default_history_visibility: HistoryVisibility::Joined,
            default_room_class: RoomClass::Internal,
            private_use: PrivateUse::Forbidden,
            supervised_rooms_allowed: false,
            retention: RetentionPeriods::shipped(Profile::Standard),
            publish_rooms_allowed: false,
            guests: GuestRule::Invitation,
            guest_link: 7 * DAY,
            guest_account: 90 * DAY,
            guest_inactive: 30 * DAY,
            guest_erase: 30 * DAY,
            oldest_tls: TlsVersion::Tls13,
            federation: false,
            receipts_allowed: false,
            typing_allowed: false,
            presence_allowed: false,
            location_allowed: false,
            message_editing: true,
            delete_own_messages: true,
            signals_opt_in: true,
            push_content_allowed: false,
            push_gateways_allowed: false,
            directory_search: DirectorySearch {
                min_chars: 3,
                max_results: 20,
                scope: DirectoryScope::Organisation,
            },
            profile_name: FieldRule::Required,
            profile_picture: FieldRule::Optional,
            profile_phone: FieldRule::Off,
            profile_other_fields: false,
            upload_types: UploadTypes::NoActiveContent,
            max_upload_bytes: 50 * MIB,
            rate_limits: Some(RateLimits::standard()),
        }
    }

    /// For tests and trying out on one machine: nothing stands in the way.
    pub fn lab() -> Self {
        Self {
            registration: Registration::Open,
            password_login: PasswordLogin::On,
            second_factor: SecondFactor::Optional,
            password_min_length: 1,
            password_min_length_with_factor: 1,
            password_min_classes: 1,
            weak_passwords_refused: false,
            legal_hold: true,
            login_lock_after: None,
            access_token_lifetime: None,
            session_lifetime: None,
            browser_session: Duration::from_hours(12),
            admin_idle: Duration::from_mins(15),
            admin_session: Duration::from_hours(8),
            step_up: Duration::from_mins(5),
            devices_allowed: DeviceRule::PrivateToo,
            foreign_browser_session: Duration::from_hours(1),
            program_grace: 14 * DAY,
            program_grace_critical: 3 * DAY,
            readable_user_ids: true,
            default_room_version: RoomVersionId::V12,
            e2ee_required: false,
            plaintext_guard: true,
            default_history_visibility: HistoryVisibility::Shared,
            default_room_class: RoomClass::Internal,
            private_use: PrivateUse::PrivateRooms,
            supervised_rooms_allowed: true,
            retention: RetentionPeriods::shipped(Profile::Standard),
            publish_rooms_allowed: true,
            guests: GuestRule::Invitation,
            guest_link: 7 * DAY,
            guest_account: 90 * DAY,
            guest_inactive: 30 * DAY,
            guest_erase: 30 * DAY,
            oldest_tls: TlsVersion::Tls13,
            federation: false,
            receipts_allowed: true,
            typing_allowed: true,
            presence_allowed: true,
            location_allowed: true,
            message_editing: true,
            delete_own_messages: true,
            signals_opt_in: false,
            push_content_allowed: true,
            push_gateways_allowed: true,
            directory_search: DirectorySearch {
                min_chars: 1,
                max_results: 50,
                scope: DirectoryScope::Organisation,
            },
            profile_name: FieldRule::Optional,
            profile_picture: FieldRule::Optional,
            profile_phone: FieldRule::Optional,
            profile_other_fields: true,
            upload_types: UploadTypes::Everything,
            max_upload_bytes: 100 * MIB,
            rate_limits: None,
        }
    }

    /// Room versions that Kontor creates and serves, oldest first.
    pub fn room_versions() -> &'static [RoomVersionId] {
        &ROOM_VERSIONS
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::strict()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use kontor_config::Sources;

    use super::*;

    #[test]
    fn the_operator_changes_single_settings_of_a_preset() {
        let flags = BTreeMap::from([
            ("preset", "lab".to_owned()),
            ("default-room-version", "11".to_owned()),
            ("data", "/nowhere".to_owned()),
        ]);
        let config = Config::load(Sources { file: None, flags }).unwrap();
        let changed = Policy::configured(&config);
        assert_eq!(changed.default_room_version, RoomVersionId::V11);
        let back = Policy { default_room_version: RoomVersionId::V12, ..changed };
        assert_eq!(back, Policy::lab());
    }

    /// Each row of law.md §4.1 that issue 2 implements, column S.
    #[test]
    fn strict_is_column_s_of_the_law() {
        let policy = Policy::default();
        let rows = [
            ("E2EE in all rooms: an", policy.e2ee_required && policy.plaintext_guard),
            ("Federation: aus", !policy.federation),
            ("Guests: Einladung", policy.guests == GuestRule::Invitation),
            ("Guests: Einladung", policy.registration == Registration::Closed),
            ("Guest account: 90 d", policy.guest_account == 90 * DAY),
            ("Guest account: inactive 30 d → off", policy.guest_inactive == 30 * DAY),
            ("Guest account: +30 d erase", policy.guest_erase == 30 * DAY),
            ("Public/discoverable rooms: aus", !policy.publish_rooms_allowed),
            (
                "History visibility for newcomers: ab Beitritt",
                policy.default_history_visibility == HistoryVisibility::Joined,
            ),
            ("Presence: aus", !policy.presence_allowed),
            ("Read receipts: aus", !policy.receipts_allowed),
            ("Typing indicator: aus", !policy.typing_allowed),
            ("Push text: ohne Inhalt", !policy.push_content_allowed),
            ("MXID: zufällig", !policy.readable_user_ids),
            (
                "Directory search: ≥ 3 Zeichen, 20 Treffer",
                (policy.directory_search.min_chars, policy.directory_search.max_results) == (3, 20),
            ),
            ("Password without 2FA: ≥ 20", policy.password_min_length == 20),
            ("Password without 2FA: 2 classes", policy.password_min_classes == 2),
            ("2FA: alle", policy.password_login == PasswordLogin::AppPasswords),
            ("2FA: alle", policy.second_factor == SecondFactor::Everybody),
            ("Password: lock 10", policy.login_lock_after == Some(10)),
            ("Profile: Name Pflicht", policy.profile_name == FieldRule::Required),
            ("Profile: Bild freiwillig", policy.profile_picture == FieldRule::Optional),
            ("Profile: Telefon aus", policy.profile_phone == FieldRule::Off),
            ("Session max: 30 d", policy.session_lifetime == Some(30 * DAY)),
            ("Access token: 5 min", policy.access_token_lifetime == Some(Duration::from_mins(5))),
        ];
        for (row, holds) in rows {
            assert!(holds, "{row}");
        }
    }

    #[test]
    fn lab_stands_in_nobodys_way_but_keeps_the_plaintext_guard() {
        let policy = Policy::preset(Preset::Lab);
        assert_eq!(policy.registration, Registration::Open);
        assert!(
            policy.password_login == PasswordLogin::On
                && policy.readable_user_ids
                && policy.publish_rooms_allowed
        );
        assert!(policy.receipts_allowed && policy.typing_allowed && policy.presence_allowed);
        assert_eq!(policy.rate_limits, None);
        assert_eq!(policy.access_token_lifetime, None);
        assert!(policy.plaintext_guard && !policy.e2ee_required && !policy.federation);
    }

    #[test]
    fn every_preset_creates_rooms_of_a_served_version() {
        for policy in [Policy::strict(), Policy::lab()] {
            assert!(Policy::room_versions().contains(&policy.default_room_version));
        }
    }
}
