//! A data folder at rest: for commands that work on it while no server runs.

use std::num::NonZero;
use std::path::Path;
use std::sync::Arc;

use kontor_config::Config;
use kontor_core::{Actor, Clock, Cx, Random};
use kontor_node::{FolderLock, Tenants};
use kontor_tenant::Tenant;
use ruma::{OwnedServerName, ServerName};

use crate::arguments::Place;
use crate::failure::Failure;

/// A data folder at rest, locked for this command.
pub(crate) struct Site {
    tenants: Tenants,
    _lock: FolderLock,
}

impl Site {
    /// Locks and opens the data folder.
    pub(crate) fn open(config: &Config) -> Result<Self, Failure> {
        let folder = &config.server.data;
        require(folder)?;
        let lock = FolderLock::acquire(folder)?;
        let tenants = Tenants::new(config, Clock::System, Random::System)?;
        Ok(Self { tenants, _lock: lock })
    }

    /// The tenant called `name`, or the only one there is.
    pub(crate) async fn tenant(&self, name: Option<&str>) -> Result<Arc<Tenant>, Failure> {
        let wanted = choose(name, &self.tenants.names())?;
        Ok(self.tenants.open(&wanted).await?)
    }

    /// Writes everything down.
    pub(crate) async fn close(self) {
        self.tenants.close().await;
    }
}

/// The data folder must be there: what is looked for in a new one is not found.
pub(crate) fn require(folder: &Path) -> Result<(), Failure> {
    if folder.exists() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "{} does not exist. Name the right folder with --data.",
        folder.display()
    )))
}

/// The one of `names` called `name`, or the only one there is.
pub(crate) fn choose(
    name: Option<&str>,
    names: &[OwnedServerName],
) -> Result<OwnedServerName, Failure> {
    match (name, names) {
        (Some(name), _) => ServerName::parse(name.to_ascii_lowercase())
            .map_err(|error| Failure::usage(format!("{name}: {error}"))),
        (None, [only]) => Ok(only.clone()),
        (None, []) => Err(Failure::new(
            "there is no organisation yet. Create one with: kontor tenant create NAME",
        )),
        (None, several) => {
            let list: Vec<&str> = several.iter().map(|name| name.as_str()).collect();
            Err(Failure::usage(format!(
                "there are several organisations; choose one with --tenant: {}",
                list.join(", ")
            )))
        }
    }
}

/// The operator's context in `tenant`.
pub(crate) fn operator(tenant: &Tenant) -> Result<Cx, Failure> {
    Ok(Cx::new(tenant.id, Actor::Operator, tenant.clock.clone(), tenant.random.clone())?)
}

/// A runtime for one command.
///
/// One core is left to the threads that write the databases: with a worker on each core, every
/// message would be handed back and forth between more threads than can run.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let cores = std::thread::available_parallelism().map_or(2, NonZero::get);
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(cores.saturating_sub(1).max(1))
        .enable_all()
        .build()
        .map_err(|error| Failure::new(format!("the system gives no threads: {error}")))
}

/// Where Kontor's files are, as it was told: flags for commands to go on with, each with a space
/// before it.
pub(crate) fn words_of(place: &Place) -> String {
    let config = place.config.as_ref().map(|file| file.to_string_lossy().into_owned());
    let given = [("config", config.as_deref()), ("data", place.data.as_deref())];
    let given = given.into_iter().filter_map(|(flag, value)| Some((flag, value?)));
    given.map(|(flag, value)| format!(" --{flag} {}", quoted(value))).collect::<Vec<_>>().concat()
}

/// As a shell reads it.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-:=@".contains(c);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_told_as_a_shell_reads_them() {
        let place = |data: &str| Place { data: Some(data.to_owned()), ..Place::default() };
        assert_eq!(words_of(&Place::default()), "");
        assert_eq!(words_of(&place("/var/lib/k")), " --data /var/lib/k");
        assert_eq!(words_of(&place("/it's here")), r" --data '/it'\''s here'");
    }
}
