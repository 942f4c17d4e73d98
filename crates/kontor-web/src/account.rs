//! Account pages, under `/account`.

mod app_passwords;
mod appearance;
mod close;
mod confirm;
pub(crate) mod devices;
mod enrol;
mod forgotten;
mod invitation;
mod keys;
mod language;
mod login;
mod lost;
mod mail;
mod overview;
mod own_account;
mod password;
mod privacy;
mod profile;
mod protocol;
mod reset;
mod security;
mod supervision;

use axum::Router;
use axum::extract::Request;
use axum::response::Redirect;
use axum::routing::{get, post};

use crate::frame::serve;

/// Adds the routes of this chapter.
pub(crate) fn routes(router: Router) -> Router {
    letters_and_programs(router)
        .route("/account", get(async || Redirect::permanent("/account/")))
        .route("/account/", get(async |it: Request| serve(it, overview::show).await))
        .route(
            "/account/login",
            get(async |it: Request| serve(it, login::show).await)
                .post(async |it: Request| serve(it, login::sign_in).await),
        )
        .route("/account/logout", post(async |it: Request| serve(it, login::sign_out).await))
        .route("/account/language", post(async |it: Request| serve(it, language::choose).await))
        .route("/account/appearance", post(async |it: Request| serve(it, appearance::choose).await))
        .route(
            "/account/devices",
            get(async |it: Request| serve(it, devices::show).await)
                .post(async |it: Request| serve(it, devices::change).await),
        )
        .route(
            "/account/password",
            get(async |it: Request| serve(it, password::show).await)
                .post(async |it: Request| serve(it, password::change).await),
        )
        .route(
            "/account/profile",
            get(async |it: Request| serve(it, profile::show).await)
                .post(async |it: Request| serve(it, profile::change).await),
        )
        .route(
            "/account/supervision",
            get(async |it: Request| serve(it, supervision::show).await)
                .post(async |it: Request| serve(it, supervision::acknowledge).await),
        )
        .route("/account/protocol", get(async |it: Request| serve(it, protocol::show).await))
        .route("/account/data", get(async |it: Request| serve(it, own_account::show).await))
        .route(
            "/account/close",
            get(async |it: Request| serve(it, close::show).await)
                .post(async |it: Request| serve(it, close::close).await),
        )
        .route(
            "/account/keys",
            get(async |it: Request| serve(it, keys::show).await)
                .post(async |it: Request| serve(it, keys::allow).await),
        )
        .route(
            "/account/login/passkey",
            post(async |it: Request| serve(it, login::sign_in_with_passkey).await),
        )
        .route(
            "/account/second-factor",
            get(async |it: Request| serve(it, confirm::show).await)
                .post(async |it: Request| serve(it, confirm::check).await),
        )
        .route(
            "/account/confirm",
            get(async |it: Request| serve(it, confirm::show).await)
                .post(async |it: Request| serve(it, confirm::check).await),
        )
        .route(
            "/account/enrol",
            get(async |it: Request| serve(it, enrol::show).await)
                .post(async |it: Request| serve(it, enrol::finish).await),
        )
        .route(
            "/account/security",
            get(async |it: Request| serve(it, security::show).await)
                .post(async |it: Request| serve(it, security::change).await),
        )
        .route(
            "/account/invitation/{token}",
            get(async |it: Request| serve(it, invitation::show).await)
                .post(async |it: Request| serve(it, invitation::accept).await),
        )
        .route(
            "/account/reset/{token}",
            get(async |it: Request| serve(it, reset::show).await)
                .post(async |it: Request| serve(it, reset::set).await),
        )
}

/// Pages about mails, lost devices, single programs, and what others see.
fn letters_and_programs(router: Router) -> Router {
    router
        .route(
            "/account/privacy",
            get(async |it: Request| serve(it, privacy::show).await)
                .post(async |it: Request| serve(it, privacy::decide).await),
        )
        .route(
            "/account/forgotten",
            get(async |it: Request| serve(it, forgotten::show).await)
                .post(async |it: Request| serve(it, forgotten::ask).await),
        )
        .route(
            "/account/mail",
            get(async |it: Request| serve(it, mail::show).await)
                .post(async |it: Request| serve(it, mail::change).await),
        )
        .route(
            "/account/mail/{token}",
            get(async |it: Request| serve(it, mail::ask).await)
                .post(async |it: Request| serve(it, mail::confirm).await),
        )
        .route(
            "/account/devices/lost",
            get(async |it: Request| serve(it, lost::show).await)
                .post(async |it: Request| serve(it, lost::act).await),
        )
        .route(
            "/account/app-passwords",
            get(async |it: Request| serve(it, app_passwords::show).await)
                .post(async |it: Request| serve(it, app_passwords::change).await),
        )
}
