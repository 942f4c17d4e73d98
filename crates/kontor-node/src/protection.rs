//! Headers that keep browsers from doing more with an answer than was meant.

use http::header::{
    CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};

/// Unless the route says otherwise: the answer is for programs, so that a browser that shows it
/// runs nothing, loads nothing and puts it into no frame.
const API_POLICY: HeaderValue = HeaderValue::from_static(
    "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-resource-policy");

/// For a year, this host is spoken to by TLS only.
const ONLY_TLS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Adds what the route did not say itself. `is_secure`: the client came by TLS.
pub(crate) fn protect(headers: &mut HeaderMap, is_secure: bool) {
    let defaults = [
        (CONTENT_SECURITY_POLICY, API_POLICY),
        (CROSS_ORIGIN_RESOURCE_POLICY, HeaderValue::from_static("same-origin")),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    for (name, value) in defaults {
        headers.entry(name).or_insert(value);
    }
    if is_secure {
        headers.insert(STRICT_TRANSPORT_SECURITY, ONLY_TLS);
    }
}
