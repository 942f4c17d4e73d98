//! A request whose body or whose answer is a stream: all but the body, authenticated.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Query, RawPathParams};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use kontor_core::{Cx, Error, MatrixCode, Result};
use kontor_tenant::Tenant;
use serde::de::DeserializeOwned;

use crate::error::error_response;
use crate::frame::admit;
use crate::frame::{Token, context, tenant_of, unreadable_path};

/// One request without its body, and what surrounds it.
pub(crate) struct Exchange {
    pub(crate) tenant: Arc<Tenant>,
    /// Authenticated.
    pub(crate) cx: Cx,
    pub(crate) head: Parts,
    path: Vec<String>,
}

/// An error on its way to the client.
pub(crate) struct Failure(Error);

impl Exchange {
    /// The variable part of the path with this number, percent-decoded.
    pub(crate) fn path(&self, number: usize) -> &str {
        self.path.get(number).map_or("", String::as_str)
    }

    /// The query string as `Q`.
    pub(crate) fn query<Q: DeserializeOwned>(&self) -> Result<Q> {
        Query::try_from_uri(&self.head.uri)
            .map(|Query(query)| query)
            .map_err(|cause| Error::invalid(MatrixCode::InvalidParam, format!("Query: {cause}")))
    }

    /// A header, if it is readable text.
    pub(crate) fn header(&self, name: &http::HeaderName) -> Option<&str> {
        self.head.headers.get(name)?.to_str().ok()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Exchange {
    type Rejection = Failure;

    async fn from_request_parts(head: &mut Parts, state: &S) -> Result<Self, Failure> {
        let tenant = tenant_of(&head.extensions)?;
        let cx = context(&tenant, head, Token::Required).await?;
        admit(&tenant, &cx, head)?;
        let params =
            RawPathParams::from_request_parts(head, state).await.map_err(|_| unreadable_path())?;
        let path = params.iter().map(|(_, value)| value.to_owned()).collect();
        Ok(Self { tenant, cx, head: head.clone(), path })
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        error_response(self.0)
    }
}
