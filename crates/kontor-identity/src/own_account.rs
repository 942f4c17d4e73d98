//! What is stored about a person's account, for that person. law: DSGVO Art. 15

use kontor_core::{Cx, Error, Result, Timestamp};
use kontor_store::account::{self, AccountRow};
use kontor_store::account_role::{self, RoleRow};
use kontor_store::identity_proof::{self, ProofRow};
use kontor_store::profile::{self, Profile};
use kontor_store::{accepted_notice, app_password, browser_session, device, guest_account};
use ruma::OwnedUserId;

use crate::{GuestTerm, Identity};

/// The account of one person, as stored.
#[derive(Clone, Debug)]
pub struct OwnAccount {
    /// Names and days.
    pub account: AccountRow,
    /// Fields of the profile.
    pub profile: Profile,
    /// Roles beside that of a user, with who gave them and why.
    pub roles: Vec<RoleRow>,
    /// How the identity was proved.
    pub proof: Option<ProofRow>,
    /// Versions of privacy notices accepted, and when.
    pub notices: Vec<(String, Timestamp)>,
    /// Signed-in devices.
    pub devices: usize,
    /// Signed-in browsers.
    pub browsers: usize,
    /// Passwords for single programs.
    pub app_passwords: usize,
    /// Until when she is here, if she is a guest.
    pub guest: Option<GuestTerm>,
}

impl Identity {
    /// What is stored about the caller's account.
    ///
    /// # Errors
    /// `Unauthenticated` for strangers.
    pub async fn own_account(&self, cx: &Cx) -> Result<OwnAccount> {
        let user = cx.user()?.to_owned();
        let (policy, now) = (self.inner.policy.now(), cx.now);
        let read = self.inner.db.read(cx, move |tx| {
            let guest = guest_account::find_guest(tx, &user)?;
            let account = account::find_account(tx, &user)?;
            Ok(OwnAccount {
                account: account.ok_or_else(|| Error::internal("a session without account"))?,
                profile: profile::list_profile(tx, &user)?,
                roles: account_role::list_roles_of(tx, &user)?,
                proof: identity_proof::find_proof(tx, &user)?,
                notices: accepted_notice::list_accepted_notices(tx, &user)?,
                devices: device::list_devices(tx, &user)?.len(),
                browsers: browser_session::list_browser_sessions(tx, &user)?.len(),
                app_passwords: app_password::list_app_passwords(tx, &user)?.len(),
                guest: guest.map(|row| GuestTerm::of(&row, &policy, now)),
            })
        });
        read.await
    }

    /// What the caller types in to sign in, for password managers.
    ///
    /// # Errors
    /// `Unauthenticated` for strangers.
    pub async fn sign_in_name(&self, cx: &Cx) -> Result<String> {
        self.sign_in_name_of(cx, cx.user()?.to_owned()).await
    }

    /// What somebody types in to sign in.
    pub(crate) async fn sign_in_name_of(&self, cx: &Cx, user: OwnedUserId) -> Result<String> {
        let local = user.localpart().to_owned();
        let read = self.inner.db.read(cx, move |tx| account::find_account(tx, &user));
        Ok(read.await?.and_then(|account| account.login_name).unwrap_or(local))
    }
}
