//! Forms, as OAuth sends its requests (RFC 6749, appendix B).

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::Request;
use http::header::CONTENT_TYPE;
use kontor_core::{Cx, Error, MatrixCode, RequestId, Result};
use kontor_tenant::{Peer, Tenant};

use crate::frame::{Token, context, tenant_of};

/// Largest request, in bytes.
pub(super) const BODY_LIMIT_BYTES: usize = 16 * 1024;

/// The fields of a form.
pub(super) struct Form(HashMap<String, String>);

/// A request of a program that shows no access token.
pub(super) struct Asked {
    /// The organisation asked.
    pub(super) tenant: Arc<Tenant>,
    /// When, and from where.
    pub(super) cx: Cx,
    /// The body.
    pub(super) body: Vec<u8>,
}

/// Takes in a request whose body is of type `media_type`.
pub(super) async fn ask(request: Request, media_type: &str) -> Result<Asked> {
    let (head, body) = request.into_parts();
    let tenant = tenant_of(&head.extensions)?;
    super::endpoints(&tenant)?;
    let mut cx = context(&tenant, &head, Token::Ignored).await?;
    cx.address = head.extensions.get::<Peer>().map(|peer| peer.0);
    cx.request_id = head.extensions.get::<RequestId>().copied().unwrap_or(cx.request_id);
    let given = head.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let given = given.and_then(|value| value.split(';').next()).unwrap_or_default().trim();
    if !given.eq_ignore_ascii_case(media_type) {
        let text = format!("Content-Type: must be {media_type}.");
        return Err(Error::invalid(MatrixCode::InvalidParam, text));
    }
    let body = to_bytes(body, BODY_LIMIT_BYTES).await.map_err(|_| {
        Error::limited(MatrixCode::TooLarge, "The body did not arrive or is too large.")
    })?;
    Ok(Asked { tenant, cx, body: body.into() })
}

/// Takes in a form.
pub(super) async fn ask_form(request: Request) -> Result<(Arc<Tenant>, Cx, Form)> {
    let Asked { tenant, cx, body } = ask(request, "application/x-www-form-urlencoded").await?;
    Ok((tenant, cx, Form::parse(&body)?))
}

impl Form {
    /// # Errors
    /// `Invalid` if a field comes twice (RFC 6749 §3.2).
    fn parse(body: &[u8]) -> Result<Self> {
        let mut fields = HashMap::new();
        for (name, value) in url::form_urlencoded::parse(body) {
            if fields.insert(name.clone().into_owned(), value.into_owned()).is_some() {
                let text = format!("{name}: comes twice.");
                return Err(Error::invalid(MatrixCode::InvalidParam, text));
            }
        }
        Ok(Self(fields))
    }

    /// A field that must be there.
    pub(super) fn take(&mut self, name: &str) -> Result<String> {
        self.0
            .remove(name)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| Error::invalid(MatrixCode::MissingParam, format!("{name}: is missing.")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_comes_once() {
        let mut form = Form::parse(b"a=1+2%26&b=&c=3").unwrap();
        assert_eq!(form.take("a").unwrap(), "1 2&");
        assert!(form.take("a").is_err(), "taken");
        assert!(form.take("b").is_err(), "empty");
        assert!(Form::parse(b"a=1&a=1").is_err());
    }
}
