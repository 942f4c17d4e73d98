//! Writes a set, while the server runs or not.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use kontor_audit::Audit;
use kontor_core::{Cx, Error, Random, Result};
use kontor_db::{DatabaseKeys, Reading, Settings, Tx};
use kontor_store::{backup, erasure_ledger};
use kontor_vault::{BackupKeys, Encryptor, Recipient, TenantKeys};
use ruma::OwnedServerName;

use crate::disk::{Sink, blocking};
use crate::dump::{Writer, dump};
use crate::folder::{AUDIT, DATABASE, Folder, KEYS, MANIFEST, set_name};
use crate::{FileFacts, Manifest, SetEntry, TableFacts, disk, media};

/// What is backed up: one organisation, wherever it runs.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its name.
    pub server_name: OwnedServerName,
    /// Its database.
    pub settings: Settings,
    /// Its keys.
    pub keys: TenantKeys,
    /// The store of its audit log.
    pub audit_settings: Settings,
    /// Keys of that store.
    pub audit_keys: DatabaseKeys,
    /// The folder of its media.
    pub media: PathBuf,
    /// The configuration file, as it is.
    pub configuration: Option<String>,
    /// The profile that it began with.
    pub profile: Option<String>,
}

/// A set that was written.
#[derive(Clone, Debug)]
pub struct Written {
    /// The set.
    pub set: SetEntry,
    /// Folders of sets that had never been finished, and were removed.
    pub cleared: usize,
}

/// What a snapshot of the database says besides its tables.
struct Snapshot {
    file: FileFacts,
    tables: Vec<TableFacts>,
    schema: i64,
    ledger_seq: i64,
    blobs: Vec<String>,
}

/// Writes a set into `folder`, encrypted to `recipients`. Holds no more than a few megabytes in
/// memory, besides the names of the files; nobody who writes to the database waits for it.
///
/// # Errors
/// `Conflict` if another backup is under way; `Unavailable`, saying what, if something cannot be read
/// or written: then there is no set.
pub async fn back_up(
    cx: &Cx,
    source: &Source,
    (folder, recipients): (&Folder, &[Recipient]),
    audit: &Audit,
) -> Result<Written> {
    if recipients.is_empty() {
        return Err(Error::unavailable("Backups are encrypted only; there is no recipient."));
    }
    let _alone = folder.lock()?;
    let (sets, broken) = folder.list()?;
    let cleared = broken.len();
    for path in broken {
        fs::remove_dir_all(&path).map_err(disk::failed(&path))?;
    }
    let mut at = cx.clock.now();
    while folder.sets().join(set_name(at)).exists() {
        at = at.plus(Duration::from_secs(1));
    }
    let name = set_name(at);
    let set = folder.sets().join(&name);
    disk::create_folder(&set).map_err(disk::failed(&set))?;
    let job = Job { folder, set: &set, before: sets.last().map(|set| &*set.path), recipients };
    let written = job.write(cx, source, audit).await;
    let manifest = written.inspect_err(|_| {
        // Without a manifest it is no set; the next backup removes what cannot be removed now.
        let _ = fs::remove_dir_all(&set);
    })?;
    let key = audit.fingerprint();
    Ok(Written { set: SetEntry { name, path: set, manifest, key }, cleared })
}

/// One set in the making.
struct Job<'j> {
    folder: &'j Folder,
    set: &'j Path,
    before: Option<&'j Path>,
    recipients: &'j [Recipient],
}

impl Job<'_> {
    async fn write(&self, cx: &Cx, source: &Source, audit: &Audit) -> Result<Manifest> {
        let mut manifest = Manifest::new(source.server_name.as_str(), cx.clock.now());
        manifest.engine = engine(&source.settings).to_owned();
        manifest.recipients = self.recipients.iter().map(ToString::to_string).collect();
        let found = self.database(cx, source).await?;
        manifest.schema = found.schema;
        manifest.ledger_seq = found.ledger_seq;
        manifest.tables = found.tables;
        manifest.files.push(found.file);
        let (file, tables, schema) = self.audit_log(cx, source).await?;
        manifest.audit_schema = schema;
        manifest.tables.extend(tables);
        manifest.files.push(file);
        manifest.files.push(self.keys(cx, source)?);
        let (folder, set) = (self.folder.clone(), self.set.to_owned());
        let (from, before) = (source.media.clone(), self.before.map(Path::to_owned));
        let blobs = found.blobs;
        let copied =
            blocking(move || media::copy_media(&folder, &set, (&from, &blobs), before.as_deref()));
        let (file, facts) = copied.await?;
        manifest.files.push(file);
        manifest.media = facts;
        manifest.ended_ms = cx.clock.now().0;
        // Everything the manifest vouches for is durable before it is there.
        disk::sync_all(self.set).map_err(disk::failed(self.set))?;
        manifest.write(&self.set.join(MANIFEST), audit)?;
        let sets = self.folder.sets();
        disk::sync_folder(&sets).map_err(disk::failed(&sets))?;
        Ok(manifest)
    }

    async fn database(&self, cx: &Cx, source: &Source) -> Result<Snapshot> {
        let keys = DatabaseKeys {
            cipher_key: source.keys.cipher_key.clone(),
            seal_key: source.keys.seal_key.clone(),
        };
        let reading = Reading::new(source.settings.clone(), source.keys.tenant, keys)?;
        let to = self.target(cx, DATABASE);
        let snapshot = move |tx: &mut Tx<'_>| {
            let schema = tx.schema_number()?;
            let ledger_seq = erasure_ledger::newest_seq(tx)?;
            let blobs = backup::list_blobs_in_backup(tx)?;
            let (file, tables) = to.encrypt_tables(tx, "database")?;
            Ok(Snapshot { file, tables, schema, ledger_seq, blobs })
        };
        reading.read(cx, snapshot).await
    }

    async fn audit_log(
        &self,
        cx: &Cx,
        source: &Source,
    ) -> Result<(FileFacts, Vec<TableFacts>, i64)> {
        let (settings, keys) = (source.audit_settings.clone(), source.audit_keys.clone());
        let reading = Reading::new(settings, source.keys.tenant, keys)?;
        let to = self.target(cx, AUDIT);
        let snapshot = move |tx: &mut Tx<'_>| {
            let schema = tx.schema_number()?;
            let (file, tables) = to.encrypt_tables(tx, "audit")?;
            Ok((file, tables, schema))
        };
        reading.read(cx, snapshot).await
    }

    fn keys(&self, cx: &Cx, source: &Source) -> Result<FileFacts> {
        let mut keys = BackupKeys::of(&source.server_name, &source.keys);
        keys.configuration.clone_from(&source.configuration);
        keys.profile.clone_from(&source.profile);
        self.target(cx, KEYS).encrypt(&keys.to_json()?)
    }

    fn target(&self, cx: &Cx, name: &'static str) -> Target {
        Target {
            path: self.set.join(name),
            name,
            recipients: self.recipients.to_vec(),
            random: cx.random.clone(),
        }
    }
}

/// One encrypted file.
struct Target {
    path: PathBuf,
    name: &'static str,
    recipients: Vec<Recipient>,
    random: Random,
}

impl Target {
    fn begin(&self) -> Result<Encryptor<Sink>> {
        Sink::create(&self.path)
            .and_then(|sink| Encryptor::new(sink, &self.recipients, &self.random))
            .map_err(disk::failed(&self.path))
    }

    fn finish(&self, encryptor: Encryptor<Sink>) -> Result<FileFacts> {
        let done = encryptor.finish().and_then(|sink| sink.finish(self.name));
        done.map_err(disk::failed(&self.path))
    }

    fn encrypt(&self, plain: &[u8]) -> Result<FileFacts> {
        let mut to = self.begin()?;
        to.write_all(plain).map_err(disk::failed(&self.path))?;
        self.finish(to)
    }

    fn encrypt_tables(
        &self,
        tx: &mut Tx<'_>,
        store: &'static str,
    ) -> Result<(FileFacts, Vec<TableFacts>)> {
        let mut to = self.begin()?;
        let tables = dump(tx, store, &mut Writer(&mut to, disk::failed(&self.path)))?;
        Ok((self.finish(to)?, tables))
    }
}

/// Name of the engine in manifests.
pub(crate) const fn engine(settings: &Settings) -> &'static str {
    match settings {
        Settings::Sqlite { .. } => "sqlite",
        Settings::Postgres { .. } => "postgres",
    }
}
