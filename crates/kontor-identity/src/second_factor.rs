//! Second factors in general: who has which, who may set one up, how often one may guess.
//! law: R-042

use kontor_audit::{Action, Event};
use kontor_core::{Cx, Error, Permission, Result, Timestamp};
use kontor_db::Tx;
use kontor_mail::Letter;
use kontor_store::{account_role, login_failure, passkey, recovery_code, totp};
use ruma::api::client::uiaa::AuthData;
use ruma::{OwnedUserId, UserId};

use crate::accounts::require_active;
use crate::browser_session::BrowserSession;
use crate::letters::Notice;
use crate::methods::{Demand, Enrolled, Method, Stage};
use crate::pepper::Purpose;
use crate::{CriticalAct, Identity};

/// The second factors of whoever is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecondFactors {
    /// When the authenticator app was set up; `None`: there is none.
    pub totp: Option<Timestamp>,
    /// Passkeys, oldest first.
    pub passkeys: Vec<ListedPasskey>,
    /// Recovery codes not used yet.
    pub recovery_codes_left: u64,
}

/// A passkey, for its owner to look over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedPasskey {
    /// Its name in requests.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// When it was set up.
    pub created: Timestamp,
    /// Day of its last use.
    pub last_used_day: Option<Timestamp>,
}

impl Identity {
    /// The second factors of whoever is signed in, or still on her way in. Which ones there are
    /// may be shown after the password: she must know which to show.
    pub async fn second_factors(&self, cx: &Cx, session: &BrowserSession) -> Result<SecondFactors> {
        let user = session.user_id.clone();
        let read = self.inner.db.read(cx, move |tx| {
            let passkeys = passkey::list_passkeys(tx, &user)?.into_iter();
            let listed = passkeys.map(|row| ListedPasskey {
                id: row.passkey_id,
                name: row.name,
                created: row.created,
                last_used_day: row.last_used_day,
            });
            Ok(SecondFactors {
                totp: totp::find_totp(tx, &user)?.map(|row| row.created),
                passkeys: listed.collect(),
                recovery_codes_left: recovery_code::count_recovery_codes(tx, &user)?
                    .try_into()
                    .unwrap_or_default(),
            })
        });
        read.await
    }

    /// Takes every second factor away, for somebody who has lost them all. Her browsers are signed
    /// out, and she has to set up another where one is asked for.
    ///
    /// # Errors
    /// `Forbidden` without the permission, and for accounts that may do more than the caller's;
    /// those of [`Self::step_up`]; `NotFound` if there is no such active account.
    pub async fn reset_second_factors(
        &self,
        cx: &Cx,
        user: OwnedUserId,
        auth: Option<AuthData>,
    ) -> Result<()> {
        cx.require(Permission::ManagePeople)?;
        self.require_over(cx, &user).await?;
        self.step_up(cx, CriticalAct::ResetSecondFactors, auth).await?;
        let event = Event::new(Action::FactorRemoved).about(&user).with_detail("all");
        let (this, notice) = (self.clone(), Notice::new(cx)?);
        let write = self.inner.db.write(cx, move |tx| {
            require_active(tx, &user)?;
            delete_second_factors(tx, &user)?;
            this.tell(tx, &user, Letter::FactorChanged, &notice)?;
            kontor_store::browser_session::delete_browser_sessions_but(tx, &user, "")?;
            Ok(())
        });
        self.inner.audit.act(cx, event, write).await
    }

    /// Whether only a passkey lets somebody on who must set a second factor up. law: R-045
    pub fn must_have_passkey(&self, session: &BrowserSession) -> bool {
        let is_officer = !session.roles.offices().is_empty();
        let demand = Demand::of(self.inner.policy.now().second_factor, is_officer);
        session.stage == Stage::MustEnrol && demand.passkey
    }

    /// # Errors
    /// `Forbidden` unless she is on her way to set one up, or has shown who she is just now.
    pub(crate) fn require_enrolling(cx: &Cx, session: &BrowserSession) -> Result<()> {
        match session.stage {
            Stage::MustEnrol => Ok(()),
            Stage::Complete => {
                Self::step_up_in_browser(cx, session, CriticalAct::ChangeFactors).map(drop)
            }
            Stage::NeedsSecondFactor => Err(Error::forbidden("Finish signing in first.")),
        }
    }

    /// Which second factors somebody has.
    pub(crate) fn enrolled_in(tx: &mut Tx<'_>, user: &UserId) -> Result<Enrolled> {
        Ok(Enrolled {
            totp: totp::find_totp(tx, user)?.is_some(),
            passkey: !passkey::list_passkeys(tx, user)?.is_empty(),
        })
    }

    /// # Errors
    /// `Forbidden` if she is asked for a passkey, has one, and this is not it; and for a password
    /// alone if she has a second factor.
    pub(crate) fn require_accepted(
        &self,
        tx: &mut Tx<'_>,
        user: &UserId,
        method: Method,
    ) -> Result<()> {
        let demand = self.demand_of(tx, user)?;
        let enough = matches!(method, Method::Passkey | Method::RecoveryCode);
        let enrolled = Self::enrolled_in(tx, user)?;
        if demand.passkey && !enough && enrolled.passkey {
            return Err(Error::forbidden("Only your passkey will do here."));
        }
        if method == Method::Password && enrolled.any() {
            return Err(Error::forbidden("Your password alone will not do here."));
        }
        Ok(())
    }

    /// What is asked of somebody.
    pub(crate) fn demand_of(&self, tx: &mut Tx<'_>, user: &UserId) -> Result<Demand> {
        let offices = account_role::roles_of(tx, user)?.offices();
        Ok(Demand::of(self.inner.policy.now().second_factor, !offices.is_empty()))
    }

    /// To be called after one was removed.
    ///
    /// # Errors
    /// `Forbidden` if something else must be set up first.
    pub(crate) fn require_enough_left(&self, tx: &mut Tx<'_>, user: &UserId) -> Result<()> {
        let left = Self::enrolled_in(tx, user)?;
        let demand = self.demand_of(tx, user)?;
        if (demand.passkey && !left.passkey) || (demand.second_factor && !left.any()) {
            let text = "This is the last one, and one is needed here. Set up another one first.";
            return Err(Error::forbidden(text));
        }
        if !left.any() {
            recovery_code::delete_recovery_codes(tx, user)?;
        }
        Ok(())
    }

    /// Counts a try to show a second factor.
    ///
    /// # Errors
    /// `Limited` after too many.
    pub(crate) async fn throttle_factor(&self, cx: &Cx, user: &UserId) -> Result<()> {
        let subject = self.factor_subject(user);
        let read =
            self.inner.db.read(cx, move |tx| login_failure::find_login_failure(tx, &subject));
        let failures = read.await?;
        self.throttle_account(cx, subject, failures)
    }

    /// A second factor was wrong; the answer to that.
    pub(crate) async fn wrong_factor(&self, cx: &Cx, user: &UserId, text: &'static str) -> Error {
        self.inner.audit.note(cx, Event::refused(Action::SecondFactorFailed).about(user));
        match self.count_failure(cx, self.factor_subject(user), Some(user)).await {
            Ok(()) => Error::forbidden(text),
            Err(error) => error,
        }
    }

    /// Forgets wrong tries, inside the write of a right one.
    pub(crate) fn forget_wrong_factors(&self, tx: &mut Tx<'_>, user: &UserId) -> Result<()> {
        login_failure::delete_login_failure(tx, &self.factor_subject(user))
    }

    fn factor_subject(&self, user: &UserId) -> [u8; 32] {
        self.inner.pepper.hash(Purpose::FactorFailure, user.as_str())
    }

    pub(crate) fn note_factor(&self, cx: &Cx, action: Action, about: (&UserId, &'static str)) {
        self.inner.audit.note(cx, Event::new(action).about(about.0).with_detail(about.1));
        if matches!(action, Action::FactorEnrolled | Action::FactorRemoved) {
            self.tell_later(cx, about.0, Letter::FactorChanged);
        }
    }
}

/// Removes every second factor of somebody.
pub(crate) fn delete_second_factors(tx: &mut Tx<'_>, user: &UserId) -> Result<()> {
    totp::delete_totp(tx, user)?;
    passkey::delete_passkeys(tx, user)?;
    recovery_code::delete_recovery_codes(tx, user)
}
