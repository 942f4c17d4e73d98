//! Setting up a second factor: a passkey, or an authenticator app. law: R-042

use askama::Template;
use axum::response::Response;
use kontor_core::Error;
use kontor_identity::{BrowserSession, Method, Stage};
use qrcode::QrCode;
use qrcode::render::svg;

use crate::form::next_of;
use crate::frame::{Shown, Visit};
use crate::page::{self, Page, refusal, show_again};
use crate::passkey::Asked;

/// Width of the picture in points; the style decides how large it is shown.
const QR_POINTS: u32 = 208;

#[derive(Template)]
#[template(path = "account/enrol.html")]
struct Enrol {
    page: Page,
    next: String,
    /// What is asked for, and what is not possible without.
    intro: String,
    /// She has just shown an app, and only a passkey lets her on.
    app_is_not_enough: bool,
    /// Only a passkey lets her on.
    only_passkey: bool,
    passkey: Asked,
    /// Name of the passkey, as typed.
    name: String,
    wrong_passkey: Option<String>,
    totp: String,
    /// The picture that the app reads, as an address with the picture in it.
    qr: String,
    secret: String,
    wrong_code: Option<String>,
}

/// `GET /account/enrol`
pub(super) async fn show(visit: Visit) -> Shown {
    show_page(&visit, (None, None), page::show).await
}

/// `POST /account/enrol`
pub(super) async fn finish(visit: Visit) -> Shown {
    let session = visit.newcomer()?;
    let (identity, cx) = (&visit.tenant.identity, &visit.cx);
    let ceremony = visit.form.text("ceremony");
    let is_passkey = visit.form.text("way") == "passkey";
    let done = if is_passkey {
        let name = match visit.form.text("name").trim() {
            "" => visit.texts.get("enrol-passkey-unnamed"),
            name => name.to_owned(),
        };
        identity.finish_passkey(cx, session, (ceremony, &name), Asked::answer(&visit)?).await
    } else {
        let code = visit.form.text("code").trim();
        identity.finish_totp(cx, session, (ceremony, code)).await
    };
    match done {
        Ok(sign_in) => {
            let next = match visit.form.text("next") {
                "" | "/account/" => "/account/security",
                next => next,
            };
            Ok(visit.signed_in(&sign_in, next))
        }
        Err(error) if is_passkey => {
            let wrong = refusal(&visit, error, "passkey-wrong")?;
            show_page(&visit, (Some(wrong), None), show_again).await
        }
        Err(error) => {
            let wrong = refusal(&visit, error, "enrol-code-wrong")?;
            show_page(&visit, (None, Some(wrong)), show_again).await
        }
    }
}

async fn show_page(
    visit: &Visit,
    (wrong_passkey, wrong_code): (Option<String>, Option<String>),
    show: fn(&Enrol) -> Response,
) -> Shown {
    let session = visit.newcomer()?;
    let (identity, cx) = (&visit.tenant.identity, &visit.cx);
    let passkey = Asked::of(identity.begin_passkey(cx, session).await?);
    let totp = identity.begin_totp(cx, session).await?;
    Ok(show(&Enrol {
        page: Page::new(visit, "enrol-title"),
        next: next_of(visit.form.text("next")).to_owned(),
        intro: intro(visit, session),
        app_is_not_enough: app_is_not_enough(session),
        only_passkey: identity.must_have_passkey(session),
        passkey,
        name: visit.typed("name").to_owned(),
        wrong_passkey,
        qr: picture(totp.uri.expose())?,
        secret: totp.secret.expose().clone(),
        totp: totp.ceremony,
        wrong_code,
    }))
}

/// What is asked for, and what is not possible until it is there.
fn intro(visit: &Visit, session: &BrowserSession) -> String {
    if session.stage != Stage::MustEnrol {
        return visit.texts.get("enrol-intro");
    }
    let asked = match visit.tenant.identity.must_have_passkey(session) {
        true if app_is_not_enough(session) => "enrol-must-passkey-too",
        true => "enrol-must-passkey",
        false => "enrol-must",
    };
    format!("{} {}", visit.texts.get(asked), visit.texts.get("enrol-until-then"))
}

fn app_is_not_enough(session: &BrowserSession) -> bool {
    session.stage == Stage::MustEnrol && session.methods.contains(Method::Totp)
}

/// A QR code, black on white whatever the colours of the page: cameras want it so.
fn picture(text: &str) -> Result<String, Error> {
    let code = QrCode::new(text).map_err(|cause| Error::internal(cause.to_string()))?;
    let picture = code.render::<svg::Color<'_>>().min_dimensions(QR_POINTS, QR_POINTS).build();
    let picture: String = url::form_urlencoded::byte_serialize(picture.as_bytes()).collect();
    Ok(format!("data:image/svg+xml,{}", picture.replace('+', "%20")))
}
