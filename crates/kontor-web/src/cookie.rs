//! The three cookies: who is signed in, and the language and look she chose. No other is ever set.

use http::header::{COOKIE, HeaderMap, HeaderValue};
use kontor_core::Locale;

use crate::appearance::Appearance;

/// Over TLS: tied to this host, never sent in the clear.
const SESSION_SECURE: &str = "__Host-kontor_session";
/// Without TLS, which Kontor speaks with its own machine only.
const SESSION_PLAIN: &str = "kontor_session";
const LANGUAGE: &str = "kontor_language";
const APPEARANCE: &str = "kontor_appearance";
/// What was chosen is kept for a year.
const CHOICE_SECONDS: u32 = 365 * 24 * 60 * 60;

/// The value of a cookie.
fn find<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
    pairs.find(|(found, _)| found.trim() == name).map(|(_, value)| value.trim())
}

/// The secret of the session.
pub(crate) fn session(headers: &HeaderMap, is_secure: bool) -> Option<&str> {
    find(headers, if is_secure { SESSION_SECURE } else { SESSION_PLAIN })
}

/// Sets the session, until the browser is closed; empty: removes it.
pub(crate) fn set_session(secret: &str, is_secure: bool) -> Option<HeaderValue> {
    let (name, secure) = if is_secure { (SESSION_SECURE, "; Secure") } else { (SESSION_PLAIN, "") };
    let age = if secret.is_empty() { "; Max-Age=0" } else { "" };
    let text = format!("{name}={secret}; Path=/; HttpOnly; SameSite=Lax{secure}{age}");
    let mut value = HeaderValue::try_from(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// The language chosen on these pages.
pub(crate) fn language(headers: &HeaderMap) -> Option<Locale> {
    match find(headers, LANGUAGE)? {
        "de" => Some(Locale::De),
        "en" => Some(Locale::En),
        _ => None,
    }
}

/// Remembers a language.
pub(crate) fn set_language(locale: Locale, is_secure: bool) -> Option<HeaderValue> {
    let code = match locale {
        Locale::De => "de",
        Locale::En => "en",
    };
    keep(LANGUAGE, code, is_secure)
}

/// The look chosen on these pages.
pub(crate) fn appearance(headers: &HeaderMap) -> Appearance {
    find(headers, APPEARANCE).map_or(Appearance::System, Appearance::of)
}

/// Remembers a look.
pub(crate) fn set_appearance(chosen: Appearance, is_secure: bool) -> Option<HeaderValue> {
    keep(APPEARANCE, chosen.name(), is_secure)
}

fn keep(name: &str, value: &str, is_secure: bool) -> Option<HeaderValue> {
    let secure = if is_secure { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/; SameSite=Lax; Max-Age={CHOICE_SECONDS}{secure}");
    HeaderValue::try_from(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, HeaderValue::from_static("a=b; kontor_session=x=y ;c"));
        headers.append(COOKIE, HeaderValue::from_static("kontor_language=en"));
        assert_eq!(session(&headers, false), Some("x=y"));
        assert_eq!(session(&headers, true), None, "a cookie of the clear is none over TLS");
        assert_eq!(language(&headers), Some(Locale::En));
    }
}
