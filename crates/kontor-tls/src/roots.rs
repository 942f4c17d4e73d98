//! Whom to believe on connections to the outside.

use std::fs;
use std::path::Path;

use kontor_core::{Error, Result};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

/// The root certificates in `ca_file`, or else those of the machine. `setting` is the key that names
/// the file.
///
/// # Errors
/// `Unavailable`, with a text for the operator that names the key: the file cannot be read, or there
/// are none.
pub fn root_certificates(ca_file: Option<&Path>, setting: &str) -> Result<RootCertStore> {
    let found: Vec<CertificateDer<'static>> = match ca_file {
        Some(path) => {
            let shown = path.display();
            let unusable = |why: String| Error::unavailable(format!("{setting} {shown}: {why}"));
            let text = fs::read(path).map_err(|error| unusable(error.to_string()))?;
            let list: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
            list.map_err(|error| unusable(error.to_string()))?
        }
        None => rustls_native_certs::load_native_certs().certs,
    };
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(found);
    if roots.is_empty() {
        return Err(Error::unavailable(format!(
            "No root certificates to check the other side against: install ca-certificates, or set \
             {setting}."
        )));
    }
    Ok(roots)
}
