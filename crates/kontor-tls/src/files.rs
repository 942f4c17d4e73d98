//! A certificate and its key, from two files.

use std::fs::{self, File, Metadata};
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;

use kontor_config::CertificateFiles;
use kontor_core::{Error, Result};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;

use crate::protocol;

/// Largest file read, in bytes: a chain with large keys has a tenth of it.
const MAX_BYTES: u64 = 256 * 1024;

/// What tells one state of the files from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp([(u64, u64, i64, i64); 2]);

/// The state of the files; `None` while one of them is missing.
pub(crate) fn stamp(files: &CertificateFiles) -> Option<Stamp> {
    let look = |path: &Path| {
        let found = fs::metadata(path).ok()?;
        Some((found.ino(), found.len(), found.mtime(), found.mtime_nsec()))
    };
    Some(Stamp([look(&files.certificate)?, look(&files.key)?]))
}

/// Reads certificate and key.
///
/// # Errors
/// With a text for the operator: a file is missing or holds something else, the key may be read by
/// everybody, the key is not the certificate's.
pub(crate) fn load(files: &CertificateFiles) -> Result<Arc<CertifiedKey>> {
    let chain = parse_chain(&files.certificate, &read(&files.certificate, |_| Ok(()))?)?;
    let text = read(&files.key, |found| refuse_open_key(&files.key, found))?;
    let key = PrivateKeyDer::from_pem_slice(&text)
        .map_err(|_| unusable(&files.key, "holds no private key in PEM"))?;
    certified(chain, key).map_err(|error| {
        let why = match error {
            rustls::Error::InconsistentKeys(_) => {
                format!("is not the key of {}", files.certificate.display())
            }
            other => format!("does not serve: {other}"),
        };
        unusable(&files.key, &why)
    })
}

/// Puts a certificate and its key together.
///
/// # Errors
/// The key is of no kind that TLS knows, or not the certificate's.
pub(crate) fn certified(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<Arc<CertifiedKey>, rustls::Error> {
    CertifiedKey::from_der(chain, key, &protocol::provider()).map(Arc::new)
}

fn parse_chain(path: &Path, text: &[u8]) -> Result<Vec<CertificateDer<'static>>> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text).collect();
    match chain {
        Ok(chain) if !chain.is_empty() => Ok(chain),
        _ => Err(unusable(path, "holds no certificate in PEM")),
    }
}

fn read(path: &Path, check: impl FnOnce(&Metadata) -> Result<()>) -> Result<Vec<u8>> {
    let unreadable = |error| unusable(path, &format!("cannot be read: {error}"));
    let file = File::open(path).map_err(unreadable)?;
    check(&file.metadata().map_err(unreadable)?)?;
    let mut bytes = Vec::new();
    file.take(MAX_BYTES).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

/// A group may read it, as distributions set it up for programs that share a key; nobody else may,
/// and nobody but its owner may change it.
fn refuse_open_key(path: &Path, found: &Metadata) -> Result<()> {
    let mode = found.mode() & 0o777;
    if mode & 0o027 == 0 {
        return Ok(());
    }
    let path = path.display();
    Err(Error::forbidden(format!(
        "{path}: others may read or change this key (mode {mode:03o}). Look who did, then run: \
         chmod 600 {path}"
    )))
}

fn unusable(path: &Path, why: &str) -> Error {
    Error::unavailable(format!("{}: {why}.", path.display()))
}
