//! What surrounds every page: head, navigation, headers.

use askama::Template;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, REFERRER_POLICY,
};
use kontor_core::{Error, Kind, Locale, MatrixCode, Roles};
use kontor_identity::PasswordRules;

use crate::admin::areas;
use crate::appearance::Appearance;
use crate::assets;
use crate::frame::{Leave, Visit};
use crate::texts::Texts;

/// What a page may do: show itself in our style, run our own files (passkeys need one) and send its
/// forms back to us. Nothing inline.
const CONTENT_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
                              img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// What every template knows.
pub(crate) struct Page {
    pub(crate) texts: Texts,
    pub(crate) appearance: Appearance,
    /// Title, without the name of the program.
    pub(crate) title: String,
    /// Whether she is signed in, so that the navigation is shown.
    pub(crate) signed_in: bool,
    /// Her roles, for what the navigation shows.
    pub(crate) roles: Roles,
    /// Path of the page, for the navigation.
    pub(crate) path: String,
    /// The page with its query: where the choices in the footer lead back to.
    pub(crate) here: String,
    /// What came of the form before.
    pub(crate) said: Option<String>,
    /// Belongs into every form; empty where nobody has begun to sign in.
    pub(crate) form_token: String,
    /// Address of the style.
    pub(crate) style: String,
    /// Address of the sign.
    pub(crate) icon: String,
    /// Address of the script that asks for passkeys.
    pub(crate) script: String,
}

impl Page {
    /// The surroundings of a page whose title is the text `title`.
    pub(crate) fn new(visit: &Visit, title: &str) -> Self {
        let session = visit.session.as_ref();
        Self {
            texts: visit.texts,
            appearance: visit.appearance,
            title: visit.texts.get(title),
            signed_in: visit.person().is_ok(),
            roles: session.map_or(Roles::NONE, |session| session.roles),
            path: visit.uri.path().to_owned(),
            here: visit.uri.path_and_query().map_or("/account/", |here| here.as_str()).to_owned(),
            said: visit.said.map(|said| visit.texts.get(said)),
            form_token: session.map(|session| session.form_token.clone()).unwrap_or_default(),
            style: assets::style(),
            icon: assets::icon(),
            script: assets::script(),
        }
    }

    /// A text.
    pub(crate) fn t(&self, id: &str) -> String {
        self.texts.get(id)
    }

    /// A text that says something about `value`.
    pub(crate) fn t_with(&self, id: &str, name: &str, value: &str) -> String {
        self.texts.get_with(id, name, value)
    }

    /// What she sees of the console; nothing for people without an office.
    pub(crate) fn areas(&self) -> Vec<areas::Entry> {
        areas::entries(self.texts, self.roles, &self.path)
    }

    /// The looks to choose from: name, text and whether it is the chosen one.
    pub(crate) fn looks(&self) -> [(&'static str, String, bool); 3] {
        Appearance::ALL.map(|look| (look.name(), self.t(look.text()), look == self.appearance))
    }

    pub(crate) fn language(&self) -> &'static str {
        self.texts.code()
    }

    pub(crate) fn is_german(&self) -> bool {
        self.texts.0 == Locale::De
    }
}

/// A page.
pub(crate) fn show(template: &impl Template) -> Response {
    show_as(StatusCode::OK, template, CONTENT_POLICY)
}

/// A page with a form that was filled in wrongly.
pub(crate) fn show_again(template: &impl Template) -> Response {
    show_as(StatusCode::UNPROCESSABLE_ENTITY, template, CONTENT_POLICY)
}

/// A page that a link led to which opens nothing any more.
pub(crate) fn show_gone(template: &impl Template) -> Response {
    show_as(StatusCode::GONE, template, CONTENT_POLICY)
}

/// A page whose form leads elsewhere: browsers want to know where to.
pub(crate) fn show_leading_to(target: &str, template: &impl Template) -> Response {
    let policy =
        CONTENT_POLICY.replace("form-action 'self'", &format!("form-action 'self' {target}"));
    show_as(StatusCode::OK, template, &policy)
}

/// What the browser need not offer to a page: nothing of this is used.
const PERMISSIONS: (HeaderName, &str) = (
    HeaderName::from_static("permissions-policy"),
    "camera=(), microphone=(), geolocation=(), usb=(), serial=(), bluetooth=(), payment=(), browsing-topics=()",
);

fn show_as(status: StatusCode, template: &impl Template, policy: &str) -> Response {
    let text = match template.render() {
        Ok(text) => text,
        Err(error) => {
            tracing::error!(%error, "a page could not be made");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    // Without any referrer, browsers would not say either where a form comes from.
    let head = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
        (REFERRER_POLICY, "same-origin"),
        PERMISSIONS,
    ];
    let mut response = (status, head, text).into_response();
    if let Ok(policy) = HeaderValue::try_from(policy) {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// The page for what went wrong outside of any form.
#[derive(Template)]
#[template(path = "failed.html")]
struct Failed {
    page: Page,
    text: String,
}

/// Says what went wrong, in her language and without details.
pub(crate) fn failed(texts: Texts, appearance: Appearance, error: &Error) -> Response {
    let (status, id) = match error.kind {
        Kind::Unauthenticated | Kind::Forbidden => (StatusCode::FORBIDDEN, "error-forbidden"),
        Kind::NotFound => (StatusCode::NOT_FOUND, "error-not-found"),
        Kind::Gone => (StatusCode::GONE, "error-gone"),
        Kind::Conflict | Kind::Invalid | Kind::NotAllowed => {
            (StatusCode::BAD_REQUEST, "error-invalid")
        }
        Kind::Limited => (StatusCode::TOO_MANY_REQUESTS, "error-limited"),
        Kind::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "error-unavailable"),
        Kind::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "error-internal"),
    };
    if matches!(error.kind, Kind::Internal | Kind::Unavailable) {
        tracing::error!(%error, "page failed");
    }
    let page = Page {
        texts,
        appearance,
        title: texts.get("error-title"),
        signed_in: false,
        roles: Roles::NONE,
        path: "/account/".to_owned(),
        here: "/account/".to_owned(),
        said: None,
        form_token: String::new(),
        style: assets::style(),
        icon: assets::icon(),
        script: assets::script(),
    };
    show_as(status, &Failed { page, text: texts.get(id) }, CONTENT_POLICY)
}

/// The page for a link that opens nothing any more, or never did.
#[derive(Template)]
#[template(path = "account/link-over.html")]
struct LinkOver {
    page: Page,
    /// A new password can be had by mail.
    by_mail: bool,
}

/// Says that a link opens nothing, and what to do now; other failures stay failures.
pub(crate) fn link_over(visit: &Visit, error: Error) -> Result<Response, Leave> {
    if error.kind != Kind::Gone {
        return Err(error.into());
    }
    let page = Page::new(visit, "link-over-title");
    let by_mail = visit.tenant.identity.sends_mail();
    Ok(show_gone(&LinkOver { page, by_mail }))
}

/// What is wrong with a form, in her language.
pub(crate) fn complaint(texts: Texts, error: &Error, otherwise: &str) -> String {
    match error.kind {
        Kind::Limited => {
            let wait = error.fields.get("retry_after_ms").and_then(serde_json::Value::as_u64);
            texts.get_with("error-too-often", "seconds", wait.unwrap_or(60_000).div_ceil(1000))
        }
        _ => texts.get(otherwise),
    }
}

/// What is wrong with what was shown or typed, in her language; other failures stay failures.
pub(crate) fn refusal(visit: &Visit, error: Error, otherwise: &str) -> Result<String, Leave> {
    let is_wrong = matches!(
        error.kind,
        Kind::Forbidden | Kind::Limited | Kind::Invalid | Kind::NotFound | Kind::Gone
    );
    if is_wrong && error.code != Some(MatrixCode::StepUp) {
        return Ok(complaint(visit.texts, &error, otherwise));
    }
    Err(error.into())
}

/// What is asked of a new password, in words.
pub(crate) fn password_hint(texts: Texts, rules: PasswordRules) -> String {
    if rules.classes < 2 {
        return texts.get_with("password-hint", "least", rules.least);
    }
    let (least, kinds) = (rules.least.to_string(), rules.classes.to_string());
    texts.get_with_two("password-hint-kinds", ("least", &least), ("kinds", &kinds))
}

/// Which rule a new password breaks, in words.
pub(crate) fn password_complaint(texts: Texts, error: &Error) -> String {
    let field = |name: &str| error.fields.get(name);
    let reason = field("reason").and_then(|reason| reason.as_str()).unwrap_or_default();
    let least = field("least").and_then(serde_json::Value::as_u64).unwrap_or_default();
    match reason {
        "too_short" => texts.get_with("password-too-short", "least", least),
        "too_uniform" => texts.get_with("password-too-uniform", "least", least),
        "too_long" => texts.get("password-too-long"),
        "common" => texts.get("password-common"),
        "name" => texts.get("password-name"),
        "former" => texts.get("password-former"),
        _ => texts.get("password-weak"),
    }
}
