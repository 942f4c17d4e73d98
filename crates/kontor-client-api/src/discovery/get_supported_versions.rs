//! `GET /_matrix/client/versions`

use std::sync::Arc;

use kontor_core::{Cx, Result};
use kontor_tenant::Tenant;
use ruma::api::client::discovery::get_supported_versions::{Request, Response};

/// Versions of the specification whose endpoints clients may expect.
const VERSIONS: [&str; 20] = [
    "r0.6.1", "v1.1", "v1.2", "v1.3", "v1.4", "v1.5", "v1.6", "v1.7", "v1.8", "v1.9", "v1.10",
    "v1.11", "v1.12", "v1.13", "v1.14", "v1.15", "v1.16", "v1.17", "v1.18", "v1.19",
];

/// Features that older clients ask for by their name from before the specification.
const FEATURES: [&str; 4] = [
    "org.matrix.e2e_cross_signing",
    "org.matrix.msc3440.stable",
    "uk.tcpip.msc4133",
    "uk.tcpip.msc4133.stable",
];

pub(crate) async fn handle(_tenant: Arc<Tenant>, _cx: Cx, _request: Request) -> Result<Response> {
    let mut response = Response::new(VERSIONS.map(str::to_owned).to_vec());
    response.unstable_features = FEATURES.map(|name| (name.to_owned(), true)).into();
    Ok(response)
}
