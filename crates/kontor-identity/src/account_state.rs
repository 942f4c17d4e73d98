//! Shutting people out for a while, and letting them read only.
//!
//! spec: client-server API, "Account locking", "Account suspension", "Server administration"

use kontor_audit::{Action, Event};
use kontor_core::{Actor, Cx, Error, MatrixCode, Permission, Result};
use kontor_store::account::{self, AccountRow};
use kontor_store::account_role;
use ruma::{OwnedUserId, UserId};

use crate::Identity;
use crate::guest_lifetime::renew;

/// Whether somebody can use her account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AccountState {
    /// As usual.
    Active,
    /// She reads, and does nothing that others see.
    Suspended,
    /// Nothing but signing out is open to her; devices keep their keys.
    Locked,
    /// Closed for good.
    Closed,
}

/// What an administrator does about an account; each can be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateChange {
    /// Whether its owner reads only.
    Suspended(bool),
    /// Whether its owner is shut out.
    Locked(bool),
}

impl AccountState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Active, Self::Suspended, Self::Locked, Self::Closed];

    /// Name in requests and answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Locked => "locked",
            Self::Closed => "closed",
        }
    }

    /// The state of an account; of several, the one that shuts out most.
    #[must_use]
    pub const fn of(account: &AccountRow) -> Self {
        match (account.deactivated, account.locked, account.suspended) {
            (Some(_), _, _) => Self::Closed,
            (None, Some(_), _) => Self::Locked,
            (None, None, Some(_)) => Self::Suspended,
            (None, None, None) => Self::Active,
        }
    }
}

impl std::str::FromStr for AccountState {
    type Err = Error;

    /// # Errors
    /// `Invalid` (`M_INVALID_PARAM`), naming the states there are.
    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or_else(|| {
            let names = Self::ALL.map(Self::as_str).join(", ");
            Error::invalid(MatrixCode::InvalidParam, format!("state: must be one of {names}."))
        })
    }
}

impl StateChange {
    /// What the audit log says of it.
    const fn word(self) -> &'static str {
        match self {
            Self::Suspended(true) => "suspended",
            Self::Suspended(false) => "not_suspended",
            Self::Locked(true) => "locked",
            Self::Locked(false) => "not_locked",
        }
    }
}

impl Identity {
    /// Suspends or locks somebody, or takes that back. Open sessions follow at once: requests that
    /// wait are answered. What changes nothing is not recorded. The time of a guest who is let in again
    /// begins anew.
    ///
    /// # Errors
    /// `Forbidden` without the permission, for oneself and for others who administer people: take
    /// that role first; `Invalid` for people of other servers; `NotFound` if there is no such active
    /// account; `Unavailable` if it cannot be recorded.
    pub async fn change_state(
        &self,
        cx: &Cx,
        user: OwnedUserId,
        change: StateChange,
    ) -> Result<()> {
        // The specification wants this asked before anything is looked up.
        let before = self.account_state(cx, user.clone()).await?;
        if cx.user().ok() == Some(&*user) {
            return Err(Error::forbidden("Nobody does this to their own account."));
        }
        let is_so = match change {
            StateChange::Suspended(wanted) => before.suspended.is_some() == wanted,
            StateChange::Locked(wanted) => before.locked.is_some() == wanted,
        };
        if is_so {
            return Ok(());
        }
        let event = Event::new(Action::UserStateChanged).about(&user).with_detail(change.word());
        let (this, now) = (self.clone(), cx.now);
        let write = self.inner.db.write(cx, move |tx| {
            let held = account::find_account(tx, &user)?.ok_or_else(no_account)?;
            let (suspended, locked) = match change {
                StateChange::Suspended(wanted) => (wanted.then_some(now), held.locked),
                StateChange::Locked(wanted) => (held.suspended, wanted.then_some(now)),
            };
            if !account::update_account_state(tx, &user, suspended, locked)? {
                return Err(no_account());
            }
            if change == StateChange::Locked(false) {
                // Else a guest whose time is over would be shut out again at once.
                renew(tx, &user, now)?;
            }
            this.people_change(tx, &user);
            this.reconsider_sessions(tx, &user)
        });
        self.inner.audit.act(cx, event, write).await
    }

    /// The account of somebody, for those who may suspend or lock it.
    ///
    /// # Errors
    /// `Forbidden` without the permission, and for others who administer people; `Invalid` for people
    /// of other servers; `NotFound` if there is no such active account.
    pub async fn account_state(&self, cx: &Cx, user: OwnedUserId) -> Result<AccountRow> {
        cx.require(Permission::ManagePeople)?;
        self.require_local(&user)?;
        let sought = user.clone();
        let read = self.inner.db.read(cx, move |tx| {
            Ok((account::find_account(tx, &sought)?, account_role::roles_of(tx, &sought)?))
        });
        let (account, roles) = read.await?;
        let is_own = cx.user().ok() == Some(&*user);
        if matches!(cx.actor, Actor::User(_)) && !is_own && roles.may(Permission::ManagePeople) {
            return Err(Error::forbidden("This person administers people, too."));
        }
        account.filter(|account| account.deactivated.is_none()).ok_or_else(no_account)
    }

    /// # Errors
    /// `Invalid` (`M_INVALID_PARAM`) for people of other servers.
    fn require_local(&self, user: &UserId) -> Result<()> {
        if user.server_name() == self.inner.server_name {
            return Ok(());
        }
        let text = "userId: does not belong to this server.";
        Err(Error::invalid(MatrixCode::InvalidParam, text))
    }
}

fn no_account() -> Error {
    Error::not_found("There is no such account.")
}
