//! Restores organisations: the set, then everything that was erased since. law

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use kontor_audit::{Action, AuditKeys, Event};
use kontor_backup::{Marker, Phase, SetEntry, restore_set};
use kontor_config::Config;
use kontor_core::{Actor, Clock, Cx, Error, MatrixCode, Random, Result};
use kontor_ledger::{LedgerFile, read_file};
use kontor_vault::{BackupKeys, Identity, PROFILE_FILE, Vault};
use ruma::{OwnedServerName, ServerName};

use crate::FolderLock;
use crate::opening::Opening;

/// The configuration of the restored server lies under this name, to be looked at.
const CONFIGURATION: &str = "kontor.toml.restored";

/// The erasure ledger that is done again.
#[derive(Clone, Debug)]
pub enum LedgerChoice {
    /// The one beside the set.
    BesideSet,
    /// This file.
    File(PathBuf),
    /// None: it is lost. What was erased since the backup comes back.
    Lost,
}

/// What was restored.
#[derive(Clone, Debug)]
pub struct RestoreReport {
    /// Whose set it was.
    pub server_name: OwnedServerName,
    /// Name of the set.
    pub set: String,
    /// When it was begun, in milliseconds.
    pub backup_ms: i64,
    /// Rows.
    pub rows: u64,
    /// People's files.
    pub files: u64,
    /// Their bytes, sealed.
    pub bytes: u64,
    /// Entries of the erasure ledger that were done again.
    pub erasures: u64,
    /// Objects that went by that, and by the rules since.
    pub erased: u64,
    /// How long it took.
    pub took_ms: u64,
}

/// Refuses a data folder that holds anything.
///
/// # Errors
/// `Conflict`, saying what to do.
pub fn require_empty(data: &Path) -> Result<()> {
    let is_empty = match fs::read_dir(data) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => true,
        Err(error) => return Err(Error::unavailable(format!("{}: {error}", data.display()))),
    };
    if is_empty {
        return Ok(());
    }
    let text = format!(
        "{} is not empty. Restore into a new folder, then let the server use that one.",
        data.display()
    );
    Err(Error::conflict(MatrixCode::Unknown, text))
}

/// Restores the organisation of `set` into the data folder of `config`, which must not have it, and
/// erases again what was erased since. It can be served afterwards, and not before.
///
/// # Errors
/// With a text for the operator. If it was cut off while the ledger was done again, [`resume`] goes
/// on; before that, the folder is of no use.
pub async fn restore(
    config: &Config,
    clock: &Clock,
    (set, identities): (&Path, &[Identity]),
    ledger: &LedgerChoice,
) -> Result<RestoreReport> {
    let begun = Instant::now();
    let set = SetEntry::open(set)?;
    let secret = set.keys(identities)?;
    let ledger = checked_ledger(&set, &secret, ledger)?;
    let _lock = FolderLock::acquire(&config.server.data)?;
    let random = Random::System;
    let vault = Vault::open(&config.server.data, random.clone())?;
    let name = ServerName::parse(&secret.server_name).map_err(Error::internal)?;
    let (keys, folder) = (secret.keys()?, vault.tenant_dir(&name)?);
    let marker = Marker {
        phase: Phase::Reading,
        set: set.path.clone(),
        ledger,
        ledger_seq: set.manifest.ledger_seq,
        backup_ms: set.manifest.started_ms,
    };
    // First the marker: what is half there is never served.
    marker.set(&folder)?;
    vault.adopt_tenant(&name, &keys)?;
    keep_texts(&config.server.data, &folder, &secret)?;
    let cx = Cx::new(keys.tenant, Actor::Job("restore"), clock.clone(), random.clone())?;
    let opening = Opening::new(vault, config, clock.clone(), random);
    let source = opening.source(&name, &keys)?;
    let restored = restore_set(&cx, &set, identities, &source).await?;
    if !restored.differing.is_empty() {
        return Err(Error::unavailable(format!(
            "Tables came out differently from what the backup says: {}.",
            restored.differing.join(", ")
        )));
    }
    let marker = Marker { phase: Phase::Erasing, ..marker };
    marker.set(&folder)?;
    let (erasures, erased) = erase_again(&opening, &cx, &name, &marker).await?;
    Ok(RestoreReport {
        server_name: name,
        set: set.name.clone(),
        backup_ms: marker.backup_ms,
        rows: restored.rows,
        files: restored.files,
        bytes: restored.bytes,
        erasures,
        erased,
        took_ms: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
    })
}

/// Goes on where [`restore`] was cut off while it erased again; answers the organisations and how many
/// entries were done.
///
/// # Errors
/// With a text for the operator; `NotFound` if nothing waits.
pub async fn resume(config: &Config, clock: &Clock) -> Result<Vec<(OwnedServerName, u64)>> {
    let _lock = FolderLock::acquire(&config.server.data)?;
    let random = Random::System;
    let vault = Vault::open(&config.server.data, random.clone())?;
    let names = vault.tenants()?;
    let opening = Opening::new(vault, config, clock.clone(), random.clone());
    let mut done = Vec::new();
    for name in names {
        let folder = opening.vault().tenant_dir(&name)?;
        let Some(marker) = Marker::find(&folder)? else { continue };
        if marker.phase == Phase::Reading {
            return Err(marker.refusal(name.as_str(), &config.server.data));
        }
        let tenant = opening.vault().open_tenant(&name)?.tenant;
        let cx = Cx::new(tenant, Actor::Job("restore"), clock.clone(), random.clone())?;
        let (erasures, _) = erase_again(&opening, &cx, &name, &marker).await?;
        done.push((name, erasures));
    }
    if done.is_empty() {
        return Err(Error::not_found("Nothing here waits to be restored to its end."));
    }
    Ok(done)
}

/// Does the ledger again, then everything that is due by rule; ends the quarantine.
async fn erase_again(
    opening: &Opening,
    cx: &Cx,
    name: &ServerName,
    marker: &Marker,
) -> Result<(u64, u64)> {
    let opened = Box::pin(opening.open_in_quarantine(name)).await?;
    let (deletion, ledger) = (&opened.tenant.deletion, &opened.tenant.ledger);
    let work = async {
        let known = ledger.newest(cx).await?;
        let file = if marker.ledger.as_os_str().is_empty() { None } else { Some(&marker.ledger) };
        let entries = file.map(|path| read_file(path)).transpose()?.map(|file| file.entries);
        let mut entries = entries.unwrap_or_default();
        entries.retain(|entry| entry.seq > known);
        let (mut erasures, mut erased) = (0, 0);
        // A hold keeps what goes after it was placed, and not what went before.
        for part in entries.chunk_by(|_, next| !next.kind.is_of_holds()) {
            erased += deletion.begin_replay(cx, part).await?;
            for entry in part {
                erased += deletion.replay(cx, entry).await?;
                ledger.adopt(cx, entry).await?;
                erasures += 1;
            }
        }
        let swept = deletion.sweep(cx).await?;
        erased += u64::try_from(swept.objects + swept.files).unwrap_or_default();
        let told = Event::new(Action::TenantRestored).with_count(erasures);
        opened.audit.record(cx, told).await?;
        Ok::<_, Error>((erasures, erased))
    };
    let done = work.await;
    opened.db.close().await;
    opened.audit.close(cx).await;
    let done = done?;
    Marker::clear(&opening.vault().tenant_dir(name)?)?;
    Ok(done)
}

/// The ledger, after a look whether it is the one that belongs to the set and is complete.
fn checked_ledger(set: &SetEntry, secret: &BackupKeys, choice: &LedgerChoice) -> Result<PathBuf> {
    let key = AuditKeys::derive(&secret.keys()?.audit_key)?.fingerprint();
    if set.key != key {
        let text = "The manifest is not signed by the organisation whose keys are in the set.";
        return Err(Error::unavailable(text));
    }
    let path = match choice {
        LedgerChoice::Lost => return Ok(PathBuf::new()),
        LedgerChoice::BesideSet => kontor_backup::Folder::of_set(&set.path)?.ledger(),
        LedgerChoice::File(path) => std::path::absolute(path).unwrap_or_else(|_| path.clone()),
    };
    let refused = |why: &str| {
        Error::unavailable(format!(
            "{}: {why}. Without the erasure ledger, what was erased since the backup would come back. \
             Name the right file with --ledger, or, if it is lost for good, say --ledger-lost.",
            path.display()
        ))
    };
    if !path.exists() {
        return Err(refused("the erasure ledger is missing"));
    }
    let LedgerFile { entries, key: signed_by, .. } = read_file(&path)?;
    if signed_by.is_some_and(|signed_by| signed_by != key) {
        return Err(refused("this is the ledger of another organisation"));
    }
    let known = set.manifest.ledger_seq;
    let (first, last) = (entries.first(), entries.last());
    if last.map_or(0, |entry| entry.seq) < known {
        return Err(refused("the ledger is older than the backup"));
    }
    if first.is_some_and(|entry| entry.seq > known + 1) {
        return Err(refused("the backup is older than the ledger reaches back"));
    }
    Ok(path)
}

/// Keeps what was configured.
fn keep_texts(data: &Path, folder: &Path, secret: &BackupKeys) -> Result<()> {
    let texts = [
        (folder.join(PROFILE_FILE), &secret.profile),
        (data.join(CONFIGURATION), &secret.configuration),
    ];
    for (path, text) in texts {
        if let Some(text) = text {
            kontor_backup::write_private(&path, text.as_bytes())?;
        }
    }
    Ok(())
}
