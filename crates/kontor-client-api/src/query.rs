//! What an address says that the specification does not know.

use std::future::Future;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::routing::{MethodFilter, on};
use kontor_core::{Cx, Result};
use kontor_tenant::Tenant;
use ruma::api::IncomingRequest;
use ruma::api::path_builder::PathBuilder as _;

use crate::error::error_response;
use crate::frame::{Access, PathParams, answer};

/// As [`crate::frame::route`]; the handler also gets what the address says beyond the spec.
pub(crate) fn route_with_query<R, H, F>(router: Router, handler: H) -> Router
where
    R: IncomingRequest + Send + 'static,
    R::Authentication: Access,
    H: Fn(Arc<Tenant>, Cx, R, Query) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<R::OutgoingResponse>> + Send + 'static,
{
    let Ok(method) = MethodFilter::try_from(R::METHOD) else { return router };
    let token = <R::Authentication as Access>::TOKEN;
    R::PATH_BUILDER.all_paths().fold(router, |router, path| {
        let handler = handler.clone();
        let endpoint = on(method, async move |params: PathParams, request: Request| {
            let query = Query(request.uri().query().unwrap_or_default().to_owned());
            let handler = move |tenant, cx, request| handler(tenant, cx, request, query.clone());
            answer::<R, _, F>(handler, (token, None), (params, request))
                .await
                .unwrap_or_else(error_response)
        });
        router.route(path, endpoint)
    })
}

/// The part of an address behind the question mark.
#[derive(Clone, Debug)]
pub(crate) struct Query(String);

impl Query {
    /// Every value of a parameter, in order.
    pub(crate) fn all<'q>(&'q self, name: &'q str) -> impl Iterator<Item = String> + 'q {
        let pairs = url::form_urlencoded::parse(self.0.as_bytes());
        pairs.filter(move |(key, _)| key == name).map(|(_, value)| value.into_owned())
    }
}
