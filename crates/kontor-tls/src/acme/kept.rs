//! What is kept of the exchange with an authority: sealed, in the vault.

use std::sync::Arc;

use instant_acme::AccountCredentials;
use kontor_core::{Error, Result};
use kontor_vault::Vault;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use serde::{Deserialize, Serialize};

use crate::files::certified;

/// No host name: these have a dot.
const ACCOUNT: &str = "acme-account";

/// A certificate with its chain, and its key, in PEM.
#[derive(Serialize, Deserialize)]
pub(crate) struct Obtained {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

#[derive(Serialize, Deserialize)]
struct KeptAccount {
    directory: String,
    credentials: AccountCredentials,
}

impl Obtained {
    /// Both in the form in which they are shown.
    ///
    /// # Errors
    /// They do not belong together, or are something else.
    pub(crate) fn certified(&self) -> Result<Arc<CertifiedKey>> {
        let chain = CertificateDer::pem_slice_iter(self.certificate.as_bytes());
        let chain = chain.collect::<Result<Vec<_>, _>>().map_err(Error::internal)?;
        let key = PrivateKeyDer::from_pem_slice(self.key.as_bytes()).map_err(Error::internal)?;
        certified(chain, key).map_err(Error::internal)
    }
}

/// The kept certificate for `host`, if there is one.
pub(crate) fn recall(vault: &Vault, host: &str) -> Result<Option<Arc<CertifiedKey>>> {
    let Some(text) = vault.kept(host)? else { return Ok(None) };
    let obtained: Obtained = serde_json::from_slice(&text).map_err(Error::internal)?;
    obtained.certified().map(Some)
}

pub(crate) fn keep(vault: &Vault, host: &str, obtained: &Obtained) -> Result<()> {
    vault.keep(host, &serde_json::to_vec(obtained).map_err(Error::internal)?)
}

/// The account with the authority behind `directory`, if there is one.
pub(crate) fn recall_account(vault: &Vault, directory: &str) -> Result<Option<AccountCredentials>> {
    let Some(text) = vault.kept(ACCOUNT)?.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let kept: KeptAccount = serde_json::from_slice(&text).map_err(Error::internal)?;
    Ok((kept.directory == directory).then_some(kept.credentials))
}

pub(crate) fn keep_account(
    vault: &Vault,
    directory: &str,
    credentials: AccountCredentials,
) -> Result<()> {
    let kept = KeptAccount { directory: directory.to_owned(), credentials };
    vault.keep(ACCOUNT, &serde_json::to_vec(&kept).map_err(Error::internal)?)
}

pub(crate) fn forget_account(vault: &Vault) -> Result<()> {
    vault.keep(ACCOUNT, b"")
}
