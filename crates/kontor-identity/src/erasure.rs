//! What an account is told when its owner is erased. law: R-128

use kontor_core::{Cx, Error, MatrixCode, Result, Roles, Timestamp};
use kontor_db::Tx;
use kontor_store::{account, account_role, erasure, hold, login_failure};
use ruma::{OwnedUserId, UserId};

use crate::Identity;
use crate::pepper::Purpose;

/// Random letters of what stands for an erased person.
const STAND_IN_LETTERS: usize = 16;

impl Identity {
    /// Makes sure that somebody can be erased: an account of this organisation, closed or not, whose
    /// owner holds no office. Answers how their user id is remembered.
    ///
    /// # Errors
    /// `NotFound` if there is no such account; `Conflict` while the person holds an office: offices are
    /// handed over first; and while a hold is on them (law: R-124).
    pub async fn check_erasable(&self, cx: &Cx, user: OwnedUserId) -> Result<[u8; 32]> {
        let (key, now) = (self.erasure_key(&user), cx.now);
        let read = self.inner.db.read(cx, move |tx| {
            let found = account::find_account(tx, &user)?;
            let held = is_held(tx, &user, now)?;
            Ok((found.is_some(), account_role::roles_of(tx, &user)?, held))
        });
        let (exists, roles, held): (bool, Roles, bool) = read.await?;
        if !exists {
            return Err(Error::not_found("There is no such account."));
        }
        if !roles.offices().is_empty() {
            let text = "user_id: holds an office. Offices are handed over first.";
            return Err(Error::conflict(MatrixCode::Unknown, text));
        }
        if held {
            let text = "user_id: a hold is on this person. It has to be released first.";
            return Err(Error::conflict(MatrixCode::Unknown, text));
        }
        Ok(key)
    }

    /// Keyed hash by which it is remembered that a user id was erased: it is given to nobody else.
    #[must_use]
    pub fn erasure_key(&self, user: &UserId) -> [u8; 32] {
        self.inner.pepper.hash(Purpose::Erased, user.as_str())
    }

    /// What stands for somebody who is erased in records of others that go on.
    ///
    /// # Errors
    /// `Unavailable` if the operating system has no randomness.
    pub fn stand_in(&self, cx: &Cx, user: &UserId) -> Result<OwnedUserId> {
        let word = cx.random.word(STAND_IN_LETTERS)?.to_lowercase();
        let id = format!("@erased-{word}:{}", user.server_name());
        OwnedUserId::try_from(id).map_err(Error::internal)
    }

    /// Whether somebody of this user id was erased.
    pub(crate) fn was_erased(&self, tx: &mut Tx<'_>, user: &UserId) -> Result<bool> {
        erasure::is_erased(tx, &self.erasure_key(user))
    }

    /// Closes the account of somebody who is erased, whether it was closed before or not: no token
    /// works any more, others learn that the keys are gone, lists of people are read again.
    ///
    /// # Errors
    /// `Unavailable` if it cannot be stored.
    pub async fn close_for_erasure(&self, cx: &Cx, user: OwnedUserId) -> Result<()> {
        let (this, now) = (self.clone(), cx.now);
        let close = move |tx: &mut Tx<'_>| {
            this.end_devices_in(tx, &user, now)?;
            login_failure::delete_login_failure(tx, &this.failure_subject(&user))?;
            account::deactivate_account(tx, &user, now).map(drop)
        };
        self.inner.db.write(cx, close).await
    }

    /// In the write that removes the last of a person: lists of people are read again after it.
    pub fn person_gone(&self, tx: &mut Tx<'_>, user: &UserId) {
        self.people_change(tx, user);
    }
}

/// Whether a hold is on a person.
fn is_held(tx: &mut Tx<'_>, user: &UserId, now: Timestamp) -> Result<bool> {
    let holds = hold::list_holds_on(tx, user.as_str())?;
    Ok(holds.iter().any(|hold| hold.is_active(now)))
}
