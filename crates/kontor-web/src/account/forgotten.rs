//! Asking for a new password by mail. law: R-044

use askama::Template;
use axum::response::Response;
use kontor_core::{Error, Kind};

use crate::frame::{Shown, Visit};
use crate::page::{self, Page, complaint, show_again};

#[derive(Template)]
#[template(path = "account/forgotten.html")]
struct Forgotten {
    page: Page,
    /// As typed.
    name: String,
    wrong: Option<String>,
    /// The request was taken; whether anybody gets a mail, nobody learns here.
    asked: bool,
}

/// `GET /account/forgotten`
pub(super) async fn show(visit: Visit) -> Shown {
    if !visit.tenant.identity.sends_mail() {
        return Err(Error::not_found("No mails are sent here.").into());
    }
    Ok(show_page(&visit, None, page::show))
}

/// `POST /account/forgotten`
pub(super) async fn ask(visit: Visit) -> Shown {
    let name = visit.form.text("name");
    match visit.tenant.identity.ask_for_new_password(&visit.cx, name).await {
        Ok(()) => Ok(page::show(&Forgotten { asked: true, ..forgotten(&visit, None) })),
        Err(error) if matches!(error.kind, Kind::Invalid | Kind::Limited) => {
            let wrong = complaint(visit.texts, &error, "forgotten-empty");
            Ok(show_page(&visit, Some(wrong), show_again))
        }
        Err(error) => Err(error.into()),
    }
}

fn show_page(visit: &Visit, wrong: Option<String>, show: fn(&Forgotten) -> Response) -> Response {
    show(&forgotten(visit, wrong))
}

fn forgotten(visit: &Visit, wrong: Option<String>) -> Forgotten {
    let name = visit.form.text("name").trim().to_owned();
    Forgotten { page: Page::new(visit, "forgotten-title"), name, wrong, asked: false }
}
