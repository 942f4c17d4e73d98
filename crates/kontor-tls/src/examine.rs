//! What `kontor doctor` says about the certificates.

use std::time::Duration;

use kontor_config::{Config, TlsVersion};
use kontor_core::Timestamp;
use kontor_vault::Vault;
use rustls::sign::CertifiedKey;

use crate::Certificates;
use crate::acme::recall;
use crate::certificates::name_of;
use crate::facts::{Facts, is_for};
use crate::protocol::END_OF_TLS_1_2;

/// With less time left, renewing has failed several times.
const SOON: Duration = Duration::from_hours(30 * 24);
/// With less time left, it is an emergency.
const VERY_SOON: Duration = Duration::from_hours(14 * 24);

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// How bad it is.
    pub gravity: Gravity,
    /// What was found and, unless all is well, what to do.
    pub text: String,
}

/// How bad something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gravity {
    /// All is well.
    Fine,
    /// Worth a look.
    Warning,
    /// Clients cannot connect, or soon will not.
    Failure,
}

/// Looks whether each of `hosts` has a certificate that clients will accept, now and for a while.
/// `hosts` are the names of organisations, with or without port. Blocks for some file operations.
/// `vault` holds those from an authority, if it exists yet.
pub fn examine(
    config: &Config,
    vault: Option<&Vault>,
    hosts: &[String],
    now: Timestamp,
) -> Vec<Remark> {
    let certificates = match Certificates::load(config) {
        Ok(certificates) => certificates,
        Err(error) => return vec![Remark::failure(error.public.into_owned())],
    };
    let mut remarks: Vec<Remark> = outdated(config, now).into_iter().collect();
    for host in hosts {
        let name = name_of(host);
        let obtained = vault.filter(|_| config.acme.is_some() && !certificates.has_own(&name));
        match obtained.map(|vault| recall(vault, &name)) {
            Some(Ok(Some(key))) => certificates.put_obtained(&name, key),
            Some(Err(error)) => remarks.push(Remark::failure(format!("{name}: {error}"))),
            Some(Ok(None)) | None => {}
        }
        let remark = match certificates.find(Some(&name)) {
            Some(found) => judge(&found, &name, now),
            None if config.acme.is_some() => Remark::warning(format!(
                "{name}: none from the authority yet. The running server asks; its log says how \
                 that goes."
            )),
            None => Remark::failure(format!(
                "{name}: no certificate. Set tls.certificate, or certificate in its [[tenant]]."
            )),
        };
        if !remarks.contains(&remark) {
            remarks.push(remark);
        }
    }
    remarks
}

fn outdated(config: &Config, now: Timestamp) -> Option<Remark> {
    let text = match config.tls.oldest {
        TlsVersion::Tls13 => return None,
        TlsVersion::Tls12 if now < END_OF_TLS_1_2 => {
            "TLS 1.2 is spoken too, until the end of 2031. Do your clients still need it?"
        }
        TlsVersion::Tls12 => "TLS 1.2 is configured, but not spoken since 2032.",
    };
    Some(Remark::warning(text.to_owned()))
}

fn judge(found: &CertifiedKey, name: &str, now: Timestamp) -> Remark {
    let Some((certificate, facts)) =
        found.cert.first().and_then(|certificate| Some((certificate, Facts::of(certificate)?)))
    else {
        return Remark::failure(format!("{name}: the certificate cannot be understood."));
    };
    if facts.expires < now {
        let days = days(now.since(facts.expires));
        return Remark::failure(format!("{name}: expired {days} day(s) ago. Renew it now."));
    }
    if !is_for(certificate, name) {
        return Remark::failure(format!(
            "{name}: the certificate is not for this name. Get one that is, or give the \
             organisation its own in [[tenant]]."
        ));
    }
    let left = facts.expires.since(now);
    let text = format!("{name}: valid for {} more day(s).", days(left));
    match left {
        left if left < VERY_SOON => Remark::failure(format!("{text} Renew it now.")),
        left if left < SOON => Remark::warning(format!("{text} Renew it.")),
        _ if facts.is_weak => Remark::warning(format!(
            "{text} Its RSA key is short; the next one should have 3072 bits or be an EC key."
        )),
        _ => Remark::fine(text),
    }
}

fn days(span: Duration) -> u64 {
    span.as_secs() / (24 * 60 * 60)
}

impl Remark {
    fn fine(text: String) -> Self {
        Self { gravity: Gravity::Fine, text }
    }

    fn warning(text: String) -> Self {
        Self { gravity: Gravity::Warning, text }
    }

    fn failure(text: String) -> Self {
        Self { gravity: Gravity::Failure, text }
    }
}
