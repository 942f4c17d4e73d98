//! Passwords for single programs that know no other way in.

use askama::Template;
use kontor_core::{Error, Kind};
use kontor_identity::NewAppPassword;

use super::devices::day;
use crate::frame::{Leave, Shown, Visit};
use crate::page::{self, Page, show_again};

#[derive(Template)]
#[template(path = "account/app_passwords.html")]
struct AppPasswords {
    page: Page,
    /// Just made; shown this once.
    made: Option<Made>,
    held: Vec<Line>,
    /// As typed.
    name: String,
    wrong: Option<String>,
    /// User name to enter beside it.
    user_id: String,
}

struct Made {
    name: String,
    password: NewAppPassword,
}

struct Line {
    id: String,
    name: String,
    created: String,
    last_used: Option<String>,
}

/// `GET /account/app-passwords`
pub(super) async fn show(visit: Visit) -> Shown {
    Ok(page::show(&looked_over(&visit).await?))
}

/// `POST /account/app-passwords`
pub(super) async fn change(visit: Visit) -> Shown {
    let (session, cx) = visit.person()?;
    offered(&visit)?;
    let identity = &visit.tenant.identity;
    if visit.form.has("remove") {
        identity.remove_app_password(&cx, visit.form.text("remove").to_owned()).await?;
        return Err(Leave::Done("/account/app-passwords".to_owned(), "layout-done"));
    }
    let name = visit.form.text("name").trim().to_owned();
    match identity.create_app_password(&visit.cx, session, &name).await {
        Ok(password) => {
            let made = Some(Made { name, password });
            let shown = looked_over(&visit).await?;
            Ok(page::show(&AppPasswords { made, name: String::new(), ..shown }))
        }
        Err(error) if matches!(error.kind, Kind::Invalid | Kind::Limited) => {
            let id = match error.kind {
                Kind::Limited => "app-passwords-enough",
                _ => "app-passwords-name-wrong",
            };
            let wrong = Some(visit.texts.get(id));
            Ok(show_again(&AppPasswords { wrong, ..looked_over(&visit).await? }))
        }
        Err(error) => Err(error.into()),
    }
}

/// Where the policy lets nobody in by password, there is nothing to be made.
fn offered(visit: &Visit) -> Result<(), Leave> {
    if visit.tenant.identity.offers_password_login() {
        return Ok(());
    }
    Err(Error::not_found("Signing in by password is switched off.").into())
}

async fn looked_over(visit: &Visit) -> Result<AppPasswords, Leave> {
    let (session, cx) = visit.person()?;
    offered(visit)?;
    let held = visit.tenant.identity.app_passwords(&cx).await?.into_iter().map(|row| Line {
        created: day(visit, row.created),
        last_used: row.last_used_day.map(|at| day(visit, at)),
        id: row.app_password_id,
        name: row.name,
    });
    Ok(AppPasswords {
        page: Page::new(visit, "app-passwords-title"),
        made: None,
        held: held.collect(),
        name: visit.typed("name").to_owned(),
        wrong: None,
        user_id: session.user_id.to_string(),
    })
}
