//! What is stored about a person's account, shown to that person.

use askama::Template;
use kontor_identity::{ENDED_BY_NEW_NAME, OwnAccount};

use super::devices::day;
use super::privacy::holds_on;
use crate::admin::people::person::guest_in_words;
use crate::admin::people::role_name;
use crate::frame::{Shown, Visit};
use crate::page::{self, Page};
use crate::recorded::reason_in_words;

#[derive(Template)]
#[template(path = "account/own-account.html")]
struct Stored {
    page: Page,
    user_id: String,
    login_name: Option<String>,
    created: String,
    /// Fields of the profile: name and value.
    profile: Vec<(String, String)>,
    /// Roles with the day and the reason.
    roles: Vec<(String, String, String)>,
    /// Text for how the identity was proved, and the day.
    proof: Option<(String, String)>,
    /// Versions of notices, and the day.
    notices: Vec<(String, String)>,
    /// Until when she is here, in words, if she is a guest.
    guest: Option<String>,
    rooms: usize,
    devices: usize,
    browsers: usize,
    app_passwords: usize,
    /// Holds on her that she is told of: the matter, the basis and the end.
    holds: Vec<(String, String, String)>,
}

/// `GET /account/data`
pub(super) async fn show(visit: Visit) -> Shown {
    let (_, cx) = visit.person()?;
    let stored = visit.tenant.identity.own_account(&cx).await?;
    let rooms = visit.tenant.rooms.joined_rooms(&cx).await?.len();
    let holds = holds_on(&visit, &cx).await?;
    Ok(page::show(&Stored { holds, ..told(&visit, stored, rooms) }))
}

fn told(visit: &Visit, stored: OwnAccount, rooms: usize) -> Stored {
    let field = |(name, value): (String, serde_json::Value)| {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        (field_in_words(visit, name), value)
    };
    Stored {
        page: Page::new(visit, "data-title"),
        user_id: stored.account.user_id.to_string(),
        login_name: stored.account.login_name,
        created: day(visit, stored.account.created),
        profile: stored.profile.into_iter().map(field).collect(),
        roles: stored
            .roles
            .into_iter()
            .map(|row| {
                let reason = reason_in_words(visit.texts, row.reason);
                (role_name(visit.texts, row.role), day(visit, row.granted), reason)
            })
            .collect(),
        proof: stored.proof.map(|proof| (method(visit, &proof.method), day(visit, proof.proved))),
        notices: stored.notices.into_iter().map(|(name, at)| (name, day(visit, at))).collect(),
        guest: stored.guest.map(|term| guest_in_words(visit, term)),
        rooms,
        devices: stored.devices,
        browsers: stored.browsers,
        app_passwords: stored.app_passwords,
        holds: Vec::new(),
    }
}

/// What a field of the profile is called. What programs write there keeps their name for it.
fn field_in_words(visit: &Visit, name: String) -> String {
    match name.as_str() {
        "displayname" => visit.texts.get("profile-name"),
        "avatar_url" => visit.texts.get("profile-picture"),
        "m.tz" => visit.texts.get("data-time-zone"),
        _ => name,
    }
}

fn method(visit: &Visit, method: &str) -> String {
    let texts = visit.texts;
    match method {
        "in_person" => texts.get("data-proof-in-person"),
        "records" => texts.get("data-proof-records"),
        "invited" => texts.get("data-proof-invited"),
        ENDED_BY_NEW_NAME => texts.get("data-proof-over"),
        _ => texts.get("data-proof-created"),
    }
}
