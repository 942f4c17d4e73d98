//! What people see in a browser: the web client, account pages, the console of those who hold an
//! office, and the consent that programs ask for.
//!
//! The client ([`mod@client`]) is made in `web/`; all other pages are made on the server and work
//! without script. [`mod@frame`] is what surrounds every
//! handler, [`mod@page`] what surrounds every page; texts are in `texts/`, one file a
//! chapter and language.
//! How to add a page: `docs/adding-a-page.md`.

mod account;
mod admin;
mod amount;
mod appearance;
mod assets;
mod client;
mod cookie;
mod form;
mod frame;
mod oauth;
mod page;
mod passkey;
mod recorded;
mod sent;
mod texts;
mod when;

use axum::Router;
use axum::extract::Request;
use axum::routing::get;

/// Every page. The node adds the tenant to the request's extensions.
pub fn router() -> Router {
    let pages = account::routes(client::routes(assets::routes(Router::new())));
    oauth::routes(admin::routes(pages))
        .route("/account/{*rest}", get(async |it: Request| frame::serve(it, frame::missing).await))
        .route("/admin/{*rest}", get(async |it: Request| frame::serve(it, frame::missing).await))
}
