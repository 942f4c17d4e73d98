//! What a room's class demands of whoever creates it and of every event in it.
//! law: R-070…R-078

use kontor_core::{Cx, Error, MatrixCode, Permission, Result, Role, RoomClass};
use kontor_policy::{Audience, ClassRules, Policy, PrivateUse};
use kontor_store::account_role;
use ruma::api::client::room::create_room::v3::Request;
use ruma::events::TimelineEventType;
use ruma::events::room::history_visibility::HistoryVisibility;
use ruma::{OwnedUserId, UserId};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::append::NewEvent;
use crate::content_rules::check_content;
use crate::expiry::{RETENTION, check_retention};
use crate::send::OURS;
use crate::{Room, Rooms, State, supervision};

/// Key of the class in the create event.
pub(crate) const CLASS: &str = "app.kontor.class";

/// Type of the state event with name and topic of a closed room: encrypted like a message, set by
/// clients, its state key empty. law: R-024
pub(crate) const SEALED_NAME: &str = "app.kontor.name";

/// Fields of what Megolm encrypts; every other one could hold words.
const SEALED_FIELDS: [&str; 5] =
    ["algorithm", "ciphertext", "session_id", "device_id", "sender_key"];

/// State that a room of a closed class may have: none of it holds words of people.
const WORDLESS: [&str; 13] = [
    "m.room.create",
    "m.room.member",
    "m.room.power_levels",
    "m.room.join_rules",
    "m.room.history_visibility",
    "m.room.guest_access",
    "m.room.encryption",
    "m.room.tombstone",
    "m.room.pinned_events",
    "m.room.server_acl",
    "m.room.name",
    "m.room.retention",
    "m.space.parent",
];

impl Rooms {
    /// The class of a room about to be created: what the request says, else what the settings say;
    /// with people from outside among the invited, a room for them.
    ///
    /// # Errors
    /// `Invalid`, naming the field, for an unknown class; `Forbidden` for one that the organisation
    /// or the caller's roles do not allow.
    pub(crate) async fn choose_class(
        &self,
        cx: &Cx,
        request: &Request,
        content: &serde_json::Map<String, Value>,
    ) -> Result<RoomClass> {
        let known = [CLASS, supervision::STATE];
        let stray = |key: &&String| key.starts_with(OURS) && !known.contains(&key.as_str());
        if let Some(key) = content.keys().find(stray) {
            let text = format!("creation_content: {key} is set by the server.");
            return Err(Error::invalid(MatrixCode::InvalidParam, text));
        }
        let class = match content.get(CLASS) {
            Some(Value::String(word)) => word.parse()?,
            Some(_) => {
                let text = format!("{CLASS}: must be a word.");
                return Err(Error::invalid(MatrixCode::InvalidParam, text));
            }
            None => self.usual_class(cx, request).await?,
        };
        self.require_creatable(cx, class)?;
        Ok(class)
    }

    async fn usual_class(&self, cx: &Cx, request: &Request) -> Result<RoomClass> {
        let usual = self.policy.now().default_room_class;
        if ClassRules::of(usual).audience == Audience::Organisation {
            if is_guest(cx) {
                return Ok(RoomClass::External);
            }
            for user in &request.invite {
                if self.is_outsider(cx, user).await? {
                    return Ok(RoomClass::External);
                }
            }
        }
        Ok(usual)
    }

    /// Whether the caller may create rooms of a class.
    ///
    /// # Errors
    /// `Forbidden`, with the reason.
    pub fn require_creatable(&self, cx: &Cx, class: RoomClass) -> Result<()> {
        let policy = self.policy.now();
        if is_guest(cx) && ClassRules::of(class).audience == Audience::Organisation {
            return Err(Error::forbidden("Guests cannot be in rooms of this class."));
        }
        match class {
            RoomClass::Private if policy.private_use == PrivateUse::Forbidden => {
                Err(Error::forbidden("Private rooms are not allowed in this organisation."))
            }
            RoomClass::Supervised if !policy.supervised_rooms_allowed => {
                Err(Error::forbidden("Supervised rooms are not allowed in this organisation."))
            }
            RoomClass::Supervised if policy.private_use == PrivateUse::Everywhere => {
                let text = "Private use is allowed everywhere, so no room may be supervised.";
                Err(Error::conflict(MatrixCode::Unknown, text))
            }
            RoomClass::Supervised => cx.require(Permission::StartSupervision),
            RoomClass::Announcement => cx.require(Permission::Announce),
            _ => Ok(()),
        }
    }

    /// Whether a person is a guest, or of another server.
    pub async fn is_outsider(&self, cx: &Cx, user: &UserId) -> Result<bool> {
        if user.server_name() != self.server_name {
            return Ok(true);
        }
        let wanted: OwnedUserId = user.to_owned();
        let roles = self.db.read(cx, move |tx| account_role::roles_of(tx, &wanted)).await?;
        Ok(roles.has(Role::Guest))
    }

    /// Lets an event into a room, as far as its class has a say. For messages this costs nothing.
    ///
    /// # Errors
    /// `Forbidden`, with the reason.
    pub(crate) async fn require_class_allows(
        &self,
        cx: &Cx,
        room: &Room,
        event: &NewEvent,
    ) -> Result<()> {
        check_content(&self.policy.now(), event)?;
        if event.state_key.is_none() {
            return check_message(room.class, &event.kind);
        }
        self.require_state_allowed(cx, (room.class, &room.live().state), event).await
    }

    /// Lets a state event into a room of this class and present state.
    ///
    /// # Errors
    /// `Forbidden`, with the reason.
    pub(crate) async fn require_state_allowed(
        &self,
        cx: &Cx,
        (class, present): (RoomClass, &State),
        event: &NewEvent,
    ) -> Result<()> {
        let rules = ClassRules::of(class);
        check_state(class, rules, event)?;
        if event.kind.to_string() == RETENTION {
            let period = self.policy.now().retention.of(class);
            check_retention(class, period, &event.content)?;
        }
        check_history(&self.policy.now(), event)?;
        if event.kind != TimelineEventType::RoomMember || rules.audience == Audience::Outsiders {
            return Ok(());
        }
        let coming = text(&event.content, "membership").unwrap_or_default();
        let member = event.state_key.as_deref().and_then(|key| <&UserId>::try_from(key).ok());
        let Some(user) = member else { return Ok(()) };
        let is_new = present.membership(user).as_str() != coming;
        let enters = matches!(&*coming, "invite" | "join" | "knock");
        if is_new && enters && self.is_outsider(cx, user).await? {
            let text = format!("Rooms of class {class} are for people of the organisation.");
            return Err(Error::forbidden(text).with_field("class", class.as_str()));
        }
        Ok(())
    }
}

/// Reactions travel in clear; in a closed room they would tell what is talked about.
fn check_message(class: RoomClass, kind: &TimelineEventType) -> Result<()> {
    if *kind != TimelineEventType::Reaction || ClassRules::of(class).clear_name {
        return Ok(());
    }
    Err(Error::forbidden(format!("In rooms of class {class} reactions are sent encrypted.")))
}

/// # Errors
/// `Forbidden` for showing newcomers more than the organisation does.
fn check_history(policy: &Policy, event: &NewEvent) -> Result<()> {
    if event.kind != TimelineEventType::RoomHistoryVisibility {
        return Ok(());
    }
    let wanted = text(&event.content, "history_visibility");
    if shows_no_more(policy, wanted.as_deref()) {
        return Ok(());
    }
    let most = policy.default_history_visibility.as_str();
    let text = format!("history_visibility: in this organisation no more than {most}.");
    Err(Error::forbidden(text).with_field("setting", "history_for_newcomers"))
}

/// Whether newcomers see no more of a room than the organisation lets them.
pub(crate) fn shows_no_more(policy: &Policy, wanted: Option<&str>) -> bool {
    match policy.default_history_visibility {
        HistoryVisibility::Joined => wanted == Some("joined"),
        HistoryVisibility::Invited => matches!(wanted, Some("joined" | "invited")),
        _ => true,
    }
}

fn check_state(class: RoomClass, rules: ClassRules, event: &NewEvent) -> Result<()> {
    let refuse = |text: String| Err(Error::forbidden(text).with_field("class", class.as_str()));
    let kind = event.kind.to_string();
    if !rules.clear_name && (!WORDLESS.contains(&&*kind) && !kind.starts_with(OURS)) {
        return refuse(format!("Rooms of class {class} have no {kind}: the server could read it."));
    }
    if kind == SEALED_NAME {
        let is_fitting = !rules.clear_name && event.state_key.as_deref() == Some("");
        return match is_fitting && is_sealed(&event.content) {
            true => Ok(()),
            false => {
                refuse(format!("{SEALED_NAME}: only encrypted, and in rooms without a clear name."))
            }
        };
    }
    match &event.kind {
        TimelineEventType::RoomName if !rules.clear_name => {
            let name = text(&event.content, "name").unwrap_or_default();
            if name.is_empty() || name == neutral_name(class) {
                return Ok(());
            }
            refuse(format!("The name of a room of class {class} is sent encrypted."))
        }
        TimelineEventType::RoomMember if !rules.clear_name => {
            match text(&event.content, "reason") {
                Some(_) => {
                    refuse(format!("In rooms of class {class} no reason is given in clear."))
                }
                None => Ok(()),
            }
        }
        TimelineEventType::RoomHistoryVisibility if !rules.earlier_history => {
            match text(&event.content, "history_visibility").as_deref() {
                Some("joined" | "invited") => Ok(()),
                _ => refuse(format!("In rooms of class {class} nobody sees what was before them.")),
            }
        }
        TimelineEventType::RoomJoinRules if !rules.open => {
            let rule = text(&event.content, "join_rule").unwrap_or_default();
            let by_membership = rules.clear_name && rule.ends_with("restricted");
            match matches!(&*rule, "invite" | "knock" | "private") || by_membership {
                true => Ok(()),
                false => refuse(format!("Nobody joins a room of class {class} by themselves.")),
            }
        }
        _ => Ok(()),
    }
}

/// What is shown to whoever cannot decrypt a room's name. law: R-024
pub(crate) const fn neutral_name(class: RoomClass) -> &'static str {
    match class {
        RoomClass::Private => "Privater Raum",
        RoomClass::Confidential => "Vertraulicher Raum",
        RoomClass::Ephemeral => "Flüchtiger Raum",
        _ => "",
    }
}

/// Whether a content is what Megolm makes of something, and nothing besides.
fn is_sealed(content: &RawValue) -> bool {
    let Ok(Value::Object(fields)) = serde_json::from_str(content.get()) else { return false };
    let is_code = |value: &Value| {
        let letters =
            |text: &str| text.bytes().all(|it| it.is_ascii_alphanumeric() || b"+/=".contains(&it));
        value.as_str().is_some_and(letters)
    };
    fields.get("algorithm").and_then(Value::as_str) == Some("m.megolm.v1.aes-sha2")
        && fields.get("ciphertext").is_some_and(Value::is_string)
        && fields.iter().all(|(key, value)| {
            SEALED_FIELDS.contains(&&**key) && (key == "algorithm" || is_code(value))
        })
}

/// A text field of an event's content.
fn text(content: &RawValue, field: &str) -> Option<String> {
    let content: Value = serde_json::from_str(content.get()).ok()?;
    content.get(field)?.as_str().map(str::to_owned)
}

/// Whether the caller is here as a guest.
fn is_guest(cx: &Cx) -> bool {
    cx.session().is_ok_and(|session| session.roles.has(Role::Guest))
}

#[cfg(test)]
mod tests {
    use ruma::user_id;
    use serde_json::json;
    use serde_json::value::to_raw_value;

    use super::*;

    fn state(kind: &str, content: &Value) -> NewEvent {
        let sender = user_id!("@anna:firma.example").to_owned();
        NewEvent::state(sender, kind.into(), "", to_raw_value(content).unwrap())
    }

    fn allowed(class: RoomClass, kind: &str, content: &Value) -> bool {
        check_state(class, ClassRules::of(class), &state(kind, content)).is_ok()
    }

    #[test]
    fn no_words_of_people_stand_in_the_state_of_closed_rooms() {
        use RoomClass::{Confidential, Ephemeral, Internal, Private};
        for class in [Private, Confidential, Ephemeral] {
            assert!(!allowed(class, "m.room.name", &json!({ "name": "Kündigung M." })));
            assert!(!allowed(class, "m.room.topic", &json!({ "topic": "Kündigung M." })));
            assert!(!allowed(class, "m.room.avatar", &json!({ "url": "mxc://a/b" })));
            assert!(!allowed(class, "com.example.widget", &json!({ "text": "Kündigung" })));
            assert!(!allowed(class, "m.room.member", &json!({ "reason": "Kündigung" })));
            assert!(allowed(class, "m.room.name", &json!({ "name": neutral_name(class) })));
            assert!(allowed(class, "m.room.member", &json!({ "membership": "join" })));
        }
        assert!(allowed(Internal, "m.room.topic", &json!({ "topic": "Kantine" })));
    }

    #[test]
    fn the_name_of_a_closed_room_is_kept_only_encrypted() {
        let sealed = json!({ "algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "AwgAEnACgAkL", "session_id": "s+/" });
        for class in RoomClass::ALL {
            let closed = !ClassRules::of(class).clear_name;
            assert_eq!(allowed(class, SEALED_NAME, &sealed), closed);
            let mut chatty = sealed.clone();
            chatty["name"] = json!("Kündigung");
            assert!(!allowed(class, SEALED_NAME, &chatty));
            chatty = sealed.clone();
            chatty["ciphertext"] = json!("Kündigung von M.");
            assert!(!allowed(class, SEALED_NAME, &chatty));
            assert!(!allowed(class, SEALED_NAME, &json!({ "name": "Kündigung" })));
        }
    }

    #[test]
    fn closed_rooms_cannot_be_opened() {
        for class in RoomClass::ALL {
            let open = ClassRules::of(class).open;
            assert_eq!(
                allowed(class, "m.room.join_rules", &json!({ "join_rule": "public" })),
                open
            );
            assert!(allowed(class, "m.room.join_rules", &json!({ "join_rule": "invite" })));
        }
    }

    #[test]
    fn history_before_ones_time_is_closed_where_the_class_says_so() {
        for class in RoomClass::ALL {
            let earlier = ClassRules::of(class).earlier_history;
            for (value, expected) in
                [("shared", earlier), ("world_readable", earlier), ("joined", true)]
            {
                let content = json!({ "history_visibility": value });
                assert_eq!(allowed(class, "m.room.history_visibility", &content), expected);
            }
        }
    }
}
