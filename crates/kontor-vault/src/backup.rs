//! A tenant's keys as a backup holds them, encrypted to its recipients; and how they come back.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use kontor_core::{Error, Result, Secret, TenantId};
use ruma::ServerName;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{SigningSeed, TenantKeys, Vault};

const FORMAT: u32 = 1;

/// Everything of an organisation that is neither in its database nor in its media: keys and what
/// was configured. In clear: never to be stored as it is.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
pub struct BackupKeys {
    format: u32,
    /// Whose they are.
    pub server_name: String,
    tenant: i64,
    cipher_key: String,
    seal_key: String,
    media_key: String,
    pepper: String,
    audit_key: String,
    push_key: String,
    signing_seed: String,
    signing_key_id: String,
    /// The configuration file, if there was one.
    pub configuration: Option<String>,
    /// The profile that the organisation began with.
    pub profile: Option<String>,
}

impl BackupKeys {
    /// The keys of `server_name`, in clear.
    #[must_use]
    pub fn of(server_name: &ServerName, keys: &TenantKeys) -> Self {
        let text = |key: &Secret<[u8; 32]>| BASE64_STANDARD.encode(key.expose());
        Self {
            format: FORMAT,
            server_name: server_name.to_string(),
            tenant: keys.tenant.0,
            cipher_key: text(&keys.cipher_key),
            seal_key: text(&keys.seal_key),
            media_key: text(&keys.media_key),
            pepper: text(&keys.pepper),
            audit_key: text(&keys.audit_key),
            push_key: text(&keys.push_key),
            signing_seed: text(&keys.signing.seed),
            signing_key_id: keys.signing.key_id.clone(),
            configuration: None,
            profile: None,
        }
    }

    /// As bytes to be encrypted.
    pub fn to_json(&self) -> Result<Zeroizing<Vec<u8>>> {
        serde_json::to_vec(self).map(Zeroizing::new).map_err(Error::internal)
    }

    /// Reads what [`Self::to_json`] wrote.
    ///
    /// # Errors
    /// `Unavailable` if a newer Kontor wrote it, or it is damaged.
    pub fn from_json(json: &[u8]) -> Result<Self> {
        let keys: Self = serde_json::from_slice(json).map_err(|cause| {
            Error::unavailable("The keys in this backup are damaged.").because(cause)
        })?;
        if keys.format != FORMAT {
            return Err(Error::unavailable("A newer Kontor wrote this backup. Use that version."));
        }
        Ok(keys)
    }

    /// The keys.
    ///
    /// # Errors
    /// `Internal` if they are damaged.
    pub fn keys(&self) -> Result<TenantKeys> {
        let key = |text: &str| {
            let bytes =
                BASE64_STANDARD.decode(text).map(Zeroizing::new).map_err(Error::internal)?;
            let bytes: [u8; 32] = bytes.as_slice().try_into().map_err(Error::internal)?;
            Ok::<_, Error>(Secret::new(bytes))
        };
        Ok(TenantKeys {
            tenant: TenantId(self.tenant),
            cipher_key: key(&self.cipher_key)?,
            seal_key: key(&self.seal_key)?,
            media_key: key(&self.media_key)?,
            pepper: key(&self.pepper)?,
            audit_key: key(&self.audit_key)?,
            push_key: key(&self.push_key)?,
            signing: SigningSeed {
                seed: key(&self.signing_seed)?,
                key_id: self.signing_key_id.clone(),
            },
        })
    }
}

impl std::fmt::Debug for BackupKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "BackupKeys({})", self.server_name)
    }
}

impl Vault {
    /// Takes in the keys of an organisation from a backup.
    ///
    /// # Errors
    /// `Conflict` if the organisation exists here.
    pub fn adopt_tenant(&self, server_name: &ServerName, keys: &TenantKeys) -> Result<()> {
        self.store_tenant(server_name, keys)
    }
}
