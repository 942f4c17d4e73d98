//! What a certificate says about itself.

use kontor_core::Timestamp;
use rustls::client::verify_server_name;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::server::ParsedCertificate;
use x509_cert::Certificate;
use x509_cert::der::Decode;
use x509_cert::time::Time;

/// `rsaEncryption` (RFC 8017).
const RSA: &str = "1.2.840.113549.1.1.1";
/// Shortest RSA key that is recommended, in bits (R-020, TR-02102-2).
const RSA_BITS: usize = 3000;

/// What a certificate says about itself.
pub(crate) struct Facts {
    /// First moment of its validity.
    pub(crate) begins: Timestamp,
    /// Last moment of its validity.
    pub(crate) expires: Timestamp,
    /// Whether its key is shorter than is recommended.
    pub(crate) is_weak: bool,
}

impl Facts {
    /// `None` if it does not parse.
    pub(crate) fn of(certificate: &CertificateDer<'static>) -> Option<Self> {
        let parsed = Certificate::from_der(certificate).ok()?;
        let body = parsed.tbs_certificate();
        let moment = |time: Time| i64::try_from(time.to_unix_duration().as_millis()).ok();
        let begins = Timestamp(moment(body.validity().not_before)?);
        let expires = Timestamp(moment(body.validity().not_after)?);
        let key = body.subject_public_key_info();
        // The encoding holds the modulus and a few bytes more.
        let is_rsa = key.algorithm.oid.to_string() == RSA;
        let is_weak = is_rsa && key.subject_public_key.raw_bytes().len() * 8 < RSA_BITS;
        Some(Self { begins, expires, is_weak })
    }
}

/// Whether a client that connects to `name` would accept this certificate as that name's.
pub(crate) fn is_for(certificate: &CertificateDer<'_>, name: &str) -> bool {
    let parsed = ParsedCertificate::try_from(certificate);
    let name = ServerName::try_from(name.trim_matches(['[', ']']));
    matches!((parsed, name), (Ok(parsed), Ok(name)) if verify_server_name(&parsed, &name).is_ok())
}
