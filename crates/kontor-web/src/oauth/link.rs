//! A device without keyboard shows a code, and the person types it in here (RFC 8628 §3.3).

use askama::Template;
use kontor_core::{Error, Kind};
use kontor_oauth::Question;

use crate::frame::{Shown, Visit};
use crate::page::{self, Page, complaint, show_again};

#[derive(Template)]
#[template(path = "oauth/link.html")]
struct Link {
    page: Page,
    /// As typed.
    code: String,
    wrong: Option<String>,
    /// What is asked; `None` before a code is typed in.
    asked: Option<Asked>,
    /// What was decided.
    decided: Option<bool>,
}

/// Who wants to be signed in.
struct Asked {
    client: String,
    host: String,
}

/// `GET /oauth2/link`
pub(super) async fn show(visit: Visit) -> Shown {
    visit.person()?;
    if visit.form.text("user_code").is_empty() {
        return Ok(page::show(&link(&visit, None, None)));
    }
    ask(&visit).await
}

/// `POST /oauth2/link`
pub(super) async fn decide(visit: Visit) -> Shown {
    let (_, cx) = visit.person()?;
    let allowed = visit.form.has("allow");
    if !allowed && !visit.form.has("refuse") {
        return ask(&visit).await;
    }
    let code = visit.form.text("user_code");
    match visit.tenant.oauth.decide_device_grant(&cx, code, allowed).await {
        Ok(()) => {
            let decided = Link { decided: Some(allowed), ..link(&visit, None, None) };
            Ok(page::show(&decided))
        }
        Err(error) => retry(&visit, error),
    }
}

/// Shows what a code asks.
async fn ask(visit: &Visit) -> Shown {
    let (_, cx) = visit.person()?;
    match visit.tenant.oauth.look_at_user_code(&cx, visit.form.text("user_code")).await {
        Ok(question) => Ok(page::show(&link(visit, None, Some(question)))),
        Err(error) => retry(visit, error),
    }
}

fn retry(visit: &Visit, error: Error) -> Shown {
    match error.kind {
        Kind::NotFound | Kind::Limited => {
            let wrong = complaint(visit.texts, &error, "link-wrong");
            Ok(show_again(&link(visit, Some(wrong), None)))
        }
        _ => Err(error.into()),
    }
}

fn link(visit: &Visit, wrong: Option<String>, question: Option<Question>) -> Link {
    let asked = question.map(|question| Asked {
        client: question.client.name().to_owned(),
        host: question.client.client_uri.host_str().unwrap_or_default().to_owned(),
    });
    Link {
        page: Page::new(visit, "link-title"),
        code: visit.form.text("user_code").to_owned(),
        wrong,
        asked,
        decided: None,
    }
}
