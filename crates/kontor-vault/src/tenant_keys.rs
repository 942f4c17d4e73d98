//! The working keys of one tenant and their wrapped form on disk.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use kontor_core::{Error, Random, Result, Secret, TenantId};
use ruma::ServerName;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::Sealer;

/// The working keys of one tenant. Nothing of it is printed by `Debug`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantKeys {
    /// The tenant's number, bound into every row of its database: it goes where the keys go.
    pub tenant: TenantId,
    /// Key of the SQLCipher database file.
    pub cipher_key: Secret<[u8; 32]>,
    /// Key that seals columns on PostgreSQL; see [`Sealer`].
    pub seal_key: Secret<[u8; 32]>,
    /// Key of the media store.
    pub media_key: Secret<[u8; 32]>,
    /// Mixed into hashes of passwords and tokens, so that a stolen database alone yields none.
    pub pepper: Secret<[u8; 32]>,
    /// Root of the keys of the audit log: its store, signatures and pseudonyms.
    pub audit_key: Secret<[u8; 32]>,
    /// Private half of the key pair by which push services know the organisation (RFC 8292).
    pub push_key: Secret<[u8; 32]>,
    /// Signs the tenant's events.
    pub signing: SigningSeed,
}

/// Private half of an Ed25519 key pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningSeed {
    /// The 32-byte private seed.
    pub seed: Secret<[u8; 32]>,
    /// Name of the key as published, with its algorithm: `ed25519:a1b2c3`.
    pub key_id: String,
}

impl SigningSeed {
    /// The part of the key's name after `ed25519:`.
    pub fn version(&self) -> &str {
        self.key_id.strip_prefix("ed25519:").unwrap_or(&self.key_id)
    }
}

/// What `keys.json` holds: every secret sealed, in standard base64.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrappedKeys {
    /// Layout of this file; 1.
    format: u32,
    /// Number of the tenant in its database.
    pub(crate) tenant: i64,
    /// Sealed with the node key.
    tenant_key: String,
    /// Sealed with the tenant key, like all that follow.
    cipher_key: String,
    seal_key: String,
    media_key: String,
    pepper: String,
    /// Missing in files from before there was an audit log; then it follows from the tenant key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    audit_key: Option<String>,
    /// Missing in files from before there was Web Push, as above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    push_key: Option<String>,
    signing_seed: String,
    /// In clear: it is published anyway.
    signing_key_id: String,
}

const FORMAT: u32 = 1;

impl TenantKeys {
    /// Key of the tombstones in the erasure ledger; it follows from the key of the audit log, so a
    /// restored instance has the same.
    #[must_use]
    pub fn ledger_key(&self) -> Secret<[u8; 32]> {
        derived(&self.audit_key, "kontor erasure ledger v1")
    }

    /// New random keys.
    pub(crate) fn generate(tenant: TenantId, random: &Random) -> Result<Self> {
        let key = || random.bytes().map(Secret::new);
        Ok(Self {
            tenant,
            cipher_key: key()?,
            seal_key: key()?,
            media_key: key()?,
            pepper: key()?,
            audit_key: key()?,
            push_key: key()?,
            signing: SigningSeed { seed: key()?, key_id: format!("ed25519:{}", random.word(6)?) },
        })
    }

    /// Wraps the keys in a fresh tenant key and that in the node key.
    pub(crate) fn wrap(
        &self,
        node: &Sealer,
        server_name: &ServerName,
        random: &Random,
    ) -> Result<WrappedKeys> {
        let tenant_key = Secret::new(random.bytes()?);
        let tenant = Sealer::new(&tenant_key)?;
        let seal = |sealer: &Sealer, purpose: &str, key: &Secret<[u8; 32]>| {
            let sealed = sealer.seal(&context(purpose, server_name), key.expose(), random)?;
            Ok::<_, Error>(BASE64_STANDARD.encode(sealed))
        };
        Ok(WrappedKeys {
            format: FORMAT,
            tenant: self.tenant.0,
            tenant_key: seal(node, "tenant", &tenant_key)?,
            cipher_key: seal(&tenant, "cipher", &self.cipher_key)?,
            seal_key: seal(&tenant, "seal", &self.seal_key)?,
            media_key: seal(&tenant, "media", &self.media_key)?,
            pepper: seal(&tenant, "pepper", &self.pepper)?,
            audit_key: Some(seal(&tenant, "audit", &self.audit_key)?),
            push_key: Some(seal(&tenant, "push", &self.push_key)?),
            signing_seed: seal(&tenant, "signing", &self.signing.seed)?,
            signing_key_id: self.signing.key_id.clone(),
        })
    }
}

impl WrappedKeys {
    /// Opens the wrapped keys.
    ///
    /// # Errors
    /// `Internal` if the file was changed, belongs to another tenant or to another node key.
    pub(crate) fn unwrap_keys(
        &self,
        node: &Sealer,
        server_name: &ServerName,
    ) -> Result<TenantKeys> {
        if self.format != FORMAT {
            return Err(Error::unavailable(format!(
                "The keys of {server_name} have format {}; this Kontor knows {FORMAT}. Use a newer \
                 Kontor.",
                self.format
            )));
        }
        let open = |sealer: &Sealer, purpose: &str, sealed: &str| {
            let sealed = BASE64_STANDARD.decode(sealed).map_err(Error::internal)?;
            let plain = sealer.open(&context(purpose, server_name), &sealed).map(Zeroizing::new)?;
            let key: [u8; 32] = plain.as_slice().try_into().map_err(Error::internal)?;
            Ok::<_, Error>(Secret::new(key))
        };
        let tenant_key = open(node, "tenant", &self.tenant_key)?;
        let tenant = Sealer::new(&tenant_key)?;
        let audit_key = match &self.audit_key {
            Some(sealed) => open(&tenant, "audit", sealed)?,
            None => derived(&tenant_key, "kontor audit key"),
        };
        let push_key = match &self.push_key {
            Some(sealed) => open(&tenant, "push", sealed)?,
            None => derived(&tenant_key, "kontor push key"),
        };
        Ok(TenantKeys {
            tenant: TenantId(self.tenant),
            cipher_key: open(&tenant, "cipher", &self.cipher_key)?,
            seal_key: open(&tenant, "seal", &self.seal_key)?,
            media_key: open(&tenant, "media", &self.media_key)?,
            pepper: open(&tenant, "pepper", &self.pepper)?,
            audit_key,
            push_key,
            signing: SigningSeed {
                seed: open(&tenant, "signing", &self.signing_seed)?,
                key_id: self.signing_key_id.clone(),
            },
        })
    }
}

/// A key for `purpose` that follows from another one.
fn derived(from: &Secret<[u8; 32]>, purpose: &str) -> Secret<[u8; 32]> {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, from.expose()), purpose.as_bytes());
    let mut key = [0; 32];
    for (to, from) in key.iter_mut().zip(tag.as_ref()) {
        *to = *from;
    }
    Secret::new(key)
}

/// Binds a wrapped key to its purpose and tenant.
fn context(purpose: &str, server_name: &ServerName) -> Vec<u8> {
    let server_name = server_name.as_str().to_ascii_lowercase();
    format!("kontor key v1 {purpose} {server_name}").into_bytes()
}
