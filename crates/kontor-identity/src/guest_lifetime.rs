//! Until when guests are here: their time ends, or they rest, and then their accounts go. law: R-049

use std::collections::BTreeSet;
use std::time::Duration;

use kontor_audit::{Action, Event};
use kontor_core::{Cx, Error, MatrixCode, Permission, Result, Timestamp};
use kontor_db::Tx;
use kontor_mail::Letter;
use kontor_policy::Policy;
use kontor_store::account;
use kontor_store::guest_account::{self, GuestRow};
use ruma::{OwnedUserId, UserId};

use crate::Identity;
use crate::letters::Notice;
use crate::sessions::day_of;

const DAY: Duration = Duration::from_hours(24);
/// So long before the end a host is told, and administrators see it coming. law: R-049
const NOTICE: Duration = Duration::from_hours(14 * 24);

/// Why a guest is shut out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuestEnd {
    /// Her time is over (setting `guest_account_days`).
    Expired,
    /// She was not here for long (setting `guest_inactive_days`).
    Unused,
}

/// The time of a guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GuestTerm {
    /// From then on she is shut out, unless she is prolonged, or comes while she merely rests.
    pub ends: Timestamp,
    /// Why.
    pub why: GuestEnd,
    /// When what she is told of ends in any case; [`Self::ends`] or later.
    expires: Timestamp,
}

impl GuestEnd {
    /// Name in answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Unused => "unused",
        }
    }

    /// What the audit log says of it.
    const fn word(self) -> &'static str {
        match self {
            Self::Expired => "guest_expired",
            Self::Unused => "guest_unused",
        }
    }
}

/// What is to be done about a guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Due {
    Nothing,
    /// Her host is told that her time ends.
    Tell,
    /// She is shut out.
    Lock(GuestEnd),
    /// Her account is closed.
    Close,
}

impl GuestTerm {
    pub(crate) fn of(row: &GuestRow, policy: &Policy, now: Timestamp) -> Self {
        let kept = row.kept.as_ref();
        let renewed = kept.and_then(|kept| kept.renewed);
        let begun = renewed.map_or(row.granted, |at| at.max(row.granted));
        let expires = begun.plus(policy.guest_account);
        // A day is known, not a time: it counts from its end, so that nobody is shut out early.
        let used = kept.map_or(now, |kept| kept.last_used_day.max(day_of(begun)));
        let unused = used.plus(policy.guest_inactive + DAY);
        match expires <= unused {
            true => Self { ends: expires, why: GuestEnd::Expired, expires },
            false => Self { ends: unused, why: GuestEnd::Unused, expires },
        }
    }

    /// Whether her time itself ends soon; that she merely rests is her own affair.
    fn is_near(&self, now: Timestamp) -> bool {
        self.expires <= now.plus(NOTICE)
    }
}

fn due(row: &GuestRow, policy: &Policy, now: Timestamp) -> Due {
    let term = GuestTerm::of(row, policy, now);
    let is_over = |since: Timestamp| since.plus(policy.guest_erase) <= now;
    match row.locked {
        Some(locked) if is_over(locked) && is_over(term.ends) => Due::Close,
        None if term.ends <= now => Due::Lock(term.why),
        None if term.is_near(now)
            && row.kept.as_ref().is_some_and(|kept| kept.host_told.is_none()) =>
        {
            Due::Tell
        }
        Some(_) | None => Due::Nothing,
    }
}

impl Identity {
    /// Shuts out guests whose time is over, or who were not here for long, and tells hosts of those
    /// whose time ends soon. Answers whose accounts are to be closed ([`Self::close_guest`]). To be
    /// called every few minutes, by a job.
    ///
    /// # Errors
    /// `Unavailable` if it cannot be recorded or stored; what is not done then is done next time.
    pub async fn look_after_guests(&self, cx: &Cx) -> Result<Vec<OwnedUserId>> {
        let rows = self.inner.db.read(cx, guest_account::list_guests).await?;
        self.adopt_guests(cx, &rows).await?;
        let policy = self.inner.policy.now();
        let (mut over, mut ending) = (Vec::new(), Vec::new());
        for row in rows {
            match due(&row, &policy, cx.now) {
                Due::Nothing => {}
                Due::Tell => ending.push(row),
                Due::Lock(why) => self.shut_out(cx, row.user_id, why).await?,
                Due::Close => over.push(row.user_id),
            }
        }
        if !ending.is_empty() {
            self.tell_hosts(cx, ending).await?;
        }
        Ok(over)
    }

    /// Closes the account of a guest who has been shut out for as long as the setting
    /// `guest_erase_days` says.
    ///
    /// # Errors
    /// `Conflict` if it is not so any more; `Unavailable` if it cannot be recorded.
    pub async fn close_guest(&self, cx: &Cx, user: OwnedUserId) -> Result<()> {
        let (this, now, sought) = (self.clone(), cx.now, user.clone());
        let read = move |tx: &mut Tx<'_>| guest_account::find_guest(tx, &sought);
        let found = this.inner.db.read(cx, read).await?;
        let policy = self.inner.policy.now();
        if found.is_none_or(|row| due(&row, &policy, now) != Due::Close) {
            return Err(not_due());
        }
        let event = Event::new(Action::UserDeactivated).about(&user).with_detail("guest_over");
        self.close(cx, user, event).await
    }

    /// Lets the time of a guest begin anew. Whoever is shut out stays so until that is taken back,
    /// which prolongs her, too.
    ///
    /// # Errors
    /// `Forbidden` without the permission; `NotFound` if there is no such guest; `Unavailable` if it
    /// cannot be recorded.
    pub async fn renew_guest(&self, cx: &Cx, user: OwnedUserId) -> Result<()> {
        cx.require(Permission::ManagePeople)?;
        let sought = user.clone();
        let read = move |tx: &mut Tx<'_>| guest_account::find_guest(tx, &sought);
        if self.inner.db.read(cx, read).await?.is_none() {
            return Err(Error::not_found("There is no such guest."));
        }
        let event = Event::new(Action::UserStateChanged).about(&user).with_detail("guest_renewed");
        let now = cx.now;
        let write = self.inner.db.write(cx, move |tx| renew(tx, &user, now));
        self.inner.audit.act(cx, event, write).await
    }

    /// How many guests are let in whose time ends within a fortnight.
    ///
    /// # Errors
    /// `Forbidden` without the permission.
    pub async fn count_ending_guests(&self, cx: &Cx) -> Result<usize> {
        cx.require(Permission::SeePeople)?;
        let rows = self.inner.db.read(cx, guest_account::list_guests).await?;
        let policy = self.inner.policy.now();
        let is_near = |row: &&GuestRow| GuestTerm::of(row, &policy, cx.now).is_near(cx.now);
        Ok(rows.iter().filter(|row| row.locked.is_none()).filter(is_near).count())
    }

    /// Begins to keep when guests were here last who have been here since before that was kept.
    async fn adopt_guests(&self, cx: &Cx, rows: &[GuestRow]) -> Result<()> {
        let unknown = rows.iter().filter(|row| row.kept.is_none());
        let unknown: Vec<OwnedUserId> = unknown.map(|row| row.user_id.clone()).collect();
        if unknown.is_empty() {
            return Ok(());
        }
        let day = day_of(cx.now);
        let write = move |tx: &mut Tx<'_>| {
            unknown.iter().try_for_each(|user| guest_account::insert_guest(tx, user, None, day))
        };
        self.inner.db.write(cx, write).await
    }

    async fn shut_out(&self, cx: &Cx, user: OwnedUserId, why: GuestEnd) -> Result<()> {
        let event = Event::new(Action::UserStateChanged).about(&user).with_detail(why.word());
        let (this, now) = (self.clone(), cx.now);
        let write = self.inner.db.write(cx, move |tx| {
            let found = guest_account::find_guest(tx, &user)?;
            let policy = this.inner.policy.now();
            // She may have come, or been prolonged, since the list was read.
            if found.is_none_or(|row| due(&row, &policy, now) != Due::Lock(why)) {
                return Err(not_due());
            }
            let held = account::find_account(tx, &user)?;
            let suspended = held.and_then(|account| account.suspended);
            account::update_account_state(tx, &user, suspended, Some(now))?;
            this.people_change(tx, &user);
            this.reconsider_sessions(tx, &user)
        });
        match self.inner.audit.act(cx, event, write).await {
            Err(error) if error.kind == kontor_core::Kind::Conflict => Ok(()),
            done => done,
        }
    }

    /// One mail to each host, however many guests it is about; it names none.
    async fn tell_hosts(&self, cx: &Cx, ending: Vec<GuestRow>) -> Result<()> {
        let host = |row: &GuestRow| row.kept.as_ref().and_then(|kept| kept.host.clone());
        let hosts: BTreeSet<OwnedUserId> = ending.iter().filter_map(host).collect();
        let notices: Vec<(OwnedUserId, Notice)> =
            hosts.into_iter().map(|host| Ok((host, Notice::new(cx)?))).collect::<Result<_>>()?;
        let (this, now) = (self.clone(), cx.now);
        let write = self.inner.db.write(cx, move |tx| {
            for (host, notice) in &notices {
                this.tell(tx, host, Letter::GuestEnds, notice)?;
            }
            ending.iter().try_for_each(|row| guest_account::update_host_told(tx, &row.user_id, now))
        });
        write.await
    }
}

/// Lets the time of a guest begin anew; passes over everybody else.
pub(crate) fn renew(tx: &mut Tx<'_>, user: &UserId, now: Timestamp) -> Result<()> {
    guest_account::renew_guest(tx, user, (now, day_of(now)))
}

fn not_due() -> Error {
    Error::conflict(MatrixCode::Unknown, "This guest is needed again.")
}

#[cfg(test)]
mod tests {
    use kontor_store::guest_account::KeptRow;
    use ruma::owned_user_id;

    use super::*;

    fn day(number: u32) -> Timestamp {
        Timestamp(0).plus(DAY * number)
    }

    fn guest(used: u32, renewed: Option<u32>, locked: Option<u32>) -> GuestRow {
        let kept = KeptRow {
            host: None,
            renewed: renewed.map(day),
            last_used_day: day(used),
            host_told: None,
        };
        GuestRow {
            user_id: owned_user_id!("@g:a.example"),
            granted: day(0),
            locked: locked.map(day),
            kept: Some(kept),
        }
    }

    /// 90 days, 30 without use, 30 more until the account goes.
    #[test]
    fn a_guest_is_told_of_shut_out_and_gone_on_the_days_of_the_law() {
        use GuestEnd::{Expired, Unused};
        let policy = Policy::strict();
        let cases = [
            // last used, renewed, locked, today, what is due
            (0, None, None, 30, Due::Nothing),
            (0, None, None, 31, Due::Lock(Unused)),
            (75, None, None, 75, Due::Nothing),
            (75, None, None, 76, Due::Tell),
            (89, None, None, 89, Due::Tell),
            (89, None, None, 90, Due::Lock(Expired)),
            (89, Some(80), None, 90, Due::Nothing),
            (89, Some(80), None, 120, Due::Lock(Unused)),
            (89, None, Some(90), 119, Due::Nothing),
            (89, None, Some(90), 120, Due::Close),
            // Shut out by hand, early: the account goes when her time is over, and not before.
            (0, None, Some(1), 60, Due::Nothing),
            (0, None, Some(1), 61, Due::Close),
            // The server stood still: she is shut out first.
            (0, None, None, 500, Due::Lock(Unused)),
            (0, None, Some(500), 501, Due::Nothing),
        ];
        for (used, renewed, locked, today, expected) in cases {
            let found = due(&guest(used, renewed, locked), &policy, day(today));
            assert_eq!(
                found, expected,
                "used {used}, renewed {renewed:?}, locked {locked:?}, {today}"
            );
        }
    }

    #[test]
    fn whoever_was_here_before_it_was_kept_does_not_rest() {
        let row = GuestRow { kept: None, ..guest(0, None, None) };
        assert_eq!(due(&row, &Policy::strict(), day(60)), Due::Nothing);
        assert_eq!(due(&row, &Policy::strict(), day(90)), Due::Lock(GuestEnd::Expired));
    }
}
