//! Names and pictures: stored once, shown in every room.

use kontor_audit::{Action, Event as Audited};
use kontor_core::{Cx, Error, Result};
use ruma::UserId;
use ruma::events::TimelineEventType;
use ruma::events::room::member::MembershipState;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};

use crate::Rooms;
use crate::append::NewEvent;

impl Rooms {
    /// Sets a field of the caller's own profile, or removes it with `None`.
    ///
    /// A new name or picture is announced in every room the caller has joined. A proof of who she is
    /// was given under the name before, and is over with another one. law: R-040
    ///
    /// # Errors
    /// `Forbidden` for profiles of others, to suspended people (`M_USER_SUSPENDED`), and for what the organisation does not want there
    /// (law: R-051); `Invalid` for a name or value against the rules.
    pub async fn set_profile_field(
        &self,
        cx: &Cx,
        user: &UserId,
        field: &str,
        value: Option<Value>,
    ) -> Result<()> {
        if cx.user()? != user {
            return Err(Error::forbidden("You may only change your own profile."));
        }
        cx.require_writing()?;
        kontor_identity::check_profile_rules(&self.policy.now(), field, value.as_ref())?;
        let (person, name, feed) = (user.to_owned(), field.to_owned(), self.feed.clone());
        let (changed, now) = (person.clone(), cx.now);
        let write = self.db.write(cx, move |tx| {
            tx.after_commit(move || feed.people_changed(&changed));
            let value = value.as_ref();
            kontor_identity::change_own_profile_field(tx, &person, &name, value, now)
        });
        if write.await? {
            self.audit.note(cx, Audited::new(Action::IdentityProofEnded).about(user));
        }
        if matches!(field, "displayname" | "avatar_url") {
            self.announce_profile(cx, user).await?;
        }
        Ok(())
    }

    /// A membership event calls somebody what her profile does. With a name for one room only, she
    /// would be somebody else there, under a badge that was given for the other name. law: R-040
    ///
    /// # Errors
    /// `Forbidden` for another name.
    pub(crate) async fn require_name_of_profile(
        &self,
        cx: &Cx,
        user: &UserId,
        content: &RawValue,
    ) -> Result<()> {
        let content: Map<String, Value> = serde_json::from_str(content.get()).unwrap_or_default();
        let named = content.get("displayname").filter(|name| !name.is_null());
        if named.is_none() || named == self.name_and_picture(cx, user).await?.get("displayname") {
            return Ok(());
        }
        Err(Error::forbidden("A person has the name of her profile in every room."))
    }

    /// Brings the caller's membership events up to date with the profile.
    async fn announce_profile(&self, cx: &Cx, user: &UserId) -> Result<()> {
        let profile = self.name_and_picture(cx, user).await?;
        for room_id in self.joined_rooms(cx).await? {
            self.retry(cx, &room_id, async |room| {
                let state = room.live().state;
                let mut content: Map<String, Value> =
                    state.content("m.room.member", user.as_str()).unwrap_or_default();
                if state.membership(user) != MembershipState::Join {
                    return Ok(());
                }
                for field in ["displayname", "avatar_url", "join_authorised_via_users_server"] {
                    content.remove(field);
                }
                content.extend(profile.clone());
                let content = to_raw_value(&content).map_err(Error::internal)?;
                let kind = TimelineEventType::RoomMember;
                let event = NewEvent::state(user.to_owned(), kind, user.as_str(), content);
                self.append_one(cx, &room, event).await.map(drop)
            })
            .await?;
        }
        Ok(())
    }
}
