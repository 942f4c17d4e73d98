//! Creating and changing accounts.

use kontor_audit::{Action, Event};
use kontor_core::{
    Actor, Cx, Error, MatrixCode, Permission, Result, Role, Roles, Secret, Timestamp,
};
use kontor_db::Tx;
use kontor_mail::Letter;
use kontor_policy::FieldRule;
use kontor_store::account::{self, AccountRow};
use kontor_store::identity_proof::{self, ProofRow};
use kontor_store::{
    account_role, browser_session, guest_account, login_failure, password as password_table,
};
use ruma::api::client::uiaa::AuthData;
use ruma::{OwnedUserId, UserId};

use crate::Identity;
use crate::devices::Ended;
use crate::interactive::Purpose;
use crate::letters::Notice;
use crate::new_password::replace_password;
use crate::profile::set_profile_field;
use crate::proof::{ENDED_BY_NEW_NAME, ProofMethod};
use crate::roles::{BY_OPERATOR, author, from_the_beginning};
use crate::sessions::day_of;
use crate::username::{opaque_user_id, readable_user_id};

/// An account to be created.
#[derive(Clone, Debug, Default)]
pub struct NewUser {
    /// Name typed at sign-in; with readable ids also part of the user id. `None`: the server
    /// chooses a user id.
    pub username: Option<String>,
    /// Password; `None`: nobody can sign in by password.
    pub password: Option<Secret<String>>,
    /// Name shown to others. Without it, the user name is shown if ids are readable, or if the
    /// organisation asks for a name (law: R-051).
    pub display_name: Option<String>,
    /// Roles held from the beginning, beside that of a user.
    pub roles: Roles,
}

/// A password given by the operator.
#[derive(Clone, Debug)]
pub struct PasswordReset {
    /// Whose.
    pub user_id: OwnedUserId,
    /// The new password.
    pub password: Secret<String>,
    /// Whether all devices are signed out and removed.
    pub sign_out: bool,
}

/// An account ready to be stored: names checked, password hashed.
pub(crate) struct PreparedUser {
    pub(crate) account: AccountRow,
    roles: Roles,
    login_key: Option<[u8; 32]>,
    password_hash: Option<String>,
    display_name: Option<String>,
    proof: Option<ProofRow>,
}

/// Names of an account to be.
pub(crate) struct Names {
    user_id: OwnedUserId,
    login_name: Option<String>,
    display_name: Option<String>,
}

impl Identity {
    /// Creates an account.
    ///
    /// # Errors
    /// `Forbidden` without the permission, and for offices given by anybody but the operator
    /// ([`Identity::change_role`] has rules of its own); `Conflict` (`M_USER_IN_USE`); `Invalid`:
    /// `M_INVALID_USERNAME`, `M_WEAK_PASSWORD`.
    pub async fn create_user(&self, cx: &Cx, new: NewUser) -> Result<OwnedUserId> {
        cx.require(Permission::ManagePeople)?;
        let roles = new.roles;
        if !roles.offices().is_empty() && !matches!(cx.actor, Actor::Operator) {
            return Err(Error::forbidden("Roles are given once the account exists."));
        }
        let mut prepared = self.prepare_user(cx, new).await?;
        prepared.prove(cx, ProofMethod::Created, author(cx));
        let user_id = prepared.account.user_id.clone();
        let this = self.clone();
        let write = self.inner.db.write(cx, move |tx| {
            if this.was_erased(tx, &prepared.account.user_id)? {
                return Err(Error::conflict(MatrixCode::UserInUse, "This user name is taken."));
            }
            this.people_change(tx, &prepared.account.user_id);
            prepared.store(tx)
        });
        self.inner.audit.act(cx, user_created(&user_id, roles), write).await?;
        Ok(user_id)
    }

    /// Sets a password on the word of an administrator or the operator.
    ///
    /// # Errors
    /// `Forbidden` without the permission, and for accounts that may do more than the caller's;
    /// `NotFound` if there is no such active account; `Invalid` (`M_WEAK_PASSWORD`).
    pub async fn reset_password(&self, cx: &Cx, reset: PasswordReset) -> Result<()> {
        cx.require(Permission::ManagePeople)?;
        self.require_over(cx, &reset.user_id).await?;
        self.check_next_password(cx, &reset.user_id, &reset.password).await?;
        let (ended, devices) = match reset.sign_out {
            true => (Some(Ended::All), "devices-signed-out"),
            false => (None, "devices-kept"),
        };
        let event = Event::new(Action::PasswordReset).about(&reset.user_id).with_detail(devices);
        let work = self.set_password(cx, reset.user_id, reset.password, ended);
        self.inner.audit.act(cx, event, work).await
    }

    /// Changes the caller's password, after asking for the old one.
    ///
    /// # Errors
    /// As [`Identity::authenticate_interactively`]; `Invalid` (`M_WEAK_PASSWORD`).
    pub async fn change_password(
        &self,
        cx: &Cx,
        new: Secret<String>,
        sign_out_others: bool,
        auth: Option<AuthData>,
    ) -> Result<()> {
        let session = cx.session()?;
        self.check_rules(cx, &session.user_id, &new).await?;
        self.authenticate_interactively(cx, Purpose::ChangePassword, auth).await?;
        self.check_next_password(cx, &session.user_id, &new).await?;
        let ended = sign_out_others.then(|| Ended::AllBut(session.device_id.clone()));
        self.set_password(cx, session.user_id.clone(), new, ended).await
    }

    /// Up to `limit` accounts after user id `after` (`""`: from the start), closed ones included.
    ///
    /// # Errors
    /// `Forbidden` without the permission.
    pub async fn list_users(&self, cx: &Cx, after: String, limit: u16) -> Result<Vec<AccountRow>> {
        cx.require(Permission::SeePeople)?;
        self.inner.db.read(cx, move |tx| account::list_accounts(tx, &after, limit)).await
    }

    /// The account of a user id, closed or not.
    pub(crate) async fn find_user(&self, cx: &Cx, user: OwnedUserId) -> Result<Option<AccountRow>> {
        self.inner.db.read(cx, move |tx| account::find_account(tx, &user)).await
    }

    /// # Errors
    /// `Invalid` (`M_INVALID_USERNAME`).
    pub(crate) fn names(
        &self,
        cx: &Cx,
        username: Option<&str>,
        display_name: Option<String>,
    ) -> Result<Names> {
        let server = &self.inner.server_name;
        // Also where ids are opaque, the login name follows the rules of user ids.
        let readable = username.map(|name| readable_user_id(name, server)).transpose()?;
        match readable {
            Some(user_id) if self.inner.policy.now().readable_user_ids => {
                let display_name = display_name.or_else(|| username.map(str::to_owned));
                Ok(Names { user_id, login_name: None, display_name })
            }
            _ => {
                let user_id = opaque_user_id(server, &cx.random)?;
                Ok(Names { user_id, login_name: username.map(str::to_owned), display_name })
            }
        }
    }

    /// # Errors
    /// `Conflict` (`M_USER_IN_USE`).
    pub(crate) async fn check_available(&self, cx: &Cx, names: &Names) -> Result<()> {
        let user = names.user_id.clone();
        let login_key = names.login_name.as_deref().map(|name| self.login_key(name));
        let this = self.clone();
        let taken = self.inner.db.read(cx, move |tx| {
            if this.was_erased(tx, &user)? {
                return Ok(true);
            }
            let by_login = match &login_key {
                Some(key) => account::find_account_by_login(tx, key)?,
                None => None,
            };
            Ok(by_login.is_some() || account::find_account(tx, &user)?.is_some())
        });
        if taken.await? {
            return Err(Error::conflict(MatrixCode::UserInUse, "This user name is taken."));
        }
        Ok(())
    }

    pub(crate) async fn prepare_user(&self, cx: &Cx, new: NewUser) -> Result<PreparedUser> {
        self.admit_guest(new.roles)?;
        let shown = new.display_name.clone();
        let names = self.names(cx, new.username.as_deref(), new.display_name)?;
        if let Some(password) = &new.password {
            self.check_first_password(password, &[new.username.as_deref(), shown.as_deref()])?;
        }
        let password_hash = match new.password {
            Some(password) => Some(self.hash_new_password(cx, password).await?),
            None => None,
        };
        let account = AccountRow {
            user_id: names.user_id,
            login_name: names.login_name,
            admin: !new.roles.offices().is_empty(),
            created: cx.now,
            deactivated: None,
            suspended: None,
            locked: None,
        };
        let login_key = account.login_name.as_deref().map(|name| self.login_key(name));
        let display_name = self.first_name(names.display_name, new.username)?;
        let roles = new.roles;
        Ok(PreparedUser { account, roles, login_key, password_hash, display_name, proof: None })
    }

    pub(crate) async fn hash_new_password(
        &self,
        cx: &Cx,
        password: Secret<String>,
    ) -> Result<String> {
        self.inner.hasher.hash(password, self.inner.pepper.key().clone(), &cx.random).await
    }

    /// The name that a new account shows, as the organisation's rules have it. law: R-051
    ///
    /// # Errors
    /// `Invalid`, with the field `field`, if a name is asked for and none is there.
    fn first_name(
        &self,
        wanted: Option<String>,
        username: Option<String>,
    ) -> Result<Option<String>> {
        let wanted = wanted.filter(|name| !name.trim().is_empty());
        match self.inner.policy.now().profile_name {
            FieldRule::Off => Ok(None),
            FieldRule::Optional => Ok(wanted),
            FieldRule::Required => {
                let text = "display_name: your organisation asks for a name.";
                let missing = Error::invalid(MatrixCode::MissingParam, text);
                let missing = missing.with_field("field", "display_name");
                wanted.or(username).ok_or(missing).map(Some)
            }
        }
    }

    async fn set_password(
        &self,
        cx: &Cx,
        user: OwnedUserId,
        password: Secret<String>,
        ended: Option<Ended>,
    ) -> Result<()> {
        let hash = self.hash_new_password(cx, password).await?;
        let subject = self.failure_subject(&user);
        let (this, now, notice) = (self.clone(), cx.now, Notice::new(cx)?);
        self.inner
            .db
            .write(cx, move |tx| {
                require_active(tx, &user)?;
                replace_password(tx, &user, &hash, now)?;
                this.tell(tx, &user, Letter::PasswordChanged, &notice)?;
                login_failure::delete_login_failure(tx, &subject)?;
                browser_session::delete_browser_sessions_but(tx, &user, "")?;
                if let Some(ended) = ended {
                    this.end_sessions_in(tx, &user, &ended)?;
                }
                Ok(())
            })
            .await
    }
}

impl PreparedUser {
    /// The account is made on somebody's word.
    pub(crate) fn prove(&mut self, cx: &Cx, method: ProofMethod, proved_by: String) {
        self.proof = Some(ProofRow {
            user_id: self.account.user_id.clone(),
            level: method.level().into(),
            method: method.as_str().to_owned(),
            proved: cx.now,
            proved_by,
            reason: String::new(),
        });
    }

    /// The proof does not hold for the name that was taken.
    pub(crate) fn end_proof(&mut self) {
        if let Some(proof) = &mut self.proof {
            proof.level = 0;
            ENDED_BY_NEW_NAME.clone_into(&mut proof.method);
        }
    }

    pub(crate) fn store(&self, tx: &mut Tx<'_>) -> Result<()> {
        account::insert_account(tx, &self.account, self.login_key.as_ref())?;
        let user = &self.account.user_id;
        let now = self.account.created;
        let by = self.proof.as_ref().map_or(BY_OPERATOR, |proof| proof.proved_by.as_str());
        for role in self.roles.iter() {
            account_role::insert_role(tx, &from_the_beginning(user, role, (by, now)))?;
        }
        if self.roles.has(Role::Guest) {
            let by = self.proof.as_ref().and_then(|proof| UserId::parse(&proof.proved_by).ok());
            guest_account::insert_guest(tx, user, by.as_deref(), day_of(self.account.created))?;
        }
        if let Some(hash) = &self.password_hash {
            let now: Timestamp = self.account.created;
            password_table::upsert_password(tx, user, hash, now)?;
        }
        if let Some(proof) = &self.proof {
            identity_proof::upsert_proof(tx, proof)?;
        }
        match &self.display_name {
            Some(name) => set_profile_field(tx, user, "displayname", Some(&name.as_str().into())),
            None => Ok(()),
        }
    }
}

/// An account is created by somebody else than its owner.
pub(crate) fn user_created(user: &UserId, roles: Roles) -> Event {
    let role = match roles {
        roles if !roles.offices().is_empty() => "admin",
        roles if roles.has(Role::Guest) => "guest",
        _ => "user",
    };
    Event::new(Action::UserCreated).about(user).with_detail(role)
}

/// # Errors
/// `NotFound` unless `user` is an active account.
pub(crate) fn require_active(tx: &mut Tx<'_>, user: &UserId) -> Result<()> {
    let found = account::find_account(tx, user)?;
    if found.is_none_or(|account| account.deactivated.is_some()) {
        return Err(no_account());
    }
    Ok(())
}

fn no_account() -> Error {
    Error::not_found("There is no such account.")
}
