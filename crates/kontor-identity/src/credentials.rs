//! Checking a name and a password, without telling which accounts exist. law: R-044

use std::time::Duration;

use kontor_audit::{Action, Event};
use kontor_core::{Cx, Error, Result, Secret, Timestamp};
use kontor_mail::Letter;
use kontor_policy::{Rate, too_often};
use kontor_store::account::{self, AccountRow};
use kontor_store::app_password::{self, AppPasswordRow};
use kontor_store::login_failure::{self, FailureRow};
use kontor_store::password as password_table;
use ruma::{OwnedUserId, UserId};

use crate::Identity;
use crate::letters::Notice;
use crate::password::is_overlong;
use crate::pepper::Purpose;
use crate::sessions::day_of;
use crate::throttle::Subject;

/// Failures older than this are forgotten. law: R-044
const FAILURES_KEPT: Duration = Duration::from_hours(7 * 24);
/// Rest after the first failure too many; doubles with each further one.
const FIRST_REST_MS: i64 = 60_000;
/// The rest doubles at most this often: 64 minutes.
const MOST_DOUBLINGS: i64 = 6;

/// Log-ins from one address that succeed, for each one in vain.
const ROOM_FOR_AN_OFFICE: u32 = 20;

/// Which secrets open the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Accepted {
    /// The account's password.
    Password,
    /// An app password.
    AppPassword,
    /// Either.
    Both,
}

/// Whose secret it was.
pub(crate) struct Proved {
    pub(crate) account: AccountRow,
    /// Which app password it was; `None`: the account's own.
    pub(crate) app_password_id: Option<String>,
}

/// What the database knows of a name.
struct Found {
    account: Option<AccountRow>,
    password: Option<String>,
    app_password: Option<AppPasswordRow>,
    subject: [u8; 32],
    failures: Option<FailureRow>,
}

impl Identity {
    /// The active account that `name` (login name, localpart or user id) and `password` open.
    ///
    /// An unknown name, a closed account and a wrong password give the same answer after the same
    /// work.
    ///
    /// # Errors
    /// `Forbidden`; `Limited` with `retry_after_ms` after too many tries.
    pub(crate) async fn check_password(
        &self,
        cx: &Cx,
        name: &str,
        password: Secret<String>,
    ) -> Result<AccountRow> {
        let proved = self.check_secret(cx, name, (password, Accepted::Password)).await?;
        Ok(proved.account)
    }

    /// As [`Self::check_password`], for whichever secrets are `accepted`.
    pub(crate) async fn check_secret(
        &self,
        cx: &Cx,
        name: &str,
        (password, accepted): (Secret<String>, Accepted),
    ) -> Result<Proved> {
        let app_hash = match accepted {
            Accepted::Password => None,
            Accepted::AppPassword | Accepted::Both => {
                Some(self.app_password_hash(password.expose()))
            }
        };
        let found = self.find(cx, name, app_hash).await?;
        self.throttle_log_in(cx)?;
        self.throttle_account(cx, found.subject, found.failures)?;
        let usable = accepted != Accepted::AppPassword && !is_overlong(&password);
        let stored = found.password.filter(|_| usable);
        let pepper = self.inner.pepper.key().clone();
        let app_password_id = found.app_password.as_ref().map(|row| row.app_password_id.clone());
        let by_app = app_password_id.is_some();
        // Both ways take the same time, whichever secret is right.
        let right = self.inner.hasher.verify(password, pepper, stored).await? || by_app;
        let subject = found.subject;
        match found.account {
            Some(account) if right && account.deactivated.is_none() => {
                self.forgive_address(cx);
                if found.failures.is_some() {
                    self.forget_failures(cx, subject).await?;
                }
                if let Some(row) = found.app_password {
                    self.note_app_password_use(cx, &account, row).await?;
                }
                Ok(Proved { account, app_password_id })
            }
            account => {
                let event = Event::refused(Action::LoginFailed);
                let user = account.map(|account| account.user_id);
                let event = match &user {
                    Some(user) => event.about(user),
                    // What was typed instead of a name may be anything, even a password.
                    None => event,
                };
                self.inner.audit.note(cx, event);
                self.count_failure(cx, subject, user.as_deref()).await?;
                Err(Error::forbidden("Wrong user name or password."))
            }
        }
    }

    async fn find(&self, cx: &Cx, name: &str, app_hash: Option<[u8; 32]>) -> Result<Found> {
        let name = name.trim().to_lowercase();
        let login_key = self.login_key(&name);
        let user = self.user_named(&name);
        let unknown = self.inner.pepper.hash(Purpose::LoginFailure, &name);
        let this = self.clone();
        self.inner
            .db
            .read(cx, move |tx| {
                let mut account = account::find_account_by_login(tx, &login_key)?;
                if let (None, Some(user)) = (&account, user) {
                    account = account::find_account(tx, &user)?;
                }
                let (password, subject) = match &account {
                    Some(account) => (
                        password_table::find_password(tx, &account.user_id)?,
                        this.failure_subject(&account.user_id),
                    ),
                    None => (None, unknown),
                };
                let app_password = match (&account, &app_hash) {
                    (Some(account), Some(hash)) => {
                        app_password::find_app_password(tx, &account.user_id, hash)?
                    }
                    _ => None,
                };
                let failures = login_failure::find_login_failure(tx, &subject)?;
                Ok(Found { account, password, app_password, subject, failures })
            })
            .await
    }

    /// Counts a try in vain from the request's address.
    ///
    /// # Errors
    /// `Limited` after too many.
    pub(crate) fn throttle_address(&self, cx: &Cx) -> Result<()> {
        if let (Some(limits), Some(address)) = (&self.inner.policy.now().rate_limits, cx.address) {
            self.inner.throttle.take(Subject::Address(address), limits.login, cx.now)?;
        }
        Ok(())
    }

    /// Counts a log-in from the request's address: in vain, until [`Self::forgive_address`] says that
    /// it was not; and in any case, with twenty times as much room, so that an office behind one
    /// address can begin its day, but nobody tries out a list of stolen passwords. law: R-044
    ///
    /// # Errors
    /// `Limited` after too many.
    fn throttle_log_in(&self, cx: &Cx) -> Result<()> {
        if let (Some(limits), Some(address)) = (&self.inner.policy.now().rate_limits, cx.address) {
            let rate = Rate {
                burst: limits.login.burst.saturating_mul(ROOM_FOR_AN_OFFICE),
                per_minute: limits.login.per_minute.saturating_mul(ROOM_FOR_AN_OFFICE),
            };
            self.inner.throttle.take(Subject::Anybody(address), rate, cx.now)?;
        }
        self.throttle_address(cx)
    }

    /// The log-in just counted has succeeded.
    fn forgive_address(&self, cx: &Cx) {
        if let (Some(limits), Some(address)) = (&self.inner.policy.now().rate_limits, cx.address) {
            self.inner.throttle.give_back(Subject::Address(address), limits.login, cx.now);
        }
    }

    /// Counts a try at a secret of `subject`, which has failed so often.
    ///
    /// # Errors
    /// `Limited` after too many.
    pub(crate) fn throttle_account(
        &self,
        cx: &Cx,
        subject: [u8; 32],
        failures: Option<FailureRow>,
    ) -> Result<()> {
        let policy = self.inner.policy.now();
        if let Some(limits) = &policy.rate_limits {
            self.inner.throttle.take(Subject::Account(subject), limits.login, cx.now)?;
        }
        let rest = policy.login_lock_after.and_then(|limit| {
            failures.and_then(|failures| rest(failures, i64::from(limit), cx.now))
        });
        rest.map_or(Ok(()), |wait| Err(too_often(wait)))
    }

    /// Stores the day, once a day.
    async fn note_app_password_use(
        &self,
        cx: &Cx,
        account: &AccountRow,
        row: AppPasswordRow,
    ) -> Result<()> {
        let day = day_of(cx.now);
        if row.last_used_day == Some(day) {
            return Ok(());
        }
        let (user, id) = (account.user_id.clone(), row.app_password_id);
        let db = &self.inner.db;
        db.write(cx, move |tx| app_password::update_app_password_use(tx, &user, &id, day)).await
    }

    async fn forget_failures(&self, cx: &Cx, subject: [u8; 32]) -> Result<()> {
        let db = &self.inner.db;
        db.write(cx, move |tx| login_failure::delete_login_failure(tx, &subject)).await
    }

    /// Counts a wrong secret of `subject`. The owner, if there is one, is told when it was one too
    /// many. law: R-044
    pub(crate) async fn count_failure(
        &self,
        cx: &Cx,
        subject: [u8; 32],
        owner: Option<&UserId>,
    ) -> Result<()> {
        let Some(limit) = self.inner.policy.now().login_lock_after else { return Ok(()) };
        let (this, notice, owner) = (self.clone(), Notice::new(cx)?, owner.map(ToOwned::to_owned));
        let now = cx.now;
        let kept_ms = i64::try_from(FAILURES_KEPT.as_millis()).unwrap_or(i64::MAX);
        self.inner
            .db
            .write(cx, move |tx| {
                login_failure::delete_old_login_failures(tx, Timestamp(now.0 - kept_ms))?;
                login_failure::upsert_login_failure(tx, &subject, now)?;
                let counted = login_failure::find_login_failure(tx, &subject)?;
                let is_last = counted.is_some_and(|row| row.failures == i64::from(limit));
                match owner.filter(|_| is_last) {
                    Some(owner) => this.tell(tx, &owner, Letter::Locked, &notice),
                    None => Ok(()),
                }
            })
            .await
    }

    /// Keyed hash under which a login name is found.
    pub(crate) fn login_key(&self, name: &str) -> [u8; 32] {
        self.inner.pepper.hash(Purpose::LoginName, name)
    }

    /// Keyed hash under which an account's failures are counted.
    pub(crate) fn failure_subject(&self, user: &UserId) -> [u8; 32] {
        self.inner.pepper.hash(Purpose::LoginFailure, user.as_str())
    }

    /// The user id that somebody means who types `name`; `None`: none of this server.
    pub(crate) fn user_named(&self, name: &str) -> Option<OwnedUserId> {
        let server = &self.inner.server_name;
        let user = if name.starts_with('@') {
            UserId::parse(name)
        } else {
            UserId::parse(format!("@{name}:{server}"))
        };
        user.ok().filter(|user| user.server_name() == server)
    }
}

/// How long an account must still rest; `None`: not at all.
fn rest(failures: FailureRow, limit: i64, now: Timestamp) -> Option<Duration> {
    let excess = failures.failures - limit;
    if excess < 0 {
        return None;
    }
    let rest_ms = FIRST_REST_MS << excess.min(MOST_DOUBLINGS);
    // The clock may have jumped back: nobody rests longer than a whole rest.
    let wait_ms = (failures.last.0 + rest_ms - now.0).min(rest_ms);
    u64::try_from(wait_ms).ok().filter(|ms| *ms > 0).map(Duration::from_millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rests_double_up_to_an_hour() {
        let after = |failures, now| {
            rest(FailureRow { failures, last: Timestamp(0) }, 10, Timestamp(now))
                .map(|wait| wait.as_secs())
        };
        assert_eq!(after(9, 0), None);
        assert_eq!(after(10, 0), Some(60));
        assert_eq!(after(10, 59_000), Some(1));
        assert_eq!(after(10, 60_000), None);
        assert_eq!(after(11, 0), Some(120));
        assert_eq!(after(1000, 0), Some(64 * 60));
        assert_eq!(after(10, -1_000_000_000), Some(60));
    }
}
