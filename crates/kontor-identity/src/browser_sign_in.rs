//! Signing in with a browser, and showing once more who one is.

use std::sync::Arc;
use std::time::Duration;

use kontor_audit::{Action, Event};
use kontor_core::{Actor, Cx, Error, MatrixCode, Result, Roles, Secret, Timestamp};
use kontor_db::Tx;
use kontor_mail::Letter;
use kontor_store::access_token::TokenHash;
use kontor_store::account::{self, AccountRow};
use kontor_store::browser_session::{self, BrowserSessionRow};
use kontor_store::{account_role, guest_account, login_failure};
use ruma::{OwnedUserId, UserId};

use crate::Identity;
use crate::browser_session::{BrowserSession, in_browser, minute_of};
use crate::devices::Ended;
use crate::letters::Notice;
use crate::methods::{Method, Methods, Stage};
use crate::new_password::replace_password;
use crate::pepper::Minted;
use crate::sessions::day_of;

/// Random letters of a session's name: 50 bits; it proves nothing.
const ID_LETTERS: usize = 10;
/// Sessions unused for so long are removed; each has run out long before.
const KEPT: Duration = Duration::from_hours(24);

/// What a browser gets.
#[derive(Clone, Debug)]
pub struct BrowserSignIn {
    /// Value of the cookie; replaces the one before.
    pub secret: Secret<String>,
    /// Names the session to its owner; proves nothing.
    pub id: String,
    /// Who.
    pub user_id: OwnedUserId,
    /// How far she has come.
    pub stage: Stage,
}

impl Identity {
    /// Signs in by name and password. Throttled and silent about which accounts exist as
    /// [`Identity::login`] is (law: R-044), whatever the password login API is set to.
    ///
    /// # Errors
    /// `Forbidden` if name or password is wrong, indistinguishably; `Limited` after too many tries.
    pub async fn sign_in_with_password(
        &self,
        cx: &Cx,
        name: &str,
        password: Secret<String>,
    ) -> Result<BrowserSignIn> {
        let account = self.check_password(cx, name, password).await?;
        self.begin_browser_session(cx, account, Methods::only(Method::Password)).await
    }

    /// Asks whoever is signed in for her password again, before a critical act.
    ///
    /// # Errors
    /// As [`Identity::sign_in_with_password`]; `Forbidden` if only a passkey will do.
    pub async fn confirm_with_password(
        &self,
        cx: &Cx,
        session: &BrowserSession,
        password: Secret<String>,
    ) -> Result<BrowserSignIn> {
        self.check_own_password(cx, session, password).await?;
        let this = self.clone();
        let renewal = self.renewal(cx, session, Method::Password)?;
        let write = self.inner.db.write(cx, move |tx| {
            this.require_accepted(tx, &renewal.row.user_id, Method::Password)?;
            renewal.store(tx, &this)
        });
        write.await
    }

    /// Changes the password of whoever is signed in, after asking for the old one. Her other
    /// browsers are signed out, and her devices if she wishes.
    ///
    /// # Errors
    /// `Forbidden` if the sign-in is not complete or the old password is wrong; `Limited`;
    /// `Invalid` (`M_WEAK_PASSWORD`).
    pub async fn change_password_in_browser(
        &self,
        cx: &Cx,
        session: &BrowserSession,
        (old, new): (Secret<String>, Secret<String>),
        sign_out_devices: bool,
    ) -> Result<BrowserSignIn> {
        let acting = session.acting(cx)?;
        self.check_own_password(&acting, session, old).await?;
        self.check_next_password(&acting, &session.user_id, &new).await?;
        let hash = self.hash_new_password(&acting, new).await?;
        let renewal = self.renewal(&acting, session, Method::Password)?;
        let subject = self.failure_subject(&session.user_id);
        let (this, now, notice) = (self.clone(), cx.now, Notice::new(cx)?);
        self.inner
            .db
            .write(cx, move |tx| {
                let signed_in = renewal.store(tx, &this)?;
                let user = &signed_in.user_id;
                replace_password(tx, user, &hash, now)?;
                this.tell(tx, user, Letter::PasswordChanged, &notice)?;
                login_failure::delete_login_failure(tx, &subject)?;
                if sign_out_devices {
                    this.end_sessions_in(tx, user, &Ended::Devices)?;
                }
                browser_session::delete_browser_sessions_but(tx, user, &renewal.row.session_id)?;
                Ok(signed_in)
            })
            .await
    }

    async fn check_own_password(
        &self,
        cx: &Cx,
        session: &BrowserSession,
        password: Secret<String>,
    ) -> Result<()> {
        let account = self.check_password(cx, session.user_id.as_str(), password).await?;
        if account.user_id == session.user_id {
            return Ok(());
        }
        Err(Error::forbidden("Wrong password."))
    }

    /// Begins a session of somebody who has shown `shown`.
    pub(crate) async fn begin_browser_session(
        &self,
        cx: &Cx,
        account: AccountRow,
        shown: Methods,
    ) -> Result<BrowserSignIn> {
        let opening = self.browser_opening(cx, account.user_id, shown)?;
        let (this, cx_in) = (self.clone(), cx.clone());
        self.inner.db.write(cx, move |tx| opening.store(tx, &this, &cx_in)).await
    }

    pub(crate) fn browser_opening(
        &self,
        cx: &Cx,
        user: OwnedUserId,
        shown: Methods,
    ) -> Result<BrowserOpening> {
        let row = BrowserSessionRow {
            session_id: cx.random.word(ID_LETTERS)?,
            user_id: user,
            stage: String::new(),
            methods: shown.to_string(),
            created: cx.now,
            authenticated: cx.now,
            last_used: minute_of(cx.now),
        };
        Ok(BrowserOpening { row, shown, cookie: self.inner.pepper.mint_browser(&cx.random)? })
    }

    /// Prepares the next cookie of `session`, whose owner has shown `method` just now.
    pub(crate) fn renewal(
        &self,
        cx: &Cx,
        session: &BrowserSession,
        method: Method,
    ) -> Result<Renewal> {
        let shown = session.methods.and(method);
        let row = BrowserSessionRow {
            session_id: session.id.clone(),
            user_id: session.user_id.clone(),
            stage: String::new(),
            methods: shown.to_string(),
            created: session.created,
            authenticated: cx.now,
            last_used: minute_of(cx.now),
        };
        let cookie = self.inner.pepper.mint_browser(&cx.random)?;
        Ok(Renewal { old: session.hash, was: session.stage, cx: cx.clone(), shown, row, cookie })
    }

    /// How far the owner of an account has come.
    fn stage_of(&self, tx: &mut Tx<'_>, account: &AccountRow, shown: Methods) -> Result<Stage> {
        let demand = self.demand_of(tx, &account.user_id)?;
        Ok(demand.stage(shown, Self::enrolled_in(tx, &account.user_id)?))
    }

    /// Notes a sign-in of somebody with an office; other people's are not recorded.
    fn note_admin(&self, tx: &mut Tx<'_>, cx: &Cx, (user, stage): (&UserId, Stage)) -> Result<()> {
        let roles = Roles::of_account(account_role::roles_of(tx, user)?);
        if stage == Stage::Complete && !roles.offices().is_empty() {
            let session = in_browser(user.to_owned(), roles);
            let (this, cx) = (self.clone(), cx.acting_as(Actor::User(Arc::new(session))));
            tx.after_commit(move || this.inner.audit.note(&cx, Event::new(Action::AdminLogin)));
        }
        Ok(())
    }
}

/// A session about to be stored.
pub(crate) struct BrowserOpening {
    row: BrowserSessionRow,
    shown: Methods,
    cookie: Minted,
}

impl BrowserOpening {
    /// # Errors
    /// `Forbidden` if the account has been closed meanwhile.
    pub(crate) fn store(
        &self,
        tx: &mut Tx<'_>,
        identity: &Identity,
        cx: &Cx,
    ) -> Result<BrowserSignIn> {
        let user = &self.row.user_id;
        let account = active_account(tx, user)?;
        let stage = identity.stage_of(tx, &account, self.shown)?;
        let kept_ms = i64::try_from(KEPT.as_millis()).unwrap_or(i64::MAX);
        browser_session::delete_unused_browser_sessions(tx, Timestamp(cx.now.0 - kept_ms))?;
        let row = BrowserSessionRow { stage: stage.as_str().to_owned(), ..self.row.clone() };
        browser_session::insert_browser_session(tx, &self.cookie.hash, &row)?;
        guest_account::update_guest_use(tx, user, day_of(cx.now))?;
        identity.note_admin(tx, cx, (user, stage))?;
        Ok(signed_in(&self.cookie, &row, stage))
    }
}

/// The next cookie of a session, about to be stored.
pub(crate) struct Renewal {
    old: TokenHash,
    was: Stage,
    cx: Cx,
    shown: Methods,
    pub(crate) row: BrowserSessionRow,
    cookie: Minted,
}

impl Renewal {
    /// # Errors
    /// `Forbidden` if the session has ended meanwhile.
    pub(crate) fn store(&self, tx: &mut Tx<'_>, identity: &Identity) -> Result<BrowserSignIn> {
        let user = &self.row.user_id;
        let account = active_account(tx, user)?;
        let stage = identity.stage_of(tx, &account, self.shown)?;
        let row = BrowserSessionRow { stage: stage.as_str().to_owned(), ..self.row.clone() };
        if !browser_session::renew_browser_session(tx, &self.old, &self.cookie.hash, &row)? {
            return Err(Error::forbidden("This session has ended."));
        }
        if self.was != Stage::Complete {
            identity.note_admin(tx, &self.cx, (user, stage))?;
        }
        Ok(signed_in(&self.cookie, &row, stage))
    }
}

/// # Errors
/// `Forbidden`, with `M_USER_LOCKED` while it is locked: whoever gets here has shown who she is.
fn active_account(tx: &mut Tx<'_>, user: &OwnedUserId) -> Result<AccountRow> {
    let found = account::find_account(tx, user)?;
    match found.filter(|account| account.deactivated.is_none()) {
        Some(account) if account.locked.is_some() => {
            let error = Error::forbidden("This account is locked.");
            Err(error.with_code(MatrixCode::UserLocked))
        }
        Some(account) => Ok(account),
        None => Err(Error::forbidden("Wrong user name or password.")),
    }
}

fn signed_in(cookie: &Minted, row: &BrowserSessionRow, stage: Stage) -> BrowserSignIn {
    let secret = Secret::new(cookie.token.clone());
    BrowserSignIn { secret, id: row.session_id.clone(), user_id: row.user_id.clone(), stage }
}
