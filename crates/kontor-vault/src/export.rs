//! Keys of one tenant in one file under a passphrase, for escrow and for moving to another node.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use kontor_core::{Error, MatrixCode, Random, Result, Secret};
use ruma::ServerName;
use serde::{Deserialize, Serialize};

use crate::Sealer;
use crate::tenant_keys::{TenantKeys, WrappedKeys};

/// Shortest passphrase accepted, in characters.
const MIN_PASSPHRASE_CHARS: usize = 12;
/// Argon2id cost for new files: 256 MiB, 3 passes; about a second, once per export.
const MEMORY_KIB: u32 = 256 * 1024;
const PASSES: u32 = 3;
/// Upper bounds when reading, so that a forged file cannot exhaust the machine.
const MAX_MEMORY_KIB: u32 = 1024 * 1024;
const MAX_PASSES: u32 = 16;

/// What an export file holds.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExportFile {
    /// What this file is, for whoever finds it.
    comment: String,
    /// The tenant the keys belong to.
    pub(crate) server_name: String,
    kdf: String,
    memory_kib: u32,
    passes: u32,
    salt: String,
    keys: WrappedKeys,
}

impl ExportFile {
    /// Seals `keys` under `passphrase`.
    pub(crate) fn seal(
        keys: &TenantKeys,
        server_name: &ServerName,
        passphrase: &Secret<String>,
        random: &Random,
    ) -> Result<Self> {
        if passphrase.expose().chars().count() < MIN_PASSPHRASE_CHARS {
            return Err(Error::invalid(
                MatrixCode::InvalidParam,
                format!("The passphrase needs at least {MIN_PASSPHRASE_CHARS} characters."),
            ));
        }
        let salt: [u8; 16] = random.bytes()?;
        let sealer = Sealer::new(&stretch(passphrase, &salt, MEMORY_KIB, PASSES)?)?;
        Ok(Self {
            comment: "Kontor tenant keys, sealed under a passphrase. Whoever has both can read \
                      the tenant's database and media. See `kontor tenant --help`."
                .to_owned(),
            server_name: server_name.to_string(),
            kdf: "argon2id-13".to_owned(),
            memory_kib: MEMORY_KIB,
            passes: PASSES,
            salt: BASE64_STANDARD.encode(salt),
            keys: keys.wrap(&sealer, server_name, random)?,
        })
    }

    /// Opens the file with `passphrase`.
    ///
    /// # Errors
    /// `Forbidden` if the passphrase is wrong or the file was changed.
    pub(crate) fn open(
        &self,
        server_name: &ServerName,
        passphrase: &Secret<String>,
    ) -> Result<TenantKeys> {
        let known = self.kdf == "argon2id-13"
            && self.memory_kib <= MAX_MEMORY_KIB
            && self.passes <= MAX_PASSES;
        if !known {
            return Err(Error::invalid(
                MatrixCode::InvalidParam,
                "This key file asks for a key derivation that this Kontor does not offer.",
            ));
        }
        let salt = BASE64_STANDARD.decode(&self.salt).map_err(Error::internal)?;
        let key = stretch(passphrase, &salt, self.memory_kib, self.passes)?;
        self.keys.unwrap_keys(&Sealer::new(&key)?, server_name).map_err(|cause| {
            Error::forbidden("The passphrase is wrong, or the key file was changed.").because(cause)
        })
    }
}

fn stretch(
    passphrase: &Secret<String>,
    salt: &[u8],
    memory_kib: u32,
    passes: u32,
) -> Result<Secret<[u8; 32]>> {
    let params = Params::new(memory_kib, passes, 1, Some(32)).map_err(Error::internal)?;
    let mut key = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.expose().as_bytes(), salt, &mut key)
        .map_err(Error::internal)?;
    Ok(Secret::new(key))
}
