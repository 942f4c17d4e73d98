//! Closing accounts for good.

use std::sync::Arc;

use kontor_audit::{Action, Event};
use kontor_core::{Actor, Cx, Error, MatrixCode, Permission, Result, Role, Timestamp};
use kontor_db::Tx;
use kontor_policy::classes_in_reach_of_holds;
use kontor_store::account;
use kontor_store::{
    accepted_notice, account_role, app_password, device_registration, e2ee, former_password,
    guest_account, held, identity_proof, login_failure, mail_address, oauth_code,
    oauth_device_grant, one_time_link, own_setting, password as password_table, profile,
    waiting_mail,
};
use ruma::api::client::uiaa::AuthData;
use ruma::{OwnedUserId, UserId};

use crate::devices::Ended;
use crate::interactive::Purpose;
use crate::second_factor::delete_second_factors;
use crate::{CriticalAct, Identity};

impl Identity {
    /// Lets pass whoever may close the account of `user` now: her own, or somebody's after having
    /// shown who they are. Nothing is closed by this.
    ///
    /// # Errors
    /// `Forbidden` without the permission, and for accounts that may do more than the caller's;
    /// those of [`Self::step_up`] for somebody else's; `NotFound` if there is no such active account;
    /// `Conflict` (`APP_KONTOR_FORBIDDEN_ROLES`) for the last `org_admin`.
    pub async fn check_closing(
        &self,
        cx: &Cx,
        user: &UserId,
        auth: Option<AuthData>,
    ) -> Result<()> {
        self.require_closing(cx, user).await?;
        if cx.user().ok() != Some(user) {
            self.step_up(cx, CriticalAct::CloseOthersAccount, auth).await?;
        }
        let (user, by_operator) = (user.to_owned(), matches!(cx.actor, Actor::Operator));
        let check = move |tx: &mut Tx<'_>| check_closable(tx, &user, by_operator);
        self.inner.db.read(cx, check).await
    }

    /// Closes the caller's account, after asking for the password.
    ///
    /// # Errors
    /// As [`Identity::authenticate_interactively`], and [`Self::deactivate`].
    pub async fn deactivate_own_account(&self, cx: &Cx, auth: Option<AuthData>) -> Result<()> {
        self.authenticate_interactively(cx, Purpose::DeactivateAccount, auth).await?;
        self.deactivate(cx, cx.user()?.to_owned()).await
    }

    /// Closes an account: one's own, without asking again, or somebody's. No password, no device,
    /// no key, no profile and no login name remain; the user id is never given again. Whoever calls
    /// has seen to it that she has left her rooms, and asked [`Self::check_closing`].
    ///
    /// # Errors
    /// `Forbidden` without the permission, and for accounts that may do more than the caller's;
    /// `NotFound` if there is no such active account; `Conflict` (`APP_KONTOR_FORBIDDEN_ROLES`) for
    /// the last `org_admin`; `Unavailable` if it cannot be recorded.
    pub async fn deactivate(&self, cx: &Cx, user: OwnedUserId) -> Result<()> {
        self.require_closing(cx, &user).await?;
        let event = Event::new(Action::UserDeactivated).about(&user);
        self.close(cx, user, event).await
    }

    /// # Errors
    /// `Forbidden`.
    async fn require_closing(&self, cx: &Cx, user: &UserId) -> Result<()> {
        if cx.user().ok() == Some(user) {
            return Ok(());
        }
        cx.require(Permission::ManagePeople)?;
        self.require_over(cx, user).await
    }

    /// As [`Self::deactivate`], once it is clear that it may be done.
    pub(crate) async fn close(&self, cx: &Cx, user: OwnedUserId, event: Event) -> Result<()> {
        let (this, now) = (self.clone(), cx.now);
        let by_operator = matches!(cx.actor, Actor::Operator);
        let write = self.inner.db.write(cx, move |tx| {
            check_closable(tx, &user, by_operator)?;
            account::deactivate_account(tx, &user, now)?;
            this.end_devices_in(tx, &user, now)?;
            this.forget_account(tx, &user)
        });
        self.inner.audit.act(cx, event, write).await
    }

    /// In the write that closes an account: no token works any more, others learn that the keys are
    /// gone, lists of people are read again. What a hold is on stays openable.
    pub(crate) fn end_devices_in(
        &self,
        tx: &mut Tx<'_>,
        user: &OwnedUserId,
        now: Timestamp,
    ) -> Result<()> {
        self.people_change(tx, user);
        self.end_sessions_in(tx, user, &Ended::All)?;
        held::keep_keys_of(tx, user, None, (&classes_in_reach_of_holds(), now))?;
        let change = e2ee::delete_account(tx, user)?;
        let feed = self.inner.feed.clone();
        let (lists, owner) = (Arc::clone(feed.device_lists()), user.clone());
        tx.after_commit(move || lists.note_removal(&owner, Some(change)));
        tx.after_visible(move || feed.wake_everyone());
        Ok(())
    }

    /// Removes what is kept of an account beside its id.
    fn forget_account(&self, tx: &mut Tx<'_>, user: &UserId) -> Result<()> {
        let subject = self.failure_subject(user);
        account_role::delete_roles(tx, user)?;
        guest_account::delete_guest(tx, user)?;
        identity_proof::delete_proof(tx, user)?;
        password_table::delete_password(tx, user)?;
        delete_second_factors(tx, user)?;
        former_password::delete_former_passwords(tx, user)?;
        app_password::delete_app_passwords(tx, user)?;
        one_time_link::delete_links_of_user(tx, user)?;
        mail_address::delete_mail_address(tx, user)?;
        device_registration::delete_registrations_of_user(tx, user)?;
        waiting_mail::delete_waiting_mails_of_user(tx, user)?;
        accepted_notice::delete_accepted_notices(tx, user)?;
        own_setting::delete_own_settings(tx, user)?;
        login_failure::delete_login_failure(tx, &subject)?;
        oauth_code::delete_codes_of_user(tx, user)?;
        oauth_device_grant::delete_device_grants_of_user(tx, user)?;
        profile::delete_profile(tx, user)
    }
}

/// # Errors
/// `NotFound` unless it is an active account; `Conflict` if nobody could administer people after,
/// except for the operator, who gives that role again.
fn check_closable(tx: &mut Tx<'_>, user: &UserId, by_operator: bool) -> Result<()> {
    let found = account::find_account(tx, user)?;
    if found.is_none_or(|account| account.deactivated.is_some()) {
        return Err(Error::not_found("There is no such account."));
    }
    let holders = account_role::list_holders(tx, Role::OrgAdmin, 2)?;
    if !by_operator && matches!(&*holders, [last] if last == user) {
        let text = "This is the last org_admin: nobody could administer people any more.";
        return Err(Error::conflict(MatrixCode::ForbiddenRoles, text));
    }
    Ok(())
}
