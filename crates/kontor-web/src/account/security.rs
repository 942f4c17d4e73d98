//! The second factors of an account: looking them over, removing them, codes for the worst case.

use askama::Template;
use kontor_core::{Kind, Secret};

use super::devices::day;
use crate::frame::{Leave, Shown, Visit};
use crate::page::{self, Page, show_again};

#[derive(Template)]
#[template(path = "account/security.html")]
struct Security {
    page: Page,
    wrong: Option<String>,
    passkeys: Vec<Line>,
    /// Day on which the app was set up.
    totp: Option<String>,
    codes_left: u64,
    /// Codes just made; shown this once.
    codes: Vec<Secret<String>>,
}

struct Line {
    id: String,
    name: String,
    created: String,
}

/// `GET /account/security`
pub(super) async fn show(visit: Visit) -> Shown {
    Ok(page::show(&looked_over(&visit, None, Vec::new()).await?))
}

/// `POST /account/security`
pub(super) async fn change(visit: Visit) -> Shown {
    let (session, _) = visit.person()?;
    let (identity, cx) = (&visit.tenant.identity, &visit.cx);
    let id = visit.form.text("passkey").to_owned();
    let done = match visit.form.text("act") {
        "codes" => {
            let codes = identity.new_recovery_codes(cx, session).await?;
            return Ok(page::show(&looked_over(&visit, None, codes).await?));
        }
        "rename" => identity.rename_passkey(cx, session, (id, visit.form.text("name"))).await,
        "remove-totp" => identity.remove_totp(cx, session).await,
        _ => identity.remove_passkey(cx, session, id).await,
    };
    match done {
        Ok(()) => Err(Leave::Done("/account/security".to_owned(), "layout-done")),
        Err(error) if error.kind == Kind::Forbidden && error.code.is_none() => {
            let wrong = visit.texts.get("security-last");
            Ok(show_again(&looked_over(&visit, Some(wrong), Vec::new()).await?))
        }
        Err(error) if error.kind == Kind::Invalid => {
            let wrong = visit.texts.get("security-name-wrong");
            Ok(show_again(&looked_over(&visit, Some(wrong), Vec::new()).await?))
        }
        Err(error) => Err(error.into()),
    }
}

async fn looked_over(
    visit: &Visit,
    wrong: Option<String>,
    codes: Vec<Secret<String>>,
) -> Result<Security, Leave> {
    let (session, _) = visit.person()?;
    let factors = visit.tenant.identity.second_factors(&visit.cx, session).await?;
    let passkeys = factors.passkeys.into_iter().map(|key| Line {
        id: key.id,
        name: key.name,
        created: day(visit, key.created),
    });
    Ok(Security {
        page: Page::new(visit, "security-title"),
        wrong,
        passkeys: passkeys.collect(),
        totp: factors.totp.map(|at| day(visit, at)),
        codes_left: factors.recovery_codes_left,
        codes,
    })
}
