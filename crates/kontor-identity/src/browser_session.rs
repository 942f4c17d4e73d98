//! Being signed in with a browser: for the account pages, the console and consent of apps.
//!
//! The browser holds a random cookie, the database its keyed hash. Whenever somebody shows more of
//! herself, the cookie is replaced: one planted before is worth nothing after.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::constant_time;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kontor_core::{Actor, Cx, Error, Result, Role, Roles, Session, Timestamp};
use kontor_policy::Policy;
use kontor_store::access_token::TokenHash;
use kontor_store::browser_session::{self, BrowserSessionRow};
use kontor_store::{account_role, guest_account};
use ruma::{OwnedDeviceId, OwnedUserId};

use crate::Identity;
use crate::methods::{Methods, Stage};
use crate::pepper::{Pepper, Purpose};
use crate::sessions::day_of;

const MINUTE_MS: i64 = 60_000;
/// How long a browser stays signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Bounds {
    /// Without being used.
    idle: Duration,
    /// Used or not.
    longest: Duration,
}

/// Longest time that the browser of whoever administers nothing may be idle. law: R-046
const IDLE: Duration = Duration::from_hours(1);

impl Bounds {
    /// law
    fn of(policy: &Policy, roles: Roles) -> Self {
        if roles.offices().is_empty() {
            return Self { idle: IDLE, longest: policy.browser_session };
        }
        Self { idle: policy.admin_idle, longest: policy.admin_session }
    }
}

/// Somebody signed in with a browser, as of one request.
#[derive(Clone)]
pub struct BrowserSession {
    /// Names the session to its owner; proves nothing.
    pub id: String,
    /// Who.
    pub user_id: OwnedUserId,
    /// What she is in the organisation.
    pub roles: Roles,
    /// Her account is suspended: she reads, and does nothing that others see.
    pub suspended: bool,
    /// How far she has come. Unless complete, nothing is open but the way there.
    pub stage: Stage,
    /// What she has shown.
    pub methods: Methods,
    /// When it began.
    pub created: Timestamp,
    /// When she last showed who she is.
    pub authenticated: Timestamp,
    /// When it ends if it is not used again.
    pub ends: Timestamp,
    /// To be sent with every form of this session, and compared by [`Self::accepts_form`].
    pub form_token: String,
    pub(crate) hash: TokenHash,
    /// How old a proof of who she is may be for critical acts.
    pub(crate) proof_lasts: Duration,
}

/// What the cookie of a browser stands for.
#[derive(Debug)]
pub enum Browser {
    /// Somebody is signed in.
    SignedIn(Box<BrowserSession>),
    /// Her session has run out, as is noticed now. Nothing is open to her; what she has just sent need
    /// not be lost.
    RunOut(RunOut),
    /// Nothing, or nothing any more.
    Nobody,
}

/// A session that has run out.
pub struct RunOut {
    /// Whose it was.
    pub user_id: OwnedUserId,
    form_token: String,
}

impl RunOut {
    /// As [`BrowserSession::accepts_form`].
    pub fn accepts_form(&self, token: &str) -> bool {
        is_same(&self.form_token, token)
    }
}

impl fmt::Debug for RunOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RunOut")
    }
}

/// One of a person's sessions, for her to look over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedBrowserSession {
    /// Its name.
    pub id: String,
    /// When it began.
    pub created: Timestamp,
    /// When it was last used, to the minute.
    pub last_used: Timestamp,
    /// What was shown.
    pub methods: Methods,
}

impl BrowserSession {
    /// Whether she has shown who she is as lately as critical acts ask (setting
    /// `step_up_minutes`). law: R-045
    pub fn is_recent(&self, now: Timestamp) -> bool {
        self.authenticated.plus(self.proof_lasts) > now
    }

    /// Whether a form came from a page of this session. Takes the same time for every answer.
    pub fn accepts_form(&self, token: &str) -> bool {
        is_same(&self.form_token, token)
    }

    /// The context of whoever is signed in. Its device has no id: a browser is no Matrix device.
    ///
    /// # Errors
    /// `Forbidden` unless the sign-in is complete.
    pub fn acting(&self, cx: &Cx) -> Result<Cx> {
        if self.stage != Stage::Complete {
            return Err(Error::forbidden("Finish signing in first."));
        }
        let session = in_browser(self.user_id.clone(), self.roles);
        let (suspended, authenticated) = (self.suspended, Some(self.authenticated));
        let session = Session { suspended, authenticated, ..session };
        Ok(cx.acting_as(Actor::User(Arc::new(session))))
    }
}

impl fmt::Debug for BrowserSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BrowserSession")
            .field("id", &self.id)
            .field("stage", &self.stage)
            .finish_non_exhaustive()
    }
}

impl Identity {
    /// The session of the cookie `secret`; `None`: none, or no longer.
    pub async fn browser_session(&self, cx: &Cx, secret: &str) -> Result<Option<BrowserSession>> {
        Ok(match self.browser(cx, secret).await? {
            Browser::SignedIn(session) => Some(*session),
            Browser::RunOut(_) | Browser::Nobody => None,
        })
    }

    /// What goes with every form of the session with the cookie `secret`, whether there is one or not.
    pub fn form_token(&self, secret: &str) -> String {
        form_token(&self.inner.pepper, secret)
    }

    /// What the cookie `secret` stands for. One read, and one small write a minute.
    pub async fn browser(&self, cx: &Cx, secret: &str) -> Result<Browser> {
        let hash = self.inner.pepper.hash(Purpose::BrowserSession, secret);
        let found = self.inner.db.read(cx, move |tx| {
            let held = browser_session::find_browser_session(tx, &hash)?;
            let Some(held) = held.filter(|held| !held.shut) else { return Ok(None) };
            let stored = account_role::roles_of(tx, &held.session.user_id)?;
            Ok(Some((held, Roles::of_account(stored))))
        });
        let Some((held, roles)) = found.await? else { return Ok(Browser::Nobody) };
        let policy = self.inner.policy.now();
        let bounds = Bounds::of(&policy, roles);
        let ends = end_of(&held.session, bounds);
        if ends <= cx.now || self.admit_guest(roles).is_err() {
            let gone = move |tx: &mut kontor_db::Tx<'_>| {
                browser_session::delete_browser_session(tx, &hash)
            };
            self.inner.db.write(cx, gone).await?;
            let is_complete = held.session.stage.parse::<Stage>()? == Stage::Complete;
            if ends > cx.now || !is_complete {
                return Ok(Browser::Nobody);
            }
            let (user_id, form_token) = (held.session.user_id, self.form_token(secret));
            return Ok(Browser::RunOut(RunOut { user_id, form_token }));
        }
        let minute = minute_of(cx.now);
        if held.session.last_used < minute {
            let user = held.session.user_id.clone();
            let used = move |tx: &mut kontor_db::Tx<'_>| {
                if roles.has(Role::Guest) {
                    guest_account::update_guest_use(tx, &user, day_of(minute))?;
                }
                browser_session::update_browser_session_use(tx, &hash, minute)
            };
            self.inner.db.write(cx, used).await?;
        }
        let row = BrowserSessionRow { last_used: minute, ..held.session };
        Ok(Browser::SignedIn(Box::new(BrowserSession {
            ends: end_of(&row, bounds),
            proof_lasts: policy.step_up,
            roles,
            suspended: held.suspended,
            stage: row.stage.parse()?,
            methods: row.methods.parse()?,
            id: row.session_id,
            user_id: row.user_id,
            created: row.created,
            authenticated: row.authenticated,
            form_token: form_token(&self.inner.pepper, secret),
            hash,
        })))
    }

    /// Signs a browser out.
    pub async fn end_browser_session(&self, cx: &Cx, session: &BrowserSession) -> Result<()> {
        let hash = session.hash;
        let db = &self.inner.db;
        db.write(cx, move |tx| browser_session::delete_browser_session(tx, &hash)).await
    }

    /// The caller's sessions that have not run out, oldest first.
    pub async fn browser_sessions(&self, cx: &Cx) -> Result<Vec<ListedBrowserSession>> {
        let session = cx.session()?;
        let (user, roles, now) = (session.user_id.clone(), session.roles, cx.now);
        let rows = self
            .inner
            .db
            .read(cx, move |tx| browser_session::list_browser_sessions(tx, &user))
            .await?;
        let bounds = Bounds::of(&self.inner.policy.now(), roles);
        rows.into_iter()
            .filter(|row| end_of(row, bounds) > now)
            .map(|row| {
                Ok(ListedBrowserSession {
                    methods: row.methods.parse()?,
                    id: row.session_id,
                    created: row.created,
                    last_used: row.last_used,
                })
            })
            .collect()
    }

    /// Signs one of the caller's browsers out.
    ///
    /// # Errors
    /// `NotFound` if she has no session of that name.
    pub async fn end_named_browser_session(&self, cx: &Cx, id: String) -> Result<()> {
        let user = cx.user()?.to_owned();
        let found = self
            .inner
            .db
            .write(cx, move |tx| browser_session::delete_named_browser_session(tx, &user, &id));
        match found.await? {
            true => Ok(()),
            false => Err(Error::not_found("There is no such session.")),
        }
    }

    /// Signs all browsers of the owner out but this one; answers how many.
    pub async fn end_other_browser_sessions(
        &self,
        cx: &Cx,
        session: &BrowserSession,
    ) -> Result<u64> {
        let (user, id) = (session.user_id.clone(), session.id.clone());
        let db = &self.inner.db;
        db.write(cx, move |tx| browser_session::delete_browser_sessions_but(tx, &user, &id)).await
    }
}

/// Somebody in a browser.
pub(crate) fn in_browser(user_id: OwnedUserId, roles: Roles) -> Session {
    Session::new(user_id, OwnedDeviceId::from(""), roles)
}

/// Takes the same time for every answer.
fn is_same(ours: &str, theirs: &str) -> bool {
    constant_time::verify_slices_are_equal(ours.as_bytes(), theirs.as_bytes()).is_ok()
}

/// Proves that a form is from a page of the session with the cookie `secret`, and cannot be
/// computed back to it.
fn form_token(pepper: &Pepper, secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(pepper.hash(Purpose::FormToken, secret))
}

/// When a session ends if it is not used again.
fn end_of(row: &BrowserSessionRow, bounds: Bounds) -> Timestamp {
    // The last use is known to the minute, so that nobody is signed out a minute early.
    let idle = row.last_used.plus(bounds.idle + Duration::from_mins(1));
    idle.min(row.created.plus(bounds.longest))
}

/// Start of the minute of `at`.
pub(crate) const fn minute_of(at: Timestamp) -> Timestamp {
    Timestamp(at.0 - at.0.rem_euclid(MINUTE_MS))
}
