//! From an access token to a context.

use std::sync::Arc;

use kontor_core::{Actor, Cx, DeviceKind, Error, MatrixCode, Result, Role, Roles, Session};
use kontor_db::Tx;
use kontor_store::access_token::{self, AccessRow, TokenHash, TokenRow};
use kontor_store::{account_role, device, device_registration, guest_account};
use ruma::{OwnedDeviceId, OwnedUserId};

use crate::Identity;
use crate::device_register::note_program;
use crate::pepper::Purpose;
use crate::sessions::{Ending, Live, account_locked, expired_token, unknown_token};

/// Superseded access tokens that are still told from unknown ones, in generations.
const REMEMBERED_GENERATIONS: i64 = 4;

impl Identity {
    /// The context of whoever holds the access token `token`. Costs no database read for a session
    /// in use.
    ///
    /// # Errors
    /// `Unauthenticated` (`M_UNKNOWN_TOKEN`): with `soft_logout: true` if the token has expired,
    /// with `false` if its device is gone; (`M_USER_LOCKED`) with `true` if the account is locked.
    /// `Forbidden` (`M_USER_DEACTIVATED`).
    pub async fn authenticate(&self, token: &str, cx: &Cx) -> Result<Cx> {
        let hash = self.inner.pepper.hash(Purpose::AccessToken, token);
        let live = self.live(cx, hash).await?;
        if live.locked {
            return Err(account_locked());
        }
        self.note_day(&live, cx);
        self.note_program(&live, cx);
        Ok(cx.acting_as(Actor::User(Arc::clone(&live.session))))
    }

    /// As [`Self::authenticate`], for signing out: people whose account is locked may do that.
    ///
    /// # Errors
    /// As [`Self::authenticate`], but for `M_USER_LOCKED`.
    pub async fn authenticate_to_leave(&self, token: &str, cx: &Cx) -> Result<Cx> {
        let hash = self.inner.pepper.hash(Purpose::AccessToken, token);
        let live = self.live(cx, hash).await?;
        Ok(cx.acting_as(Actor::User(Arc::clone(&live.session))))
    }

    /// Lets pass a request that has waited, if its access token still opens the door. Costs what
    /// [`Self::authenticate`] does.
    ///
    /// # Errors
    /// As [`Self::authenticate`].
    pub async fn authenticate_again(&self, cx: &Cx) -> Result<()> {
        let Actor::User(session) = &cx.actor else { return Ok(()) };
        let Some(hash) = session.access else { return Ok(()) };
        let now = Cx { now: cx.clock.now(), ..cx.clone() };
        let live = self.live(&now, hash).await?;
        if live.locked { Err(account_locked()) } else { Ok(()) }
    }

    async fn live(&self, cx: &Cx, hash: TokenHash) -> Result<Arc<Live>> {
        let live = match self.inner.sessions.get(&hash) {
            Some(live) => live,
            None => self.load(cx, hash).await?,
        };
        if live.expires.is_some_and(|at| at <= cx.now) {
            return Err(match live.session.device_kind {
                // Nothing stays on somebody else's device. law: R-201
                DeviceKind::Browser => unknown_token(),
                DeviceKind::Company | DeviceKind::Private => expired_token(),
            });
        }
        Ok(live)
    }

    async fn load(&self, cx: &Cx, hash: TokenHash) -> Result<Arc<Live>> {
        let revocations = self.inner.sessions.revocations();
        let this = self.clone();
        let found = self.inner.db.read(cx, move |tx| {
            let Some(access) = access_token::find_access_token(tx, &hash)? else {
                return Ok(None);
            };
            let TokenRow { user_id, device_id, .. } = &access.token;
            let held = Roles::of_account(account_role::roles_of(tx, user_id)?);
            let roles = match this.opens_offices(tx, &access)? {
                true => held,
                false => held.beyond(held.offices()),
            };
            let known = device_registration::find_registration(tx, user_id, device_id)?;
            Ok(Some((access, roles, known)))
        });
        let Some((access, roles, known)) = found.await? else { return Err(unknown_token()) };
        let AccessRow { token, deactivated, suspended, locked, .. } = access;
        let AccessRow { device_generation, last_seen_day, .. } = access;
        if deactivated {
            let text = "This account is closed.";
            return Err(Error::forbidden(text).with_code(MatrixCode::UserDeactivated));
        }
        if token.generation < device_generation {
            return Err(expired_token());
        }
        if token.generation > device_generation {
            self.confirm(token.user_id.clone(), token.device_id.clone(), token.generation);
        }
        let session = Session::new(token.user_id, token.device_id, roles);
        let session = Session {
            access: Some(hash),
            device_kind: known.kind,
            suspended: suspended.is_some(),
            ..session
        };
        let live = Live::new(session, token.expires, last_seen_day)
            .with_program(known.program)
            .with_lock(locked.is_some());
        let live = Arc::new(live);
        self.inner.sessions.keep(hash, Arc::clone(&live), revocations);
        Ok(live)
    }

    /// Whether a session is good for offices: an app password is not, and where a second factor is
    /// asked for, neither is a password. law
    fn opens_offices(&self, tx: &mut Tx<'_>, access: &AccessRow) -> Result<bool> {
        if access.by_oauth {
            // Signed in on the account pages, which have asked for everything.
            return Ok(true);
        }
        Ok(!access.by_app_password && !self.demand_of(tx, &access.token.user_id)?.second_factor)
    }

    /// The client has received tokens of `generation`: earlier ones are spent.
    ///
    /// Nobody waits for this write: if it is lost, the use of the new refresh token does the same.
    fn confirm(&self, user: OwnedUserId, id: OwnedDeviceId, generation: i64) {
        let (sessions, feed) = (Arc::clone(&self.inner.sessions), self.inner.feed.clone());
        drop(self.inner.db.enqueue(move |tx| {
            device::update_generation(tx, &user, &id, generation)?;
            spend_before(&mut Ending { tx, sessions, feed }, (&user, &id), generation)
        }));
    }

    /// Stores the version of the program when it changes, without making anybody wait.
    fn note_program(&self, live: &Live, cx: &Cx) {
        let Some(agent) = &cx.agent else { return };
        if let Some(program) = live.new_program(agent) {
            let session = Arc::clone(&live.session);
            drop(self.inner.db.enqueue(move |tx| {
                let (user, id) = (&session.user_id, &session.device_id);
                // The device may be gone by now; nothing must be left of it.
                match device::find_device(tx, user, id)? {
                    Some(_) => note_program(tx, (user, id), Some(&program)),
                    None => Ok(()),
                }
            }));
        }
    }

    /// Stores the day of last use, once a day and without making anybody wait.
    fn note_day(&self, live: &Live, cx: &Cx) {
        if let Some(day) = live.new_day(cx.now) {
            let session = Arc::clone(&live.session);
            drop(self.inner.db.enqueue(move |tx| {
                if session.roles.has(Role::Guest) {
                    guest_account::update_guest_use(tx, &session.user_id, day)?;
                }
                device::update_last_seen(tx, &session.user_id, &session.device_id, day)
            }));
        }
    }
}

/// Makes memory forget access tokens before `generation`, and the store those long spent.
pub(crate) fn spend_before(
    ending: &mut Ending<'_, '_>,
    (user, id): (&OwnedUserId, &OwnedDeviceId),
    generation: i64,
) -> Result<()> {
    ending.forget_access(user, id, |other| other < generation)?;
    ending.revoke_access(user, id, |other| other < generation - REMEMBERED_GENERATIONS)
}
