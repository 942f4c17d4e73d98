//! The web client: files made by `npm run build` in `web/`, in the program itself.

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::StatusCode;
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    HeaderMap, HeaderName, HeaderValue, VARY,
};

/// What the client may do: run our own files (WebAssembly among them), speak to us, show pictures that it
/// has decrypted. Strings become HTML in two named places only.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
     style-src 'self'; img-src 'self' blob:; media-src blob:; connect-src 'self'; \
     worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'; require-trusted-types-for 'script'; \
     trusted-types svelte-trusted-html kontor-inert kontor-worker";

/// What the client's service worker may do: open messages with our own WebAssembly, and speak to us.
const WORKER_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What the browser need not offer to the client: nothing of this is used.
const PERMISSIONS: (HeaderName, &str) = (
    HeaderName::from_static("permissions-policy"),
    "geolocation=(), usb=(), serial=(), bluetooth=(), payment=(), browsing-topics=()",
);

/// No page that opened the client keeps a hold on its window.
const OPENER: (HeaderName, &str) =
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin");

/// Names carry a hash of the content.
const FOREVER: &str = "public, max-age=31536000, immutable";

const NOT_BUILT: &str = "\
Dieses Kontor wurde ohne Web-Client gebaut. Ihr Konto: /account/
Nachholen: cd web && npm ci && npm run build, danach Kontor neu bauen.

This Kontor was built without the web client. Your account: /account/
To add it: cd web && npm ci && npm run build, then build Kontor again.
";

/// One file of the client.
struct ClientFile {
    /// Path below `web/dist`.
    name: &'static str,
    plain: &'static [u8],
    /// The same, packed by brotli.
    packed: Option<&'static [u8]>,
}

// `static FILES: &[ClientFile]`, by build.rs.
include!(concat!(env!("OUT_DIR"), "/client_files.rs"));

/// Adds the routes of this chapter.
pub(crate) fn routes(router: Router) -> Router {
    router.route("/", get(index)).route("/worker.js", get(worker)).route("/app/{name}", get(send))
}

async fn index(headers: HeaderMap) -> Response {
    let Some(file) = find("index.html") else { return NOT_BUILT.into_response() };
    let mut response = file.answer(&headers);
    let head = response.headers_mut();
    head.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    head.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_POLICY));
    for (name, value) in [PERMISSIONS, OPENER] {
        head.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Lies beside the page, not below `/app`: a worker serves what lies below it.
async fn worker(headers: HeaderMap) -> Response {
    let Some(file) = find("worker.js") else { return StatusCode::NOT_FOUND.into_response() };
    let mut response = file.answer(&headers);
    let head = response.headers_mut();
    head.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    head.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(WORKER_POLICY));
    response
}

async fn send(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let Some(file) = find(&format!("app/{name}")) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mut response = file.answer(&headers);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(FOREVER));
    response
}

fn find(name: &str) -> Option<&'static ClientFile> {
    FILES.iter().find(|file| file.name == name)
}

impl ClientFile {
    /// The file as the browser takes it.
    fn answer(&self, headers: &HeaderMap) -> Response {
        let media_type = [(CONTENT_TYPE, media_type(self.name)), (VARY, "accept-encoding")];
        match self.packed.filter(|_| takes_brotli(headers)) {
            Some(packed) => (media_type, [(CONTENT_ENCODING, "br")], packed).into_response(),
            None => (media_type, self.plain).into_response(),
        }
    }
}

fn takes_brotli(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|line| line.to_str().ok());
    let mut words = lines.flat_map(|line| line.split(','));
    words.any(|word| {
        let (name, weight) = word.split_once(';').unwrap_or((word, ""));
        name.trim() == "br" && !matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
    })
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "wasm" => "application/wasm",
        "webmanifest" => "application/manifest+json",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepting(value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(value))])
    }

    #[test]
    fn packed_files_go_to_browsers_that_unpack_them() {
        for good in ["br", "gzip, deflate, br, zstd", "gzip;q=0.5, br;q=0.9"] {
            assert!(takes_brotli(&accepting(good)), "{good}");
        }
        for bad in ["", "gzip", "br;q=0", "brotli"] {
            assert!(!takes_brotli(&accepting(bad)), "{bad}");
        }
        let file = ClientFile { name: "x.js", plain: b"plain", packed: Some(b"packed") };
        assert_eq!(file.answer(&accepting("br")).headers()[CONTENT_ENCODING], "br");
        assert!(!file.answer(&accepting("gzip")).headers().contains_key(CONTENT_ENCODING));
    }
}
