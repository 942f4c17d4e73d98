//! Signing in.

use std::sync::Arc;
use std::time::Duration;

use kontor_audit::{Action, Event};
use kontor_core::{Actor, Cx, Error, Program, Random, Result, Roles, Secret, Session, Timestamp};
use kontor_db::Tx;
use kontor_mail::Letter;
use kontor_policy::{PasswordLogin, Policy};
use kontor_store::access_token::{self, TokenRow};
use kontor_store::device::{self, DeviceRow};
use kontor_store::{
    account, account_role, device_registration, guest_account, oauth_session, refresh_token,
};
use ruma::{OwnedDeviceId, OwnedUserId, UserId};

use crate::Identity;
use crate::app_passwords::require_app_password;
use crate::credentials::Accepted;
use crate::device_register::note_program;
use crate::letters::Notice;
use crate::pepper::{Minted, Pepper};
use crate::sessions::{Ending, account_locked, day_of};
use crate::username::{check_device_id, check_device_name};

/// Lifetime of an access token given by OAuth where the policy has no bound.
const OAUTH_LIFETIME: Duration = Duration::from_mins(5);
/// Lifetime of an access token of a program that knows app passwords only and cannot refresh; then
/// it is asked for the app password again. Nobody works longer without showing who she is. law: R-046
const UNREFRESHED: Duration = Duration::from_hours(12);
/// Random letters of a device id.
const DEVICE_ID_LETTERS: usize = 10;

/// Who wants to sign in.
#[derive(Clone, Debug)]
pub struct Login {
    /// Login name, localpart or user id.
    pub name: String,
    /// The password.
    pub password: Secret<String>,
    /// The device.
    pub device: NewDevice,
}

/// The device somebody signs in with.
#[derive(Clone, Debug, Default)]
pub struct NewDevice {
    /// Its id; an id in use takes over that device. `None`: the server chooses.
    pub device_id: Option<OwnedDeviceId>,
    /// Its name, if it is new.
    pub display_name: Option<String>,
    /// Whether the client can refresh tokens.
    pub refreshes: bool,
    /// The program, if it signs in by OAuth; only it may refresh the tokens then.
    pub client_id: Option<String>,
}

/// A sign-in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Who.
    pub user_id: OwnedUserId,
    /// On which device.
    pub device_id: OwnedDeviceId,
    /// Proof for further requests.
    pub access_token: String,
    /// Buys the next access token, if the client asked for one.
    pub refresh_token: Option<String>,
    /// Lifetime of the access token; `None`: unlimited. Without a refresh token, the client signs in
    /// again then.
    pub expires_in: Option<Duration>,
}

/// Tokens made before the write that stores them.
pub(crate) struct Tokens {
    pub(crate) access: Minted,
    pub(crate) refresh: Option<Minted>,
    /// End of the access token.
    pub(crate) access_ends: Option<Timestamp>,
    /// End of the sign-in, refreshed or not.
    pub(crate) session_ends: Option<Timestamp>,
}

impl Identity {
    /// Whether people may sign in by password over the API.
    pub fn offers_password_login(&self) -> bool {
        self.inner.policy.now().password_login != PasswordLogin::Off
    }

    /// Signs in by password (spec: `m.login.password`).
    ///
    /// # Errors
    /// `Forbidden` if name or password is wrong, indistinguishably; `Limited` (`M_LIMIT_EXCEEDED`)
    /// after too many tries; `Invalid` for a device id or name against the rules.
    pub async fn login(&self, cx: &Cx, login: Login) -> Result<SignedIn> {
        let accepted = match self.inner.policy.now().password_login {
            PasswordLogin::On => Accepted::Both,
            PasswordLogin::AppPasswords => Accepted::AppPassword,
            PasswordLogin::Off => {
                return Err(Error::forbidden("Signing in by password is switched off."));
            }
        };
        login.device.check()?; // Before the password costs anything.
        let proved = self.check_secret(cx, &login.name, (login.password, accepted)).await?;
        let (user, app_password_id) = (proved.account.user_id, proved.app_password_id);
        let by_app = app_password_id.is_some();
        let opening = self.open_session_by(cx, login.device, app_password_id.clone())?;
        let answer = opening.answer(user.clone());
        let this = self.clone();
        let write = self.inner.db.write(cx, move |tx| {
            // The password was checked in an earlier transaction.
            let account = account::find_account(tx, &user)?;
            if account.is_none_or(|account| account.deactivated.is_some()) {
                return Err(Error::forbidden("Wrong user name or password."));
            }
            if let Some(id) = &app_password_id {
                require_app_password(tx, &user, id)?;
            }
            // The password alone would pass the second factor by. law: R-042
            if !by_app && this.is_second_factor_due(tx, &user)? {
                let text = "A second factor is needed. Sign in with a browser or an app password.";
                return Err(Error::forbidden(text));
            }
            let roles = Roles::of_account(account_role::roles_of(tx, &user)?);
            this.admit_guest(roles)?;
            opening.store(tx, &this, &user)?;
            Ok(if by_app { roles.beyond(roles.offices()) } else { roles })
        });
        let roles = write.await?;
        if !roles.offices().is_empty() {
            let (user_id, device_id) = (answer.user_id.clone(), answer.device_id.clone());
            let session = Session::new(user_id, device_id, roles);
            let cx = cx.acting_as(Actor::User(Arc::new(session)));
            self.inner.audit.note(&cx, Event::new(Action::AdminLogin));
        }
        Ok(answer)
    }

    /// Whether a password alone does not open the account of `user` to a program.
    pub(crate) fn is_second_factor_due(&self, tx: &mut Tx<'_>, user: &UserId) -> Result<bool> {
        Ok(self.demand_of(tx, user)?.second_factor || Self::enrolled_in(tx, user)?.any())
    }

    /// Prepares a sign-in on `device` with fresh tokens. Whoever calls it has made sure of the
    /// person.
    ///
    /// # Errors
    /// `Invalid` for a device id or name against the rules.
    pub fn open_session(&self, cx: &Cx, device: NewDevice) -> Result<Opening> {
        self.open_session_by(cx, device, None)
    }

    fn open_session_by(
        &self,
        cx: &Cx,
        device: NewDevice,
        app_password_id: Option<String>,
    ) -> Result<Opening> {
        device.check()?;
        self.admit_program(cx)?;
        let device_id = match device.device_id {
            Some(id) => id,
            None => cx.random.word(DEVICE_ID_LETTERS)?.to_uppercase().into(),
        };
        let policy = self.inner.policy.now();
        let session_ends = policy.session_lifetime.map(|span| cx.now.plus(span));
        let maker = TokenMaker::new(&self.inner.pepper, &policy, &cx.random);
        let refreshes = match Refreshes::of(device.refreshes, device.client_id.as_deref()) {
            Refreshes::No if app_password_id.is_some() => Refreshes::NoByAppPassword,
            refreshes => refreshes,
        };
        let tokens = maker.mint(cx.now, refreshes, session_ends)?;
        let NewDevice { display_name, client_id, .. } = device;
        Ok(Opening {
            device_id,
            display_name,
            client_id,
            tokens,
            app_password_id,
            now: cx.now,
            notice: Notice::new(cx)?,
            program: cx.agent.as_deref().and_then(Program::of_agent),
        })
    }
}

impl NewDevice {
    /// # Errors
    /// `Invalid` for an id or a name against the rules.
    pub(crate) fn check(&self) -> Result<()> {
        self.device_id.as_deref().map_or(Ok(()), check_device_id)?;
        check_device_name(self.display_name.as_deref())
    }
}

/// Whether a client trades its refresh token in time.
#[derive(Clone, Copy)]
pub(crate) enum Refreshes {
    /// Its token lives minutes as any; then it signs in again, and keeps its keys.
    No,
    /// The same, with an app password that it has stored: not so often.
    NoByAppPassword,
    /// It says so; its tokens live as long as the policy allows.
    Maybe,
    /// OAuth demands it: its tokens live minutes in any case.
    Surely,
}

impl Refreshes {
    pub(crate) const fn of(can: bool, client_id: Option<&str>) -> Self {
        match (client_id, can) {
            (Some(_), _) => Self::Surely,
            (None, true) => Self::Maybe,
            (None, false) => Self::No,
        }
    }
}

/// Makes tokens that live as long as the policy says.
pub(crate) struct TokenMaker<'a> {
    pepper: &'a Pepper,
    policy: &'a Policy,
    random: &'a Random,
}

impl<'a> TokenMaker<'a> {
    pub(crate) const fn new(pepper: &'a Pepper, policy: &'a Policy, random: &'a Random) -> Self {
        Self { pepper, policy, random }
    }

    /// Tokens from `now`; a client that cannot refresh gets one, and signs in again when it ends.
    pub(crate) fn mint(
        &self,
        now: Timestamp,
        refreshes: Refreshes,
        session_ends: Option<Timestamp>,
    ) -> Result<Tokens> {
        let lifetime = self.policy.access_token_lifetime;
        let short = match refreshes {
            Refreshes::NoByAppPassword => lifetime.map(|span| span.max(UNREFRESHED)),
            Refreshes::No | Refreshes::Maybe => lifetime,
            Refreshes::Surely => Some(lifetime.unwrap_or(OAUTH_LIFETIME)),
        };
        let access_ends = match (short.map(|span| now.plus(span)), session_ends) {
            (Some(short), Some(session)) => Some(short.min(session)),
            (short, session) => short.or(session),
        };
        let access = self.pepper.mint_access(self.random)?;
        let refresh = match refreshes {
            Refreshes::No | Refreshes::NoByAppPassword => None,
            Refreshes::Maybe | Refreshes::Surely => Some(self.pepper.mint_refresh(self.random)?),
        };
        Ok(Tokens { access, refresh, access_ends, session_ends })
    }
}

impl Tokens {
    /// Stores the hashes as tokens of `generation`.
    pub(crate) fn store(
        &self,
        tx: &mut Tx<'_>,
        user_id: &OwnedUserId,
        device_id: &OwnedDeviceId,
        generation: i64,
    ) -> Result<()> {
        let row = |expires| TokenRow {
            user_id: user_id.clone(),
            device_id: device_id.clone(),
            generation,
            expires,
        };
        access_token::insert_access_token(tx, &self.access.hash, &row(self.access_ends))?;
        if let Some(refresh) = &self.refresh {
            refresh_token::insert_refresh_token(tx, &refresh.hash, &row(self.session_ends))?;
        }
        Ok(())
    }
}

/// A sign-in about to be stored.
pub struct Opening {
    device_id: OwnedDeviceId,
    display_name: Option<String>,
    client_id: Option<String>,
    tokens: Tokens,
    app_password_id: Option<String>,
    now: Timestamp,
    notice: Notice,
    program: Option<Program>,
}

impl Opening {
    /// What the client will be told.
    pub fn answer(&self, user_id: OwnedUserId) -> SignedIn {
        let Tokens { access, refresh, access_ends, .. } = &self.tokens;
        SignedIn {
            user_id,
            device_id: self.device_id.clone(),
            access_token: access.token.clone(),
            refresh_token: refresh.as_ref().map(|minted| minted.token.clone()),
            expires_in: access_ends.map(|at| at.since(self.now)),
        }
    }

    /// Stores device and tokens. A device that exists keeps its name and keys and loses its old
    /// tokens.
    ///
    /// # Errors
    /// `Unauthenticated` (`M_USER_LOCKED`) while the account is locked.
    pub fn store(self, tx: &mut Tx<'_>, identity: &Identity, user: &OwnedUserId) -> Result<()> {
        if account::find_account(tx, user)?.is_some_and(|account| account.locked.is_some()) {
            return Err(account_locked());
        }
        let id = &self.device_id;
        if device::find_device(tx, user, id)?.is_some() {
            identity.ending(tx).revoke_tokens(user, id)?;
            device::restart_device(
                tx,
                user,
                id,
                (day_of(self.now), self.app_password_id.as_deref()),
            )?;
        } else {
            let row = DeviceRow {
                device_id: id.clone(),
                display_name: self.display_name,
                created: self.now,
                last_seen_day: day_of(self.now),
                generation: 1,
                by_app_password: self.app_password_id.is_some(),
                app_password_id: self.app_password_id,
            };
            device::insert_device(tx, user, &row)?;
            identity.tell(tx, user, Letter::NewDevice, &self.notice)?;
        }
        match &self.client_id {
            Some(client) => oauth_session::upsert_oauth_session(tx, user, id, client)?,
            None => oauth_session::delete_oauth_session(tx, user, id)?,
        }
        self.tokens.store(tx, user, id, 1)?;
        note_program(tx, (user, id), self.program.as_ref())?;
        guest_account::update_guest_use(tx, user, day_of(self.now))?;
        let known = device_registration::find_registration(tx, user, id)?;
        identity.bound_session(tx, (user, id), known.kind, self.now)
    }
}

impl Identity {
    /// For ending sessions inside `tx`.
    pub(crate) fn ending<'t, 'c>(&self, tx: &'t mut Tx<'c>) -> Ending<'t, 'c> {
        let (sessions, feed) = (Arc::clone(&self.inner.sessions), self.inner.feed.clone());
        Ending { tx, sessions, feed }
    }
}
