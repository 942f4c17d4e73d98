//! Creating one's own account over the API.

use kontor_core::{Cx, Error, MatrixCode, Result, Roles, Secret};
use kontor_policy::Registration as Admission;
use kontor_store::registration_token;
use ruma::OwnedUserId;
use ruma::api::client::uiaa::AuthData;

use crate::accounts::NewUser;
use crate::interactive::Purpose;
use crate::methods::Demand;
use crate::throttle::Subject;
use crate::{Identity, NewDevice, SignedIn};

/// Somebody who wants an account.
#[derive(Clone, Debug, Default)]
pub struct Registration {
    /// Wanted user name; `None`: the server chooses.
    pub username: Option<String>,
    /// Wanted password.
    pub password: Option<Secret<String>>,
    /// Device to sign in with at once; `None`: do not sign in.
    pub device: Option<NewDevice>,
    /// Answer to the authentication dialogue.
    pub auth: Option<AuthData>,
}

/// A new account.
#[derive(Clone, Debug)]
pub struct Registered {
    /// Its user id.
    pub user_id: OwnedUserId,
    /// Its first sign-in, if wanted.
    pub signed_in: Option<SignedIn>,
}

impl Identity {
    /// Creates an account for whoever may have one (policy "registration").
    ///
    /// # Errors
    /// `Forbidden` if registration is closed, and for signing in at once where a second factor is
    /// needed; `Unauthenticated` with the authentication dialogue;
    /// `Conflict` (`M_USER_IN_USE`); `Invalid`: `M_INVALID_USERNAME`, `M_WEAK_PASSWORD`,
    /// `M_MISSING_PARAM`; `Limited`.
    pub async fn register(&self, cx: &Cx, wish: Registration) -> Result<Registered> {
        self.require_open()?;
        wish.device.as_ref().map_or(Ok(()), NewDevice::check)?;
        if wish.device.is_some() && self.asks_everybody_for_more() {
            let text = "Register without signing in (inhibit_login), then set up a second factor in \
                        a browser.";
            return Err(Error::forbidden(text));
        }
        let names = self.names(cx, wish.username.as_deref(), None)?;
        self.check_available(cx, &names).await?;
        if let Some(password) = &wish.password {
            self.check_first_password(password, &[wish.username.as_deref()])?;
        }
        if wish.auth.is_some() {
            self.throttle_registration(cx)?;
        }
        let passed = self.ask(cx, Purpose::Register, wish.auth).await?;
        if wish.password.is_none() {
            return Err(Error::invalid(MatrixCode::MissingParam, "A password is missing."));
        }
        let new = NewUser {
            username: wish.username,
            password: wish.password,
            display_name: None,
            roles: Roles::NONE,
        };
        let prepared = self.prepare_user(cx, new).await?;
        let user_id = prepared.account.user_id.clone();
        let opening = wish.device.map(|device| self.open_session(cx, device)).transpose()?;
        let signed_in = opening.as_ref().map(|opening| opening.answer(user_id.clone()));
        let (this, user, now) = (self.clone(), user_id.clone(), cx.now);
        self.inner
            .db
            .write(cx, move |tx| {
                if let Some(token) = passed.registration_token
                    && !registration_token::spend_registration_token(tx, &token, now)?
                {
                    return Err(Error::forbidden("This registration token is used up."));
                }
                this.people_change(tx, &user);
                prepared.store(tx)?;
                opening.map_or(Ok(()), |opening| opening.store(tx, &this, &user))
            })
            .await?;
        Ok(Registered { user_id, signed_in })
    }

    /// Whether a user name could be had.
    ///
    /// # Errors
    /// As [`Identity::register`]; `Conflict` (`M_USER_IN_USE`) if not.
    pub async fn is_username_available(&self, cx: &Cx, username: &str) -> Result<()> {
        self.require_open()?;
        if let (Some(limits), Some(address)) = (&self.inner.policy.now().rate_limits, cx.address) {
            self.inner.throttle.take(Subject::Address(address), limits.login, cx.now)?;
        }
        let names = self.names(cx, Some(username), None)?;
        self.check_available(cx, &names).await
    }

    /// Whether a password alone opens no new account. law: R-042
    fn asks_everybody_for_more(&self) -> bool {
        Demand::of(self.inner.policy.now().second_factor, false).second_factor
    }

    fn require_open(&self) -> Result<()> {
        match self.inner.policy.now().registration {
            Admission::Open | Admission::Token => Ok(()),
            Admission::Closed => Err(Error::forbidden("Accounts are created by the operator.")),
        }
    }

    fn throttle_registration(&self, cx: &Cx) -> Result<()> {
        match (&self.inner.policy.now().rate_limits, cx.address) {
            (Some(limits), Some(address)) => {
                let subject = Subject::Registration(address);
                self.inner.throttle.take(subject, limits.registration, cx.now)
            }
            _ => Ok(()),
        }
    }
}
