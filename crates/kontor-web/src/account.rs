//! Account pages, under `/account`.

mod devices;
mod language;
mod login;
mod overview;
mod password;

use axum::Router;
use axum::extract::Request;
use axum::response::Redirect;
use axum::routing::{get, post};

use crate::frame::serve;

/// Adds the routes of this chapter.
pub(crate) fn routes(router: Router) -> Router {
    router
        .route("/account", get(async || Redirect::permanent("/account/")))
        .route("/account/", get(async |it: Request| serve(it, overview::show).await))
        .route(
            "/account/login",
            get(async |it: Request| serve(it, login::show).await)
                .post(async |it: Request| serve(it, login::sign_in).await),
        )
        .route("/account/logout", post(async |it: Request| serve(it, login::sign_out).await))
        .route("/account/language", post(async |it: Request| serve(it, language::choose).await))
        .route(
            "/account/devices",
            get(async |it: Request| serve(it, devices::show).await)
                .post(async |it: Request| serve(it, devices::sign_out).await),
        )
        .route(
            "/account/password",
            get(async |it: Request| serve(it, password::show).await)
                .post(async |it: Request| serve(it, password::change).await),
        )
}
