//! The name and picture that others see.

use askama::Template;
use kontor_core::{Error, Kind, MatrixCode};
use kontor_identity::{IdentityProof, settable_profile_fields};
use serde_json::Value;

use crate::frame::{Leave, Shown, Visit};
use crate::page::{self, Page, show_again};
use crate::when::day;

const NAME: &str = "displayname";
const PICTURE: &str = "avatar_url";

#[derive(Template)]
#[template(path = "account/profile.html")]
struct Profile {
    page: Page,
    name: String,
    wrong: Option<String>,
    /// Whether the organisation wants names at all.
    may_name: bool,
    has_picture: bool,
    /// What another name means for the proof of who she is, or meant; nothing if there was none.
    proof: Option<String>,
}

/// `GET /account/profile`
pub(super) async fn show(visit: Visit) -> Shown {
    Ok(page::show(&form(&visit, None).await?))
}

/// `POST /account/profile`
pub(super) async fn change(visit: Visit) -> Shown {
    let (session, cx) = visit.person()?;
    let name = visit.form.text("name").trim();
    let (field, value) = match visit.form.text("act") {
        "remove-picture" => (PICTURE, None),
        _ if name.is_empty() => (NAME, None),
        _ => (NAME, Some(Value::from(name))),
    };
    match visit.tenant.rooms.set_profile_field(&cx, &session.user_id, field, value).await {
        Ok(()) => Err(Leave::Done("/account/profile".to_owned(), "layout-saved")),
        Err(error) if is_about_the_name(&error) => {
            let id = if name.is_empty() { "profile-name-missing" } else { "profile-name-wrong" };
            Ok(show_again(&form(&visit, Some((name.to_owned(), visit.texts.get(id)))).await?))
        }
        Err(error) => Err(error.into()),
    }
}

/// `tried` is a refused name and why.
async fn form(visit: &Visit, tried: Option<(String, String)>) -> Result<Profile, Leave> {
    let (session, cx) = visit.person()?;
    let identity = &visit.tenant.identity;
    let stored = identity.profile(&cx, session.user_id.clone()).await?;
    let proof = identity.identity_proof(&cx, session.user_id.clone()).await?;
    let text = |field: &str| stored.get(field).and_then(Value::as_str).unwrap_or_default();
    let settable = settable_profile_fields(&visit.tenant.policy.now());
    let (name, wrong) = match tried {
        Some((name, wrong)) => (name, Some(wrong)),
        None => (text(NAME).to_owned(), None),
    };
    Ok(Profile {
        page: Page::new(visit, "profile-title"),
        name,
        wrong,
        may_name: settable.is_none_or(|fields| fields.contains(&NAME)),
        has_picture: !text(PICTURE).is_empty(),
        proof: proof.map(|proof| proof_in_words(visit, &proof)),
    })
}

/// Said before she saves another name, and afterwards.
fn proof_in_words(visit: &Visit, proof: &IdentityProof) -> String {
    match proof.level {
        0 => visit.texts.get_with("profile-name-proof-over", "day", day(visit, proof.proved)),
        _ => visit.texts.get("profile-name-proved"),
    }
}

/// What the form can mend: not that she reads only.
fn is_about_the_name(error: &Error) -> bool {
    let is_suspended = error.code == Some(MatrixCode::UserSuspended);
    matches!(error.kind, Kind::Invalid | Kind::Forbidden) && !is_suspended
}
