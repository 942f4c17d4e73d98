//! One certificate, from the order to the chain (RFC 8555 §7.4, RFC 8737).

use std::sync::Arc;
use std::time::Duration;

use instant_acme::{
    Account, AuthorizationStatus, ChallengeType, Identifier, NewOrder, Order, OrderStatus,
    RetryPolicy,
};
use kontor_core::{Error, Result};
use rcgen::{CertificateParams, CustomExtension, DistinguishedName, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::sign::CertifiedKey;

use super::kept::Obtained;
use super::refused;
use crate::{Certificates, protocol};

/// How long the authority may take to look, and to issue.
const POLLING: RetryPolicy = RetryPolicy::new().timeout(Duration::from_secs(80));

/// Shows the answer to a challenge while it lives.
struct Challenge<'a> {
    certificates: &'a Certificates,
    host: &'a str,
}

/// Obtains a certificate for `host`: the authority connects to it and must find the answer to its
/// challenge in a certificate that `certificates` shows.
pub(crate) async fn order(
    account: &Account,
    certificates: &Certificates,
    host: &str,
) -> Result<Obtained> {
    let names = [Identifier::Dns(host.to_owned())];
    let mut order = account.new_order(&NewOrder::new(&names)).await.map_err(refused)?;
    let _challenge = Challenge { certificates, host };
    prepare(&mut order, certificates, host).await?;
    let status = order.poll_ready(&POLLING).await.map_err(refused)?;
    if status != OrderStatus::Ready {
        return Err(Error::unavailable(format!(
            "The certificate authority refuses: {}",
            reason(&mut order).await.unwrap_or_else(|| format!("{status:?}"))
        )));
    }
    let key = KeyPair::generate().map_err(Error::internal)?;
    let request = params(host)?.serialize_request(&key).map_err(Error::internal)?;
    order.finalize_csr(request.der()).await.map_err(refused)?;
    let certificate = order.poll_certificate(&POLLING).await.map_err(refused)?;
    Ok(Obtained { certificate, key: key.serialize_pem() })
}

/// Shows the answers to the order's challenges and says so.
async fn prepare(order: &mut Order, certificates: &Certificates, host: &str) -> Result<()> {
    let mut authorizations = order.authorizations();
    while let Some(authorization) = authorizations.next().await {
        let mut authorization = authorization.map_err(refused)?;
        if authorization.status == AuthorizationStatus::Valid {
            continue;
        }
        let mut challenge = authorization.challenge(ChallengeType::TlsAlpn01).ok_or_else(|| {
            Error::unavailable("The certificate authority offers no challenge TLS-ALPN-01.")
        })?;
        let answer = answer(host, challenge.key_authorization().digest().as_ref())?;
        certificates.put_challenge(host, answer);
        challenge.set_ready().await.map_err(refused)?;
    }
    Ok(())
}

/// Why the authority did not find what it looked for.
async fn reason(order: &mut Order) -> Option<String> {
    let mut authorizations = order.authorizations();
    while let Some(Ok(mut authorization)) = authorizations.next().await {
        let state = authorization.refresh().await.ok()?;
        let problem = state.challenges.iter().find_map(|challenge| challenge.error.as_ref());
        if let Some(problem) = problem {
            return Some(problem.to_string());
        }
    }
    None
}

/// A self-signed certificate that holds the answer to a challenge (RFC 8737 §3).
fn answer(host: &str, digest: &[u8]) -> Result<Arc<CertifiedKey>> {
    if digest.len() != 32 {
        return Err(Error::internal("a digest has 32 bytes"));
    }
    let mut params = params(host)?;
    params.custom_extensions = vec![CustomExtension::new_acme_identifier(digest)];
    let key = KeyPair::generate().map_err(Error::internal)?;
    let certificate = params.self_signed(&key).map_err(Error::internal)?;
    let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    let key = protocol::provider().key_provider.load_private_key(key).map_err(Error::internal)?;
    Ok(Arc::new(CertifiedKey::new(vec![certificate.der().clone()], key)))
}

fn params(host: &str) -> Result<CertificateParams> {
    let mut params = CertificateParams::new([host.to_owned()]).map_err(Error::internal)?;
    // The name stands where names belong today, and nowhere else.
    params.distinguished_name = DistinguishedName::new();
    Ok(params)
}

impl Drop for Challenge<'_> {
    fn drop(&mut self) {
        self.certificates.drop_challenge(self.host);
    }
}
