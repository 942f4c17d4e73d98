//! The console of those who hold an office, under `/admin`. No page of it shows what people write.

mod approvals;
pub(crate) mod areas;
mod audit;
mod backups;
pub(crate) mod classes;
mod deletion;
mod devices;
mod erasures;
mod holds;
pub(crate) mod names;
mod overview;
pub(crate) mod people;
mod policy;
mod rooms;

use axum::Router;
use axum::extract::Request;
use axum::response::Redirect;
use axum::routing::get;

use crate::frame::serve;

/// Adds the routes of this chapter.
pub(crate) fn routes(router: Router) -> Router {
    let router = policy::routes(router);
    router
        .route("/admin", get(async || Redirect::permanent("/admin/")))
        .route(
            "/admin/approvals",
            get(async |it: Request| serve(it, approvals::show).await)
                .post(async |it: Request| serve(it, approvals::decide).await),
        )
        .route(
            "/admin/audit",
            get(async |it: Request| serve(it, audit::show).await)
                .post(async |it: Request| serve(it, audit::act).await),
        )
        .route(
            "/admin/devices",
            get(async |it: Request| serve(it, devices::show).await)
                .post(async |it: Request| serve(it, devices::act).await),
        )
        .route(
            "/admin/deletion",
            get(async |it: Request| serve(it, deletion::show).await)
                .post(async |it: Request| serve(it, deletion::certify).await),
        )
        .route("/admin/backups", get(async |it: Request| serve(it, backups::show).await))
        .route(
            "/admin/erasures",
            get(async |it: Request| serve(it, erasures::show).await)
                .post(async |it: Request| serve(it, erasures::ask).await),
        )
        .route(
            "/admin/holds",
            get(async |it: Request| serve(it, holds::show).await)
                .post(async |it: Request| serve(it, holds::act).await),
        )
        .route("/admin/people", get(async |it: Request| serve(it, people::show).await))
        .route(
            "/admin/people/invite",
            get(async |it: Request| serve(it, people::invite::show).await)
                .post(async |it: Request| serve(it, people::invite::act).await),
        )
        .route(
            "/admin/people/{user}",
            get(async |it: Request| serve(it, people::person::show).await)
                .post(async |it: Request| serve(it, people::person::act).await),
        )
        .route("/admin/classes", get(async |it: Request| serve(it, classes::show).await))
        .route("/admin/rooms", get(async |it: Request| serve(it, rooms::show).await))
        .route("/admin/", get(async |it: Request| serve(it, overview::show).await))
}
