//! What surrounds every handler: who visits, in which language, and whether a form may be believed.

use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::Request;
use axum::response::{IntoResponse, Redirect, Response};
use http::header::{ACCEPT_LANGUAGE, HOST, HeaderMap, ORIGIN, SET_COOKIE};
use http::{HeaderValue, Method, Uri};
use kontor_core::{Cx, Error, Locale, MatrixCode, Permission, RequestId, Result};
use kontor_identity::{Browser, BrowserSession, BrowserSignIn, RunOut, Stage};
use kontor_tenant::{Peer, Tenant, Transport};

use crate::appearance::Appearance;
use crate::cookie;
use crate::form::{Form, next_of};
use crate::page;
use crate::sent::{Sent, carried_to};
use crate::texts::Texts;

/// Largest form, in bytes.
const BODY_LIMIT_BYTES: usize = 64 * 1024;
/// Field of every form: proves that it comes from a page of the same session.
pub(crate) const FORM_TOKEN: &str = "form_token";

/// One request for a page.
pub(crate) struct Visit {
    /// The organisation.
    pub(crate) tenant: Arc<Tenant>,
    /// Nobody's, until [`Visit::person`] says whose.
    pub(crate) cx: Cx,
    /// In her language.
    pub(crate) texts: Texts,
    /// Light or dark.
    pub(crate) appearance: Appearance,
    /// Who is signed in with this browser, finished or not.
    pub(crate) session: Option<BrowserSession>,
    /// Who was signed in with it before, if nobody is any more.
    pub(crate) before: Option<Before>,
    /// What was sent: the form, or the query and what waits on the page.
    pub(crate) form: Form,
    /// It is a form.
    pub(crate) is_form: bool,
    /// A form that has waited on the page is in `form`.
    is_carried: bool,
    /// The page asked for.
    pub(crate) uri: Uri,
    /// Whether the browser came by TLS.
    pub(crate) is_secure: bool,
    /// Text: what came of the form before.
    pub(crate) said: Option<&'static str>,
}

/// A cookie whose session is over.
pub(crate) struct Before {
    /// What only this browser can tell: what goes with its forms.
    pub(crate) name: String,
    /// Whose session has run out just now, and whose form this is.
    pub(crate) run_out: Option<RunOut>,
}

/// Why a page is not shown.
pub(crate) enum Leave {
    /// Another one comes first.
    To(String),
    /// A form is done: that page shows it, and this text says so.
    Done(String, &'static str),
    /// A page says what is wrong.
    Failed(Error),
}

impl From<Error> for Leave {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// What a handler answers.
pub(crate) type Shown = Result<Response, Leave>;

/// Lets `handler` answer a request.
pub(crate) async fn serve(request: Request, handler: impl AsyncFnOnce(Visit) -> Shown) -> Response {
    let texts = Texts(language_of(request.headers()));
    let appearance = cookie::appearance(request.headers());
    let here = request.uri().clone();
    let (outcome, sent) = match Visit::begin(request, texts).await {
        Ok(visit) => {
            let sent = Sent::of(&visit);
            (handler(visit).await, sent)
        }
        Err(leave) => (Err(leave), None),
    };
    match outcome {
        Ok(response) => response,
        Err(Leave::To(address)) => {
            if let Some(sent) = sent.filter(Sent::is_late) {
                sent.waits(here.path());
            }
            Redirect::to(&address).into_response()
        }
        Err(Leave::Done(address, said)) => {
            if let Some(sent) = sent {
                sent.done(&address, said);
            }
            Redirect::to(&address).into_response()
        }
        Err(Leave::Failed(error)) if asks_for_proof(&error) => {
            if let Some(sent) = sent {
                sent.waits(here.path());
            }
            Redirect::to(&format!("/account/confirm?{}", next_query(whole(&here)))).into_response()
        }
        Err(Leave::Failed(error)) => page::failed(texts, appearance, &error),
    }
}

/// Any address below ours that leads nowhere: a person reads the answer, not a program.
pub(crate) async fn missing(_: Visit) -> Shown {
    Err(Error::not_found("There is no such page.").into())
}

impl Visit {
    async fn begin(request: Request, texts: Texts) -> Result<Self, Leave> {
        let (head, body) = request.into_parts();
        let tenant = head
            .extensions
            .get::<Arc<Tenant>>()
            .cloned()
            .ok_or_else(|| Error::internal("a request without tenant"))?;
        let mut cx = tenant.anonymous()?;
        cx.address = head.extensions.get::<Peer>().map(|peer| peer.0);
        cx.request_id = head.extensions.get::<RequestId>().copied().unwrap_or(cx.request_id);
        cx.locale = texts.0;
        let is_secure = head.extensions.get::<Transport>().is_some_and(|way| way.is_secure);
        let (session, mut before) = match cookie::session(&head.headers, is_secure) {
            Some(secret) => standing(&tenant, &cx, secret).await?,
            None => (None, None),
        };
        let (mut said, mut is_carried) = (None, false);
        let is_form = head.method == Method::POST;
        let form = if is_form {
            check_origin(&head.headers, &head.uri, is_secure)?;
            let text = to_bytes(body, BODY_LIMIT_BYTES).await;
            let form = Form::parse(&text.map_err(|_| stale("The form is too large."))?);
            check_token(session.as_ref(), &form)?;
            if let Some(before) = &mut before {
                before.run_out.take_if(|it| !it.accepts_form(form.text(FORM_TOKEN)));
            }
            form
        } else {
            let mut form = Form::parse(head.uri.query().unwrap_or_default().as_bytes());
            if let Some(carried) = carried_to(&tenant, &cx, session.as_ref(), &head.uri) {
                is_carried = !carried.fields.is_empty();
                form.put_before(carried.fields);
                said = Some(carried.said);
            }
            form
        };
        let appearance = cookie::appearance(&head.headers);
        Ok(Self {
            tenant,
            cx,
            texts,
            appearance,
            session,
            before,
            form,
            is_form,
            is_carried,
            uri: head.uri,
            is_secure,
            said,
        })
    }

    /// Whoever is signed in, and her context.
    ///
    /// # Errors
    /// Leads to where signing in is begun or finished, and back here afterwards.
    pub(crate) fn person(&self) -> Result<(&BrowserSession, Cx), Leave> {
        let way = match &self.session {
            Some(session) if session.stage == Stage::Complete => {
                return Ok((session, session.acting(&self.cx)?));
            }
            Some(session) => path_of(session.stage),
            None => "/account/login",
        };
        Err(Leave::To(self.with_next(way)))
    }

    /// As [`Self::person`], for pages of the console.
    ///
    /// # Errors
    /// Refuses people without an office; what each office may do, services know.
    pub(crate) fn officer(&self) -> Result<(&BrowserSession, Cx), Leave> {
        let (session, cx) = self.person()?;
        if !session.roles.offices().is_empty() {
            return Ok((session, cx));
        }
        Err(Error::forbidden("Only people with an office see the console.").into())
    }

    /// As [`Self::officer`], for pages that no service keeps from those without `permission`.
    ///
    /// # Errors
    /// `Forbidden` without it.
    pub(crate) fn officer_with(
        &self,
        permission: Permission,
    ) -> Result<(&BrowserSession, Cx), Leave> {
        let (session, cx) = self.officer()?;
        cx.require(permission)?;
        Ok((session, cx))
    }

    /// What she has typed into a field, now or before she was asked who she is; trimmed. Nothing
    /// that stands in a link: a link fills in no form.
    pub(crate) fn typed(&self, name: &str) -> &str {
        if self.has_typed() { self.form.text(name).trim() } else { "" }
    }

    /// Whether she has sent a form, now or before she was asked who she is.
    pub(crate) const fn has_typed(&self) -> bool {
        self.is_form || self.is_carried
    }

    /// The next page after a change of the session, which the browser learns of.
    pub(crate) fn signed_in(&self, sign_in: &BrowserSignIn, next: &str) -> Response {
        if let Some(before) = &self.before {
            self.tenant.carrying.hand_over(&before.name, (&sign_in.user_id, &sign_in.id));
        }
        let address = match sign_in.stage {
            Stage::Complete => next_of(next).to_owned(),
            stage => format!("{}?{}", path_of(stage), next_query(next)),
        };
        redirect_with(&address, cookie::set_session(sign_in.secret.expose(), self.is_secure))
    }

    /// Whoever has at least begun to sign in with this browser.
    ///
    /// # Errors
    /// Leads to where signing in begins.
    pub(crate) fn newcomer(&self) -> Result<&BrowserSession, Leave> {
        self.session.as_ref().ok_or_else(|| Leave::To(self.with_next("/account/login")))
    }

    fn with_next(&self, way: &str) -> String {
        format!("{way}?{}", next_query(whole(&self.uri)))
    }
}

/// A page with its query, to come back to.
fn whole(page: &Uri) -> &str {
    page.path_and_query().map_or("/account/", |path| path.as_str())
}

/// Who is signed in with the cookie `secret`, or was.
async fn standing(
    tenant: &Tenant,
    cx: &Cx,
    secret: &str,
) -> Result<(Option<BrowserSession>, Option<Before>)> {
    let before = |run_out| Some(Before { name: tenant.identity.form_token(secret), run_out });
    Ok(match tenant.identity.browser(cx, secret).await? {
        Browser::SignedIn(session) => (Some(*session), None),
        Browser::RunOut(session) => (None, before(Some(session))),
        Browser::Nobody => (None, before(None)),
    })
}

/// The next page, with a cookie.
pub(crate) fn redirect_with(address: &str, cookie: Option<HeaderValue>) -> Response {
    let mut response = Redirect::to(address).into_response();
    if let Some(cookie) = cookie {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// A query that names the page to go on to.
pub(crate) fn next_query(next: &str) -> String {
    url::form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish()
}

/// Whether she may do it once she has shown again who she is.
fn asks_for_proof(error: &Error) -> bool {
    error.code == Some(MatrixCode::StepUp)
}

/// Where a sign-in goes on.
const fn path_of(stage: Stage) -> &'static str {
    match stage {
        Stage::NeedsSecondFactor => "/account/second-factor",
        Stage::MustEnrol => "/account/enrol",
        Stage::Complete => "/account/",
    }
}

/// The language of the pages: chosen here, else the browser's, else German.
fn language_of(headers: &HeaderMap) -> Locale {
    let accepted = || headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    cookie::language(headers).unwrap_or_else(|| {
        let languages = accepted().unwrap_or_default().split(',');
        let mut known = languages.filter_map(|language| {
            match language.trim().get(..2).unwrap_or_default().to_ascii_lowercase().as_str() {
                "de" => Some(Locale::De),
                "en" => Some(Locale::En),
                _ => None,
            }
        });
        known.next().unwrap_or_default()
    })
}

/// A form must come from a page of ours: browsers say so, and other pages cannot make them lie. Over
/// HTTP/2 the host stands in the address.
fn check_origin(headers: &HeaderMap, uri: &Uri, is_secure: bool) -> Result<()> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let is_ours = match (text("sec-fetch-site"), text(ORIGIN.as_str())) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => {
            let scheme = if is_secure { "https" } else { "http" };
            let host = uri.authority().map(http::uri::Authority::as_str);
            let host = host.or_else(|| text(HOST.as_str()));
            host.is_some_and(|host| origin == format!("{scheme}://{host}"))
        }
        (None, None) => false,
    };
    if is_ours { Ok(()) } else { Err(stale("The form does not come from this page.")) }
}

fn check_token(session: Option<&BrowserSession>, form: &Form) -> Result<()> {
    match session {
        Some(session) if !session.accepts_form(form.text(FORM_TOKEN)) => {
            Err(stale("The form is not of this session."))
        }
        _ => Ok(()),
    }
}

fn stale(text: &'static str) -> Error {
    Error::forbidden(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (http::HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn forms_of_other_pages_are_not_believed() {
        let host = ("host", "chat.firma.example");
        let good: [&[_]; 2] = [
            &[host, ("sec-fetch-site", "same-origin")],
            &[host, ("origin", "https://chat.firma.example")],
        ];
        let page = Uri::from_static("/account/login");
        for good in good {
            assert!(check_origin(&headers(good), &page, true).is_ok(), "{good:?}");
        }
        let over_http_2 = Uri::from_static("https://chat.firma.example/account/login");
        let own = headers(&[("origin", "https://chat.firma.example")]);
        assert!(check_origin(&own, &over_http_2, true).is_ok());
        let other = headers(&[("origin", "https://evil.example")]);
        assert!(check_origin(&other, &over_http_2, true).is_err());
        let bad: [&[_]; 6] = [
            &[host],
            &[host, ("sec-fetch-site", "cross-site")],
            &[host, ("sec-fetch-site", "same-site")],
            &[host, ("sec-fetch-site", "cross-site"), ("origin", "https://chat.firma.example")],
            &[host, ("origin", "http://chat.firma.example")],
            &[host, ("origin", "null")],
        ];
        for bad in bad {
            assert!(check_origin(&headers(bad), &page, true).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn the_language_is_chosen_then_the_browsers_then_german() {
        let accept = |value| headers(&[("accept-language", value)]);
        assert_eq!(language_of(&HeaderMap::new()), Locale::De);
        assert_eq!(language_of(&accept("fr-FR,fr;q=0.9")), Locale::De);
        assert_eq!(language_of(&accept("fr, en-GB;q=0.8, de;q=0.5")), Locale::En);
        let chosen = headers(&[("accept-language", "en"), ("cookie", "kontor_language=de")]);
        assert_eq!(language_of(&chosen), Locale::De);
    }
}
