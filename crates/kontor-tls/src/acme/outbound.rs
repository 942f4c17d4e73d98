//! The connection to the authority, and to nobody else.

use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http_body_util::Limited;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use instant_acme::{BodyWrapper, BytesResponse, Error as AcmeError, HttpClient};
use kontor_config::Acme;
use kontor_core::{Error, Result};
use rustls::ClientConfig;
use rustls::version::{TLS12, TLS13};
use tokio::time::timeout;

use crate::{protocol, root_certificates};

/// Longest time for one answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// Largest answer, in bytes: chains are the largest.
const MAX_BYTES: usize = 1 << 20;

/// An HTTP client that speaks to one authority only.
pub(crate) struct Outbound {
    client: Client<HttpsConnector<HttpConnector>, BodyWrapper<Bytes>>,
    /// Host and port, as in the directory's address.
    authority: String,
}

type Answer = Pin<Box<dyn Future<Output = Result<BytesResponse, AcmeError>> + Send>>;

impl Outbound {
    /// # Errors
    /// With a text for the operator: there are no root certificates.
    pub(crate) fn new(acme: &Acme) -> Result<Self> {
        let config = ClientConfig::builder_with_provider(Arc::new(protocol::provider()))
            .with_protocol_versions(&[&TLS13, &TLS12])
            .map_err(Error::internal)?
            .with_root_certificates(root_certificates(acme.ca_file.as_deref(), "acme.ca_file")?)
            .with_no_client_auth();
        let connector =
            HttpsConnectorBuilder::new().with_tls_config(config).https_only().enable_http1();
        let client = Client::builder(TokioExecutor::new()).build(connector.build());
        Ok(Self { client, authority: acme.authority().to_owned() })
    }
}

impl HttpClient for Outbound {
    fn request(&self, request: Request<BodyWrapper<Bytes>>) -> Answer {
        let uri = request.uri();
        let authority = uri.authority().map(http::uri::Authority::as_str);
        if uri.scheme_str() != Some("https") || authority != Some(&self.authority) {
            let asked = authority.unwrap_or_default();
            tracing::error!(asked, declared = self.authority, "connection refused: not declared");
            return Box::pin(ready(Err(AcmeError::Str("an address of the authority itself"))));
        }
        let answer = timeout(PATIENCE, self.client.request(request));
        Box::pin(async move {
            let answer = answer.await.map_err(|elapsed| AcmeError::Other(Box::new(elapsed)))?;
            let answer = answer.map_err(|error| AcmeError::Other(Box::new(error)))?;
            Ok(answer.map(|body| Limited::new(body, MAX_BYTES)).into())
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair};

    use super::*;

    #[tokio::test]
    async fn nobody_but_the_declared_authority_is_connected_to() {
        let folder = tempfile::tempdir().unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
        let path = folder.path().join("root.pem");
        fs::write(&path, root.pem()).unwrap();
        // Nobody listens there, so that each request fails, but for another reason.
        let directory = "https://127.0.0.1:1/directory".to_owned();
        let acme = Acme { directory, contact: None, ca_file: Some(path) };
        let outbound = Outbound::new(&acme).unwrap();
        for (url, is_declared) in [
            ("https://127.0.0.1:1/new-order", true),
            ("https://127.0.0.1:2/new-order", false),
            ("https://127.0.0.1/new-order", false),
            ("http://127.0.0.1:1/new-order", false),
            ("https://evil.example/new-order", false),
        ] {
            let request = Request::get(url).body(BodyWrapper::default()).unwrap();
            let error = outbound.request(request).await.err().unwrap();
            assert_eq!(!matches!(error, AcmeError::Str(_)), is_declared, "{url}: {error}");
        }
    }
}
