//! Backups of a running organisation: written once a day, looked after, shown.

use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use kontor_audit::{Action, Audit, Event, verify_statement};
use kontor_core::{Cx, Error, Kind, Permission, Result, Timestamp};
use kontor_ledger::Ledger;
use kontor_vault::Recipient;
use parking_lot::Mutex;
use serde_json::{Map, Value};

use crate::disk::{self, blocking};
use crate::retention::remove_expired;
use crate::write::{Source, Written, back_up};
use crate::{Folder, Removed, SetEntry};

const DAY: Duration = Duration::from_hours(24);
const HOUR_MS: i64 = 60 * 60 * 1000;
/// The newest backup must not be older. law: R-231
pub const LATEST: Duration = Duration::from_hours(26);
/// What failed is tried again after this time.
const RETRY: Duration = Duration::from_mins(30);
/// A set that was begun so much later than now was written while the clock was wrong.
const AHEAD: Duration = Duration::from_hours(1);
/// Restoring must be rehearsed this often. law: R-232
const REHEARSE_EVERY: Duration = Duration::from_hours(24 * 90);
/// Folder of the signed statements on rehearsals.
const REHEARSALS: &str = "rehearsals";

/// Where backups go and for how long.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The organisation's folder.
    pub folder: Folder,
    /// Who can read them.
    pub recipients: Vec<Recipient>,
    /// Hour of the day (UTC) after which the day's set is written; `None`: by somebody else.
    pub hour: Option<u8>,
    /// How long sets are kept.
    pub keep: Duration,
    /// Where the folder is, for people.
    pub place: Option<String>,
}

/// Backups of one organisation. Clones share everything.
#[derive(Clone)]
pub struct Backups {
    inner: Arc<Inner>,
}

struct Inner {
    /// `None`: nothing is backed up.
    settings: Option<Settings>,
    source: Source,
    audit: Audit,
    /// `None` at the command line: the running server tells it.
    ledger: Option<Ledger>,
    state: Mutex<State>,
}

/// How the last attempts went, since the start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// When a backup was last tried.
    pub tried: Option<Timestamp>,
    /// Why the last one failed, if it did.
    pub failed: Option<String>,
    /// When the newest set was begun, as far as known.
    newest: Option<Timestamp>,
    /// When it was last told that the newest is too old.
    told: Option<Timestamp>,
}

/// What there is, for people.
#[derive(Clone, Debug)]
pub struct Overview {
    /// Where backups go; `None`: nothing is backed up.
    pub settings: Option<Settings>,
    /// The sets, newest first.
    pub sets: Vec<SetEntry>,
    /// Folders that are no whole set.
    pub broken: usize,
    /// The newest set is missing or older than 26 hours.
    pub is_overdue: bool,
    /// How the last attempts went.
    pub state: State,
    /// How far the erasure ledger beside the backups is, and the newest entry there should be.
    pub ledger: Option<(kontor_ledger::State, i64)>,
    /// The newest rehearsal of a restore: when, and whether it went well.
    pub rehearsed: Option<(Timestamp, bool)>,
    /// It is missing or older than 90 days.
    pub must_rehearse: bool,
}

impl Backups {
    /// Backups of `source`, as `settings` say.
    #[must_use]
    pub fn new(
        source: Source,
        settings: Option<Settings>,
        (audit, ledger): (Audit, Option<Ledger>),
    ) -> Self {
        let inner = Inner { settings, source, audit, ledger, state: Mutex::default() };
        Self { inner: Arc::new(inner) }
    }

    /// Where backups go.
    ///
    /// # Errors
    /// `Unavailable` if nothing is configured.
    pub fn settings(&self) -> Result<&Settings> {
        self.inner.settings.as_ref().ok_or_else(|| {
            Error::unavailable("Nothing is backed up: backup.target is not configured.")
        })
    }

    /// Writes a set now and removes old ones; both are told in the audit log.
    ///
    /// # Errors
    /// Those of [`back_up`]; `Unavailable` if nothing is configured.
    pub async fn run(&self, cx: &Cx) -> Result<(Written, Removed)> {
        let settings = self.settings()?;
        // What was erased up to now is told first: a set is never newer than its ledger.
        if let Some(ledger) = &self.inner.ledger {
            ledger.told(cx).await?;
        }
        let to = (&settings.folder, &*settings.recipients);
        let outcome = back_up(cx, &self.inner.source, to, &self.inner.audit).await;
        self.note(cx, &outcome);
        let written = match outcome {
            Ok(written) => written,
            Err(error) => {
                self.inner.audit.record(cx, Event::new(Action::BackupFailed)).await?;
                return Err(error);
            }
        };
        let megabytes = written.set.manifest.bytes().div_ceil(1_000_000);
        let told = Event::new(Action::BackupWritten).with_count(megabytes);
        self.inner.audit.record(cx, told).await?;
        if written.set.manifest.media.unreadable > 0 {
            self.inner.audit.record(cx, Event::new(Action::BackupFailed)).await?;
        }
        Ok((written, self.remove_old(cx).await?))
    }

    fn note(&self, cx: &Cx, outcome: &Result<Written>) {
        let mut state = self.inner.state.lock();
        state.tried = Some(cx.now);
        state.failed = match outcome {
            Ok(written) => match written.set.manifest.media.unreadable {
                0 => None,
                lost => Some(format!("{lost} files could not be read.")),
            },
            Err(error) => Some(error.public.to_string()),
        };
    }

    /// Removes sets whose time is over.
    async fn remove_old(&self, cx: &Cx) -> Result<Removed> {
        let Settings { folder, keep, .. } = self.settings()?.clone();
        let now = cx.now;
        let removed = blocking(move || remove_expired(&folder, keep, now)).await?;
        if removed.sets > 0 {
            let told = Event::new(Action::BackupsRemoved).with_count(removed.sets);
            self.inner.audit.record(cx, told).await?;
        }
        Ok(removed)
    }

    /// Writes the day's set if it is due, lets old ones go, and tells once a day if the newest is too
    /// old. To be called every few minutes.
    ///
    /// # Errors
    /// What keeps it from that; it is tried again later.
    pub async fn look_after(&self, cx: &Cx) -> Result<()> {
        let Some(settings) = &self.inner.settings else { return Ok(()) };
        let newest = match self.newest(cx, settings).await {
            Ok(newest) => newest,
            Err(error) => return self.tell_unreachable(cx, error).await,
        };
        if let Some(hour) = settings.hour
            && newest.is_none_or(|newest| newest < due_since(cx.now, hour))
            && self.may_try(cx.now)
        {
            let (written, _) = Box::pin(self.run(cx)).await?;
            tracing::info!(set = written.set.name, "backup written");
            return Ok(());
        }
        self.tell_overdue(cx, newest).await?;
        self.remove_old(cx).await.map(drop).or_else(|error| match error.kind {
            // Somebody is writing one; the next time will do.
            Kind::Conflict => Ok(()),
            _ => Err(error),
        })
    }

    async fn newest(&self, cx: &Cx, settings: &Settings) -> Result<Option<Timestamp>> {
        let folder = settings.folder.clone();
        let (sets, _) = blocking(move || folder.list()).await?;
        if let Some(ledger) = &self.inner.ledger {
            ledger.needed_behind(sets.iter().map(|set| set.manifest.ledger_seq).min());
        }
        let newest = newest_until(&sets, cx.now);
        self.inner.state.lock().newest = newest;
        Ok(newest)
    }

    /// The folder cannot even be looked into: as bad as a backup that failed.
    async fn tell_unreachable(&self, cx: &Cx, error: Error) -> Result<()> {
        let is_new = self.may_try(cx.now);
        let newest = {
            let mut state = self.inner.state.lock();
            state.failed = Some(error.public.to_string());
            if is_new {
                state.tried = Some(cx.now);
            }
            state.newest
        };
        if is_new {
            self.inner.audit.record(cx, Event::new(Action::BackupFailed)).await?;
        }
        self.tell_overdue(cx, newest).await?;
        Err(error)
    }

    fn may_try(&self, now: Timestamp) -> bool {
        let state = self.inner.state.lock();
        let waits = state.failed.is_some()
            && state.tried.is_some_and(|tried| now >= tried && now.since(tried) < RETRY);
        !waits
    }

    async fn tell_overdue(&self, cx: &Cx, newest: Option<Timestamp>) -> Result<()> {
        let age = newest.map_or(LATEST * 2, |newest| cx.now.since(newest));
        if age <= LATEST {
            return Ok(());
        }
        {
            let mut state = self.inner.state.lock();
            if state.told.is_some_and(|told| cx.now >= told && cx.now.since(told) < DAY) {
                return Ok(());
            }
            state.told = Some(cx.now);
        }
        let hours = age.saturating_sub(LATEST).as_secs().div_ceil(3600);
        tracing::error!(hours, "the newest backup is too old");
        let event = Event::new(Action::BackupOverdue).with_count(hours);
        self.inner.audit.record(cx, event).await.map(drop)
    }

    /// What there is.
    ///
    /// # Errors
    /// `Forbidden` without the permission; `Unavailable` if the folder cannot be read.
    pub async fn overview(&self, cx: &Cx) -> Result<Overview> {
        cx.require(Permission::SeeBackups)?;
        let settings = self.inner.settings.clone();
        let (mut sets, mut broken, mut rehearsed) = (Vec::new(), 0, None);
        if let Some(settings) = &settings {
            let folder = settings.folder.clone();
            let look = blocking(move || Ok((folder.list()?, newest_rehearsal(&folder)?)));
            let ((whole, others), rehearsal) = look.await?;
            (sets, broken, rehearsed) = (whole, others.len(), rehearsal);
        }
        sets.reverse();
        let age = newest_until(&sets, cx.now).map(|newest| cx.now.since(newest));
        let since = rehearsed.map(|(at, _)| cx.now.since(at));
        let ledger = match &self.inner.ledger {
            Some(ledger) => Some((ledger.state(), ledger.newest(cx).await?)),
            None => None,
        };
        Ok(Overview {
            is_overdue: age.is_none_or(|age| age > LATEST),
            must_rehearse: since.is_none_or(|since| since > REHEARSE_EVERY)
                || rehearsed.is_some_and(|(_, went_well)| !went_well),
            settings,
            sets,
            broken,
            state: self.inner.state.lock().clone(),
            ledger,
            rehearsed,
        })
    }
}

impl Folder {
    /// Keeps the signed statement on a rehearsal.
    pub fn keep_rehearsal(&self, at: Timestamp, statement: &Map<String, Value>) -> Result<PathBuf> {
        let path = self.path().join(REHEARSALS);
        disk::create_folder(&path).map_err(disk::failed(&path))?;
        let path = path.join(format!("{}.json", crate::folder::set_name(at)));
        let text = serde_json::to_vec_pretty(statement).map_err(Error::internal)?;
        disk::write_whole(&path, &text).map_err(disk::failed(&path))?;
        Ok(path)
    }
}

/// When restoring was last rehearsed, and whether it went well. Statements that are not as signed do
/// not count.
fn newest_rehearsal(folder: &Folder) -> Result<Option<(Timestamp, bool)>> {
    let path = folder.path().join(REHEARSALS);
    let entries = match fs::read_dir(&path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(disk::failed(&path)(error)),
    };
    let statements = entries.filter_map(|entry| {
        let text = fs::read(entry.ok()?.path()).ok()?;
        let fields: Map<String, Value> = serde_json::from_slice(&text).ok()?;
        verify_statement(&fields)?;
        let at = fields.get("ended_ts").and_then(Value::as_i64)?;
        let identical = fields.get("identical").and_then(Value::as_bool)?;
        // Statements of format 1 knew of no trial.
        let is_usable = fields.get("usable").and_then(Value::as_bool).unwrap_or(true);
        Some((Timestamp(at), identical && is_usable))
    });
    Ok(statements.max_by_key(|(at, _)| *at))
}

/// When the newest set was begun. One that was written while the clock was ahead says nothing: until
/// its time has come, it would keep all others from being written.
#[must_use]
pub fn newest_until(sets: &[SetEntry], now: Timestamp) -> Option<Timestamp> {
    let begun = sets.iter().map(|set| Timestamp(set.manifest.started_ms));
    begun.filter(|begun| *begun <= now.plus(AHEAD)).max()
}

/// When the day's set was last due.
fn due_since(now: Timestamp, hour: u8) -> Timestamp {
    let today = Timestamp(now.day().0 + i64::from(hour) * HOUR_MS);
    if now >= today { today } else { today.minus(DAY) }
}

impl fmt::Debug for Backups {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let folder = self.inner.settings.as_ref().map(|settings| settings.folder.path());
        f.debug_struct("Backups").field("folder", &folder).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_days_set_is_due_from_its_hour_on() {
        let day = Timestamp(20_000 * 24 * HOUR_MS);
        let at = |hour: i64| Timestamp(day.0 + hour * HOUR_MS);
        assert_eq!(due_since(at(3), 2), at(2));
        assert_eq!(due_since(at(2), 2), at(2));
        assert_eq!(due_since(at(1), 2), at(-22));
        assert_eq!(due_since(at(23), 0), at(0));
    }
}
