//! The console of those who hold an office, under `/admin`. No page of it shows what people write.

pub(crate) mod areas;
mod overview;

use axum::Router;
use axum::extract::Request;
use axum::response::Redirect;
use axum::routing::get;

use crate::frame::serve;

/// Adds the routes of this chapter.
pub(crate) fn routes(router: Router) -> Router {
    router
        .route("/admin", get(async || Redirect::permanent("/admin/")))
        .route("/admin/", get(async |it: Request| serve(it, overview::show).await))
}
