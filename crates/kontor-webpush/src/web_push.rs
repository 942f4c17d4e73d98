//! Asking push services, and nobody else.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER};
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use kontor_config::Push;
use kontor_core::{Error, Random, Result, Timestamp};
use kontor_tls::root_certificates;
use rustls::ClientConfig;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::version::{TLS12, TLS13};
use tokio::sync::{Notify, Semaphore};
use tokio::time::timeout;
use url::Url;

use crate::seal::seal;
use crate::{Introduction, Subscription};

/// Longest time for one answer.
const PATIENCE: Duration = Duration::from_secs(20);
/// Requests at once.
const AT_ONCE: usize = 64;
/// Longest pause that a push service is granted.
const LONGEST_PAUSE: Duration = Duration::from_mins(10);

/// The way to the push services. Clones share everything.
#[derive(Clone)]
pub struct WebPush {
    inner: Arc<Inner>,
}

struct Inner {
    config: Push,
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    places: Semaphore,
    /// Rings when somebody may have to be woken.
    bell: Arc<Notify>,
}

/// What a device is told, and how.
#[derive(Clone, Copy, Debug)]
pub struct Call<'c> {
    /// What the device alone will read; less than a kilobyte.
    pub plain: &'c [u8],
    /// A newer message of the same topic takes the place of one that still waits; at most 32
    /// characters of base64 for URLs. It must mean nothing to the push service.
    pub topic: &'c str,
    /// Whether it is worth the battery at once.
    pub is_urgent: bool,
    /// How long it is worth telling.
    pub lifetime: Duration,
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The push service has taken it.
    Sent,
    /// The device is not there any more; it should be asked no more.
    Gone,
    /// It may be tried again, if the push service says so not before a while; why, for the log.
    Later(Option<Duration>, String),
    /// It will never be taken; why, for the log.
    Never(String),
}

impl WebPush {
    /// Prepares for the configured services. Reads the root certificates.
    ///
    /// # Errors
    /// With a text for the operator: there are no root certificates.
    pub fn open(config: &Push) -> Result<Self> {
        let tls = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_protocol_versions(&[&TLS13, &TLS12])
            .map_err(Error::internal)?
            .with_root_certificates(root_certificates(config.ca_file.as_deref(), "push.ca_file")?)
            .with_no_client_auth();
        // Whether plain HTTP may be spoken with a host, `permits` says.
        let connector = HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http();
        let client = Client::builder(TokioExecutor::new()).build(connector.enable_http1().build());
        let (places, bell) = (Semaphore::new(AT_ONCE), Arc::default());
        Ok(Self { inner: Arc::new(Inner { config: config.clone(), client, places, bell }) })
    }

    /// Whether a device's push service is one of those configured.
    #[must_use]
    pub fn permits(&self, device: &Subscription) -> bool {
        let Subscription { endpoint, .. } = device;
        let is_secure = match endpoint.scheme() {
            "https" => true,
            "http" => false,
            _ => return false,
        };
        endpoint
            .host_str()
            .is_some_and(|host| self.inner.config.permits(is_secure, host, endpoint.port()))
    }

    /// Where push services can complain about the organisation at `address`.
    #[must_use]
    pub fn contact(&self, address: &str) -> String {
        let mail = self.inner.config.contact.as_ref();
        mail.map_or_else(|| address.to_owned(), |mail| format!("mailto:{mail}"))
    }

    /// Asks the push service of a device to wake it. Takes at most twenty seconds, beside waiting
    /// for its turn.
    ///
    /// # Errors
    /// `Forbidden` if the push service is not configured, `Internal` if the message cannot be put
    /// together; what the push service says is the [`Outcome`].
    pub async fn send(
        &self,
        introduction: &Introduction,
        device: &Subscription,
        call: Call<'_>,
        (now, random): (Timestamp, &Random),
    ) -> Result<Outcome> {
        if !self.permits(device) {
            return Err(Error::forbidden("This push service is not configured."));
        }
        let request = request(introduction, device, call, (now, random))?;
        let _place = self.inner.places.acquire().await.map_err(Error::internal)?;
        Ok(match timeout(PATIENCE, self.inner.client.request(request)).await {
            Ok(Ok(answer)) => outcome(&answer),
            Ok(Err(error)) => Outcome::Later(None, format!("it cannot be reached: {error}")),
            Err(_) => Outcome::Later(None, "it does not answer".to_owned()),
        })
    }

    /// What rings when somebody may have to be woken.
    #[must_use]
    pub fn bell(&self) -> Arc<Notify> {
        Arc::clone(&self.inner.bell)
    }
}

fn request(
    introduction: &Introduction,
    device: &Subscription,
    call: Call<'_>,
    (now, random): (Timestamp, &Random),
) -> Result<Request<Full<Bytes>>> {
    let sealed = seal(device, call.plain, random)?;
    Request::post(without_fragment(&device.endpoint))
        .header(AUTHORIZATION, introduction.authorization(&device.endpoint, now)?)
        .header(CONTENT_ENCODING, "aes128gcm")
        .header(CONTENT_TYPE, "application/octet-stream")
        .header("ttl", call.lifetime.as_secs().to_string())
        .header("urgency", if call.is_urgent { "high" } else { "normal" })
        .header("topic", call.topic)
        .body(Full::from(sealed))
        .map_err(Error::internal)
}

fn without_fragment(endpoint: &Url) -> String {
    let mut endpoint = endpoint.clone();
    endpoint.set_fragment(None);
    endpoint.into()
}

/// RFC 8030, sections 5 and 7.3.
fn outcome<B>(answer: &Response<B>) -> Outcome {
    let status = answer.status();
    let pause = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let pause = pause.and_then(|text| text.parse().ok()).map(Duration::from_secs);
    let text = format!("it answers {status}");
    match status {
        _ if status.is_success() => Outcome::Sent,
        StatusCode::NOT_FOUND | StatusCode::GONE | StatusCode::FORBIDDEN => Outcome::Gone,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => {
            Outcome::Later(pause.map(|pause| pause.min(LONGEST_PAUSE)), text)
        }
        _ if status.is_server_error() => {
            Outcome::Later(pause.map(|pause| pause.min(LONGEST_PAUSE)), text)
        }
        _ => Outcome::Never(text),
    }
}

impl std::fmt::Debug for WebPush {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WebPush(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_push_service_says_is_understood() {
        let later = |seconds: Option<u64>, text: &str| {
            Outcome::Later(seconds.map(Duration::from_secs), format!("it answers {text}"))
        };
        let table = [
            (201, None, Outcome::Sent),
            (404, None, Outcome::Gone),
            (410, None, Outcome::Gone),
            (403, None, Outcome::Gone),
            (429, Some("7"), later(Some(7), "429 Too Many Requests")),
            (503, Some("86400"), later(Some(600), "503 Service Unavailable")),
            (502, Some("soon"), later(None, "502 Bad Gateway")),
            (302, None, Outcome::Never("it answers 302 Found".to_owned())),
            (400, None, Outcome::Never("it answers 400 Bad Request".to_owned())),
        ];
        for (status, pause, expected) in table {
            let mut answer = Response::builder().status(status);
            if let Some(pause) = pause {
                answer = answer.header(RETRY_AFTER, pause);
            }
            assert_eq!(outcome(&answer.body(()).unwrap()), expected, "{status}");
        }
    }
}
