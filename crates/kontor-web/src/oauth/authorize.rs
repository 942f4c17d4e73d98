//! A program asks to be signed in, and the person decides (RFC 6749 §4.1.1).

use askama::Template;
use axum::response::{IntoResponse, Redirect};
use kontor_core::DeviceKind;
use kontor_oauth::{AuthorizationRequest, Denial, ResponseMode};
use url::Url;

use super::issuer;
use crate::account::devices::{Choice, choices};
use crate::form::Form;
use crate::frame::{Leave, Shown, Visit};
use crate::page::{Page, show_leading_to};

#[derive(Template)]
#[template(path = "oauth/authorize.html")]
struct Authorize {
    page: Page,
    /// Name as the program gives it.
    client: String,
    /// Host of its home page, which can be believed.
    host: String,
    /// Whom it would sign in.
    user_id: String,
    /// What she may say of the device.
    kinds: Vec<Choice>,
    /// The request, to come back with the decision.
    query: String,
}

/// `GET /oauth2/authorize`
pub(super) async fn show(visit: Visit) -> Shown {
    let issuer = issuer(&visit)?;
    let request = request_of(&visit.form);
    // Before anybody signs in for a program that is not known here.
    let question = visit.tenant.oauth.look_at(&visit.cx, &issuer, &request).await.map_err(leave)?;
    let (session, cx) = visit.person()?;
    if is_our_client(&request, &issuer) {
        // Whose the device is she says on the page of her devices.
        let wish = (&request, None);
        let target = visit.tenant.oauth.allow(&cx, &issuer, wish).await.map_err(leave)?;
        return Ok(Redirect::to(target.as_str()).into_response());
    }
    let page = Authorize {
        page: Page::new(&visit, "authorize-title"),
        client: question.client.name().to_owned(),
        host: question.client.client_uri.host_str().unwrap_or_default().to_owned(),
        user_id: session.user_id.to_string(),
        kinds: choices(&visit),
        query: visit.uri.query().unwrap_or_default().to_owned(),
    };
    Ok(show_leading_to(&place_of(&request.redirect_uri), &page))
}

/// `POST /oauth2/authorize`
pub(super) async fn decide(visit: Visit) -> Shown {
    let issuer = issuer(&visit)?;
    let request = request_of(&Form::parse(visit.form.text("request").as_bytes()));
    let (_, cx) = visit.person()?;
    let oauth = &visit.tenant.oauth;
    let answer = if visit.form.has("allow") {
        // Without a choice, as from older pages, nothing is said.
        let kind = Some(visit.form.text("kind")).filter(|kind| !kind.is_empty());
        let kind = kind.map(str::parse).transpose()?;
        oauth.allow(&cx, &issuer, (&request, kind)).await
    } else {
        oauth.refuse(&cx, &issuer, &request).await
    };
    let target = answer.map_err(leave)?;
    Ok(Redirect::to(target.as_str()).into_response())
}

/// Whether the code goes to the web client on this very host, which nobody has to allow: she came here
/// to sign in to it. Another program cannot use such a code: only the page at our own address reads it,
/// and that page trades none that it has not asked for itself.
fn is_our_client(request: &AuthorizationRequest, issuer: &str) -> bool {
    request.redirect_uri == issuer
}

fn request_of(form: &Form) -> AuthorizationRequest {
    let text = |name: &str| form.text(name).to_owned();
    let optional = |name: &str| Some(text(name)).filter(|value| !value.is_empty());
    AuthorizationRequest {
        response_type: text("response_type"),
        client_id: text("client_id"),
        redirect_uri: text("redirect_uri"),
        scope: text("scope"),
        state: optional("state"),
        response_mode: match form.text("response_mode") {
            "fragment" => ResponseMode::Fragment,
            _ => ResponseMode::Query,
        },
        code_challenge: text("code_challenge"),
        code_challenge_method: text("code_challenge_method"),
        prompt: optional("prompt"),
        login_hint: optional("login_hint"),
    }
}

fn leave(denial: Denial) -> Leave {
    match denial {
        Denial::Here(error) => Leave::Failed(error),
        Denial::There(url) => Leave::To(url.into()),
    }
}

/// What a browser is told about where the form leads: the origin of an address, or its scheme.
fn place_of(redirect_uri: &str) -> String {
    match Url::parse(redirect_uri) {
        Ok(url) if url.origin().is_tuple() => url.origin().ascii_serialization(),
        Ok(url) => format!("{}:", url.scheme()),
        Err(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_told_where_a_form_leads() {
        assert_eq!(place_of("http://127.0.0.1:4711/back?x=1"), "http://127.0.0.1:4711");
        assert_eq!(place_of("https://chat.example/back"), "https://chat.example");
        assert_eq!(place_of("example.chat.app:/back"), "example.chat.app:");
        assert_eq!(place_of("x; script-src *"), "");
    }
}
