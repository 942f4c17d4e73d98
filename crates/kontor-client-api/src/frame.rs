//! What surrounds every handler: path, authentication, body limit, parsing, answer.

mod parse;

use std::future::Future;
use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{MatchedPath, RawPathParams, Request};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, USER_AGENT};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use kontor_core::{Cx, Error, MatrixCode, RequestId, Result};
use kontor_protocol::nesting;
use kontor_tenant::{Peer, Tenant};
use ruma::api::auth_scheme::{
    AccessToken, AccessTokenOptional, AppserviceToken, AppserviceTokenOptional, NoAccessToken,
    NoAuthentication,
};
use ruma::api::path_builder::PathBuilder;
use ruma::api::{IncomingRequest, Metadata, OutgoingResponse, OutgoingResponseExt};
use serde::de::IgnoredAny;

use crate::error::{error_response, json_error};

pub(crate) use parse::Mend;

/// Largest JSON request body, in bytes. Key uploads and key backups are the largest honest ones.
const BODY_LIMIT_BYTES: usize = 4 * 1024 * 1024;

/// What a program in a browser says of itself, since it cannot set `User-Agent`.
pub(crate) const PROGRAM: HeaderName = HeaderName::from_static("kontor-program");

/// Deepest nesting of a request body. The parsers behind it give up at 128.
const DEPTH_LIMIT: usize = 100;

/// Ends of the paths that devices reach which are not let in.
const ALWAYS_OPEN: [&str; 5] =
    ["/logout", "/logout/all", "/account/whoami", "/client/v1/device", "/client/v1/policy"];

/// Ends of the paths that people reach whose account is locked. spec: "Account locking"
const LEAVING: [&str; 2] = ["/logout", "/logout/all"];

/// Parts of the paths by which suspended people still send: for their own account, devices and keys,
/// for reading, for leaving, and for asking for help. Everything else that is no GET is refused, so a
/// new route is, too. What they may redact, `kontor-rooms` knows. spec: "Account suspension"
const OPEN_TO_SUSPENDED: [&str; 21] = [
    "/logout",
    "/account/deactivate",
    "/account/password",
    "/devices/",
    "/delete_devices",
    "/keys/",
    "/room_keys/",
    "/sendToDevice/",
    "/account_data/",
    "/tags/",
    "/filter",
    "/pushrules/",
    "/pushers/set",
    "/read_markers",
    "/receipt/",
    "/leave",
    "/forget",
    "/redact/",
    "/report",
    "/search",
    "/publicRooms",
];
/// The same for Kontor's own routes: whose the device is, badges, acknowledging a supervision.
const OURS_OPEN_TO_SUSPENDED: [&str; 3] =
    ["/client/v1/device", "/client/v1/badges", "/supervision/acknowledge"];

/// Whether an endpoint wants an access token; declared by `ruma` per endpoint.
pub(crate) trait Access {
    /// What to do with the `Authorization` header.
    const TOKEN: Token;
}

/// What to do with the `Authorization` header.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token {
    /// Not looked at.
    Ignored,
    /// Used if present.
    Optional,
    /// The request fails without it.
    Required,
}

impl Access for NoAuthentication {
    const TOKEN: Token = Token::Ignored;
}
impl Access for NoAccessToken {
    const TOKEN: Token = Token::Ignored;
}
impl Access for AccessTokenOptional {
    const TOKEN: Token = Token::Optional;
}
impl Access for AppserviceTokenOptional {
    const TOKEN: Token = Token::Optional;
}
impl Access for AccessToken {
    const TOKEN: Token = Token::Required;
}
impl Access for AppserviceToken {
    const TOKEN: Token = Token::Required;
}

/// The variable parts of a path; an error if they are not UTF-8.
pub(crate) type PathParams = Result<RawPathParams, RawPathParamsRejection>;

/// Registers `handler` at every path and the method that `ruma` declares for the request type `R`.
pub(crate) fn route<R, H, F>(router: Router, handler: H) -> Router
where
    R: IncomingRequest + Send + 'static,
    R::Authentication: Access,
    H: Fn(Arc<Tenant>, Cx, R) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<R::OutgoingResponse>> + Send + 'static,
{
    route_with(router, <R::Authentication as Access>::TOKEN, handler)
}

/// As [`route`], but treats the access token as `token` says.
pub(crate) fn route_with<R, H, F>(router: Router, token: Token, handler: H) -> Router
where
    R: IncomingRequest + Send + 'static,
    H: Fn(Arc<Tenant>, Cx, R) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<R::OutgoingResponse>> + Send + 'static,
{
    route_as::<R, R, H, F>(router, token, handler)
}

/// Registers `handler` at the paths of `P`, which are those of `R` or shorter; what a path does
/// not say is empty in the request.
pub(crate) fn route_as<P, R, H, F>(router: Router, token: Token, handler: H) -> Router
where
    P: Metadata,
    R: IncomingRequest + Send + 'static,
    H: Fn(Arc<Tenant>, Cx, R) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<R::OutgoingResponse>> + Send + 'static,
{
    register::<P, R, H, F>(router, (token, None), handler)
}

/// As [`route`], but the fields of the body are mended before they are read; a body left out counts
/// as one without fields.
pub(crate) fn route_mended<R, H, F>(router: Router, mend: Mend, handler: H) -> Router
where
    R: IncomingRequest + Send + 'static,
    R::Authentication: Access,
    H: Fn(Arc<Tenant>, Cx, R) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<R::OutgoingResponse>> + Send + 'static,
{
    let token = <R::Authentication as Access>::TOKEN;
    register::<R, R, H, F>(router, (token, Some(mend)), handler)
}

fn register<P, R, H, F>(
    mut router: Router,
    (token, mend): (Token, Option<Mend>),
    handler: H,
) -> Router
where
    P: Metadata,
    R: IncomingRequest + Send + 'static,
    H: Fn(Arc<Tenant>, Cx, R) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<R::OutgoingResponse>> + Send + 'static,
{
    let Ok(method) = MethodFilter::try_from(P::METHOD) else { return router };
    for path in P::PATH_BUILDER.all_paths().flat_map(spellings) {
        let handler = handler.clone();
        let endpoint =
            on(method, async move |params: PathParams, request: Request| match answer::<R, H, F>(
                handler,
                (token, mend),
                (params, request),
            )
            .await
            {
                Ok(response) => response,
                Err(error) => error_response(error),
            });
        router = router.route(path, endpoint);
    }
    router
}

/// Finds out who asks, reads the request, calls the handler.
pub(crate) async fn answer<R, H, F>(
    handler: H,
    (token, mend): (Token, Option<Mend>),
    (params, request): (PathParams, Request),
) -> Result<Response>
where
    R: IncomingRequest,
    H: Fn(Arc<Tenant>, Cx, R) -> F,
    F: Future<Output = Result<R::OutgoingResponse>>,
{
    let Received { tenant, cx, head, body } = receive(request, token).await?;
    let params = params.map_err(|_| unreadable_path())?;
    let mut arguments: Vec<&str> = params.iter().map(|(_, value)| value).collect();
    arguments.resize(arguments.len().max(variables::<R>()), "");
    let request = parse::parse::<R>(&head, (&body, mend), &arguments)?;
    respond(handler(tenant, cx, request).await?)
}

/// The number of variables in the path of a request.
fn variables<R: Metadata>() -> usize {
    R::PATH_BUILDER.all_paths().next().map_or(0, |path| path.matches('{').count())
}

/// A request whose caller is known and whose body is JSON, or empty.
pub(crate) struct Received {
    /// The organisation asked.
    pub(crate) tenant: Arc<Tenant>,
    /// Who asks.
    pub(crate) cx: Cx,
    /// Method, path and headers.
    pub(crate) head: Parts,
    /// A JSON object, or nothing.
    pub(crate) body: Bytes,
}

/// Finds out who asks, counts the request, and takes in its body.
pub(crate) async fn receive(request: Request, token: Token) -> Result<Received> {
    let (head, body) = request.into_parts();
    let tenant = tenant_of(&head.extensions)?;
    let mut cx = context(&tenant, &head, token).await?;
    cx.address = head.extensions.get::<Peer>().map(|peer| peer.0);
    cx.request_id = head.extensions.get::<RequestId>().copied().unwrap_or(cx.request_id);
    admit(&tenant, &cx, &head)?;
    let body = match Limited::new(body, BODY_LIMIT_BYTES).collect().await {
        Ok(body) => body.to_bytes(),
        Err(cause) if cause.is::<LengthLimitError>() => {
            let limit = format!("The body is larger than {BODY_LIMIT_BYTES} bytes.");
            return Err(Error::limited(MatrixCode::TooLarge, limit));
        }
        Err(_) => return Err(Error::invalid(MatrixCode::NotJson, "The body did not arrive.")),
    };
    check_text(&body)?;
    Ok(Received { tenant, cx, head, body })
}

/// Lets in a request of the person who is signed in, and counts it; whoever is not is counted
/// elsewhere, by address, where it matters.
///
/// # Errors
/// `M_LIMIT_EXCEEDED` with the time to wait; `M_USER_SUSPENDED`; `APP_KONTOR_DEVICE_NOT_ALLOWED` and
/// `APP_KONTOR_PROGRAM_TOO_OLD`, but not for what is needed to mend that or to leave.
pub(crate) fn admit(tenant: &Tenant, cx: &Cx, head: &Parts) -> Result<()> {
    let path = template(head);
    if head.method != Method::GET && !is_open_to_suspended(path) {
        cx.require_writing()?;
    }
    if !ALWAYS_OPEN.iter().any(|open| path.ends_with(open)) {
        tenant.identity.admit_device(cx)?;
    }
    let (Some(limits), Ok(user)) = (&tenant.policy.now().rate_limits, cx.user()) else {
        return Ok(());
    };
    tenant.pace.take(limits, user, (&head.method, path), cx.now)
}

/// The path as the router knows it, with names for its variables.
fn template(head: &Parts) -> &str {
    head.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str)
}

fn is_open_to_suspended(path: &str) -> bool {
    if path.contains("/admin/") {
        return false;
    }
    match path.starts_with("/_matrix/") {
        true => OPEN_TO_SUSPENDED.iter().any(|part| path.contains(part)),
        false => OURS_OPEN_TO_SUSPENDED.iter().any(|end| path.ends_with(end)),
    }
}

/// A path, and those that mean the same: an empty state key may be left out, with or without the
/// slash before it.
fn spellings(path: &str) -> impl Iterator<Item = &str> {
    let slash = path.strip_suffix("{state_key}");
    let bare = slash.and_then(|path| path.strip_suffix('/'));
    [Some(path), slash, bare].into_iter().flatten()
}

/// The answer to a path that does not decode to UTF-8.
pub(crate) fn unreadable_path() -> Error {
    Error::invalid(MatrixCode::InvalidParam, "The path is not valid UTF-8.")
}

/// Accepts a body that is a JSON object, or nothing.
///
/// What follows would not notice the rest everywhere: it takes a list for an object whose fields
/// are all optional, does not look at fields it does not know, nor at what comes after the end.
fn check_text(body: &[u8]) -> Result<()> {
    if body.trim_ascii_start().is_empty() {
        return Ok(());
    }
    if std::str::from_utf8(body).is_err() {
        return Err(Error::invalid(MatrixCode::NotJson, "The body is not valid UTF-8."));
    }
    if nesting(body) > DEPTH_LIMIT {
        let text = format!("The body is nested deeper than {DEPTH_LIMIT} levels.");
        return Err(Error::invalid(MatrixCode::BadJson, text));
    }
    serde_json::from_slice::<IgnoredAny>(body).map_err(|cause| json_error(&cause, body))?;
    if body.trim_ascii_start().starts_with(b"{") {
        return Ok(());
    }
    Err(Error::invalid(MatrixCode::BadJson, "The body is not a JSON object."))
}

/// The HTTP form of a `ruma` response.
pub(crate) fn respond<R: OutgoingResponse>(response: R) -> Result<Response> {
    let mut response = response
        .try_into_http_response::<Vec<u8>>()
        .map_err(Error::internal)?
        .map(axum::body::Body::from);
    if !response.headers().contains_key(CONTENT_TYPE) {
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    Ok(response.into_response())
}

/// The answer of one of Kontor's own endpoints.
pub(crate) fn json_answer(outcome: Result<serde_json::Value>) -> Response {
    match outcome {
        Ok(body) => ([(CONTENT_TYPE, "application/json")], body.to_string()).into_response(),
        Err(error) => error_response(error),
    }
}

/// The tenant the node chose for this request.
pub(crate) fn tenant_of(extensions: &http::Extensions) -> Result<Arc<Tenant>> {
    extensions
        .get::<Arc<Tenant>>()
        .map(Arc::clone)
        .ok_or_else(|| Error::not_found("No organisation is served under this host name."))
}

/// The request context for the caller named by the `Authorization` header.
///
/// Tokens in the query string are not accepted: URLs end up in logs.
pub(crate) async fn context(tenant: &Tenant, head: &Parts, token: Token) -> Result<Cx> {
    let headers = &head.headers;
    let mut cx = tenant.anonymous()?;
    let agent = headers.get(PROGRAM).or_else(|| headers.get(USER_AGENT));
    cx.agent = agent.and_then(|value| value.to_str().ok()).map(Into::into);
    if token == Token::Ignored {
        return Ok(cx);
    }
    let leaves = LEAVING.iter().any(|end| template(head).ends_with(end));
    match (bearer(headers)?, token) {
        (Some(secret), _) if leaves => tenant.identity.authenticate_to_leave(secret, &cx).await,
        (Some(secret), _) => tenant.identity.authenticate(secret, &cx).await,
        (None, Token::Required) => {
            Err(Error::unauthenticated(MatrixCode::MissingToken, "Missing access token."))
        }
        (None, Token::Optional | Token::Ignored) => Ok(cx),
    }
}

fn bearer(headers: &HeaderMap) -> Result<Option<&str>> {
    let Some(value) = headers.get(AUTHORIZATION) else { return Ok(None) };
    let token = value.to_str().ok().and_then(|text| text.split_once(' '));
    match token {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(Some(token.trim())),
        _ => Err(Error::unauthenticated(
            MatrixCode::MissingToken,
            "The Authorization header is not of the form 'Bearer TOKEN'.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_state_key_may_be_left_out() {
        assert_eq!(spellings("/a/{b}").collect::<Vec<_>>(), ["/a/{b}"]);
        let found: Vec<_> = spellings("/state/{event_type}/{state_key}").collect();
        let expected =
            ["/state/{event_type}/{state_key}", "/state/{event_type}/", "/state/{event_type}"];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_body_is_an_object_or_nothing() {
        let table: [(&[u8], Option<MatrixCode>); 11] = [
            (b"", None),
            (b"{}", None),
            (b" \n{\"a\":1}", None),
            (b"[]", Some(MatrixCode::BadJson)),
            (b"null", Some(MatrixCode::BadJson)),
            (b"\"x\"", Some(MatrixCode::BadJson)),
            (b"nonsense", Some(MatrixCode::NotJson)),
            (b"[1,", Some(MatrixCode::NotJson)),
            (b"{} {}", Some(MatrixCode::NotJson)),
            (b"{\"a\":01}", Some(MatrixCode::NotJson)),
            (b"{\"a\":\"\xff\"}", Some(MatrixCode::NotJson)),
        ];
        for (body, code) in table {
            assert_eq!(check_text(body).err().and_then(|error| error.code), code, "{body:?}");
        }
    }

    #[test]
    fn a_body_may_not_nest_without_end() {
        let deep = ["{\"a\":".repeat(101), "1".to_owned(), "}".repeat(101)].concat();
        assert_eq!(check_text(deep.as_bytes()).unwrap_err().code, Some(MatrixCode::BadJson));
    }
}
