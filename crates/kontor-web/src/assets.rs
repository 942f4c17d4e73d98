//! Style and pictures, in the program itself.

use std::sync::LazyLock;

use aws_lc_rs::digest;
use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};

/// Letters of the hash in a name: 60 bits.
const HASH_LETTERS: usize = 10;

/// A file that never changes under its name.
struct Asset {
    /// `kontor.HASH.css`
    name: String,
    media_type: &'static str,
    content: &'static str,
}

/// The style of all pages.
static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("kontor", "css", "text/css; charset=utf-8", include_str!("../assets/kontor.css"))
});

/// The sign beside the name.
static ICON: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("kontor", "svg", "image/svg+xml", include_str!("../assets/kontor.svg"))
});

/// Asks the browser for passkeys.
static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    let kind = "text/javascript; charset=utf-8";
    Asset::new("passkey", "js", kind, include_str!("../assets/passkey.js"))
});

impl Asset {
    fn new(stem: &str, extension: &str, media_type: &'static str, content: &'static str) -> Self {
        let hash = digest::digest(&digest::SHA256, content.as_bytes());
        let mut hash = URL_SAFE_NO_PAD.encode(hash);
        hash.truncate(HASH_LETTERS);
        Self { name: format!("{stem}.{hash}.{extension}"), media_type, content }
    }
}

/// Adds the routes of this chapter.
pub(crate) fn routes(router: Router) -> Router {
    router.route("/assets/{name}", get(send))
}

/// Address of the style.
pub(crate) fn style() -> String {
    format!("/assets/{}", STYLE.name)
}

/// Address of the sign.
pub(crate) fn icon() -> String {
    format!("/assets/{}", ICON.name)
}

/// Address of the script.
pub(crate) fn script() -> String {
    format!("/assets/{}", SCRIPT.name)
}

async fn send(Path(name): Path<String>) -> Response {
    match [&STYLE, &ICON, &SCRIPT].into_iter().find(|asset| asset.name == name) {
        Some(asset) => {
            let head = [
                (CONTENT_TYPE, asset.media_type),
                (CACHE_CONTROL, "public, max-age=31536000, immutable"),
            ];
            (head, asset.content).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
