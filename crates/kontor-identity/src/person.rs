//! One person, as those see her who administer people.

use kontor_core::{Cx, Error, Permission, Result, Roles, Timestamp};
use kontor_store::account_role::{self, RoleRow};
use kontor_store::identity_proof::{self, ProofRow};
use kontor_store::{
    account, app_password, browser_session, device, guest_account, mail_address, one_time_link,
    passkey, password, profile, recovery_code, totp,
};
use ruma::OwnedUserId;

use crate::links::TO_ADDRESS;
use crate::{AccountState, GuestTerm, Identity, ListedPerson};

/// What administrators know of somebody: how she signs in and what she is; nothing of what she
/// writes, and when she was here to the week only.
#[derive(Clone, Debug)]
pub struct Person {
    /// Names and state.
    pub listed: ListedPerson,
    /// Both suspended and locked can be so at once; the state above says the stronger one.
    pub suspended: bool,
    /// Mail address that she has still to confirm.
    pub pending_mail: Option<String>,
    /// Roles beside that of a user, with who gave them and why.
    pub roles: Vec<RoleRow>,
    /// How her identity was proved.
    pub proof: Option<ProofRow>,
    /// She can sign in by password.
    pub has_password: bool,
    /// She has an authenticator app.
    pub has_totp: bool,
    /// Passkeys.
    pub passkeys: usize,
    /// Recovery codes not used yet.
    pub recovery_codes: u64,
    /// Passwords for single programs.
    pub app_passwords: usize,
    /// Signed-in devices.
    pub devices: usize,
    /// Signed-in browsers.
    pub browsers: usize,
    /// End of an open link to a new password.
    pub reset_link_ends: Option<Timestamp>,
    /// Until when she is here, if she is a guest.
    pub guest: Option<GuestTerm>,
}

impl Identity {
    /// One person.
    ///
    /// # Errors
    /// `Forbidden` without the permission; `NotFound` if there is nobody of that id.
    pub async fn person(&self, cx: &Cx, user: OwnedUserId) -> Result<Person> {
        cx.require(Permission::SeePeople)?;
        let (now, policy) = (cx.now, self.inner.policy.now());
        let read = self.inner.db.read(cx, move |tx| {
            let Some(account) = account::find_account(tx, &user)? else { return Ok(None) };
            let profile = profile::list_profile(tx, &user)?;
            let mail = mail_address::find_mail_address(tx, &user)?.unwrap_or_default();
            let roles = account_role::list_roles_of(tx, &user)?;
            let stored = roles.iter().map(|row| row.role).collect();
            let shown = profile.get("displayname").and_then(|name| name.as_str());
            let links = one_time_link::list_links_of_user(tx, &user, now)?;
            let guest = guest_account::find_guest(tx, &user)?;
            let to_password = links.into_iter().filter(|row| row.purpose != TO_ADDRESS);
            Ok(Some(Person {
                listed: ListedPerson {
                    state: AccountState::of(&account),
                    display_name: shown.map(str::to_owned),
                    mail: mail.address,
                    roles: Roles::of_account(stored),
                    login_name: account.login_name,
                    created: account.created,
                    user_id: account.user_id,
                },
                suspended: account.suspended.is_some(),
                pending_mail: mail.pending,
                roles,
                proof: identity_proof::find_proof(tx, &user)?,
                has_password: password::find_password(tx, &user)?.is_some(),
                has_totp: totp::find_totp(tx, &user)?.is_some(),
                passkeys: passkey::list_passkeys(tx, &user)?.len(),
                recovery_codes: recovery_code::count_recovery_codes(tx, &user)?
                    .try_into()
                    .unwrap_or_default(),
                app_passwords: app_password::list_app_passwords(tx, &user)?.len(),
                devices: device::list_devices(tx, &user)?.len(),
                browsers: browser_session::list_browser_sessions(tx, &user)?.len(),
                guest: guest.map(|row| GuestTerm::of(&row, &policy, now)),
                reset_link_ends: to_password.map(|row| row.expires).max(),
            }))
        });
        let found = read.await?;
        found.ok_or_else(|| Error::not_found("There is no such person in this organisation."))
    }
}
