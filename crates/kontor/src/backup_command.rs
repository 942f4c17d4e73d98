//! `kontor backup …`

use std::fs::File;
use std::io::read_to_string;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::ExitCode;

use kontor_backup::{Check, SetEntry, check};
use kontor_config::Config;
use kontor_core::Random;
use kontor_node::{BackupSite, rehearse};
use kontor_vault::{Identity, Vault};
use ruma::OwnedServerName;
use serde_json::{Map, Value, json};

use crate::backup_arguments::{BackupCommand, BackupFlags, Which};
use crate::failure::Failure;
use crate::output::{self, counted};
use crate::site::{self, choose};
use crate::utc;

/// Runs one of the backup commands.
pub(crate) fn run(flags: BackupFlags, json: bool) -> Result<ExitCode, Failure> {
    match flags.command {
        None => write(&flags.which, json),
        Some(BackupCommand::Keygen) => keygen(json),
        Some(BackupCommand::List { which }) => list(&which, json),
        Some(BackupCommand::Verify { set, identity, key }) => {
            verify(&set, (identity.as_deref(), key.as_deref()), json)
        }
        Some(BackupCommand::Rehearse { from, identity, scratch, scratch_database, which }) => {
            let database = scratch_database.as_deref();
            run_rehearsal((from.as_deref(), &identity), (&scratch, database), (&which, json))
        }
    }
}

/// Private keys from a file that nobody but its owner may read.
pub(crate) fn identities(file: &Path) -> Result<Vec<Identity>, Failure> {
    let unreadable = |error: std::io::Error| Failure::usage(format!("{}: {error}", file.display()));
    let opened = File::open(file).map_err(unreadable)?;
    let found = opened.metadata().map_err(unreadable)?;
    // A pipe has nobody beside it who could look.
    if found.is_file() && found.mode() & 0o077 != 0 {
        return Err(Failure::usage(format!(
            "{0}: others than its owner may read or write this private key (mode {1:03o}). Look \
             who did, then run: chmod 600 {0}",
            file.display(),
            found.mode() & 0o777
        )));
    }
    let text = read_to_string(opened).map_err(unreadable)?;
    let text = kontor_core::Secret::new(text);
    Identity::parse_file(text.expose())
        .map_err(|error| Failure::usage(format!("{}: {}", file.display(), error.public)))
}

/// The organisations that are meant.
fn chosen(config: &Config, which: &Which) -> Result<Vec<OwnedServerName>, Failure> {
    site::require(&config.server.data)?;
    let names = Vault::open(&config.server.data, Random::System)?.tenants()?;
    match (&which.tenant, names.is_empty()) {
        (Some(name), _) => Ok(vec![choose(Some(name), &names)?]),
        (None, true) => Ok(vec![choose(None, &names)?]),
        (None, false) => Ok(names),
    }
}

fn write(which: &Which, json: bool) -> Result<ExitCode, Failure> {
    let config = Config::load(which.place.sources())?;
    let mut is_complete = true;
    for name in chosen(&config, which)? {
        is_complete &= site::runtime()?.block_on(write_one(&config, &name, json))?;
    }
    Ok(if is_complete { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Writes a set; whether every file is in it.
async fn write_one(config: &Config, name: &OwnedServerName, json: bool) -> Result<bool, Failure> {
    let site = BackupSite::open(config, name).await?;
    let outcome = Box::pin(site.backups.run(&site.cx)).await;
    site.close().await;
    let (written, removed) = outcome?;
    let SetEntry { path, manifest, .. } = &written.set;
    let media = &manifest.media;
    if json {
        let mut answer = set_json(&written.set);
        if let Value::Object(fields) = &mut answer {
            fields.insert("removed_sets".to_owned(), removed.sets.into());
            fields.insert("removed_files".to_owned(), removed.files.into());
        }
        output::json(&answer);
    } else {
        output::line(&format!(
            "{name}: {} ({} of tables and keys, {} files of which {} are new, {})",
            path.display(),
            size(manifest.bytes()),
            media.files,
            media.copied,
            size(media.bytes)
        ));
        if removed.sets > 0 {
            output::line(&format!("Removed {}.", counted(removed.sets, "old backup")));
        }
    }
    if media.unreadable > 0 {
        output::complaint(&format!(
            "{name}: {} files cannot be read and are not in the backup; see the log.",
            media.unreadable
        ));
    }
    Ok(media.unreadable == 0)
}

fn keygen(json: bool) -> Result<ExitCode, Failure> {
    let identity = Identity::generate(&Random::System)?;
    let (private, public) = (identity.to_text(), identity.recipient()?);
    if json {
        output::json(&json!({ "identity": private.expose(), "recipient": public.to_string() }));
        return Ok(ExitCode::SUCCESS);
    }
    output::text(&format!(
        "# Private key for the backups of Kontor. It is kept nowhere else: without it no backup can \
         be\n# read. Keep it away from the server, best with two people.\n# public key: {public}\n{}\n",
        private.expose()
    ));
    Ok(ExitCode::SUCCESS)
}

fn list(which: &Which, json: bool) -> Result<ExitCode, Failure> {
    let config = Config::load(which.place.sources())?;
    let backup = config.backup.clone();
    let backup = backup
        .ok_or_else(|| Failure::usage("nothing is backed up: backup.target is not configured."))?;
    let mut all = Vec::new();
    for name in chosen(&config, which)? {
        let (sets, broken) = kontor_backup::Folder::of(&backup.target, &name).list()?;
        if json {
            all.extend(sets.iter().map(set_json));
            continue;
        }
        if sets.is_empty() {
            output::line(&format!("{name}: no backup yet."));
        }
        for set in &sets {
            output::line(&format!(
                "{}  {}  {} of tables, {} files",
                set.path.display(),
                utc(set.manifest.started_ms),
                size(set.manifest.bytes()),
                set.manifest.media.files
            ));
        }
        for path in broken {
            output::line(&format!("{}  unfinished, of no use", path.display()));
        }
    }
    if json {
        output::json(&Value::Array(all));
    }
    Ok(ExitCode::SUCCESS)
}

fn verify(
    set: &Path,
    (identity, key): (Option<&Path>, Option<&str>),
    json: bool,
) -> Result<ExitCode, Failure> {
    let identities = identity.map(identities).transpose()?.unwrap_or_default();
    let set = SetEntry::open(set)?;
    let found = site::runtime()?.block_on(check(&set, &identities))?;
    let is_ours = key.is_none_or(|key| key == set.key);
    let is_sound = found.count == 0 && is_ours;
    if json {
        output::json(&check_json(&set, &found, is_sound));
    } else {
        tell(&set, &found, is_ours);
    }
    Ok(if is_sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn tell(set: &SetEntry, found: &Check, is_ours: bool) {
    for finding in &found.findings {
        output::line(&format!("{}: {}", finding.path.display(), finding.text));
    }
    if !is_ours {
        output::line(&format!("The manifest is signed by another key: {}", set.key));
    }
    if found.count > 0 || !is_ours {
        // A manifest signed by another key is one.
        let findings = counted(found.count + u64::from(!is_ours), "finding");
        output::line(&format!("NOT SOUND: {findings} in {}.", set.path.display()));
        return;
    }
    let read = found.rows.map_or_else(
        || "not decrypted: no --identity was given".to_owned(),
        |rows| format!("decrypted, {rows} rows read"),
    );
    output::line(&format!(
        "Sound: {} of {}, {} files of people, {} read; {read}. Signed by {}.",
        set.name,
        set.manifest.server_name,
        found.media,
        size(found.bytes),
        set.key
    ));
}

fn run_rehearsal(
    (from, identity): (Option<&Path>, &Path),
    (scratch, database): (&Path, Option<&str>),
    (which, json): (&Which, bool),
) -> Result<ExitCode, Failure> {
    let identities = identities(identity)?;
    let config = Config::load(which.place.sources())?;
    let mut sandbox_place = which.place.clone();
    sandbox_place.database = database.map(str::to_owned).or(sandbox_place.database);
    let sandbox = Config::load(sandbox_place.sources())?;
    if database.is_none() && sandbox.database.url != kontor_config::DatabaseUrl::Sqlite {
        let text = "name an empty database to restore into with --scratch-database.";
        return Err(Failure::usage(text));
    }
    let mut went_well = true;
    for name in chosen(&config, which)? {
        let work = async {
            let site = BackupSite::open(&config, &name).await?;
            let set = match from {
                Some(path) => SetEntry::open(path),
                None => newest(&site, &name),
            };
            let done = match set {
                Ok(set) => Box::pin(rehearse(&sandbox, &site, (&set, &identities), scratch)).await,
                Err(error) => Err(error),
            };
            site.close().await;
            done
        };
        let statement = site::runtime()?.block_on(work)?;
        let says = |field: &str| statement.get(field).and_then(Value::as_bool).unwrap_or(false);
        let (identical, is_usable) = (says("identical"), says("usable"));
        went_well &= identical && is_usable;
        if json {
            output::json(&Value::Object(statement));
        } else {
            let ms = statement.get("restore_ms").and_then(Value::as_u64).unwrap_or_default();
            let word = match (identical, is_usable) {
                (true, true) => "restored, identical, tried out",
                (true, false) => "restored, identical, but OF NO USE TO PEOPLE",
                (false, _) => "NOT RESTORED",
            };
            let took = format!("{}.{:03} s", ms / 1000, ms % 1000);
            output::line(&format!("{name}: {word} in {took}.{}", rehearsed(&statement)));
        }
    }
    Ok(if went_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What a rehearsal found, in words; each sentence with a space before it.
fn rehearsed(statement: &Map<String, Value>) -> String {
    let outcome = statement.get("outcome").unwrap_or(&Value::Null);
    let trial = statement.get("trial").unwrap_or(&Value::Null);
    let number = |of: &Value, field: &str| of.get(field).and_then(Value::as_u64).unwrap_or(0);
    let failed = |of: &Value| of.get("failed").and_then(Value::as_str).map(str::to_owned);
    if let Some(why) = failed(outcome) {
        return format!(" {why}");
    }
    let restored = format!(
        " {} and {} ({}) came back; {} of the ledger were done again, by which {} went.",
        counted(number(outcome, "rows"), "row"),
        counted(number(outcome, "files"), "file"),
        size(number(outcome, "file_bytes")),
        counted(number(outcome, "erasures_done_again"), "line"),
        counted(number(outcome, "objects_erased"), "object"),
    );
    let tried = match failed(trial) {
        Some(why) => format!(" Trying it out failed: {why}"),
        None if trial.is_null() => " It was not tried out.".to_owned(),
        None => format!(
            " Somebody signed in, read {} in {} and opened {} ({}).",
            counted(number(trial, "events_read"), "event"),
            counted(number(trial, "rooms_read"), "room"),
            counted(number(trial, "files_opened"), "file"),
            size(number(trial, "file_bytes_opened")),
        ),
    };
    restored + &tried
}

fn newest(site: &BackupSite, name: &OwnedServerName) -> kontor_core::Result<SetEntry> {
    let (sets, _) = site.backups.settings()?.folder.list()?;
    let newest = sets.into_iter().next_back();
    newest.ok_or_else(|| kontor_core::Error::not_found(format!("{name} has no backup yet.")))
}

fn set_json(set: &SetEntry) -> Value {
    let manifest = &set.manifest;
    json!({
        "set": set.name,
        "path": set.path,
        "server_name": manifest.server_name,
        "started_ms": manifest.started_ms,
        "ended_ms": manifest.ended_ms,
        "engine": manifest.engine,
        "schema": manifest.schema,
        "bytes": manifest.bytes(),
        "rows": manifest.tables.iter().map(|table| table.rows).sum::<u64>(),
        "media": manifest.media,
        "ledger_seq": manifest.ledger_seq,
        "recipients": manifest.recipients,
        "key": set.key,
    })
}

fn check_json(set: &SetEntry, found: &Check, is_sound: bool) -> Value {
    let findings = found.findings.iter();
    let findings = findings.map(|it| json!({ "path": it.path, "text": it.text }));
    json!({
        "sound": is_sound,
        "set": set.name,
        "server_name": set.manifest.server_name,
        "key": set.key,
        "files": found.files,
        "media": found.media,
        "bytes": found.bytes,
        "rows": found.rows,
        "findings": findings.collect::<Vec<_>>(),
        "count": found.count,
    })
}

/// Bytes for people.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1000)),
        1_000_000..1_000_000_000 => format!("{} MB", bytes / 1_000_000),
        _ => format!("{}.{} GB", bytes / 1_000_000_000, bytes % 1_000_000_000 / 100_000_000),
    }
}
