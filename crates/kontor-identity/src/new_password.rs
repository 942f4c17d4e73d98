//! Taking a new password: the rules that need to know whose it is. law: R-043

use kontor_core::{Cx, Result, Secret, Timestamp};
use kontor_db::Tx;
use kontor_policy::Policy;
use kontor_store::{account, former_password, password as password_table, profile};
use ruma::{OwnedUserId, UserId};

use crate::Identity;
use crate::password::{Owner, check_new_password, weak};

/// Former passwords that nobody takes again. law: R-043
const REMEMBERED: usize = 10;

/// What is asked of the form of a new password, to be said before one is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordRules {
    /// Characters.
    pub least: usize,
    /// Kinds of characters, of small letters, capital letters, digits and others.
    pub classes: usize,
}

impl PasswordRules {
    /// A second factor lets a shorter password do.
    pub(crate) const fn of(policy: &Policy, second_factor: bool) -> Self {
        match second_factor {
            true => Self { least: policy.password_min_length_with_factor, classes: 1 },
            false => {
                Self { least: policy.password_min_length, classes: policy.password_min_classes }
            }
        }
    }
}

impl Identity {
    /// What is asked of the first password of an account.
    pub fn first_password_rules(&self) -> PasswordRules {
        PasswordRules::of(&self.inner.policy.now(), false)
    }

    /// What is asked of the caller's next password.
    ///
    /// # Errors
    /// `Unauthenticated` for strangers.
    pub async fn own_password_rules(&self, cx: &Cx) -> Result<PasswordRules> {
        self.password_rules_of(cx, cx.user()?.to_owned()).await
    }

    /// What is asked of somebody's next password.
    pub(crate) async fn password_rules_of(
        &self,
        cx: &Cx,
        user: OwnedUserId,
    ) -> Result<PasswordRules> {
        let read = self.inner.db.read(cx, move |tx| Self::enrolled_in(tx, &user));
        Ok(PasswordRules::of(&self.inner.policy.now(), read.await?.any()))
    }

    /// Refuses a new password of an account that does not exist yet.
    ///
    /// # Errors
    /// As [`check_new_password`].
    pub(crate) fn check_first_password(
        &self,
        password: &Secret<String>,
        names: &[Option<&str>],
    ) -> Result<()> {
        let names = names.iter().flatten().map(|name| (*name).to_owned());
        let names = names.chain(self.organisation()).collect();
        let owner = Owner { second_factor: false, names };
        check_new_password(password, &self.inner.policy.now(), &owner)
    }

    /// Refuses a new password of somebody, also one that she has or had. Only after she has shown
    /// who she is: the answer tells whether it is her present one.
    ///
    /// # Errors
    /// As [`check_new_password`]; the reason can be `former`.
    pub(crate) async fn check_next_password(
        &self,
        cx: &Cx,
        user: &UserId,
        password: &Secret<String>,
    ) -> Result<()> {
        let hashes = self.check_rules(cx, user, password).await?;
        let asked = self.inner.policy.now().weak_passwords_refused;
        for hash in hashes.into_iter().filter(|_| asked) {
            let pepper = self.inner.pepper.key().clone();
            if self.inner.hasher.verify(password.clone(), pepper, Some(hash)).await? {
                let text = "This is a password you have or had. Take another one.";
                return Err(weak("former", text.to_owned()));
            }
        }
        Ok(())
    }

    /// Refuses a new password of somebody by its form alone; answers the hashes of those she has
    /// and had.
    ///
    /// # Errors
    /// As [`check_new_password`].
    pub(crate) async fn check_rules(
        &self,
        cx: &Cx,
        user: &UserId,
        password: &Secret<String>,
    ) -> Result<Vec<String>> {
        let whose = user.to_owned();
        let read = self.inner.db.read(cx, move |tx| {
            let account = account::find_account(tx, &whose)?;
            let profile = profile::list_profile(tx, &whose)?;
            let shown = profile.get("displayname").and_then(|name| name.as_str());
            let mut names = vec![whose.localpart().to_owned()];
            names.extend(account.and_then(|account| account.login_name));
            names.extend(shown.map(str::to_owned));
            let second_factor = Self::enrolled_in(tx, &whose)?.any();
            let mut hashes = former_password::list_former_passwords(tx, &whose)?;
            hashes.extend(password_table::find_password(tx, &whose)?);
            Ok((Owner { second_factor, names }, hashes))
        });
        let (mut owner, hashes) = read.await?;
        owner.names.extend(self.organisation());
        check_new_password(password, &self.inner.policy.now(), &owner)?;
        Ok(hashes)
    }

    /// Words of the server name, without the last: those of the organisation's name.
    fn organisation(&self) -> Option<String> {
        let host = self.inner.server_name.host();
        host.rsplit_once('.').map(|(name, _)| name.to_owned())
    }
}

/// Sets a password and remembers the one before.
pub(crate) fn replace_password(
    tx: &mut Tx<'_>,
    user: &UserId,
    hash: &str,
    now: Timestamp,
) -> Result<()> {
    if let Some(before) = password_table::find_password(tx, user)? {
        former_password::remember_password(tx, user, &before, (now, REMEMBERED))?;
    }
    password_table::upsert_password(tx, user, hash, now)
}
