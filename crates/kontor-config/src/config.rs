//! The whole configuration and where it is read from.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::{env, fs};

use crate::document::Document;
use crate::reader::Reader;
use crate::{
    Acme, Backup, ConfigError, Database, Key, Listen, Log, Mail, Media, Policy, Preset, Proxies,
    Push, Registration, Server, Tenant, Tls, Turn, listen, registration, server,
};

/// The file read if there is none in the data folder.
const SYSTEM_FILE: &str = "/etc/kontor/kontor.toml";
/// Names the file, where no flag does.
const FILE_VARIABLE: &str = "KONTOR_CONFIG";

/// The whole configuration, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Where everything lies and who is served.
    pub server: Server,
    /// Proxies in front of it.
    pub proxies: Proxies,
    /// The HTTP listener.
    pub listen: Listen,
    /// Certificates from files, and handshakes.
    pub tls: Tls,
    /// Certificates from a certificate authority; `None`: nobody is asked.
    pub acme: Option<Acme>,
    /// Embedded or PostgreSQL.
    pub database: Database,
    /// Encrypted backups; `None`: nothing is backed up.
    pub backup: Option<Backup>,
    /// The server that passes mails on; `None`: no mail is sent.
    pub mail: Option<Mail>,
    /// The services that wake browsers and apps; `None`: none is asked.
    pub push: Option<Push>,
    /// The server that relays calls; `None`: there is none.
    pub turn: Option<Turn>,
    /// Uploads.
    pub media: Media,
    /// How accounts come about.
    pub registration: Registration,
    /// Preset and changes to it.
    pub policy: Policy,
    /// What is logged.
    pub log: Log,
    /// Host names of tenants.
    pub tenants: Vec<Tenant>,
    /// The file that was read, if any.
    pub file: Option<PathBuf>,
}

/// What the command line says about the configuration.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// `--config`: the file to read, which then must exist.
    pub file: Option<PathBuf>,
    /// Values given as flags, by the flag's name without dashes (see [`Key::flag`]).
    pub flags: BTreeMap<&'static str, String>,
}

/// Fewest characters of `registration.shared_secret`.
const SHORTEST_SECRET: usize = 16;

impl Config {
    /// Reads flags, environment and file.
    ///
    /// The file is `--config`, else `KONTOR_CONFIG`, else `kontor.toml` in the data folder if it
    /// exists, else `/etc/kontor/kontor.toml` if it exists.
    pub fn load(sources: Sources) -> Result<Self, ConfigError> {
        let mut environment = BTreeMap::new();
        for (name, text) in env::vars_os() {
            let Some(name) = name.to_str().filter(|name| name.starts_with("KONTOR_")) else {
                continue;
            };
            let text = text.into_string().map_err(|_| format!("{name}: is not UTF-8."))?;
            environment.insert(name.to_owned(), text);
        }
        Self::load_from(sources, environment)
    }

    /// [`Self::load`] with the environment given.
    pub(crate) fn load_from(
        sources: Sources,
        environment: BTreeMap<String, String>,
    ) -> Result<Self, ConfigError> {
        let mut reader =
            Reader { flags: sources.flags, environment, document: Document::default() };
        let named = sources.file.or_else(|| reader.environment.get(FILE_VARIABLE).map(Into::into));
        let file = match named {
            Some(path) => Some((read(&path)?, path)),
            None => found_file(&reader)?,
        };
        if let Some((text, path)) = &file {
            reader.document = Document::parse(path, text)?;
        }
        Self::read(&reader, file.map(|(_, path)| path))
    }

    /// Every key there is, in the order of the example file; `[[tenant]]` not among them.
    pub fn keys() -> Vec<&'static Key> {
        [
            Server::KEYS,
            Proxies::KEYS,
            Listen::KEYS,
            Tls::KEYS,
            Acme::KEYS,
            Database::KEYS,
            Backup::KEYS,
            Mail::KEYS,
            Push::KEYS,
            Turn::KEYS,
            Media::KEYS,
            Registration::KEYS,
            Policy::KEYS,
            Log::KEYS,
        ]
        .concat()
    }

    fn read(reader: &Reader, file: Option<PathBuf>) -> Result<Self, ConfigError> {
        reader.refuse_unknown(&Self::keys())?;
        let server = Server::read(reader)?;
        let config = Self {
            backup: Backup::read(reader, &server.data)?,
            server,
            proxies: Proxies::read(reader)?,
            listen: Listen::read(reader)?,
            tls: Tls::read(reader)?,
            acme: Acme::read(reader)?,
            database: Database::read(reader)?,
            mail: Mail::read(reader)?,
            push: Push::read(reader)?,
            turn: Turn::read(reader)?,
            media: Media::read(reader)?,
            registration: Registration::read(reader)?,
            policy: Policy::read(reader)?,
            log: Log::read(reader)?,
            tenants: Tenant::read_all(&reader.document)?,
            file,
        };
        config.refuse_exposure(reader)?;
        config.refuse_short_secret(reader)?;
        Ok(config)
    }

    /// A secret that makes administrators is not to be guessed; a lab lets everybody in anyway.
    fn refuse_short_secret(&self, reader: &Reader) -> Result<(), ConfigError> {
        let secret = self.registration.shared_secret.as_ref();
        let is_short = secret.is_some_and(|s| s.expose().chars().count() < SHORTEST_SECRET);
        if !is_short || self.policy.preset == Preset::Lab {
            return Ok(());
        }
        let place = reader.place(&registration::SHARED_SECRET);
        let text = format!("{place} …: must have at least {SHORTEST_SECRET} characters.");
        Err(text.into())
    }

    /// Whether the listener speaks TLS: a certificate is configured or is to be obtained.
    pub fn speaks_tls(&self) -> bool {
        self.tls.files.is_some()
            || self.acme.is_some()
            || self.tenants.iter().any(|tenant| tenant.certificate.is_some())
    }

    /// Passwords and messages cross no network in the clear, and a lab is not open to one.
    fn refuse_exposure(&self, reader: &Reader) -> Result<(), ConfigError> {
        let address = self.listen.address;
        if address.ip().is_loopback() {
            return Ok(());
        }
        let place = reader.place(&listen::ADDRESS);
        if self.policy.preset == Preset::Lab {
            return Err(format!(
                "{place} {address}: the preset \"lab\" lets everybody in and therefore listens on \
                 loopback addresses only. Listen on 127.0.0.1, or use the preset \"strict\"."
            )
            .into());
        }
        if self.speaks_tls() || !self.proxies.trusted.is_empty() {
            return Ok(());
        }
        Err(format!(
            "{place} {address}: without TLS everybody on the way could read passwords. Set \
             tls.certificate and tls.key, or acme.directory; or, behind a TLS proxy, name it in \
             server.trusted_proxies."
        )
        .into())
    }
}

fn read(path: &Path) -> Result<String, ConfigError> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()).into())
}

/// The first of the usual places that has a file.
fn found_file(reader: &Reader) -> Result<Option<(String, PathBuf)>, ConfigError> {
    let data: PathBuf = reader.required(&server::DATA, crate::value::text)?.into();
    for path in [data.join("kontor.toml"), SYSTEM_FILE.into()] {
        match fs::read_to_string(&path) {
            Ok(text) => return Ok(Some((text, path))),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(format!("{}: {error}", path.display()).into()),
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests;
