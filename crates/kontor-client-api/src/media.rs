//! The content repository (spec: client-server API, "Content repository").
//!
//! Uploads and downloads are streams, so they do not go through the frame for JSON requests.

mod body;
mod create_content;
mod create_content_async;
mod create_mxc_uri;
mod disposition;
mod exchange;
mod frozen;
mod get_content;
mod get_content_as_filename;
mod get_content_thumbnail;
mod get_media_config;
mod get_media_preview;
mod range;
mod serve;

use axum::Router;
use axum::routing::{MethodFilter, MethodRouter, on};
use ruma::api::Metadata;
use ruma::api::client::{authenticated_media, media};
use ruma::api::path_builder::PathBuilder;

use crate::frame::route;

/// Adds the routes of this chapter.
pub(crate) fn routes(router: Router) -> Router {
    use authenticated_media as authed;

    let (get, post, put) = (MethodFilter::GET, MethodFilter::POST, MethodFilter::PUT);
    let router =
        at::<media::create_content::v3::Request>(router, &on(post, create_content::handle));
    let router = at::<media::create_content_async::v3::Request>(
        router,
        &on(put, create_content_async::handle),
    );
    let router = at::<authed::get_content::v1::Request>(router, &on(get, get_content::handle));
    let router = at::<authed::get_content_as_filename::v1::Request>(
        router,
        &on(get, get_content_as_filename::handle),
    );
    let router = at::<authed::get_content_thumbnail::v1::Request>(
        router,
        &on(get, get_content_thumbnail::handle),
    );
    let router =
        at::<authed::get_media_preview::v1::Request>(router, &on(get, get_media_preview::handle));
    let router = route(router, create_mxc_uri::handle);
    let router = route(router, get_media_config::handle);
    legacy(router)
}

/// Adds what clients from before Matrix 1.11 ask for.
#[expect(deprecated, reason = "they still ask")]
fn legacy(router: Router) -> Router {
    let frozen = on(MethodFilter::GET, frozen::handle);
    let preview = on(MethodFilter::GET, get_media_preview::handle);
    let router = route(router, get_media_config::legacy);
    let router = at::<media::get_media_preview::v3::Request>(router, &preview);
    let router = at::<media::get_content::v3::Request>(router, &frozen);
    let router = at::<media::get_content_as_filename::v3::Request>(router, &frozen);
    at::<media::get_content_thumbnail::v3::Request>(router, &frozen)
}

/// Registers `endpoint` at every path that `ruma` declares for the request type `R`.
fn at<R>(mut router: Router, endpoint: &MethodRouter) -> Router
where
    R: Metadata,
{
    for path in R::PATH_BUILDER.all_paths() {
        router = router.route(path, endpoint.clone());
    }
    router
}
