//! Rehearses a restore: the whole way into a sandbox, a trial in it, and a signed statement. law: R-232

use std::fs;
use std::path::Path;

use kontor_audit::{Action, Event};
use kontor_backup::SetEntry;
use kontor_config::Config;
use kontor_core::{Error, Result};
use kontor_vault::Identity;
use serde_json::{Map, Value, json};

use crate::backing_up::BackupSite;
use crate::restoring::{LedgerChoice, RestoreReport, restore};
use crate::trial::{Trial, try_out};

/// Restores `set` into a folder of its own below `scratch`, compares everything, erases again, signs in,
/// reads samples, and removes the folder. The signed statement on it is kept beside the sets, and told
/// in the audit log of the organisation.
///
/// # Errors
/// With a text for the operator. What keeps the set from being restored, or people from signing in, is
/// part of the statement.
pub async fn rehearse(
    config: &Config,
    site: &BackupSite,
    (set, identities): (&SetEntry, &[Identity]),
    scratch: &Path,
) -> Result<Map<String, Value>> {
    let data = scratch.join(format!("kontor-rehearsal-{}", site.cx.random.word(12)?));
    let mut sandbox = config.clone();
    sandbox.server.data.clone_from(&data);
    // Nothing of the sandbox is backed up, nor told to the ledger of the real one.
    sandbox.backup = None;
    let clock = &site.cx.clock;
    let begun = clock.now();
    let work = restore(&sandbox, clock, (&set.path, identities), &LedgerChoice::BesideSet);
    let restored = Box::pin(work).await;
    let restored_at = clock.now();
    let tried = match &restored {
        Ok(report) => Some(Box::pin(try_out(&sandbox, clock, &report.server_name)).await),
        Err(_) => None,
    };
    let removed = fs::remove_dir_all(&data);
    let ended = clock.now();
    let identical = restored.is_ok();
    let is_usable = matches!(tried, Some(Ok(_)));
    let statement = json!({
        "statement": "app.kontor.restore_rehearsal",
        "format": 2,
        "server_name": set.manifest.server_name,
        "set": set.name,
        "backup_ts": set.manifest.started_ms,
        "started_ts": begun.0,
        "ended_ts": ended.0,
        "tables": set.manifest.tables.len(),
        "identical": identical,
        "usable": is_usable,
        "restore_ms": u64::try_from(restored_at.since(begun).as_millis()).unwrap_or(u64::MAX),
        "age_ms": begun.0 - set.manifest.started_ms,
        "outcome": outcome(&restored),
        "trial": trial(tried.as_ref()),
    });
    let Value::Object(statement) = statement else {
        return Err(Error::internal("a statement is an object"));
    };
    let signed = site.audit.sign_statement(statement)?;
    kontor_backup::Folder::of_set(&set.path)?.keep_rehearsal(ended, &signed)?;
    let word = if identical && is_usable { "identical" } else { "failed" };
    site.audit.record(&site.cx, Event::new(Action::RestoreRehearsed).with_detail(word)).await?;
    match removed {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            let text =
                format!("{}: what was restored for the rehearsal stays: {error}", data.display());
            Err(Error::unavailable(text).because(error))
        }
        _ => Ok(signed),
    }
}

fn outcome(restored: &Result<RestoreReport>) -> Value {
    match restored {
        Ok(report) => json!({
            "rows": report.rows,
            "files": report.files,
            "file_bytes": report.bytes,
            "erasures_done_again": report.erasures,
            "objects_erased": report.erased,
        }),
        Err(error) => json!({ "failed": error.public }),
    }
}

fn trial(tried: Option<&Result<Trial>>) -> Value {
    match tried {
        Some(Ok(trial)) => json!({
            "rooms_read": trial.rooms,
            "events_read": trial.events,
            "files_opened": trial.files,
            "file_bytes_opened": trial.file_bytes,
        }),
        Some(Err(error)) => json!({ "failed": error.public }),
        None => Value::Null,
    }
}
