//! The vault: a node's key and its tenants' wrapped keys, all in the data folder.

use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use kontor_core::{Error, MatrixCode, Random, Result, Secret, TenantId};
use ruma::{OwnedServerName, ServerName};
use zeroize::Zeroizing;

use crate::Sealer;
use crate::export::ExportFile;
use crate::key_file;
use crate::tenant_keys::{TenantKeys, WrappedKeys};

const NODE_KEY_FILE: &str = "node.key";
const TENANTS_FOLDER: &str = "tenants";
const KEYS_FILE: &str = "keys.json";
/// Name of the file with the name of the profile that an organisation begins with.
pub const PROFILE_FILE: &str = "profile";

/// A node's key and its tenants' wrapped keys.
///
/// Layout: `DATA/node.key`, and per tenant `DATA/tenants/<server name>/keys.json`. File
/// operations are few and small; they block the caller.
pub struct Vault {
    pub(crate) data_dir: PathBuf,
    pub(crate) node: Sealer,
    pub(crate) random: Random,
}

impl Vault {
    /// Opens the vault in `data_dir`; on first start creates the folder and the node key.
    ///
    /// # Errors
    /// `Forbidden` if others than the owner may read the node key. `Unavailable` if the node key
    /// is missing although tenants exist (a new one could not open them), or is damaged.
    pub fn open(data_dir: &Path, random: Random) -> Result<Self> {
        key_file::create_folder(&data_dir.join(TENANTS_FOLDER))?;
        let path = data_dir.join(NODE_KEY_FILE);
        let key = match key_file::read(&path)? {
            Some(bytes) => parse_node_key(&path, &Zeroizing::new(bytes))?,
            None => create_node_key(data_dir, &path, &random)?,
        };
        Ok(Self { data_dir: data_dir.to_owned(), node: Sealer::new(&key)?, random })
    }

    /// Creates the keys of a new tenant.
    ///
    /// # Errors
    /// `Conflict` if the tenant exists.
    pub fn create_tenant(&self, server_name: &ServerName) -> Result<TenantKeys> {
        self.create_tenant_with(server_name, None)
    }

    /// As [`Self::create_tenant`]; the organisation begins with a profile of that name, which is
    /// kept in its folder as [`PROFILE_FILE`]. It is there before the keys are: a running server
    /// that finds the organisation finds it, too.
    pub fn create_tenant_with(
        &self,
        server_name: &ServerName,
        profile: Option<&str>,
    ) -> Result<TenantKeys> {
        let _alone = key_file::lock(&self.data_dir.join(TENANTS_FOLDER))?;
        let keys = TenantKeys::generate(self.next_number()?, &self.random)?;
        let folder = self.tenant_dir(server_name)?;
        if let Some(profile) = profile
            && !folder.join(KEYS_FILE).exists()
        {
            key_file::create_folder(&folder)?;
            let path = folder.join(PROFILE_FILE);
            fs::write(&path, profile)
                .map_err(|e| Error::unavailable(format!("{}: {e}", path.display())))?;
        }
        self.store_tenant(server_name, &keys)?;
        Ok(keys)
    }

    /// The keys of an existing tenant.
    ///
    /// # Errors
    /// `NotFound` if there is no such tenant, `Forbidden` if its key file is readable by others,
    /// `Unavailable` if the file does not open with this node key.
    pub fn open_tenant(&self, server_name: &ServerName) -> Result<TenantKeys> {
        let path = self.tenant_dir(server_name)?.join(KEYS_FILE);
        let Some(text) = key_file::read(&path)? else {
            return Err(Error::not_found(format!(
                "There is no tenant {server_name} in {}. Create it with: kontor tenant create \
                 {server_name}",
                self.data_dir.display()
            )));
        };
        let wrapped = parse(&path, &text)?;
        wrapped.unwrap_keys(&self.node, server_name).map_err(|cause| damaged(&path, cause))
    }

    /// Every tenant with keys, by name.
    pub fn tenants(&self) -> Result<Vec<OwnedServerName>> {
        let folder = self.data_dir.join(TENANTS_FOLDER);
        let mut names = Vec::new();
        let entries = fs::read_dir(&folder)
            .map_err(|e| Error::unavailable(format!("{}: {e}", folder.display())))?;
        for entry in entries {
            let entry = entry.map_err(|e| Error::unavailable(e.to_string()))?;
            let name = entry.file_name();
            let Some(name) = name.to_str().and_then(|name| ServerName::parse(name).ok()) else {
                continue;
            };
            if entry.path().join(KEYS_FILE).exists() {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    /// The folder of a tenant's files; it exists once the tenant was created.
    ///
    /// # Errors
    /// `Invalid` if the name cannot be a folder's.
    pub fn tenant_dir(&self, server_name: &ServerName) -> Result<PathBuf> {
        // Matrix names are already free of '/'; what is left to refuse is `..` and its kin.
        if server_name.as_str().starts_with('.') || server_name.as_str().len() > 230 {
            let text = format!("{server_name} cannot be the name of a server.");
            return Err(Error::invalid(MatrixCode::InvalidParam, text));
        }
        let folder = server_name.as_str().to_ascii_lowercase();
        Ok(self.data_dir.join(TENANTS_FOLDER).join(folder))
    }

    /// Writes a tenant's keys, sealed under `passphrase`, to the new file `target` (mode 0600).
    ///
    /// # Errors
    /// `Invalid` if the passphrase has fewer than 12 characters, `Conflict` if `target` exists.
    pub fn export_tenant_keys(
        &self,
        server_name: &ServerName,
        passphrase: &Secret<String>,
        target: &Path,
    ) -> Result<()> {
        let keys = self.open_tenant(server_name)?;
        let file = ExportFile::seal(&keys, server_name, passphrase, &self.random)?;
        let text = serde_json::to_vec_pretty(&file).map_err(Error::internal)?;
        key_file::create(target, &text)
    }

    /// Takes in the keys written by [`Self::export_tenant_keys`]; answers whose they are.
    ///
    /// # Errors
    /// `Forbidden` if the passphrase is wrong, `Conflict` if the tenant exists here.
    pub fn import_tenant_keys(
        &self,
        source: &Path,
        passphrase: &Secret<String>,
    ) -> Result<OwnedServerName> {
        let unusable = |why: String| {
            let text = format!("{}: no Kontor key export ({why})", source.display());
            Error::invalid(MatrixCode::InvalidParam, text)
        };
        let text = key_file::read(source)?.ok_or_else(|| unusable("file not found".to_owned()))?;
        let file: ExportFile =
            serde_json::from_slice(&text).map_err(|cause| unusable(cause.to_string()))?;
        let server_name =
            ServerName::parse(&file.server_name).map_err(|cause| unusable(cause.to_string()))?;
        let keys = file.open(&server_name, passphrase)?;
        self.store_tenant(&server_name, &keys)?;
        Ok(server_name)
    }

    /// One more than the highest number in use.
    fn next_number(&self) -> Result<TenantId> {
        let mut highest = 0;
        for name in self.tenants()? {
            let path = self.tenant_dir(&name)?.join(KEYS_FILE);
            if let Some(text) = key_file::read(&path)? {
                highest = highest.max(parse(&path, &text)?.tenant);
            }
        }
        Ok(TenantId(highest.saturating_add(1)))
    }

    pub(crate) fn store_tenant(&self, server_name: &ServerName, keys: &TenantKeys) -> Result<()> {
        let folder = self.tenant_dir(server_name)?;
        let wrapped = keys.wrap(&self.node, server_name, &self.random)?;
        key_file::create_folder(&folder)?;
        let text = serde_json::to_vec_pretty(&wrapped).map_err(Error::internal)?;
        key_file::create(&folder.join(KEYS_FILE), &text).map_err(|error| match error.kind {
            kontor_core::Kind::Conflict => Error::conflict(
                MatrixCode::Unknown,
                format!("The tenant {server_name} exists already."),
            ),
            _ => error,
        })
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("data_dir", &self.data_dir).finish_non_exhaustive()
    }
}

fn parse(path: &Path, text: &[u8]) -> Result<WrappedKeys> {
    serde_json::from_slice(text).map_err(|cause| damaged(path, Error::internal(cause)))
}

fn damaged(path: &Path, cause: Error) -> Error {
    Error::unavailable(format!(
        "{}: the keys do not open. Either the file is damaged or {NODE_KEY_FILE} is not the one \
         it was made with; restore both from the same backup.",
        path.display()
    ))
    .because(cause)
}

/// Accepts 32 raw bytes or their base64 (with or without line end).
fn parse_node_key(path: &Path, bytes: &[u8]) -> Result<Secret<[u8; 32]>> {
    if let Ok(raw) = <[u8; 32]>::try_from(bytes) {
        return Ok(Secret::new(raw));
    }
    let decoded = BASE64_STANDARD.decode(bytes.trim_ascii()).map(Zeroizing::new);
    decoded
        .ok()
        .and_then(|raw| <[u8; 32]>::try_from(raw.as_slice()).ok())
        .map(Secret::new)
        .ok_or_else(|| {
            Error::unavailable(format!(
                "{}: this is no node key (32 bytes, raw or in base64). Restore it from a backup: \
                 without it no tenant can be opened.",
                path.display()
            ))
        })
}

fn create_node_key(data_dir: &Path, path: &Path, random: &Random) -> Result<Secret<[u8; 32]>> {
    let tenants = data_dir.join(TENANTS_FOLDER);
    let orphans = match fs::read_dir(&tenants) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) if error.kind() == ErrorKind::NotFound => false,
        Err(error) => {
            return Err(Error::unavailable(format!("{}: {error}", tenants.display())));
        }
    };
    if orphans {
        return Err(Error::unavailable(format!(
            "{} is missing, but tenants exist whose keys only it can open. Restore it from a \
             backup.",
            path.display()
        )));
    }
    let key = Secret::new(random.bytes::<32>()?);
    let text = Zeroizing::new(format!("{}\n", BASE64_STANDARD.encode(key.expose())));
    key_file::create(path, text.as_bytes())?;
    Ok(key)
}

#[cfg(test)]
mod tests;
