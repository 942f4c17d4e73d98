//! Passing mails on by SMTP.

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use kontor_config::{Mail, MailAccount, MailSecurity};
use kontor_core::{Error, MatrixCode, Result, Timestamp};
use lettre::message::{Mailbox, header};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{
    Certificate, CertificateStore, Tls, TlsParameters, TlsParametersBuilder,
};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use rustls::RootCertStore;
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::Written;

/// Longest time for one answer of the mail server.
const PATIENCE: Duration = Duration::from_secs(15);
/// Longest time for one mail.
const PATIENCE_IN_ALL: Duration = Duration::from_mins(1);
/// Longest password, in bytes.
const LONGEST_PASSWORD_BYTES: u64 = 1024;
/// Longest mail address, in bytes (RFC 5321).
const LONGEST_ADDRESS_BYTES: usize = 254;

/// Passes mails on to the configured server. Clones share everything.
#[derive(Clone)]
pub struct Mailer {
    inner: Arc<Inner>,
}

struct Inner {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    /// Somebody has something to send.
    waiting: Notify,
}

/// Where a mail goes, and how it is told from others.
#[derive(Clone, Copy, Debug)]
pub struct Envelope<'e> {
    /// Mail address.
    pub to: &'e str,
    /// Unique; a mail sent twice is recognised by it.
    pub id: &'e str,
    /// Time of sending.
    pub at: Timestamp,
}

/// What became of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The server has taken it.
    Sent,
    /// It may be tried again; why, for the operator's log.
    Later(String),
    /// The server will never take it; why, for the operator's log.
    Never(String),
}

impl Mailer {
    /// Prepares for the configured server, which need not be there yet. Reads the file of the
    /// password and the root certificates.
    ///
    /// # Errors
    /// `Unavailable` or `Forbidden` for files that cannot be read, or by everybody.
    pub fn open(mail: &Mail) -> Result<Self> {
        let from = address(&mail.from)?;
        let tls = match mail.security {
            MailSecurity::StartTls => Tls::Required(parameters(mail)?),
            MailSecurity::Tls => Tls::Wrapper(parameters(mail)?),
            MailSecurity::None => Tls::None,
        };
        let greeting = ClientId::Domain(from.domain().to_owned());
        let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&*mail.server)
            .port(mail.port)
            .tls(tls)
            .hello_name(greeting)
            .timeout(Some(PATIENCE));
        if let Some(account) = &mail.account {
            transport = transport.credentials(credentials(account)?);
        }
        let from = Mailbox::new(Some("Kontor".to_owned()), from);
        let inner = Inner { transport: transport.build(), from, waiting: Notify::new() };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Passes a mail on. Takes at most a minute.
    ///
    /// # Errors
    /// `Internal` if the mail cannot be put together; what the server says is the [`Outcome`].
    pub async fn send(&self, envelope: Envelope<'_>, written: &Written) -> Result<Outcome> {
        let Ok(to) = address(envelope.to) else {
            return Ok(Outcome::Never("no mail address".to_owned()));
        };
        let sent = u64::try_from(envelope.at.0).unwrap_or_default();
        let from = &self.inner.from;
        let message = Message::builder()
            .from(from.clone())
            .to(Mailbox::new(None, to))
            .subject(written.subject.as_str())
            .date(UNIX_EPOCH + Duration::from_millis(sent))
            .message_id(Some(format!("<{}@{}>", envelope.id, from.email.domain())))
            .raw_header(unanswerable()?)
            .header(header::ContentType::TEXT_PLAIN)
            .body(written.body.expose().clone())
            .map_err(Error::internal)?;
        let answer = timeout(PATIENCE_IN_ALL, self.inner.transport.send(message)).await;
        Ok(match answer {
            Ok(Ok(_)) => Outcome::Sent,
            // A server that answers with the addressee would put her into the log.
            Ok(Err(error)) if error.is_permanent() => Outcome::Never(refusal(&error)),
            Ok(Err(error)) => Outcome::Later(refusal(&error)),
            Err(_) => Outcome::Later("the mail server takes too long".to_owned()),
        })
    }

    /// Says that something waits to be sent.
    pub fn wake(&self) {
        self.inner.waiting.notify_one();
    }

    /// Waits until [`Self::wake`] is called, or was since the last time.
    pub async fn woken(&self) {
        self.inner.waiting.notified().await;
    }
}

/// # Errors
/// `Invalid` (field `field` is `address`) for what is no mail address that we send to.
pub fn check_address(text: &str) -> Result<String> {
    let text = text.trim();
    let parsed = (text.len() <= LONGEST_ADDRESS_BYTES).then(|| address(text).ok()).flatten();
    let sound = parsed.filter(|parsed| {
        let domain = parsed.domain();
        text.is_ascii() && domain.contains('.') && !domain.starts_with('[')
    });
    sound.map(|parsed| parsed.to_string()).ok_or_else(|| {
        let error = Error::invalid(MatrixCode::InvalidParam, "This is no mail address.");
        error.with_field("field", "address")
    })
}

fn address(text: &str) -> Result<Address> {
    text.parse().map_err(|_| Error::invalid(MatrixCode::InvalidParam, "This is no mail address."))
}

/// Asks other mail servers not to answer with holiday notes (RFC 3834).
fn unanswerable() -> Result<header::HeaderValue> {
    let name = header::HeaderName::new_from_ascii("Auto-Submitted".to_owned());
    let name = name.map_err(Error::internal)?;
    Ok(header::HeaderValue::new(name, "auto-generated".to_owned()))
}

/// What went wrong, in words that name nobody.
fn refusal(error: &lettre::transport::smtp::Error) -> String {
    match error.status() {
        Some(code) => format!("the mail server answers {code}"),
        None if error.is_timeout() => "the mail server does not answer".to_owned(),
        None if error.is_tls() => format!("no TLS with the mail server: {error}"),
        None => format!("the mail server cannot be reached: {}", causes(error)),
    }
}

fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}

fn parameters(mail: &Mail) -> Result<TlsParameters> {
    let unusable = |why: String| Error::unavailable(format!("mail.ca_file: {why}"));
    let roots = match &mail.ca_file {
        Some(path) => {
            let pem = fs::read(path).map_err(|e| unusable(format!("{}: {e}", path.display())))?;
            vec![Certificate::from_pem(&pem).map_err(|error| unusable(error.to_string()))?]
        }
        None => system_roots(),
    };
    if roots.is_empty() {
        return Err(Error::unavailable(
            "No root certificates to check the mail server against: install ca-certificates, or \
             set mail.ca_file.",
        ));
    }
    // The library's own choice of roots would depend on the features of other programs.
    let builder = TlsParameters::builder(mail.server.clone());
    let builder = builder.certificate_store(CertificateStore::None);
    let builder = roots.into_iter().fold(builder, TlsParametersBuilder::add_root_certificate);
    builder.build_rustls().map_err(|error| unusable(error.to_string()))
}

/// The system's roots, without those that cannot be used.
fn system_roots() -> Vec<Certificate> {
    let found = rustls_native_certs::load_native_certs().certs;
    let usable = found.into_iter().filter(|root| RootCertStore::empty().add(root.clone()).is_ok());
    usable.filter_map(|root| Certificate::from_der(root.to_vec()).ok()).collect()
}

fn credentials(account: &MailAccount) -> Result<Credentials> {
    let path = &account.password_file;
    let password = read_secret(path)?;
    if password.is_empty() {
        return Err(Error::unavailable(format!("{}: is empty.", path.display())));
    }
    Ok(Credentials::new(account.user.clone(), password))
}

fn read_secret(path: &Path) -> Result<String> {
    let shown = path.display();
    let unreadable = |error: std::io::Error| Error::unavailable(format!("{shown}: {error}"));
    let file = File::open(path).map_err(unreadable)?;
    let mode = file.metadata().map_err(unreadable)?.mode() & 0o777;
    if mode & 0o027 != 0 {
        return Err(Error::forbidden(format!(
            "{shown}: others may read or change this password (mode {mode:03o}). Run: chmod 600 \
             {shown}"
        )));
    }
    let mut text = String::new();
    file.take(LONGEST_PASSWORD_BYTES).read_to_string(&mut text).map_err(unreadable)?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

impl std::fmt::Debug for Mailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mailer(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_hold_nothing_that_could_become_a_header() {
        for good in ["a@b.example", " ada.l+k@mail.firma.example "] {
            assert_eq!(check_address(good).unwrap(), good.trim());
        }
        let long = format!("a@{}.example", "x".repeat(250));
        for bad in [
            "",
            "a",
            "a@",
            "@b.example",
            "a@b",
            "a@[127.0.0.1]",
            "a@b.example, c@d.example",
            "a@b.example\r\nBcc: c@d.example",
            "Ada <a@b.example>",
            "ä@b.example",
            &long,
        ] {
            assert!(check_address(bad).is_err(), "{bad:?}");
        }
    }
}
