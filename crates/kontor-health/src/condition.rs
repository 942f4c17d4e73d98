//! Looking at an organisation's server.

use std::time::Duration;

use kontor_core::{Cx, Permission, Result, Spread, Timestamp};
use kontor_db::Db;
use kontor_policy::{Policies, Profile};
use kontor_store::tally::{self, Tally};

/// A commit that takes longer is noticed by people who write.
const SLOW_COMMIT: Duration = Duration::from_millis(50);
/// A mail that could not be sent for that long needs somebody's attention.
const LATE_MAIL: Duration = Duration::from_mins(15);

/// Looks at an organisation's server.
#[derive(Clone)]
pub struct Health {
    db: Db,
    policies: Policies,
}

/// How an organisation's server is doing.
#[derive(Clone, Debug)]
pub struct Condition {
    /// Version of the program.
    pub version: &'static str,
    /// Accounts that are not closed.
    pub people: u64,
    /// Signed-in devices.
    pub devices: u64,
    /// Rooms.
    pub rooms: u64,
    /// Uploaded files.
    pub files: u64,
    /// Bytes of the uploaded files, before sealing.
    pub file_bytes: u64,
    /// Bytes of the database; on PostgreSQL of the whole one, which organisations share.
    pub database_bytes: u64,
    /// Writes since the database was opened.
    pub commits: u64,
    /// Those that took longer than 50 ms.
    pub slow_commits: u64,
    /// Mails that wait to be sent.
    pub waiting_mails: u64,
    /// Since when the oldest of them is overdue, if for more than a quarter of an hour.
    pub late_mail: Option<Timestamp>,
    /// Settings that protect less than the chosen profile, or the standard one.
    pub weakened_settings: Vec<&'static str>,
}

impl Health {
    /// Looks at `db`, and at the settings.
    #[must_use]
    pub const fn new(db: Db, policies: Policies) -> Self {
        Self { db, policies }
    }

    /// How the server is doing now.
    ///
    /// # Errors
    /// `Forbidden` without the permission; `Unavailable` if the database does not answer.
    pub async fn condition(&self, cx: &Cx) -> Result<Condition> {
        cx.require(Permission::SeeHealth)?;
        let tally: Tally = self.db.read(cx, tally::count).await?;
        let overdue = tally.oldest_mail.filter(|due| due.plus(LATE_MAIL) <= cx.now);
        let (commits, slow_commits) = counted(&self.db.load().commits_us);
        Ok(Condition {
            version: env!("CARGO_PKG_VERSION"),
            people: tally.people,
            devices: tally.devices,
            rooms: tally.rooms,
            files: tally.files,
            file_bytes: tally.file_bytes,
            database_bytes: self.db.size_bytes(cx).await?,
            commits,
            slow_commits,
            waiting_mails: tally.waiting_mails,
            late_mail: overdue,
            weakened_settings: self.weakened(cx).await?,
        })
    }

    async fn weakened(&self, cx: &Cx) -> Result<Vec<&'static str>> {
        let states = self.policies.list(cx).await?;
        let profile = self.policies.profile(cx).await?.unwrap_or(Profile::Standard);
        let weakened = states.iter().filter(|state| {
            let shipped = state.setting.shipped.of(profile);
            let both = shipped.zip(state.value);
            both.is_some_and(|(shipped, now)| state.setting.domain.loosens(&shipped, &now))
        });
        Ok(weakened.map(|state| state.setting.key).collect())
    }
}

/// All commits, and the slow ones.
fn counted(times_us: &Spread) -> (u64, u64) {
    let limit = u64::try_from(SLOW_COMMIT.as_micros()).unwrap_or(u64::MAX);
    let all = times_us.counts.iter().sum();
    let within = times_us.steps.iter().zip(&times_us.counts);
    let quick: u64 = within.filter(|(step, _)| **step <= limit).map(|(_, count)| *count).sum();
    (all, all.saturating_sub(quick))
}
