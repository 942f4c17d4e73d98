//! What a tenant's backups need to know of it; and backups at the command line.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use kontor_audit::{Audit, AuditKeys};
use kontor_backup::{Backups, Folder, Settings, Source};
use kontor_config::Config;
use kontor_core::{Actor, Clock, Cx, Error, Random, Result};
use kontor_db::Db;
use kontor_ledger::Ledger;
use kontor_vault::{PROFILE_FILE, TenantKeys, Vault};
use ruma::ServerName;

use crate::opening::{MEDIA_FOLDER, Opening};

impl Opening {
    /// What a tenant tells of erasures, and its backups.
    pub(crate) fn ledger_and_backups(
        &self,
        (server_name, keys): (&ServerName, &TenantKeys),
        (db, audit): (&Db, &Audit),
    ) -> Result<(Ledger, Backups)> {
        let settings = self.backup_settings(server_name)?;
        let file = settings.as_ref().map(|settings| settings.folder.ledger());
        let ledger = Ledger::new((db.clone(), audit.clone()), &keys.ledger_key(), file);
        let source = self.source(server_name, keys)?;
        let backups = Backups::new(source, settings, (audit.clone(), Some(ledger.clone())));
        Ok((ledger, backups))
    }

    /// Where the parts of a tenant are that a backup consists of.
    pub(crate) fn source(&self, server_name: &ServerName, keys: &TenantKeys) -> Result<Source> {
        let folder = self.vault().tenant_dir(server_name)?;
        let settings = self.database_settings(&folder);
        Ok(Source {
            server_name: server_name.to_owned(),
            audit_settings: Audit::place(&settings),
            settings,
            audit_keys: AuditKeys::derive(&keys.audit_key)?.database().clone(),
            keys: keys.clone(),
            media: folder.join(MEDIA_FOLDER),
            configuration: self.configuration.clone(),
            profile: profile(&folder)?,
        })
    }

    /// Where a tenant's backups go, if anywhere.
    ///
    /// # Errors
    /// `Invalid`, naming the key, for a recipient that is none.
    pub(crate) fn backup_settings(&self, server_name: &ServerName) -> Result<Option<Settings>> {
        let Some(backup) = &self.backup else { return Ok(None) };
        let recipients = backup.recipients.iter().map(|text| text.parse());
        let recipients = recipients.collect::<Result<Vec<_>>>().map_err(|error| {
            Error::invalid(
                kontor_core::MatrixCode::InvalidParam,
                format!("backup.recipients: {}", error.public),
            )
        })?;
        Ok(Some(Settings {
            folder: Folder::of(&backup.target, server_name),
            recipients,
            hour: backup.hour,
            keep: backup.keep,
            place: backup.place.clone(),
        }))
    }
}

/// The profile that was named when the organisation was created, as it was written.
pub(crate) fn profile(folder: &Path) -> Result<Option<String>> {
    match fs::read_to_string(folder.join(PROFILE_FILE)) {
        Ok(word) => Ok(Some(word)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::unavailable("The profile cannot be read.").because(error)),
    }
}

/// One tenant's backups, opened by the operator for a command. A server may run meanwhile.
#[derive(Debug)]
pub struct BackupSite {
    /// Its backups.
    pub backups: Backups,
    /// Its audit log.
    pub audit: Audit,
    /// The operator's context.
    pub cx: Cx,
}

impl BackupSite {
    /// Opens what a backup of `server_name` needs, beside a running server or without.
    ///
    /// # Errors
    /// With a text for the operator: there is no such tenant, it is being restored, or its log does
    /// not open.
    pub async fn open(config: &Config, server_name: &ServerName) -> Result<Self> {
        let (clock, random) = (Clock::System, Random::System);
        let vault = Vault::open(&config.server.data, random.clone())?;
        let keys = vault.open_tenant(server_name)?;
        let folder: PathBuf = vault.tenant_dir(server_name)?;
        if let Some(marker) = kontor_backup::Marker::find(&folder)? {
            return Err(marker.refusal(server_name.as_str(), &config.server.data));
        }
        let cx = Cx::new(keys.tenant, Actor::Operator, clock.clone(), random.clone())?;
        let opening = Opening::new(vault, config, clock, random);
        let audit = opening.open_audit(&cx, server_name).await?;
        let source = opening.source(server_name, &keys)?;
        let settings = opening.backup_settings(server_name)?;
        let backups = Backups::new(source, settings, (audit.clone(), None));
        Ok(Self { backups, audit, cx })
    }

    /// Signs and closes.
    pub async fn close(self) {
        self.audit.close(&self.cx).await;
    }
}
